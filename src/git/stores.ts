import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Environment } from "../process/environment.js";
import type { Address } from "./program/address.js";
import { Store } from "./repository/store.js";

export interface StoresOptions {
  /** The folder that they are in. */
  readonly folder: string;
  readonly address: Address;
  readonly variables: () => Promise<Environment>;
}

/** The objects of a repository, and those that take their place: nothing is ever pruned beneath what is in force. */
export class Stores {
  #name = "store-1";
  #current: Store;

  constructor(private readonly options: StoresOptions) {
    this.#current = this.#at(this.#name);
  }

  get name(): string {
    return this.#name;
  }

  get current(): Store {
    return this.#current;
  }

  use(name: string): void {
    this.#name = name;
    this.#current = this.#at(name);
  }

  /** Takes away those that are not in use. */
  async clear(): Promise<void> {
    const { folder } = this.options;
    for (const name of await readdir(folder)) {
      if (/^store-\d+$/.test(name) && name !== this.#name)
        await rm(join(folder, name), { recursive: true, force: true });
    }
  }

  /** An empty one beside it. */
  async next(): Promise<{ readonly name: string; readonly store: Store }> {
    const name = `store-${Number(this.#name.slice("store-".length)) + 1}`;
    await rm(join(this.options.folder, name), { recursive: true, force: true });
    const store = this.#at(name);
    await store.open();
    return { name, store };
  }

  /** From now on it is that one; `written` says so on the disk before the other one goes. */
  async replaceBy(name: string, store: Store, written: () => Promise<void>): Promise<void> {
    const before = this.#current.folder;
    this.#name = name;
    this.#current = store;
    await written();
    await rm(before, { recursive: true, force: true });
  }

  #at(name: string): Store {
    const { folder, address, variables } = this.options;
    return new Store({ folder: join(folder, name), address, variables });
  }
}
