import { lstat, readdir } from "node:fs/promises";
import { join } from "node:path";
import type { Kept, KeptKind } from "../control/ports/source.js";
import { neededBy, type AllHeld } from "./held.js";

export interface InventoryOptions {
  readonly source: string;
  /** Of the repository. */
  readonly folder: string;
}

/** What a repository's source keeps on the host, but for the folder that containers write to, which is theirs. */
export class Inventory {
  /** Contents never change. */
  #sizes: ReadonlyMap<string, number> = new Map();

  constructor(private readonly options: InventoryOptions) {}

  async take(held: AllHeld): Promise<readonly Kept[]> {
    const { folder } = this.options;
    const projectsOf = usersOf(held);
    const sizes = new Map<string, number>();
    const all: Kept[] = [];
    const add = async (kind: KeptKind, path: string) => {
      const bytes = (kind === "content" ? this.#sizes.get(path) : undefined) ?? (await sizeOf(path));
      if (kind === "content") sizes.set(path, bytes);
      all.push({ source: this.options.source, kind, path, bytes, projects: projectsOf(path) });
    };
    for (const name of await namesIn(folder)) {
      if (name.startsWith("store-") || name === "history") await add("objects", join(folder, name));
    }
    for (const name of await namesIn(join(folder, "contents"))) await add("content", join(folder, "contents", name));
    for (const name of await namesIn(join(folder, "tended"))) await add("tended", join(folder, "tended", name));
    const replaced = join(folder, "live", "replaced");
    if ((await namesIn(replaced)).length > 0) await add("replaced", replaced);
    this.#sizes = sizes;
    return all;
  }
}

/** The projects whose revision in force needs what is in a folder. */
function usersOf(held: AllHeld): (folder: string) => readonly string[] {
  const needs = [...held].flatMap(([file, one]) => {
    const project = one.known.project?.name;
    return project === undefined ? [] : [{ project, paths: neededBy(new Map([[file, one]])) }];
  });
  return (folder) =>
    needs.filter(({ paths }) => paths.some((path) => path.startsWith(`${folder}/`))).map(({ project }) => project);
}

/** Without what is on its way, or only known to us. */
async function namesIn(folder: string): Promise<readonly string[]> {
  const names = await readdir(folder).catch(() => []);
  return names.filter((name) => !name.startsWith(".")).sort();
}

/** Bytes of all files. What goes away meanwhile has none. */
async function sizeOf(path: string): Promise<number> {
  const found = await lstat(path).catch(() => undefined);
  if (found?.isDirectory() !== true) return found?.size ?? 0;
  let bytes = 0;
  for (const name of await readdir(path).catch(() => [])) bytes += await sizeOf(join(path, name));
  return bytes;
}
