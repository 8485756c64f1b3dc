import type { FileStat, HostFile, HostFiles, HostFolder } from "../../src/control/ports/host-files.js";
import type { ManualClock } from "./clock.js";

interface Inode {
  readonly number: number;
  readonly content: string;
  readonly modifiedAt: number;
  readonly changedAt: number;
}

/** The files of a host in memory, by path. A folder is there as long as something is in it. */
export class SimulatedFiles implements HostFiles {
  readonly #inodes = new Map<string, Inode>();
  /** When something was last put into a folder or taken out of it. */
  readonly #folders = new Map<string, number>();
  #count = 0;

  constructor(private readonly clock: ManualClock) {}

  /** A new file, in the place of any that is there. */
  replace(path: string, content: string): void {
    this.#count += 1;
    const now = this.clock.now();
    this.#put(path, { number: this.#count, content, modifiedAt: now, changedAt: now });
  }

  /** The same file with another content. */
  overwrite(path: string, content: string): void {
    const { number } = this.#inodes.get(path) ?? { number: 0 };
    const now = this.clock.now();
    this.#inodes.set(path, { number, content, modifiedAt: now, changedAt: now });
  }

  move(from: string, to: string): void {
    const inode = this.#inodes.get(from);
    if (inode === undefined) return;
    this.remove(from);
    this.#put(to, { ...inode, changedAt: this.clock.now() });
  }

  remove(path: string): void {
    this.#inodes.delete(path);
    this.#folders.set(folderOf(path), this.clock.now());
  }

  read(path: string): string | undefined {
    return this.#inodes.get(path)?.content;
  }

  stat(path: string): FileStat | undefined {
    const inode = this.#inodes.get(path);
    if (inode !== undefined) return { size: inode.content.length, modifiedAt: inode.modifiedAt };
    return this.#within(path).length === 0 ? undefined : { size: 4_096, modifiedAt: this.#folders.get(path) ?? 0 };
  }

  look: HostFiles["look"] = (path) => {
    const inode = this.#inodes.get(path);
    const stat = this.stat(path);
    if (stat === undefined) return Promise.resolve(undefined);
    const file: HostFile =
      inode === undefined
        ? { kind: "folder", ...stat, identity: `1:${path}`, changedAt: stat.modifiedAt }
        : { kind: "file", ...stat, identity: `1:${inode.number}`, changedAt: inode.changedAt };
    return Promise.resolve(file);
  };

  contentOf: HostFiles["contentOf"] = (path) => Promise.resolve(this.#inodes.get(path)?.content);

  survey: HostFiles["survey"] = (path) => {
    const all = this.#within(path);
    if (all.length === 0) return Promise.resolve(undefined);
    if (all.length > 1_000) return Promise.resolve("too-large");
    const changedAt = Math.max(this.#folders.get(path) ?? 0, ...all.map(([, inode]) => inode.changedAt));
    const content = JSON.stringify(all.map(([name, inode]) => [name, inode.content]));
    const print = JSON.stringify([changedAt, all]);
    const folder: HostFolder = { print, changedAt, content: () => Promise.resolve(content) };
    return Promise.resolve(folder);
  };

  #put(path: string, inode: Inode): void {
    this.#inodes.set(path, inode);
    this.#folders.set(folderOf(path), this.clock.now());
  }

  #within(path: string): readonly (readonly [string, Inode])[] {
    return [...this.#inodes]
      .filter(([name]) => name.startsWith(`${path}/`))
      .sort(([one], [other]) => (one < other ? -1 : 1));
  }
}

function folderOf(path: string): string {
  return path.slice(0, path.lastIndexOf("/"));
}
