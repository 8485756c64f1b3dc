import { posix } from "node:path";
import type { Decoded } from "../../tools/utf8.js";

/** The text of a file, or why there is none, as the system's error code (`ENOENT`, …). */
export type FileText =
  | (Decoded & { readonly decrypted?: Decrypted })
  /** `encrypted`: it is there, and cannot be read for that; what to do. */
  | { readonly missing: string; readonly encrypted?: Encrypted };

/** What to do about a file that cannot be decrypted, where that is known. */
export interface Encrypted {
  readonly hint?: string;
}

/** It stands there encrypted: nobody is to be shown what is in it. */
export interface Decrypted {
  /** What was in it is no text, and stands here as base64. */
  readonly isBase64: boolean;
}

/** By the file's absolute path. A change of any file that was asked for, also of a missing one, can change the project. */
export type ReadText = (path: string) => FileText;

/** The further files that a project names: included and extended ones, and those with variables. */
export interface Library {
  /** By absolute path. */
  read(path: string): FileText;
  /** As messages name it: the way to the project's own file, as the user named that, and on from there. */
  nameOf(path: string): string;
}

/** `file` is the project's own, as the user named it; it lies in `directory`, which is absolute. */
export function openLibrary(file: string, directory: string, readText: ReadText): Library {
  return {
    read: readText,
    nameOf: (path) =>
      posix.isAbsolute(file) ? path : posix.join(posix.dirname(file), posix.relative(directory, path)),
  };
}

/** Why what is no regular file has no text; what it is instead may stand before it. */
export const notRegular = "not a regular file";

/** What to do about a file without a text. `absent`: where there is none. Undefined: what is said of it says that too. */
export function remedyFor(missing: string, absent: string): string | undefined {
  if (missing === "ENOENT") return absent;
  if (missing === "EACCES" || missing === "EPERM")
    return "let the user that runs Fairlead read it (chown, chmod), and enter the directories above it";
  if (missing === "EISDIR") return "this is a directory: name a file in it";
  if (missing === "ELOOP") return "its links lead in a circle: name the file itself";
  if (missing.endsWith(notRegular)) return "name a regular file: write into one what it would give";
  return /^E[A-Z]+$/.test(missing) ? "see whether the path is right, and its disk well" : undefined;
}

/** What a message says of a file without a text. */
export function whyMissing(missing: string, name: string): string {
  return missing === "ENOENT" ? `there is no file ${name}` : `${name} cannot be read (${missing})`;
}
