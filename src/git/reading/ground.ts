/*
 * A revision as a project's files see it lives here: which files there are, what they say, where their paths stand.
 */

import { posix } from "node:path";
import type { Ground, Refused, Standing, Use } from "../../compose/document/ground.js";
import type { Contents, Need } from "../kept/contents.js";
import { isWithin, type Tree } from "../repository/tree.js";

export interface GroundOptions {
  readonly tree: Tree;
  /** Where the repository's own paths begin: what git does not know stands there, and outlives every revision. */
  readonly root: string;
  readonly contents: Contents;
  /** Files that only point to Git LFS, by the need that they are in. */
  readonly pointers: ReadonlyMap<string, string>;
  /** What the project's containers write to, as far as it is known by now: whoever else mounts it sees the same. */
  readonly written: ReadonlySet<string>;
}

/** What is mounted where containers write. */
export interface LiveMount {
  /** From the repository's root on. */
  readonly path: string;
  /** What git has there; absent: nothing. */
  readonly need: Need | undefined;
}

/** Says where a project's paths stand, and gathers what of the revision it needs there. */
export class RevisionGround implements Ground {
  readonly #needs = new Map<string, Need>();
  readonly #live = new Map<string, LiveMount>();
  readonly #written = new Set<string>();
  readonly #tended = new Map<string, Need>();
  readonly #asked = new Map<string, { readonly path: string; readonly use: Use; readonly answer: string }>();

  constructor(private readonly options: GroundOptions) {}

  /** Whether the same questions have the same answers in another revision. */
  isSameIn(tree: Tree): boolean {
    const there = new RevisionGround({ ...this.options, tree });
    return [...this.#asked.values()].every(({ path, use, answer }) => answer === there.#answer(path, use));
  }

  get needs(): readonly Need[] {
    return [...this.#needs.values()];
  }

  /** What containers write to, or see others write to. */
  get live(): readonly LiveMount[] {
    return [...this.#live.values()];
  }

  /** Those that some container writes to. */
  get written(): ReadonlySet<string> {
    return this.#written;
  }

  /** By their paths as they are answered: what is read, and brought up to date in place. Each has yet to get that place. */
  get tended(): ReadonlyMap<string, Need> {
    return this.#tended;
  }

  get tree(): Tree {
    return this.options.tree;
  }

  strays(path: string): Refused | undefined {
    if (insideOf(this.options.root, path) !== undefined) return undefined;
    const hint = "write a whole path of the host, such as /srv/data, or a path in the repository";
    return { refused: "the relative path leads out of the repository", hint };
  }

  stand(path: string, use: Use): Standing {
    const { standing, content } = this.#standing(path, use);
    this.#asked.set(`${use} ${path}`, { path, use, answer: JSON.stringify([standing, content]) });
    return standing;
  }

  #answer(path: string, use: Use): string {
    const { standing, content } = this.#standing(path, use);
    return JSON.stringify([standing, content]);
  }

  /** `content`: where git's own is, which may be another one while the path stays. */
  #standing(path: string, use: Use): { readonly standing: Standing; readonly content?: string } {
    const found = this.#found(path);
    const inside = insideOf(this.options.root, path);
    if ("standing" in found) {
      // It may have been in git before.
      const isOpen = use === "write" && inside !== undefined && "path" in found.standing;
      if (isOpen) this.#live.set(inside, { path: inside, need: undefined });
      return found;
    }
    const { need } = found;
    const { entry, path: content } = need;
    this.#needs.set(content, need);
    if (use === "write") this.#written.add(entry.path);
    const isRead = use === "read" || use === "tended";
    const isLive = use === "write" || (isRead && this.#isSeen(entry.path));
    if (!isLive && use === "tended") {
      this.#tended.set(path, need);
      return { standing: { path }, content };
    }
    if (!isLive) return { standing: { path: content } };
    this.#live.set(entry.path, { path: entry.path, need });
    return { standing: { path: posix.join(this.options.root, entry.path) }, content };
  }

  #isSeen(path: string): boolean {
    return [...this.options.written, ...this.#written].some((one) => isWithin(path, one));
  }

  #found(path: string): { readonly standing: Standing } | { readonly need: Need } {
    const { tree, root, contents, pointers } = this.options;
    const inside = insideOf(root, path);
    if (inside === undefined) return { standing: { path } };
    const found = tree.find(inside);
    switch (found.kind) {
      case "nothing":
        return { standing: { path } };
      case "outside":
        return refused(linkFault(found), linkHint);
      case "submodule":
        return refused(`${found.path} is a submodule, which is not fetched`, submoduleHint);
      case "entry":
        break;
    }
    const { entry } = found;
    const link = tree.escapeBelow(entry.path);
    if (entry.kind === "folder" && link !== undefined) {
      return refused(`${link} is a symbolic link that leads out of the repository`, linkHint);
    }
    const submodule = entry.kind === "folder" ? tree.submoduleBelow(entry.path) : undefined;
    if (submodule !== undefined) {
      return refused(`${submodule} is a submodule, which is not fetched`, submoduleHint);
    }
    const pointer = pointers.get(entry.id);
    if (pointer !== undefined) {
      return refused(`${posix.join(entry.path, pointer)} is only a pointer to Git LFS`, lfsHint);
    }
    const place = contents.placeOf(entry, posix.basename(root));
    const modules = entry.kind === "folder" ? tree.modulesBelow(entry.path) : [];
    return { need: { entry, path: place, modules } };
  }
}

function refused(what: string, hint: string): { readonly standing: Standing } {
  return { standing: { refused: what, hint } };
}

/** What is said of a link that leads to nothing of the repository. */
export function linkFault({ path, isCircle }: { readonly path: string; readonly isCircle?: true }): string {
  return `${path} is a symbolic link that leads ${isCircle === true ? "in a circle" : "out of the repository"}`;
}

export const linkHint = "link to a path in the repository, or mount what it means by its own path";
export const submoduleHint = "write `submodules: true` in the settings of this repository, or take the files into it";
export const lfsHint = "keep the file itself in git, or outside of it";

/** Undefined: it lies elsewhere on the host. */
export function insideOf(root: string, path: string): string | undefined {
  const inside = posix.relative(root, path);
  return inside === ".." || inside.startsWith("../") || posix.isAbsolute(inside) ? undefined : inside;
}
