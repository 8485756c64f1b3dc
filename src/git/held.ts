import { insideOf } from "./reading/ground.js";
import type { Held } from "./reading/revision.js";
import type { RevisionShelf } from "./reading/shelf.js";

/** The projects of a repository, by their own files. */
export type AllHeld = ReadonlyMap<string, Held>;

export function heldOf(all: AllHeld, project: string): Held | undefined {
  return [...all.values()].find(({ known }) => known.project?.name === project);
}

/** A snapshot of both would show the same. */
export function isSameHeld(one: AllHeld, other: AllHeld): boolean {
  const others = [...other];
  return (
    one.size === other.size &&
    [...one].every(([file, { known }], index) => others[index]?.[0] === file && others[index][1].known === known)
  );
}

/** Some project is in force by an older revision than `inForce`. */
export function isHeldBack(all: AllHeld, inForce: string | undefined): boolean {
  return [...all.values()].some(({ revision }) => revision !== undefined && revision !== inForce);
}

/** Whether a file that is not in git, and that a project reads, is otherwise than it was. */
export async function isAnyStale(all: AllHeld, shelf: RevisionShelf): Promise<boolean> {
  for (const { known } of all.values()) {
    if (!known.gone && !(await known.texts.areCurrent(shelf))) return true;
  }
  return false;
}

/** The paths that they need, and every text in their specs: what a held-back project mounts is among those. */
export function neededBy(all: AllHeld): readonly string[] {
  return [...all.values()].flatMap(({ ground, inForce, known }) => [
    ...[...(ground?.needs ?? []), ...(inForce?.needs ?? [])].map(({ path }) => path),
    ...textsIn(known.project),
  ]);
}

/** What of the repository a project is made of, from its root on. Empty: all of it. */
export function pathsOf({ known, inForce, ground }: Held, root: string): readonly string[] {
  const tree = (inForce ?? ground)?.tree;
  const read = known.texts.paths().flatMap((path) => {
    const inside = insideOf(root, path);
    const found = inside === undefined ? undefined : tree?.find(inside);
    // A link and what it leads to.
    return inside === undefined ? [] : [inside, ...(found?.kind === "entry" ? [found.entry.path] : [])];
  });
  const paths = [...read, ...(inForce?.needs ?? []).map(({ entry }) => entry.path)];
  return paths.includes("") ? [] : [...new Set(paths)].filter((path) => !path.includes("\n"));
}

function textsIn(value: unknown): readonly string[] {
  if (typeof value === "string") return [value];
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(textsIn) : [];
}
