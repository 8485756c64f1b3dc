import { mkdir } from "node:fs/promises";
import { join, relative } from "node:path";
import { Contents } from "./kept/contents.js";
import { readState, writeState, type State } from "./kept/state.js";
import type { Objects } from "./objects.js";
import { writeConfig } from "./program/environment.js";
import type { RepositorySettings } from "./settings/settings.js";

export interface GroundsOptions {
  readonly settings: RepositorySettings;
  /** Of this repository alone: what outlives the process and every revision. */
  readonly folder: string;
  /** A folder for one look, by which nothing is to be changed. Absent: the one above. */
  readonly scratch?: string | undefined;
}

/** What one repository has on this disk: made when it is first wanted, and again where somebody has taken it away. */
export class Grounds {
  /** Where git works: for one look, a folder of that look. */
  readonly base: string;
  /** Where a project's files are said to stand. */
  readonly root: string;
  readonly tended: string;
  readonly live: string;
  readonly contents: Contents;
  readonly #state: string;
  readonly #contentsFolder: string;

  constructor(private readonly options: GroundsOptions) {
    const { folder, scratch, settings } = options;
    this.base = scratch ?? folder;
    this.root = join(folder, "work", settings.address.name);
    this.tended = join(folder, "tended");
    this.live = join(folder, "live");
    this.#state = join(folder, "state.json");
    this.#contentsFolder = join(folder, "contents");
    this.contents = new Contents(this.#contentsFolder);
  }

  /** Makes what is wanted, and takes up the stores that are there. Undefined: nothing of before is to be counted. */
  async prepare({ stores }: Pick<Objects, "stores">): Promise<State | undefined> {
    await writeConfig(this.base);
    if (!this.isForOneLook) {
      await mkdir(this.root, { recursive: true, mode: 0o755 });
      await this.contents.clear();
    }
    const state = this.isForOneLook ? undefined : await readState(this.#state);
    if (state !== undefined) {
      stores.use(state.store);
      await stores.clear();
    }
    await stores.current.open();
    return state;
  }

  /** Makes again what somebody has taken away. `objects`: all that was fetched is gone too. Undefined: all is there. */
  async mend(objects: Pick<Objects, "mend">): Promise<"folder" | "objects" | undefined> {
    if (this.isForOneLook) return undefined;
    const made = await mkdir(this.root, { recursive: true, mode: 0o755 });
    if (await objects.mend()) return "objects";
    return made === undefined ? undefined : "folder";
  }

  save(state: State): Promise<void> {
    return writeState(this.#state, state);
  }

  /** Where a project's file comes from, and the folders of ours that it may stand in. */
  homeOf(file: string) {
    const { address } = this.options.settings;
    return {
      origin: { repository: address.normal, file: relative(this.root, file) },
      folders: [this.root, this.#contentsFolder],
    };
  }

  /** By one look nothing is to be changed. */
  get isForOneLook(): boolean {
    return this.options.scratch !== undefined;
  }
}
