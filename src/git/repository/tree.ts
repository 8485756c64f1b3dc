/*
 * A repository as it is kept here: its objects, its trees, its commits. What is made of them is elsewhere.
 */

import { posix } from "node:path";

/** One name in a tree. */
export interface TreeEntry {
  /** From the repository's root on. */
  readonly path: string;
  readonly kind: "file" | "folder" | "link" | "submodule";
  readonly executable: boolean;
  readonly id: string;
}

const kinds: Readonly<Record<string, TreeEntry["kind"] | undefined>> = {
  "040000": "folder",
  "100644": "file",
  "100664": "file",
  "100755": "file",
  "120000": "link",
  "160000": "submodule",
};

/** What `git ls-tree -r -t -z` prints; `prefix` is the folder where the tree hangs. A name that git would not check out is none. */
export function entriesIn(listing: Buffer, prefix = ""): readonly TreeEntry[] {
  return listing
    .toString("utf8")
    .split("\0")
    .flatMap((line) => {
      const [, mode = "", id = "", name = ""] = /^(\d{6}) \w+ ([0-9a-f]{40,64})\t(.+)$/s.exec(line) ?? [];
      const kind = kinds[mode];
      if (kind === undefined || name === "" || name.split("/").some(isForbidden)) return [];
      const path = prefix === "" ? name : `${prefix}/${name}`;
      return [{ path, kind, executable: mode === "100755", id }];
    });
}

function isForbidden(part: string): boolean {
  return part === "" || part === "." || part === ".." || part.toLowerCase() === ".git";
}

/** Where a path leads, links followed. */
export type Found =
  | { readonly kind: "nothing" }
  | { readonly kind: "entry"; readonly entry: TreeEntry }
  /** The link at `path` leads out of the repository; `isCircle`: back to itself. */
  | { readonly kind: "outside"; readonly path: string; readonly isCircle?: true }
  | { readonly kind: "submodule"; readonly path: string };

const mostLinks = 40;

/** The names of one revision. */
export class Tree {
  readonly #entries: ReadonlyMap<string, TreeEntry>;

  /** `targets`: what the links say, by their ids. */
  constructor(
    readonly id: string,
    entries: readonly TreeEntry[],
    private readonly targets: ReadonlyMap<string, string>,
  ) {
    this.#entries = new Map(entries.map((entry) => [entry.path, entry]));
  }

  get isEmpty(): boolean {
    return this.#entries.size === 0;
  }

  /** Of all files, and of all links but those to folders. */
  files(): readonly string[] {
    return [...this.#entries.values()].flatMap(({ kind, path }) => {
      if (kind === "file") return [path];
      const found = kind === "link" ? this.find(path) : undefined;
      return found === undefined || (found.kind === "entry" && found.entry.kind !== "file") ? [] : [path];
    });
  }

  /** There is something of this name, and it is a link. */
  isLink(path: string): boolean {
    return this.#entries.get(path)?.kind === "link";
  }

  /** `path` is normal, and relative to the root, which is `""`. */
  find(path: string): Found {
    let left = path === "" ? [] : path.split("/");
    let here = "";
    for (let links = 0; left.length > 0;) {
      const [part = "", ...rest] = left;
      if (part === "..") {
        if (here === "") return { kind: "outside", path };
        here = parentOf(here);
        left = rest;
        continue;
      }
      const name = here === "" ? part : `${here}/${part}`;
      const entry = this.#entries.get(name);
      if (entry === undefined) return { kind: "nothing" };
      if (entry.kind === "submodule" && !this.#entries.has(`${name}/.`)) return { kind: "submodule", path: name };
      if (entry.kind !== "link") {
        here = name;
        left = rest;
        continue;
      }
      const target = this.targets.get(entry.id) ?? "/";
      links += 1;
      if (links > mostLinks) return { kind: "outside", path, isCircle: true };
      if (target.startsWith("/")) return { kind: "outside", path: name };
      left = [...target.split("/").filter((step) => step !== "" && step !== "."), ...rest];
      if (leavesRoot(here, left)) return { kind: "outside", path: name };
    }
    if (here === "") {
      return { kind: "entry", entry: { path: "", kind: "folder", executable: false, id: this.id } };
    }
    const entry = this.#entries.get(here);
    if (entry === undefined) return { kind: "nothing" };
    // What is fetched of a submodule is a folder, and its commit stands for what is in it.
    return { kind: "entry", entry: entry.kind === "submodule" ? { ...entry, kind: "folder" } : entry };
  }

  /** Everything below a folder. */
  below(folder: string): readonly TreeEntry[] {
    const prefix = folder === "" ? "" : `${folder}/`;
    return [...this.#entries.values()].filter(({ path }) => path.startsWith(prefix));
  }

  /** A link in a folder that leads out of the repository. */
  escapeBelow(folder: string): string | undefined {
    return this.below(folder).find(({ kind, path }) => kind === "link" && this.find(path).kind === "outside")?.path;
  }

  /** The submodules in a folder that are not fetched. */
  submoduleBelow(folder: string): string | undefined {
    return this.below(folder).find(({ kind, path }) => kind === "submodule" && !this.#entries.has(`${path}/.`))?.path;
  }

  /** Whether a path belongs to a submodule, and so to another repository. */
  isInModule(path: string): boolean {
    const parts = path.split("/");
    return parts.some((_part, index) => this.#entries.get(parts.slice(0, index + 1).join("/"))?.kind === "submodule");
  }

  /** Those that are, from the folder on, each before what is in it. */
  modulesBelow(folder: string): readonly { readonly path: string; readonly id: string }[] {
    const modules = this.below(folder).filter(({ kind }) => kind === "submodule");
    return modules
      .map(({ path, id }) => ({ path: posix.relative(folder, path), id }))
      .sort((one, other) => one.path.length - other.path.length);
  }
}

/** Whether a path is another one, or below it; `""` is the root. */
export function isWithin(path: string, folder: string): boolean {
  return folder === "" || path === folder || path.startsWith(`${folder}/`);
}

function parentOf(path: string): string {
  const parent = posix.dirname(path);
  return parent === "." ? "" : parent;
}

function leavesRoot(here: string, steps: readonly string[]): boolean {
  let depth = here === "" ? 0 : here.split("/").length;
  for (const step of steps) {
    depth += step === ".." ? -1 : 1;
    if (depth < 0) return true;
  }
  return false;
}
