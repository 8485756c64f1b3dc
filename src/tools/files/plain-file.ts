/*
 * Files that people name are read here. What is no regular file is refused before it is opened: a pipe that nobody writes to
 * would be waited for, without an end, and a device can do anything.
 */

import { constants, closeSync, fstatSync, openSync, readFileSync, readlinkSync, statSync, type Stats } from "node:fs";
import { open, readFile, readlink, stat } from "node:fs/promises";

/** Its message says what is there instead; its `code` is `ENOTREG`, among those of the system. */
export class NoPlainFile extends Error {
  readonly code = "ENOTREG";

  constructor(
    path: string,
    /** With its article: `a named pipe`. */
    readonly kind: string,
  ) {
    super(`${path} is ${kind}, not a regular file`);
  }
}

export const plainFileRemedy = "name a regular file: write what it gives into one";

/** A pipe that takes the place of the file meanwhile is not waited for either. */
const flags = constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY;

/** The bytes of a regular file; `/dev/null` is an empty one. Throws NoPlainFile, and what the system says. */
export async function readPlain(path: string): Promise<Buffer> {
  refuseOther(path, await stat(path));
  const file = await open(path, flags);
  try {
    refuseOther(path, await file.stat());
    return await file.readFile();
  } finally {
    await file.close();
  }
}

export function readPlainSync(path: string): Buffer {
  refuseOther(path, statSync(path));
  const file = openSync(path, flags);
  try {
    refuseOther(path, fstatSync(file));
    return readFileSync(file);
  } finally {
    closeSync(file);
  }
}

const given = /^\/(?:dev|proc\/self)\/fd\/\d+$/;

/**
 * The same, and whatever this process was given open: its standard input, and the pipes of a shell's `<(…)`. These have had
 * somebody who writes to them, and so come to an end.
 */
export async function readGiven(path: string): Promise<Buffer> {
  const isOpen =
    path === "/dev/stdin" || (given.test(path) && isPipe(await readlink(fdPath(path)).catch(() => undefined)));
  return isOpen ? readFile(path) : readPlain(path);
}

export function readGivenSync(path: string): Buffer {
  const isOpen = path === "/dev/stdin" || (given.test(path) && isPipe(linkSync(fdPath(path))));
  return isOpen ? readFileSync(path) : readPlainSync(path);
}

/** `/dev/fd` itself is a link. */
function fdPath(path: string): string {
  return path.replace(/^\/dev\//, "/proc/self/");
}

/** A pipe without a name: opening it waits for nobody. */
function isPipe(target: string | undefined): boolean {
  return target?.startsWith("pipe:[") === true;
}

function linkSync(path: string): string | undefined {
  try {
    return readlinkSync(path);
  } catch {
    return undefined;
  }
}

function refuseOther(path: string, found: Stats): void {
  if (found.isFile() || path === "/dev/null") return;
  if (found.isDirectory()) throw Object.assign(new Error(`EISDIR: ${path} is a directory`), { code: "EISDIR" });
  throw new NoPlainFile(path, kindOf(found));
}

function kindOf(found: Stats): string {
  if (found.isFIFO()) return "a named pipe";
  return found.isSocket() ? "a socket" : "a device";
}
