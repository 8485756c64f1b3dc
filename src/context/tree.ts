import { lstat, readdir, readlink } from "node:fs/promises";
import { join } from "node:path";

/** One thing of a folder that a build's context takes along. */
export interface Entry {
  /** Relative, with slashes. */
  readonly path: string;
  readonly type: "file" | "directory" | "symlink";
  /** Permission bits. */
  readonly mode: number;
  /** In bytes; 0 unless it is a file. */
  readonly size: number;
  readonly mtime: Date;
  /** What a link says, wherever it leads. */
  readonly target: string;
  /** Changes whenever the content does, as far as the file system can tell. */
  readonly stamp: string;
}

export type Ignores = (path: string) => boolean;

/** Everything in the folder that is not ignored, in a stable order. Sockets and devices are left out, as Docker does. */
export async function listTree(root: string, ignores: Ignores, mayReturn: boolean): Promise<readonly Entry[]> {
  const entries: Entry[] = [];
  const visit = async (folder: string): Promise<void> => {
    const names = await readdir(join(root, folder));
    for (const name of names.sort()) {
      const path = folder === "" ? name : `${folder}/${name}`;
      const ignored = ignores(path);
      const entry = ignored && !mayReturn ? undefined : await readEntry(root, path);
      if (entry === undefined) continue;
      if (!ignored) entries.push(entry);
      if (entry.type === "directory") await visit(path);
    }
  };
  await visit("");
  return entries;
}

/** Undefined for what no archive holds. */
export async function readEntry(root: string, path: string): Promise<Entry | undefined> {
  const file = join(root, path);
  const stat = await lstat(file, { bigint: true });
  const type = stat.isFile()
    ? "file"
    : stat.isDirectory()
      ? "directory"
      : stat.isSymbolicLink()
        ? "symlink"
        : undefined;
  if (type === undefined) return undefined;
  return {
    path,
    type,
    mode: Number(stat.mode & 0o7777n),
    size: type === "file" ? Number(stat.size) : 0,
    mtime: stat.mtime,
    target: type === "symlink" ? await readlink(file) : "",
    stamp: [stat.dev, stat.ino, stat.size, stat.mtimeNs, stat.ctimeNs].join(":"),
  };
}
