import { posix } from "node:path";

/** The text of a file, or why there is none, as the system's error code (`ENOENT`, …). */
export type FileText =
  | { readonly text: string; readonly decrypted?: Decrypted }
  /** `encrypted`: it is there, and cannot be read for that. */
  | { readonly missing: string; readonly encrypted?: true };

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

/** What a message says of a file without a text. */
export function whyMissing(missing: string, name: string): string {
  return missing === "ENOENT" ? `there is no file ${name}` : `${name} cannot be read (${missing})`;
}
