/*
 * One file at a time, so that whoever is killed at any point, and whoever writes meanwhile, loses nothing.
 */

import { absent, isExecutable, isSameContent, type Found, type Print } from "./decision.js";
import type { LiveDisk, Original } from "./port.js";

export interface Bringing {
  readonly path: string;
  /** Only in the place of one of these. */
  readonly over: readonly Print[];
  readonly original: Original;
  /** It is mounted by itself: a container keeps the file that it has, so that no other one can take its place. */
  readonly inPlace: boolean;
}

/** Who is told, by the name in the workshop, of what git has left and is no more; and where else something is kept. */
export interface Witness {
  replaced(name: string): Promise<void>;
  saved(where: string): void;
}

const newOf = (name: string) => `${name}.new`;
/** The very file that was there. */
const heldOf = (name: string) => `${name}.held`;
/** The very file of git's that makes room again for one that is held. */
const newerOf = (held: string) => `${held}.newer`;
/** A copy of what was there. */
const wasOf = (name: string) => `${name}.was`;

/** Writes what git has. False: there is something else by now, and it stays. */
export async function bring(disk: LiveDisk, bringing: Bringing, name: string, witness: Witness): Promise<boolean> {
  const { path, over, original, inPlace } = bringing;
  await disk.stage(newOf(name), original, { path, executable: executableOf(bringing) });
  if (over.includes(absent)) return disk.place(newOf(name), path);
  if (inPlace || !(await disk.hold(path, heldOf(name)))) return overwrite(disk, bringing, name, witness);
  if (!isOneOf(over, await disk.lookAside(heldOf(name)))) return false;
  if (!(await disk.replace(newOf(name), path, heldOf(name)))) return false;
  // Somebody may have written to it until it went.
  if (!isOneOf(over, await disk.lookAside(heldOf(name)))) {
    const saved = await giveBack(disk, { path, to: original.print }, heldOf(name));
    if (saved !== undefined) witness.saved(saved);
    return false;
  }
  await witness.replaced(heldOf(name));
  return true;
}

async function overwrite(disk: LiveDisk, bringing: Bringing, name: string, witness: Witness): Promise<boolean> {
  const { path, over, original } = bringing;
  // A link has no content that could be written to.
  if (original.print.startsWith("link:")) return false;
  await disk.copy(path, wasOf(name));
  if (!isOneOf(over, await disk.lookAside(wasOf(name)))) return false;
  if (!(await disk.overwrite(path, newOf(name), wasOf(name)))) return false;
  const executable = executableOf(bringing);
  if (executable !== undefined) await disk.setExecutable(path, executable);
  await witness.replaced(wasOf(name));
  return true;
}

/** Undefined: it was no matter of git, and stays as it is. */
function executableOf({ original, over }: Pick<Bringing, "original" | "over">): boolean | undefined {
  if (isExecutable(original.print)) return true;
  return over.some(isExecutable) ? false : undefined;
}

/** Takes away what git has left. False: there is something else by now, and it stays. */
export async function takeAway(
  disk: LiveDisk,
  { path, over }: Pick<Bringing, "path" | "over">,
  name: string,
  witness: Witness,
): Promise<boolean> {
  const held = heldOf(name);
  if (!(await disk.hold(path, held))) await disk.copy(path, held);
  if (!isOneOf(over, await disk.lookAside(held))) return false;
  if (!(await disk.remove(path, held))) return false;
  if (!isOneOf(over, await disk.lookAside(held))) {
    const saved = await giveBack(disk, { path, to: absent }, held);
    if (saved !== undefined) witness.saved(saved);
    return false;
  }
  await witness.replaced(held);
  return true;
}

/** After an end in the middle of it. Answers where something is kept that has no place any more. */
export async function recover(
  disk: LiveDisk,
  { path, over, to, keeps }: Pick<Bringing, "path" | "over"> & { readonly to: Print; readonly keeps: boolean },
  name: string,
): Promise<string | undefined> {
  const was = await disk.lookAside(wasOf(name));
  if (isThere(was) && (await disk.isTorn(path, newOf(name), wasOf(name)))) await disk.overwrite(path, newOf(name));
  const held = await disk.lookAside(heldOf(name));
  const newer = await keepNewer(disk, { path, to }, newerOf(heldOf(name)));
  if (isThere(held) && !isOneOf(over, held)) return (await giveBack(disk, { path, to }, heldOf(name))) ?? newer;
  const [old, from] = isThere(held) ? [held, heldOf(name)] : [was, wasOf(name)];
  const is = await disk.look(path);
  const isReplaced = isThere(old) && !(is.kind === "held" && old.kind === "held" && is.print === old.print);
  return keeps && isReplaced ? disk.keep(from, path) : newer;
}

/**
 * What a container has written into what was replaced: it goes back, unless there is something newer of a container by now.
 * Answers where it is kept then.
 */
async function giveBack(
  disk: LiveDisk,
  { path, to }: { readonly path: string; readonly to: Print },
  held: string,
): Promise<string | undefined> {
  const old = await disk.lookAside(held);
  if (await disk.place(held, path)) return undefined;
  const is = await disk.look(path);
  if (is.kind === "held" && old.kind === "held" && is.print === old.print) return undefined;
  const newer = newerOf(held);
  const isGits = async () => isOneOf([to], await disk.lookAside(newer));
  const isTaken = isOneOf([to], is) && (await disk.hold(path, newer)) && (await isGits());
  if (!isTaken || !(await disk.replace(held, path, newer))) return disk.keep(held, path);
  // Somebody may have written to git's own until it went.
  return (await isGits()) ? undefined : disk.keep(newer, path);
}

/** What a container had written to git's own file when that went, and nobody has kept yet. Answers where it is kept now. */
async function keepNewer(
  disk: LiveDisk,
  { path, to }: { readonly path: string; readonly to: Print },
  newer: string,
): Promise<string | undefined> {
  const found = await disk.lookAside(newer);
  if (!isThere(found) || isOneOf([to], found)) return undefined;
  const is = await disk.look(path);
  const isInPlace = is.kind === "held" && found.kind === "held" && is.print === found.print;
  return isInPlace ? undefined : disk.keep(newer, path);
}

function isThere(found: Found): boolean {
  return found.kind === "held" && found.print !== absent;
}

function isOneOf(prints: readonly Print[], found: Found): boolean {
  return found.kind === "held" && prints.some((one) => isSameContent(one, found.print));
}
