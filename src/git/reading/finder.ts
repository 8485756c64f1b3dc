import { posix } from "node:path";
import { loadLate } from "../../process/load-late.js";
import { isPattern, type Finder } from "../../source/selection.js";
import type { Tree } from "../repository/tree.js";

type Picomatch = (pattern: string, options: { readonly dot: boolean }) => (path: string) => boolean;

/** The files of a revision, matched as those of the host are. */
export function finderIn(tree: Tree): Finder {
  return {
    matches: (pattern) => Promise.resolve(tree.files().filter(matcher(pattern))),
    identity: (file) => posix.normalize(file),
  };
}

/** Whether one of the settings' paths still means this file. */
export function isNamed(file: string, paths: readonly string[]): boolean {
  return paths.some((path) => (isPattern(path) ? matcher(path)(file) : posix.normalize(path) === file));
}

function matcher(pattern: string): (path: string) => boolean {
  const picomatch = loadLate("picomatch") as Picomatch;
  const isMatch = picomatch(posix.normalize(pattern), { dot: true });
  // It takes more than a path, and then answers otherwise.
  return (path) => isMatch(path);
}
