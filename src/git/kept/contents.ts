import { mkdir, mkdtemp, open, readdir, readFile, rm, stat } from "node:fs/promises";
import { join, posix } from "node:path";
import type { TreeEntry } from "../repository/tree.js";
import { exists, moveWhole } from "../repository/disk.js";
import { Sweeper } from "./sweep.js";

/** A file or folder of a repository that a container mounts or a build sends. */
export interface Need {
  readonly entry: TreeEntry;
  /** Where it is to stand. */
  readonly path: string;
  /** The submodules in it, from it on. */
  readonly modules: readonly { readonly path: string; readonly id: string }[];
}

/** Who has the objects. */
export interface Unpacker {
  /** Writes a tree, by its id or its commit's, into an empty folder that is there; `index` is a file for its own use. */
  unpack(id: string, to: string, index: string, signal: AbortSignal): Promise<void>;
  pour(id: string, output: number, signal: AbortSignal): Promise<void>;
}

const pointer = "version https://git-lfs.github.com/spec/v1";

/**
 * Files and folders of revisions, each under git's own id of what it holds: what does not change keeps its path over all
 * revisions, and what a path holds never changes.
 */
export class Contents {
  readonly #sweeper: Sweeper;
  /** Of contents that were looked through: the files among them that only point to Git LFS. */
  readonly #pointers = new Map<string, string | undefined>();

  constructor(private readonly folder: string) {
    this.#sweeper = new Sweeper(folder);
  }

  placeOf({ id, executable, path }: TreeEntry, name: string): string {
    const base = posix.basename(path) === "" ? name : posix.basename(path);
    return join(this.folder, executable ? `${id}-x` : id, base);
  }

  /** Makes those that are not there, each whole or not at all. */
  async provide(needs: readonly Need[], from: Unpacker, signal: AbortSignal): Promise<void> {
    await mkdir(this.folder, { recursive: true, mode: 0o755 });
    for (const { entry, path, modules } of needs) {
      this.#sweeper.spare(posix.basename(posix.dirname(path)));
      if (await exists(path)) continue;
      const temporary = await mkdtemp(join(this.folder, ".new-"));
      try {
        const whole = join(temporary, "whole");
        const inner = join(whole, posix.basename(path));
        await mkdir(whole);
        if (entry.kind === "folder") {
          await mkdir(inner);
          const index = join(temporary, "index");
          await from.unpack(entry.id, inner, index, signal);
          for (const module of modules) await from.unpack(module.id, join(inner, module.path), index, signal);
        } else await pourInto(inner, entry, from, signal);
        await moveWhole(whole, posix.dirname(path));
      } finally {
        await rm(temporary, { recursive: true, force: true });
      }
    }
  }

  /** The file among a need that only points to Git LFS, from the repository's root on. */
  async pointerIn({ entry, path }: Need): Promise<string | undefined> {
    if (!this.#pointers.has(entry.id)) this.#pointers.set(entry.id, await findPointer(path));
    const found = this.#pointers.get(entry.id);
    return found === undefined ? undefined : posix.join(entry.path, found);
  }

  /** Takes away what an end in the middle has left. */
  async clear(): Promise<void> {
    for (const name of await this.#sweeper.names()) {
      if (name.startsWith(".new-")) await rm(join(this.folder, name), { recursive: true, force: true });
    }
  }

  /** Takes away what has been neither wanted nor mounted for a while. `used` are paths. */
  sweep(used: Iterable<string>, now: number): Promise<void> {
    return this.#sweeper.sweep(used, now);
  }
}

async function pourInto(path: string, entry: TreeEntry, from: Unpacker, signal: AbortSignal): Promise<void> {
  const handle = await open(path, "wx", entry.executable ? 0o755 : 0o644);
  try {
    await from.pour(entry.id, handle.fd, signal);
  } finally {
    await handle.close();
  }
}

/** `""`: the file itself. */
async function findPointer(path: string, inside = ""): Promise<string | undefined> {
  const found = await stat(path).catch(() => undefined);
  if (found?.isFile() === true) {
    return found.size < 1_024 && isPointer(await readFile(path, "utf8")) ? inside : undefined;
  }
  if (found?.isDirectory() !== true) return undefined;
  for (const item of await readdir(path, { withFileTypes: true })) {
    if (!item.isFile() && !item.isDirectory()) continue;
    const pointing = await findPointer(join(path, item.name), posix.join(inside, item.name));
    if (pointing !== undefined) return pointing;
  }
  return undefined;
}

export function isPointer(text: string): boolean {
  return text.startsWith(pointer);
}
