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

/** Where files are looked for. */
export interface Finder {
  /** In any order, as messages name them. What cannot be searched matches nothing. */
  matches(pattern: string): Promise<readonly string[]>;
  /** The same for two names of one file. */
  identity(file: string): string;
}

/** Absolute where the pattern is, else from the working directory on. */
const hostFinder: Finder = { matches: matchesOf, identity: (file) => posix.resolve(file) };

/** In the order of the options; the matches of a pattern by name. A file that is named plainly is left out of patterns. */
export async function selectFiles(files: readonly string[], finder: Finder = hostFinder): Promise<Selection> {
  const plain = files.filter((file) => !isPattern(file));
  const projects: Selected[] = [];
  const barren: string[] = [];
  const taken = new Set(plain.map((file) => finder.identity(file)));
  for (const file of files) {
    if (!isPattern(file)) {
      const [first, ...others] = plain;
      if (first !== undefined && file === first) projects.push({ files: [first, ...others], matched: false });
      continue;
    }
    const matches = [...(await finder.matches(file))].sort();
    if (matches.length === 0) barren.push(file);
    for (const match of matches) {
      if (taken.has(finder.identity(match))) continue;
      taken.add(finder.identity(match));
      projects.push({ files: [match], matched: true });
    }
  }
  return { projects, barren };
}

async function matchesOf(pattern: string): Promise<readonly string[]> {
  const { glob } = loadLate("tinyglobby") as typeof TinyGlobby;
  const options = { absolute: posix.isAbsolute(pattern), expandDirectories: false, dot: true };
  return glob(pattern, options).catch(() => []);
}
