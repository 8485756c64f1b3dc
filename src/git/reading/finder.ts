import { posix } from "node:path";
import { loadLate } from "../../process/load-late.js";
import type { Finder } from "../../source/selection.js";
import type { Tree } from "../repository/tree.js";

type Picomatch = (pattern: string, options: { readonly dot: boolean }) => (path: string) => boolean;

/** The files of a revision, matched as those of the host are. */
export function finderIn(tree: Tree): Finder {
  return {
    matches: (pattern) => {
      const picomatch = loadLate("picomatch") as Picomatch;
      const isMatch = picomatch(posix.normalize(pattern), { dot: true });
      return Promise.resolve(tree.files().filter((path) => isMatch(path)));
    },
    identity: (file) => posix.normalize(file),
  };
}
