import type { Log } from "../control/ports/log.js";
import type { LocalChange, Synced, TakenBack, ToldFile } from "../control/ports/source.js";
import { NodeLiveDisk, type NodeLiveDiskOptions } from "./live/disk.js";
import { Live } from "./live/live.js";
import { changesOf, isOf, wishOf } from "./live/wish.js";
import type { Held } from "./reading/revision.js";
import { withDue } from "./tended/places.js";
import { Tending, type TendingOptions } from "./tended/tending.js";

export interface WorkingOptions {
  readonly disk: NodeLiveDiskOptions;
  readonly tended: TendingOptions;
  readonly source: string;
  readonly log: Log;
  /** What is not as git has it is otherwise than it was. */
  readonly onChange: () => void;
}

/** What stands on the host under a path of its own, as what is in force has it: where containers write, and what they are told of. */
export class Working {
  readonly #live: Live;
  readonly #tending: Tending;

  constructor(private readonly options: WorkingOptions) {
    const { disk, tended, log, source } = options;
    this.#tending = new Tending(tended);
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
  async settle(held: ReadonlyMap<string, Held>, newest: string): Promise<void> {
    await this.#noticing(() => this.#live.settle(wishOf([...held.values()], newest)));
    await this.#tending.settle([...held.values()].flatMap(({ places }) => places));
  }

  /** What of a project does not hold what git has, since a process has taken that badly. */
  takenBack({ places }: Held): readonly TakenBack[] {
    return this.#tending.takenBack(places);
  }

  /** Answers whether anything of it is ours, and was git's newest. */
  async takeBack(told: readonly ToldFile[]): Promise<boolean> {
    const { log, source, onChange } = this.options;
    const taken = await this.#tending.takeBack(told);
    if (taken.length === 0) return false;
    log.warn(
      { source, files: taken },
      `${taken.join(", ")}: its process failed on git's version, so what was there before is back`,
    );
    onChange();
    return true;
  }

  /** Answers whether any of them was taken back. */
  async forgive(paths: ReadonlySet<string>): Promise<boolean> {
    const any = await this.#tending.forgive(paths);
    if (any) this.options.onChange();
    return any;
  }

  /** The same projects, which say what of them is to be written yet. Nothing is changed. */
  async withDue(held: ReadonlyMap<string, Held>): Promise<ReadonlyMap<string, Held>> {
    const due = await this.#tending.due([...held.values()].flatMap(({ places }) => places));
    if (due.size === 0) return held;
    return new Map(
      [...held].map(([file, one]) => {
        const project = one.known.project && withDue(one.known.project, due);
        return [file, { ...one, known: { ...one.known, project } }];
      }),
    );
  }

  /** What nobody has needed for a while goes; answers which contents may be needed again. */
  async tidy(used: readonly string[], now: number): Promise<readonly string[]> {
    await this.#tending.sweep(used, now);
    return this.#tending.contents;
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
