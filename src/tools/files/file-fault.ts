import { NoPlainFile, plainFileRemedy } from "./plain-file.js";

/** What is wrong with a path, in words, and what its owner can do about it. */
export interface FileFault {
  readonly message: string;
  readonly remedy: string;
}

type Words = readonly [message: (path: string) => string, remedy: string];

const notAllowed: Words = [
  (path) => `this user may not read ${path}`,
  "run it as the user whose file that is, or as root (sudo), or let this user read it (chown, chmod) and enter the directories above it",
];
const noName: Words = [(path) => `${path} is no path that a file can have`, "name another file"];

const whereRead: Readonly<Record<string, Words>> = {
  ENOENT: [(path) => `there is no file ${path}`, "name a file that is there"],
  EISDIR: [(path) => `${path} is a directory`, "name the file in it"],
  ENOTDIR: [(path) => `${path} leads through a file, as if that were a directory`, "name a file that is there"],
  EACCES: notAllowed,
  EPERM: notAllowed,
  ELOOP: [(path) => `${path} is a link that leads back to itself`, "mend the link, or name the file itself"],
  ENAMETOOLONG: noName,
  ERR_INVALID_ARG_VALUE: noName,
  ENXIO: [(path) => `${path} is a socket`, "name a file"],
};

const notWritable: Words = [
  (path) => `this user may not write to ${path}`,
  "run it as a user who may write there, such as root (sudo), or name another place",
];
const full: Words = [(path) => `the disk of ${path} is full`, "make room there, or name another place"];

const whereWritten: Readonly<Record<string, Words>> = {
  // Whoever writes makes the folders that are missing: this one is in a file system that takes none, such as /proc.
  ENOENT: [(path) => `nothing can be made at ${path}`, "name a place on a disk"],
  EISDIR: [(path) => `${path} is a directory`, "name a file, or move the directory away"],
  ENOTDIR: [(path) => `${path} leads through a file, as if that were a directory`, "name another place"],
  EEXIST: [(path) => `${path} is a file, not a directory`, "name another place"],
  EACCES: notWritable,
  EPERM: notWritable,
  EROFS: [(path) => `the disk of ${path} is read-only`, notWritable[1]],
  ENOSPC: full,
  EDQUOT: full,
  ELOOP: [(path) => `${path} is a link that leads back to itself`, "mend the link, or name another place"],
  ENAMETOOLONG: [(path) => `${path} is too long for a path`, "name another place"],
  ERR_INVALID_ARG_VALUE: [(path) => `${path} is no path that a file can have`, "name another place"],
};

/** What the file system has thrown at whoever wanted to read `path`. */
export function readFault(path: string, thrown: unknown): FileFault {
  if (thrown instanceof NoPlainFile) return { message: thrown.message, remedy: plainFileRemedy };
  return readFaultBy(codeOf(thrown), path);
}

/** The same by the code alone. */
export function readFaultBy(code: string | undefined, path: string): FileFault {
  return faultIn(whereRead, path, code, ["cannot be read", "see whether its disk is well, or name another file"]);
}

/** The same at whoever wanted to write there, or to make it. */
export function writeFault(path: string, thrown: unknown): FileFault {
  return faultIn(whereWritten, path, codeOf(thrown), [
    "cannot be written",
    "see whether its disk is well, or name another place",
  ]);
}

/** `ENOENT` and the like; undefined: it is none of the system's errors. */
export function codeOf(thrown: unknown): string | undefined {
  return thrown instanceof Error && "code" in thrown ? String(thrown.code) : undefined;
}

function faultIn(
  table: Readonly<Record<string, Words>>,
  path: string,
  code = "unknown error",
  [what, otherwise]: readonly [what: string, remedy: string],
): FileFault {
  const words = table[code];
  if (words === undefined) return { message: `${path} ${what} (${code})`, remedy: otherwise };
  const [message, remedy] = words;
  return { message: message(path), remedy };
}
