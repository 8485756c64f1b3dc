import type { Log } from "../control/ports/log.js";
import type { LocalChange, Synced } from "../control/ports/source.js";
import { NodeLiveDisk, type NodeLiveDiskOptions } from "./live/disk.js";
import { Live } from "./live/live.js";
import { changesOf, isOf, wishOf } from "./live/wish.js";
import type { Held } from "./reading/revision.js";

export interface WorkingOptions {
  readonly disk: NodeLiveDiskOptions;
  readonly source: string;
  readonly log: Log;
  /** What is not as git has it is otherwise than it was. */
  readonly onChange: () => void;
}

/** The folder of a repository that containers may write to, as what is in force has it. */
export class Working {
  readonly #live: Live;

  constructor(private readonly options: WorkingOptions) {
    const { disk, log, source } = options;
    this.#live = new Live(new NodeLiveDisk(disk), (text) => {
      log.warn({ source }, text);
    });
  }

  /** What of a project is not as git has it. */
  localChanges({ inForce }: Held): readonly LocalChange[] {
    return changesOf(this.#live.changes, inForce, this.options.disk.root);
  }

  /** A person's word about them. */
  async sync(held: Held | undefined, side: "ours" | "theirs", files: readonly string[]): Promise<Synced> {
    const { log } = this.options;
    const isMeant = (path: string) => isOf(path, held?.inForce);
    const done = await this.#noticing(() => this.#live.sync(side, files, isMeant));
    const project = held?.known.project?.name;
    log.info({ project, side, files: done.files }, `${done.files.length} files are as ${side} by a person's word`);
    return { files: done.files, kept: [...done.kept].map(([file, path]) => ({ file, path })), left: done.unknown };
  }

  /** Brings git's files there, as `newest` has them, or what is in force of each project. */
  settle(held: ReadonlyMap<string, Held>, newest: string): Promise<void> {
    return this.#noticing(() => this.#live.settle(wishOf([...held.values()], newest)));
  }

  /** Looks again at what is not settled. */
  again(): Promise<void> {
    return this.#noticing(() => this.#live.again());
  }

  async #noticing<T>(work: () => Promise<T>): Promise<T> {
    const before = JSON.stringify(this.#live.changes);
    try {
      return await work();
    } finally {
      if (JSON.stringify(this.#live.changes) !== before) this.options.onChange();
    }
  }
}
