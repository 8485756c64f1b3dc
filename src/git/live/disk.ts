import { constants, lstatSync, renameSync, unlinkSync } from "node:fs";
import {
  chmod,
  lchown,
  link,
  lstat,
  mkdir,
  open,
  readlink,
  rename,
  rm,
  rmdir,
  symlink,
  unlink,
} from "node:fs/promises";
import { dirname, join } from "node:path";
import { contentOf, copyFile, openToRead, readAll } from "./bytes.js";
import { absent, type Found } from "./decision.js";
import { codeOf } from "./footing.js";
import { ignoreMissing, ignoreRefusal, Place, withExecutable } from "./place.js";
import type { Like, LiveDisk, Original } from "./port.js";
import { readRecord, writeRecord, type Record } from "./record.js";
import { isTorn } from "./torn.js";

export interface NodeLiveDiskOptions {
  /** Where the repository's own paths begin. */
  readonly root: string;
  /** Ours alone, on the same disk: the record, the workshop, and what is kept for people. */
  readonly folder: string;
  /** Of git's ids in this repository. */
  readonly idLength: () => number;
}

const { O_NOFOLLOW, O_RDWR, O_NONBLOCK } = constants;
/** Where a file cannot be in two places: another disk, a file of somebody else, a disk that knows no such thing. */
const unheld: ReadonlySet<unknown> = new Set(["EXDEV", "EPERM", "EMLINK", "ENOTSUP", "EOPNOTSUPP", "ENOSYS"]);
const permissions = 0o7777;

/** The disk of the host. */
export class NodeLiveDisk implements LiveDisk {
  readonly #touched = new Set<string>();

  readonly #place: Place;

  constructor(private readonly options: NodeLiveDiskOptions) {
    this.#place = new Place(options.root, options.idLength);
  }

  readRecord(): Promise<Record | undefined> {
    return readRecord(this.#recordFile);
  }

  writeRecord(record: Record): Promise<void> {
    return writeRecord(this.#recordFile, record);
  }

  look(path: string): Promise<Found> {
    return this.#place.look(path);
  }

  lookAside(name: string): Promise<Found> {
    return this.#place.lookAt(this.#aside(name));
  }

  async stage(name: string, original: Original, like: Like): Promise<void> {
    await this.#openWorkshop();
    const temporary = this.#aside(`${name}.part`);
    await rm(temporary, { force: true });
    const { mode, uid, gid } = await this.#place.rightsFor(like);
    if (original.print.startsWith("link:")) await symlink(await readlink(original.from), temporary);
    else await copyFile(original.from, temporary);
    await lchown(temporary, uid, gid).catch(ignoreRefusal);
    // After that: a new owner loses some of them.
    if (!original.print.startsWith("link:")) await chmod(temporary, mode);
    await rename(temporary, this.#aside(name));
  }

  async hold(path: string, name: string): Promise<boolean> {
    await this.#openWorkshop();
    const aside = this.#aside(name);
    await rm(aside, { force: true });
    return this.#place.at(path, async (at) => {
      try {
        await link(at, aside);
        return true;
      } catch (thrown) {
        if (unheld.has(codeOf(thrown))) return false;
        throw thrown;
      }
    });
  }

  async copy(path: string, name: string): Promise<void> {
    await this.#openWorkshop();
    const temporary = this.#aside(`${name}.part`);
    await rm(temporary, { force: true });
    await this.#place.at(path, async (at) => {
      if ((await lstat(at)).isSymbolicLink()) await symlink(await readlink(at), temporary);
      else await copyFile(at, temporary);
    });
    await rename(temporary, this.#aside(name));
  }

  async place(name: string, path: string): Promise<boolean> {
    const aside = this.#aside(name);
    return this.#place.step(
      path,
      async (at, footing) => {
        if (typeof at !== "string") return false;
        try {
          await this.#linkOrCopy(aside, at);
        } catch (thrown) {
          if (codeOf(thrown) !== "EEXIST") throw thrown;
          // Only one that holds nothing goes.
          if (!(await lstat(at)).isDirectory()) return false;
          if (
            !(await rmdir(at).then(
              () => true,
              () => false,
            ))
          )
            return false;
          await this.#linkOrCopy(aside, at);
        }
        this.#touched.add(path);
        await unlink(aside);
        await footing?.sync();
        return true;
      },
      true,
    );
  }

  async replace(name: string, path: string, held: string): Promise<boolean> {
    this.#touched.add(path);
    return this.#place.at(path, (at) =>
      this.#ifHeld(at, held, () => {
        renameSync(this.#aside(name), at);
      }),
    );
  }

  async remove(path: string, held: string): Promise<boolean> {
    this.#touched.add(path);
    return this.#place.at(path, (at) =>
      this.#ifHeld(at, held, () => {
        unlinkSync(at);
      }),
    );
  }

  async overwrite(path: string, name: string, was?: string): Promise<boolean> {
    const next = await contentOf(this.#aside(name));
    const expected = was === undefined ? undefined : await contentOf(this.#aside(was));
    return this.#place.at(path, async (at) => {
      const file = await open(at, O_RDWR | O_NOFOLLOW | O_NONBLOCK);
      try {
        const { size } = await file.stat();
        if (expected !== undefined && !(await readAll(file)).equals(expected)) return false;
        // Not cut first: whoever reads meanwhile finds no empty file.
        await file.write(next, 0, next.length, 0);
        if (size > next.length) await file.truncate(next.length);
        await file.sync();
        return true;
      } finally {
        await file.close();
      }
    });
  }

  async isTorn(path: string, name: string, was: string): Promise<boolean> {
    const found = await this.look(path);
    if (found.kind !== "held" || found.print === absent || found.print.startsWith("link:")) return false;
    const is = await this.#place.at(path, contentOf);
    return isTorn(is, await contentOf(this.#aside(was)), await contentOf(this.#aside(name)));
  }

  async setExecutable(path: string, executable: boolean): Promise<void> {
    await this.#place.at(path, async (at) => {
      const file = await openToRead(at);
      try {
        await file.chmod(withExecutable((await file.stat()).mode & permissions, executable));
      } finally {
        await file.close();
      }
    });
  }

  async keep(name: string, path: string): Promise<string> {
    const to = join(this.options.folder, "replaced", path);
    await mkdir(dirname(to), { recursive: true, mode: 0o700 });
    for (let number = 1; ; number += 1) {
      const numbered = `${to}.~${number}~`;
      if ((await lstat(numbered).catch(ignoreMissing)) !== undefined) continue;
      await rename(this.#aside(name), numbered);
      return numbered;
    }
  }

  async clear(): Promise<void> {
    await rm(this.#workshop, { recursive: true, force: true });
  }

  async flush(): Promise<void> {
    const touched = [...this.#touched];
    this.#touched.clear();
    for (const path of touched) await this.#place.step(path, async (_at, footing) => footing?.sync(), false);
  }

  get #recordFile(): string {
    return join(this.options.folder, "left.json");
  }

  get #workshop(): string {
    return join(this.options.folder, "workshop");
  }

  #aside(name: string): string {
    return join(this.#workshop, name);
  }

  async #openWorkshop(): Promise<void> {
    await mkdir(this.#workshop, { recursive: true, mode: 0o700 });
  }

  /** Acts on the very file that was held, before anybody else can, or at least on one with the same content. */
  async #ifHeld(at: string, held: string, act: () => void): Promise<boolean> {
    const aside = this.#aside(held);
    if (!isSameFile(at, aside)) {
      const [is, was] = [await this.#place.lookAt(at), await this.lookAside(held)];
      if (is.kind !== "held" || is.print === absent || was.kind !== "held" || is.print !== was.print) return false;
    }
    act();
    return true;
  }

  async #linkOrCopy(from: string, to: string): Promise<void> {
    try {
      await link(from, to);
    } catch (thrown) {
      if (!unheld.has(codeOf(thrown))) throw thrown;
      const { mode, uid, gid } = await lstat(from);
      await copyFile(from, to);
      await lchown(to, uid, gid).catch(ignoreRefusal);
      await chmod(to, mode & permissions);
    }
  }
}

function isSameFile(one: string, other: string): boolean {
  const [is, was] = [one, other].map((path) => lstatSync(path, { throwIfNoEntry: false }));
  return is !== undefined && was !== undefined && is.dev === was.dev && is.ino === was.ino;
}
