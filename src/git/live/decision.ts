/*
 * Files of git that containers may write to live here: what is written, kept and removed where both have changed them.
 */

import { isWithin } from "../repository/tree.js";

/** What is at a path: `file:`, `exec:` or `link:` and git's id of what it holds; `absent`. */
export type Print = string;

export const absent: Print = "absent";

export type Found =
  | { readonly kind: "held"; readonly print: Print }
  | { readonly kind: "folder" }
  /** A device, a socket, or something that cannot be read. */
  | { readonly kind: "other" }
  /** Something on the way there, at `by`, is no folder. */
  | { readonly kind: "blocked"; readonly by: string };

/** What git may have left at each path. Several: the writing of one of them was cut off. */
export type Left = ReadonlyMap<string, readonly Print[]>;

export type Action =
  /** `over`: only in the place of one of these. */
  | { readonly kind: "write"; readonly path: string; readonly to: Print; readonly over: readonly Print[] }
  | { readonly kind: "remove"; readonly path: string; readonly over: readonly Print[] }
  | { readonly kind: "mode"; readonly path: string; readonly to: Print };

/** Why a path is not as git has it, and stays as it is. */
export type Change =
  | { readonly kind: "changed" | "deleted" | "removed"; readonly path: string }
  | { readonly kind: "obstructed"; readonly path: string; readonly by: string }
  /** The disk refuses: `why` is its word. */
  | { readonly kind: "refused"; readonly path: string; readonly why: string };

export interface Decisions {
  /** Removals first: they may make room. */
  readonly actions: readonly Action[];
  /** Those that need no action any more, with what git has left there; empty: git has nothing there. */
  readonly settled: ReadonlyMap<string, readonly Print[]>;
  readonly changes: readonly Change[];
}

/** The paths that are to be looked at: all others are as git has left them, or are the container's own by now. */
export function unsettled(
  left: Left,
  wanted: ReadonlyMap<string, Print>,
  mounts: ReadonlySet<string>,
): readonly string[] {
  const stale = [...wanted].filter(([path, print]) => !isOnly(left.get(path), print)).map(([path]) => path);
  // What nobody mounts any more is left alone: those that did may still run. What is mounted itself has to be there.
  const isMounted = (path: string) => !mounts.has(path) && [...mounts].some((mount) => isWithin(path, mount));
  const gone = [...left.keys()].filter((path) => !wanted.has(path) && isMounted(path));
  return [...stale, ...gone].sort();
}

/**
 * What follows from what git has left, what it has now, and what is there. Only what is as git has left it is touched: the
 * rest is a container's, and stays.
 */
export function decide(left: Left, wanted: ReadonlyMap<string, Print>, found: ReadonlyMap<string, Found>): Decisions {
  const actions: Action[] = [];
  const settled = new Map<string, readonly Print[]>();
  const changes: Change[] = [];
  const leaving = new Set<string>();
  for (const [path, is] of found) {
    if (wanted.has(path)) continue;
    const one = without(path, left.get(path) ?? [], is);
    if (one === "changed") changes.push({ kind: "removed", path });
    else leaving.add(path);
    if (one === "forget") settled.set(path, []);
    if (one === "remove") actions.push({ kind: "remove", path, over: left.get(path) ?? [] });
  }
  for (const [path, is] of found) {
    const to = wanted.get(path);
    if (to === undefined) continue;
    const one = withWanted(path, to, left.get(path) ?? [absent], making(is, leaving));
    if (one === "settled") settled.set(path, [to]);
    else if (isChange(one)) changes.push(is.kind === "folder" ? { kind: "obstructed", path, by: path } : one);
    else actions.push(one);
  }
  return { actions, settled, changes };
}

function without(path: string, left: readonly Print[], found: Found): "forget" | "remove" | "changed" {
  if (found.kind === "other") return "changed";
  if (found.kind !== "held" || found.print === absent) return "forget";
  return left.some((one) => isSameContent(one, found.print)) ? "remove" : "changed";
}

/** What goes in the same turn is not in the way; nor is a folder with nothing in it, as the disk will tell. */
function making(found: Found, leaving: ReadonlySet<string>): Found {
  const isRoom = found.kind === "folder" || (found.kind === "blocked" && leaving.has(found.by));
  return isRoom ? { kind: "held", print: absent } : found;
}

function withWanted(path: string, to: Print, left: readonly Print[], found: Found): "settled" | Action | Change {
  if (found.kind === "blocked") return { kind: "obstructed", path, by: found.by };
  if (found.kind !== "held") return { kind: "obstructed", path, by: path };
  const { print } = found;
  if (print === to) return "settled";
  // Whoever has made it executable, or not, means it; unless it is as git has left it.
  if (isSameContent(print, to)) return left.includes(print) ? { kind: "mode", path, to } : "settled";
  const over = left.filter((one) => (one === absent) === (print === absent));
  if (over.some((one) => isSameContent(one, print))) return { kind: "write", path, to, over };
  return { kind: print === absent ? "deleted" : "changed", path };
}

function isChange(one: Action | Change): one is Change {
  return !["write", "remove", "mode"].includes(one.kind);
}

/** Where only what may be executed differs, it is the same. */
export function isSameContent(one: Print, other: Print): boolean {
  return one.replace(/^exec:/, "file:") === other.replace(/^exec:/, "file:");
}

export function isExecutable(print: Print): boolean {
  return print.startsWith("exec:");
}

function isOnly(left: readonly Print[] | undefined, print: Print): boolean {
  return left?.length === 1 && left[0] === print;
}

/** Before anything is done: what is to be there may be there from now on. */
export function foreseen(left: Left, actions: readonly Action[]): Left {
  const next = new Map(left);
  for (const action of actions) {
    const before = left.get(action.path) ?? [absent];
    const to = action.kind === "remove" ? absent : action.to;
    next.set(action.path, [...before.filter((one) => one !== to), to]);
  }
  return next;
}

/** Once it is done: of those that were not, whatever was there before still counts. */
export function concluded(left: Left, settled: ReadonlyMap<string, readonly Print[]>): Left {
  const next = new Map(left);
  for (const [path, prints] of settled) {
    if (prints.length === 0) next.delete(path);
    else next.set(path, prints);
  }
  return next;
}

/** A person's word: `ours` is what the container has left, `theirs` what git has. */
export type Side = "ours" | "theirs";

/** What git counts as having left, so that the next decision is that word. `is`: what is there now. */
export function resolved(
  left: Left,
  {
    path,
    to,
    is,
    side,
  }: { readonly path: string; readonly to: Print | undefined; readonly is: Found; readonly side: Side },
): Left {
  const next = new Map(left);
  if (side === "ours") {
    if (to === undefined) next.delete(path);
    else next.set(path, [to]);
  } else {
    const given = is.kind === "folder" ? absent : is.kind === "held" ? is.print : undefined;
    if (given !== undefined) next.set(path, [...new Set([...(left.get(path) ?? []), given])]);
  }
  return next;
}
