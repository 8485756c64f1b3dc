import { createHash } from "node:crypto";
import type { Dirent, Stats } from "node:fs";
import { lstat, readdir, readlink } from "node:fs/promises";
import { join } from "node:path";
import type { HostFolder } from "../control/ports/host-files.js";

/** More than that is data, and no configuration: it is looked at every few seconds. */
const mostEntries = 1_000;
/** What goes beyond it is told by sizes and times. */
const longestRead = 16 * 1024 * 1024;

interface Entry {
  /** From the folder on; empty: the folder itself. */
  readonly path: string;
  readonly kind: "file" | "folder" | "link" | "other";
  readonly stats: Stats;
}

/** All that is in a folder, and in its folders. What goes away meanwhile is not there. Links are not followed. */
export async function survey(
  folder: string,
  contentOf: (path: string) => Promise<string | undefined>,
): Promise<HostFolder | "too-large" | undefined> {
  const entries = await entriesIn(folder);
  if (entries === undefined || entries === "too-large") return entries;
  const hash = createHash("sha256");
  for (const { path, kind, stats } of entries) hash.update(`${JSON.stringify([path, kind, ...printOf(stats)])}\n`);
  const changedAt = Math.floor(Math.max(...entries.map(({ stats }) => stats.ctimeMs)));
  return { print: hash.digest("hex"), changedAt, content: () => contentIn(folder, entries, contentOf) };
}

function printOf({ dev, ino, size, mode, mtimeMs, ctimeMs }: Stats): readonly number[] {
  return [dev, ino, size, mode, mtimeMs, ctimeMs];
}

/** Names and contents, and nothing of when or by whom. */
async function contentIn(
  folder: string,
  entries: readonly Entry[],
  contentOf: (path: string) => Promise<string | undefined>,
): Promise<string> {
  const hash = createHash("sha256");
  let left = longestRead;
  for (const { path, kind, stats } of entries) {
    const whole = join(folder, path);
    if (kind === "file") left -= stats.size;
    const known = left < 0 ? `${stats.size} ${stats.mtimeMs}` : undefined;
    const content = kind === "file" ? (known ?? (await contentOf(whole))) : kind === "link" ? await linkAt(whole) : "";
    hash.update(`${JSON.stringify([path, kind, content ?? ""])}\n`);
  }
  return hash.digest("hex");
}

async function linkAt(path: string): Promise<string | undefined> {
  return readlink(path).catch(() => undefined);
}

async function entriesIn(folder: string): Promise<readonly Entry[] | "too-large" | undefined> {
  const found: Entry[] = [];
  const open = [""];
  for (let path = open.pop(); path !== undefined; path = open.pop()) {
    const whole = join(folder, path);
    const stats = await lstat(whole).catch(() => undefined);
    const children = await readdir(whole, { withFileTypes: true }).catch(() => undefined);
    if (stats === undefined || children === undefined) {
      if (path === "") return undefined;
      continue;
    }
    found.push({ path, kind: "folder", stats });
    for (const child of children) {
      const below = join(path, child.name);
      if (child.isDirectory()) open.push(below);
      else found.push(...(await entryAt(folder, below, child)));
    }
    if (found.length + open.length > mostEntries) return "too-large";
  }
  return found.sort((one, other) => (one.path < other.path ? -1 : 1));
}

async function entryAt(folder: string, path: string, child: Dirent): Promise<readonly Entry[]> {
  const stats = await lstat(join(folder, path)).catch(() => undefined);
  if (stats === undefined) return [];
  const kind = child.isFile() ? "file" : child.isSymbolicLink() ? "link" : "other";
  return [{ path, kind, stats }];
}
