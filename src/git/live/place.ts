import type { Stats } from "node:fs";
import { lstat } from "node:fs/promises";
import { dirname } from "node:path";
import { openToRead } from "./bytes.js";
import { absent, type Found } from "./decision.js";
import { codeOf, stepInto, type Footing } from "./footing.js";
import { Refused, type Like } from "./port.js";
import { printOfFile, printOfLink } from "./prints.js";

export interface Rights {
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
}

const refusals: ReadonlySet<unknown> = new Set(["EACCES", "EPERM", "EROFS", "ETXTBSY", "EBUSY", "ENAMETOOLONG"]);
const goings: ReadonlySet<unknown> = new Set(["ENOENT", "ELOOP", "EISDIR", "ENOTDIR"]);

/** Where containers write: what is there, and how it is reached without following anything that they have put there. */
export class Place {
  constructor(
    private readonly root: string,
    private readonly idLength: () => number,
  ) {}

  look(path: string): Promise<Found> {
    return this.step(path, async (at) => (typeof at === "string" ? this.lookAt(at) : at), false);
  }

  /** Where the path is, as a path that nobody can turn elsewhere; or why it is not. */
  step<T>(
    path: string,
    work: (at: string | Found, footing: Footing | undefined) => Promise<T>,
    makeFolders: boolean,
  ): Promise<T> {
    return refusing(() =>
      stepInto(this.root, path, makeFolders, (stepped) => {
        if (stepped.kind === "blocked") return work(stepped, undefined);
        if (stepped.kind === "absent") return work({ kind: "held", print: absent }, undefined);
        return work(stepped.footing.at(stepped.name), stepped.footing);
      }),
    );
  }

  /** Throws Refused where there is nothing any more. */
  at<T>(path: string, work: (at: string) => Promise<T>): Promise<T> {
    return this.step(
      path,
      (at) => {
        if (typeof at === "string") return work(at);
        throw new Refused("it is gone");
      },
      false,
    );
  }

  /** Of any path. */
  async lookAt(path: string): Promise<Found> {
    const found = await lstat(path).catch(ignoreMissing);
    if (found === undefined) return { kind: "held", print: absent };
    if (found.isDirectory()) return { kind: "folder" };
    try {
      if (found.isSymbolicLink()) return { kind: "held", print: await printOfLink(path, this.idLength()) };
      if (!found.isFile()) return { kind: "other" };
      const file = await openToRead(path);
      try {
        return { kind: "held", print: await printOfFile(file, (found.mode & 0o100) !== 0, this.idLength()) };
      } finally {
        await file.close();
      }
    } catch (thrown) {
      if (codeOf(thrown) === "ENOENT") return { kind: "held", print: absent };
      if (refusals.has(codeOf(thrown)) || codeOf(thrown) === "ELOOP") return { kind: "other" };
      throw thrown;
    }
  }

  /** Of what is there, or as the folder that it comes into has them. */
  async rightsFor({ path, executable }: Like): Promise<Rights> {
    const found = await this.#statAt(path);
    if (found?.isFile() === true) {
      const { mode, uid, gid } = found;
      return { mode: withExecutable(mode & 0o777, executable), uid, gid };
    }
    const { uid, gid } = found?.isSymbolicLink() === true ? found : await this.#nearestFolder(path);
    return { mode: withExecutable(0o644, executable), uid, gid };
  }

  #statAt(path: string): Promise<Stats | undefined> {
    const stat = async (at: string | Found) => (typeof at === "string" ? lstat(at).catch(ignoreMissing) : undefined);
    return this.step(path, stat, false);
  }

  async #nearestFolder(path: string): Promise<Pick<Stats, "uid" | "gid">> {
    for (let folder = dirname(path); folder !== "."; folder = dirname(folder)) {
      const found = await this.#statAt(folder);
      if (found?.isDirectory() === true) return found;
    }
    return lstat(this.root);
  }
}

/** Undefined: it stays as it is. */
export function withExecutable(mode: number, executable: boolean | undefined): number {
  if (executable === undefined) return mode;
  return executable ? mode | ((mode & 0o444) >> 2) : mode & ~0o111;
}

export function ignoreMissing(thrown: unknown): undefined {
  if (codeOf(thrown) === "ENOENT" || codeOf(thrown) === "ENOTDIR") return undefined;
  throw thrown;
}

/** Only root may give a file to somebody else. */
export function ignoreRefusal(thrown: unknown): void {
  if (!refusals.has(codeOf(thrown))) throw thrown;
}

async function refusing<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (thrown) {
    const code = codeOf(thrown);
    if (refusals.has(code)) throw new Refused(String(code), thrown);
    if (goings.has(code)) throw new Refused("it is gone", thrown);
    throw thrown;
  }
}
