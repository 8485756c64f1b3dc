import { absent, type Found, type Print } from "../../src/git/live/decision.js";
import { Refused, type Like, type LiveDisk, type Original } from "../../src/git/live/port.js";
import { isTorn } from "../../src/git/live/torn.js";
import { nothingLeft, type Record } from "../../src/git/live/record.js";

/** A file: several names may stand for it. */
interface Inode {
  content: string;
  executable: boolean;
  /** Where it is no file: a link, whose content is where it leads, or something else. */
  readonly kind?: "link" | "other";
}

export class Killed extends Error {}

/** A place where containers write, in memory. `Original.from` is the content itself; a print tells it as well. */
export class SimulatedLiveDisk implements LiveDisk {
  readonly #place = new Map<string, Inode>();
  readonly #folders = new Set<string>();
  readonly #workshop = new Map<string, Inode>();
  /** All that was ever kept for people. */
  readonly kept: { readonly path: string; readonly content: string }[] = [];
  #record = JSON.stringify(nothingLeft);
  /** What others do before each step of ours; throws Killed where we end. `isLate`: it has an effect first. */
  before: (step: string) => { readonly isLate: boolean } | undefined = () => undefined;

  static print(content: string, executable = false): Print {
    return `${executable ? "exec" : "file"}:${content}`;
  }

  /** As a container does: into the same file. */
  write(path: string, content: string): void {
    const inode = this.#place.get(path);
    if (inode !== undefined) inode.content = content;
    else this.replaceBy(path, content);
  }

  /** As many programs do: another file in its place. */
  replaceBy(path: string, content: string): void {
    if (this.isFolder(path) || this.#blockedBy(path) !== undefined) return;
    this.#makeFolders(path);
    this.#place.set(path, { content, executable: false });
  }

  put(path: string, kind: "link" | "other", content: string): void {
    this.#makeFolders(path);
    this.#place.set(path, { content, executable: false, kind });
  }

  putFolder(path: string): void {
    this.#makeFolders(`${path}/`);
  }

  removeFile(path: string): void {
    this.#place.delete(path);
  }

  content(path: string): string | undefined {
    return this.#place.get(path)?.content;
  }

  paths(): readonly string[] {
    return [...this.#place.keys()].sort();
  }

  isFolder(path: string): boolean {
    return this.#folders.has(path);
  }

  readRecord(): Promise<Record> {
    return this.#step("readRecord", () => JSON.parse(this.#record) as Record);
  }

  writeRecord(record: Record): Promise<void> {
    return this.#step("writeRecord", () => {
      this.#record = JSON.stringify(record);
    });
  }

  look(path: string): Promise<Found> {
    return this.#step("look", () => {
      const by = this.#blockedBy(path);
      if (by !== undefined) return { kind: "blocked", by };
      return this.isFolder(path) ? { kind: "folder" } : foundOf(this.#place.get(path));
    });
  }

  lookAside(name: string): Promise<Found> {
    return this.#step("lookAside", () => foundOf(this.#workshop.get(name)));
  }

  stage(name: string, { from }: Original, { path, executable }: Like): Promise<void> {
    return this.#step("stage", () => {
      const was = this.#place.get(path)?.executable ?? false;
      this.#workshop.set(name, { content: from, executable: executable ?? was });
    });
  }

  hold(path: string, name: string): Promise<boolean> {
    return this.#step("hold", () => {
      this.#workshop.delete(name);
      if (this.isFolder(path)) return false;
      this.#workshop.set(name, this.#there(path));
      return true;
    });
  }

  copy(path: string, name: string): Promise<void> {
    return this.#step("copy", () => {
      this.#workshop.set(name, { ...this.#there(path) });
    });
  }

  place(name: string, path: string): Promise<boolean> {
    return this.#step("place", () => {
      const inode = this.#workshop.get(name);
      if (this.#blockedBy(path) !== undefined || this.#place.has(path) || inode === undefined) return false;
      if (this.isFolder(path) && !this.#removeFolder(path)) return false;
      this.#makeFolders(path);
      this.#place.set(path, inode);
      this.#workshop.delete(name);
      return true;
    });
  }

  replace(name: string, path: string, held: string): Promise<boolean> {
    return this.#step("replace", () => {
      const inode = this.#workshop.get(name);
      if (!this.#isHeld(path, held) || inode === undefined) return false;
      this.#place.set(path, inode);
      this.#workshop.delete(name);
      return true;
    });
  }

  remove(path: string, held: string): Promise<boolean> {
    return this.#step("remove", () => this.#isHeld(path, held) && this.#place.delete(path));
  }

  async overwrite(path: string, name: string, was?: string): Promise<boolean> {
    const next = this.#workshop.get(name)?.content;
    const inode = this.#place.get(path);
    const isSame = () => was === undefined || inode?.content === this.#workshop.get(was)?.content;
    try {
      return await this.#step("overwrite", () => {
        this.#file(path);
        if (next === undefined || inode === undefined || !isSame()) return false;
        inode.content = next;
        return true;
      });
    } catch (thrown) {
      // Cut off in the middle of it.
      if (thrown instanceof Killed && next !== undefined && inode !== undefined && isSame() && inode.content !== next) {
        const at = Math.floor(next.length / 2);
        inode.content = next.slice(0, at) + inode.content.slice(at);
      }
      throw thrown;
    }
  }

  isTorn(path: string, name: string, was: string): Promise<boolean> {
    return this.#step("isTorn", () => {
      const [is, old, next] = [this.#place.get(path), this.#workshop.get(was), this.#workshop.get(name)];
      if (is === undefined || old === undefined || next === undefined) return false;
      return isTorn(Buffer.from(is.content), Buffer.from(old.content), Buffer.from(next.content));
    });
  }

  setExecutable(path: string, executable: boolean): Promise<void> {
    return this.#step("setExecutable", () => {
      this.#file(path).executable = executable;
    });
  }

  keep(name: string, path: string): Promise<string> {
    return this.#step("keep", () => {
      const inode = this.#workshop.get(name);
      if (inode !== undefined) this.kept.push({ path, content: inode.content });
      this.#workshop.delete(name);
      return `/kept/${path}.~${this.kept.length - 1}`;
    });
  }

  clear(): Promise<void> {
    return this.#step("clear", () => {
      this.#workshop.clear();
    });
  }

  flush(): Promise<void> {
    return this.#step("flush", () => undefined);
  }

  async #step<T>(name: string, effect: () => T): Promise<T> {
    const end = this.before(name);
    if (end === undefined) return Promise.resolve(effect());
    if (end.isLate) effect();
    return Promise.reject(new Killed(name));
  }

  #there(path: string): Inode {
    const inode = this.#place.get(path);
    if (inode === undefined) throw new Refused("it is gone");
    return inode;
  }

  /** What can be written to. */
  #file(path: string): Inode {
    const inode = this.#there(path);
    if (inode.kind !== undefined) throw new Refused("it is gone");
    return inode;
  }

  #isHeld(path: string, held: string): boolean {
    const [is, was] = [this.#place.get(path), this.#workshop.get(held)];
    return is !== undefined && was !== undefined && (is === was || is.content === was.content);
  }

  #blockedBy(path: string): string | undefined {
    return parentsOf(path).find((parent) => this.#place.has(parent));
  }

  #makeFolders(path: string): void {
    for (const parent of parentsOf(path)) this.#folders.add(parent);
  }

  #removeFolder(path: string): boolean {
    if ([...this.#place.keys(), ...this.#folders].some((one) => one.startsWith(`${path}/`))) return false;
    return this.#folders.delete(path);
  }
}

function foundOf(inode: Inode | undefined): Found {
  if (inode?.kind === "other") return { kind: "other" };
  if (inode?.kind === "link") return { kind: "held", print: `link:${inode.content}` };
  return {
    kind: "held",
    print: inode === undefined ? absent : SimulatedLiveDisk.print(inode.content, inode.executable),
  };
}

function parentsOf(path: string): readonly string[] {
  const steps = path.split("/").slice(0, -1);
  return steps.map((_, index) => steps.slice(0, index + 1).join("/"));
}
