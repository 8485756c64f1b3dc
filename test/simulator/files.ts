import type { FileStat, HostFile, HostFiles } from "../../src/control/ports.js";
import type { ManualClock } from "./clock.js";

interface Inode {
  readonly number: number;
  readonly content: string;
  readonly modifiedAt: number;
  readonly changedAt: number;
}

/** The files of a host in memory, by path. */
export class SimulatedFiles implements HostFiles {
  readonly #inodes = new Map<string, Inode>();
  #count = 0;

  constructor(private readonly clock: ManualClock) {}

  /** A new file, in the place of any that is there. */
  replace(path: string, content: string): void {
    this.#count += 1;
    const now = this.clock.now();
    this.#inodes.set(path, { number: this.#count, content, modifiedAt: now, changedAt: now });
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
    this.#inodes.delete(from);
    this.#inodes.set(to, { ...inode, changedAt: this.clock.now() });
  }

  stat(path: string): FileStat | undefined {
    const inode = this.#inodes.get(path);
    return inode === undefined ? undefined : { size: inode.content.length, modifiedAt: inode.modifiedAt };
  }

  look: HostFiles["look"] = (path) => {
    const inode = this.#inodes.get(path);
    const stat = this.stat(path);
    if (inode === undefined || stat === undefined) return Promise.resolve(undefined);
    const file: HostFile = { ...stat, identity: `1:${inode.number}`, changedAt: inode.changedAt };
    return Promise.resolve(file);
  };

  contentOf: HostFiles["contentOf"] = (path) => Promise.resolve(this.#inodes.get(path)?.content);
}
