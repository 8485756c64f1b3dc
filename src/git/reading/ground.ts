/*
 * A revision as a project's files see it lives here: which files there are, what they say, where their paths stand.
 */

import { posix } from "node:path";
import type { Ground, Standing, Use } from "../../compose/document/ground.js";
import type { Contents, Need } from "../kept/contents.js";
import type { Tree } from "../repository/tree.js";

export interface GroundOptions {
  readonly tree: Tree;
  /** Where the repository's own paths begin: what git does not know stands there, and outlives every revision. */
  readonly root: string;
  readonly contents: Contents;
  /** Files that only point to Git LFS, by the need that they are in. */
  readonly pointers: ReadonlyMap<string, string>;
}

/** Says where a project's paths stand, and gathers what of the revision it needs there. */
export class RevisionGround implements Ground {
  readonly #needs = new Map<string, Need>();
  readonly #asked = new Map<string, { readonly path: string; readonly use: Use; readonly answer: string }>();

  constructor(private readonly options: GroundOptions) {}

  /** Whether the same questions have the same answers in another revision. */
  isSameIn(tree: Tree): boolean {
    const there = new RevisionGround({ ...this.options, tree });
    return [...this.#asked.values()].every(
      ({ path, use, answer }) => answer === JSON.stringify(there.stand(path, use)),
    );
  }

  get needs(): readonly Need[] {
    return [...this.#needs.values()];
  }

  stand(path: string, use: Use): Standing {
    const standing = this.#standing(path, use);
    this.#asked.set(`${use} ${path}`, { path, use, answer: JSON.stringify(standing) });
    return standing;
  }

  #standing(path: string, use: Use): Standing {
    const { tree, root, contents, pointers } = this.options;
    const inside = insideOf(root, path);
    if (inside === undefined) return { path };
    const shown = inside === "" ? "./" : inside;
    const found = tree.find(inside);
    switch (found.kind) {
      case "nothing":
        return { path };
      case "outside":
        return { refused: `${found.path} is a symbolic link that leads out of the repository`, hint: linkHint };
      case "submodule":
        return { refused: `${found.path} is a submodule, which is not fetched`, hint: submoduleHint };
      case "entry":
        break;
    }
    const { entry } = found;
    if (use === "write") return { refused: `${shown} is in git, and a container may write there`, hint: writeHint };
    const link = tree.escapeBelow(entry.path);
    if (entry.kind === "folder" && link !== undefined) {
      return { refused: `${link} is a symbolic link that leads out of the repository`, hint: linkHint };
    }
    const submodule = entry.kind === "folder" ? tree.submoduleBelow(entry.path) : undefined;
    if (submodule !== undefined) {
      return { refused: `${submodule} is a submodule, which is not fetched`, hint: submoduleHint };
    }
    const pointer = pointers.get(entry.id);
    if (pointer !== undefined) {
      return { refused: `${posix.join(entry.path, pointer)} is only a pointer to Git LFS`, hint: lfsHint };
    }
    const place = contents.placeOf(entry, posix.basename(root));
    const modules = entry.kind === "folder" ? tree.modulesBelow(entry.path) : [];
    this.#needs.set(place, { entry, path: place, modules });
    return { path: place };
  }
}

export const linkHint = "link to a path in the repository, or mount what it means by its own path";
export const submoduleHint = "write `submodules: true` in the settings of this repository, or take the files into it";
export const lfsHint = "keep the file itself in git, or outside of it";
const writeHint =
  "mount it read-only (`:ro`); for what a container writes name a path that is not in git: that one outlives every revision";

/** Undefined: it lies elsewhere on the host. */
export function insideOf(root: string, path: string): string | undefined {
  const inside = posix.relative(root, path);
  return inside === ".." || inside.startsWith("../") || posix.isAbsolute(inside) ? undefined : inside;
}
