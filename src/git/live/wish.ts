/*
 * What of a repository's projects belongs where containers write, and how it is told of.
 */

import { posix } from "node:path";
import type { LocalChange } from "../../control/ports/source.js";
import type { LiveMount, RevisionGround } from "../reading/ground.js";
import type { Held } from "../reading/revision.js";
import { isWithin } from "../repository/tree.js";
import type { Change } from "./decision.js";
import type { Wish } from "./live.js";
import type { Original } from "./port.js";
import { printOf } from "./prints.js";

/** Of a path that several projects mount the newest revision counts. */
export function wishOf(all: readonly Pick<Held, "inForce" | "revision" | "changed">[], newest: string): Wish {
  const files = new Map<string, Original>();
  const mounts = new Set<string>();
  const age = ({ revision, changed }: Pick<Held, "revision" | "changed">) =>
    revision === newest ? "newest" : (changed?.at ?? "");
  for (const { inForce } of [...all].sort((one, other) => compare(age(one), age(other)))) {
    for (const mount of inForce?.live ?? []) {
      mounts.add(mount.path);
      // What a newer revision does not have is not in git.
      for (const path of [...files.keys()]) if (isWithin(path, mount.path)) files.delete(path);
      for (const [path, original] of filesOf(mount, inForce)) files.set(path, original);
    }
  }
  return { files, mounts };
}

function filesOf({ need }: LiveMount, ground: RevisionGround | undefined): readonly (readonly [string, Original])[] {
  if (need === undefined) return [];
  const { entry, path: content } = need;
  const all = entry.kind === "file" ? [entry] : (ground?.tree.below(entry.path) ?? []);
  return all.flatMap((one) => {
    const print = printOf(one);
    if (print === undefined) return [];
    return [[one.path, { print, from: posix.join(content, posix.relative(entry.path, one.path)) }] as const];
  });
}

/** Whether a project has it mounted where containers write. */
export function isOf(path: string, ground: Pick<RevisionGround, "live"> | undefined): boolean {
  return ground?.live.some((mount) => isWithin(path, mount.path)) === true;
}

export function changesOf(
  changes: readonly Change[],
  ground: Pick<RevisionGround, "live"> | undefined,
  root: string,
): readonly LocalChange[] {
  return changes
    .filter(({ path }) => isOf(path, ground))
    .map((change) => ({ file: change.path, path: posix.join(root, change.path), what: inWords(change) }));
}

function inWords(change: Change): string {
  switch (change.kind) {
    case "changed":
      return "changed here and by a commit";
    case "deleted":
      return "deleted here, changed by a commit";
    case "removed":
      return "changed here, removed by a commit";
    case "obstructed":
      return change.by === change.path ? "something that is no file is in its place" : `${change.by} is in its way`;
    case "refused":
      return `cannot be written: ${change.why}`;
  }
}

function compare(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}
