import { stat } from "node:fs/promises";
import { commandOf } from "../compose/document/command-path.js";
import { notRegular, type FileText } from "../compose/document/library.js";
import { decoded } from "../tools/utf8.js";
import { NoPlainFile, readGiven, readPlain } from "../tools/files/plain-file.js";

/** Where texts are read: the host's own files, or a revision of a repository over them. */
export interface Shelf {
  /** `any`: also what this process was given open, such as the pipe of a shell's `<(…)`. */
  read(path: string, any: boolean): Promise<FileText>;
  /** The bytes of what is a text by `read`; undefined: they are not there any more. */
  bytes(path: string): Promise<Buffer | undefined>;
  /** Changes whenever the text does. */
  stamp(path: string): Promise<string>;
}

/** The host's own files. */
export const hostShelf: Shelf = {
  read: textOf,
  bytes: (path) => readPlain(path).catch(() => undefined),
  stamp: stampOf,
};

/** What was found at some paths, and what was said of them just before. */
export class Texts {
  readonly #texts = new Map<string, FileText>();
  readonly #stamps = new Map<string, string>();

  constructor(private readonly shelf: Shelf = hostShelf) {}

  get(path: string): FileText | undefined {
    return this.#texts.get(path);
  }

  paths(): readonly string[] {
    return [...this.#texts.keys()];
  }

  stampOf(path: string): string | undefined {
    return this.#stamps.get(path);
  }

  /** `any`: also what this process was given open, such as the pipe of a shell's `<(…)`. */
  async read(path: string, any = false): Promise<FileText> {
    const isTold = commandOf(path) !== undefined;
    if (!isTold) this.#stamps.set(path, await this.shelf.stamp(path));
    const text = await this.shelf.read(path, any);
    // A program is known by what it says.
    if (isTold) this.#stamps.set(path, await this.shelf.stamp(path));
    this.#texts.set(path, text);
    return text;
  }

  equals(path: string, other: Texts): boolean {
    const [mine, theirs] = [this.#texts.get(path), other.#texts.get(path)];
    if (mine === undefined || theirs === undefined) return false;
    return "text" in mine
      ? "text" in theirs && mine.text === theirs.text && (mine.foreign === undefined) === (theirs.foreign === undefined)
      : "missing" in theirs && mine.missing === theirs.missing;
  }

  /** Others have read the same a little later. */
  refresh(later: Texts): void {
    for (const [path, stamp] of later.#stamps) this.#stamps.set(path, stamp);
  }

  /** Whether they are, there or where they were read, as they were when they were read. */
  async areCurrent(shelf: Shelf = this.shelf): Promise<boolean> {
    const same = await Promise.all(
      [...this.#stamps].map(async ([path, before]) => {
        // What programs tell is in no revision.
        const at = commandOf(path) === undefined ? shelf : this.shelf;
        return (await at.stamp(path)) === before;
      }),
    );
    return !same.includes(false);
  }
}

async function textOf(path: string, any: boolean): Promise<FileText> {
  try {
    return decoded(await (any ? readGiven(path) : readPlain(path)));
  } catch (thrown) {
    return { missing: thrown instanceof NoPlainFile ? `${thrown.kind}, ${notRegular}` : codeOf(thrown) };
  }
}

async function stampOf(path: string): Promise<string> {
  try {
    const { ino, size, mtimeMs, ctimeMs } = await stat(path);
    return [ino, size, mtimeMs, ctimeMs].join(":");
  } catch (thrown) {
    return codeOf(thrown);
  }
}

function codeOf(thrown: unknown): string {
  return thrown instanceof Error && "code" in thrown ? String(thrown.code) : "unknown error";
}
