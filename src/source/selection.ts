import { posix } from "node:path";
import type * as TinyGlobby from "tinyglobby";
import { loadLate } from "../process/load-late.js";

/** The files of one project, as the user named them: the first is its own, each other is merged over those before it. */
export interface Selected {
  readonly files: readonly [string, ...string[]];
  /** Found by a pattern, so that it may vanish again. */
  readonly matched: boolean;
}

/** What stands behind the `--file` options: plain names make one project together, a pattern one of each match. */
export interface Selection {
  readonly projects: readonly Selected[];
  /** The patterns that match nothing. */
  readonly barren: readonly string[];
}

/** Not by parentheses alone: directories have them. */
export function isPattern(file: string): boolean {
  return /[*?{}[\]]|[!+@]\(/.test(file);
}

/** In the order of the options; the matches of a pattern by name. A file that is named plainly is left out of patterns. */
export async function selectFiles(files: readonly string[]): Promise<Selection> {
  const plain = files.filter((file) => !isPattern(file));
  const projects: Selected[] = [];
  const barren: string[] = [];
  const taken = new Set(plain.map((file) => posix.resolve(file)));
  for (const file of files) {
    if (!isPattern(file)) {
      const [first, ...others] = plain;
      if (first !== undefined && file === first) projects.push({ files: [first, ...others], matched: false });
      continue;
    }
    const matches = await matchesOf(file);
    if (matches.length === 0) barren.push(file);
    for (const match of matches) {
      if (taken.has(posix.resolve(match))) continue;
      taken.add(posix.resolve(match));
      projects.push({ files: [match], matched: true });
    }
  }
  return { projects, barren };
}

/** Absolute where the pattern is, else from the working directory on. What cannot be searched matches nothing. */
async function matchesOf(pattern: string): Promise<readonly string[]> {
  const { glob } = loadLate("tinyglobby") as typeof TinyGlobby;
  const options = { absolute: posix.isAbsolute(pattern), expandDirectories: false, dot: true };
  const matches = await glob(pattern, options).catch(() => []);
  return matches.sort();
}
