import { constants } from "node:fs";
import { lchown, lstat, mkdir, open, type FileHandle } from "node:fs/promises";

/** A folder that was entered: what is in it is named from it on, whatever becomes of the path that led there. */
export interface Footing {
  /** The path of a name in it. */
  at(name: string): string;
  /** What was moved into it or out of it is on the disk. */
  sync(): Promise<void>;
}

export type Stepped =
  | { readonly kind: "folder"; readonly footing: Footing; readonly name: string }
  | { readonly kind: "absent" }
  /** From the root on: that is no folder. */
  | { readonly kind: "blocked"; readonly by: string };

const flags = constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW;

/**
 * Goes from the root to the folder of a path, one name after the other. A container may put a link in the place of any
 * folder at any time: none is ever followed, or it could have us write anywhere on the host.
 */
export async function stepInto<T>(
  root: string,
  path: string,
  makeFolders: boolean,
  work: (stepped: Stepped) => Promise<T>,
): Promise<T> {
  const steps = path.split("/");
  const name = steps.pop() ?? "";
  let handle: FileHandle;
  try {
    handle = await open(root, flags);
  } catch (thrown) {
    if (codeOf(thrown) === "ENOENT") return work({ kind: "absent" });
    throw thrown;
  }
  try {
    for (const [index, step] of steps.entries()) {
      const next = await enter(pathIn(handle, step), makeFolders ? handle : undefined);
      if (next === "absent") return await work({ kind: "absent" });
      if (next === "blocked") return await work({ kind: "blocked", by: steps.slice(0, index + 1).join("/") });
      await handle.close();
      handle = next;
    }
    const footing = { at: (one: string) => pathIn(handle, one), sync: () => handle.sync() };
    return await work({ kind: "folder", footing, name });
  } finally {
    await handle.close();
  }
}

async function enter(path: string, parent: FileHandle | undefined): Promise<FileHandle | "absent" | "blocked"> {
  try {
    return await open(path, flags);
  } catch (thrown) {
    const code = codeOf(thrown);
    if (code === "ELOOP" || code === "ENOTDIR") return "blocked";
    if (code !== "ENOENT") throw thrown;
    if (parent === undefined) return "absent";
  }
  await make(path, parent);
  return enter(path, undefined);
}

/** For whoever has the folder that it is made in. */
async function make(path: string, parent: FileHandle): Promise<void> {
  try {
    await mkdir(path, { mode: 0o755 });
  } catch (thrown) {
    if (codeOf(thrown) === "EEXIST") return;
    throw thrown;
  }
  const { uid, gid } = await parent.stat();
  const made = await lstat(path);
  if (made.uid !== uid || made.gid !== gid) await lchown(path, uid, gid).catch(() => undefined);
  await parent.sync();
}

function pathIn(handle: FileHandle, name: string): string {
  return `/proc/self/fd/${handle.fd}/${name}`;
}

export function codeOf(thrown: unknown): unknown {
  return thrown instanceof Error && "code" in thrown ? thrown.code : undefined;
}
