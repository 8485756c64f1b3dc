import { Mutex } from "../../tools/sharing/mutex.js";
import type { Action, Change, Decisions, Found, Left, Print, Side } from "./decision.js";
import { absent, concluded, decide, foreseen, isExecutable, resolved, unsettled } from "./decision.js";
import { Refused, type LiveDisk, type Original } from "./port.js";
import { nothingLeft, type Record } from "./record.js";
import { bring, recover, takeAway, type Witness } from "./work.js";

/** What is to be there. */
export interface Wish {
  readonly files: ReadonlyMap<string, Original>;
  /** The paths that containers mount. */
  readonly mounts: ReadonlySet<string>;
}

export interface Synced {
  /** What was decided. */
  readonly files: readonly string[];
  /** Where what was replaced is kept now, by the file. */
  readonly kept: ReadonlyMap<string, string>;
  /** Named, and there is nothing to decide about. */
  readonly unknown: readonly string[];
}

const none: Wish = { files: new Map(), mounts: new Set() };

/** The files of git that containers may write to, as they stand on the host. One thing is done after the other. */
export class Live {
  readonly #turns = new Mutex();
  #record: Record | undefined;
  #wish = none;
  #changes: readonly Change[] = [];

  constructor(
    private readonly disk: LiveDisk,
    private readonly warn: (text: string) => void,
  ) {}

  /** Where a container has changed what git has changed too. */
  get changes(): readonly Change[] {
    return this.#changes;
  }

  /** Finishes what was cut off. */
  recover(): Promise<void> {
    return this.#turns.run(async () => {
      await this.#current();
    });
  }

  /** Brings everything that a container has left alone to what git has now. */
  settle(wish: Wish): Promise<void> {
    return this.#turns.run(async () => {
      this.#wish = wish;
      await this.#settle();
    });
  }

  /** Looks again at what was in the way. */
  again(): Promise<void> {
    return this.#turns.run(async () => {
      if (this.#changes.length > 0) await this.#settle();
    });
  }

  /** A person's word about these files; none: about all that wait for one. */
  sync(side: Side, files: readonly string[], isOurs: (path: string) => boolean): Promise<Synced> {
    return this.#turns.run(async () => {
      const waiting = this.#changes.map(({ path }) => path).filter(isOurs);
      const record = await this.#current();
      const isKnown = (path: string) => isOurs(path) && (waiting.includes(path) || this.#wish.files.has(path));
      const chosen = files.length === 0 ? waiting : [...new Set(files)].filter(isKnown);
      let left: Left = new Map(Object.entries(record.left));
      const yielded = new Set(record.yielded);
      for (const path of chosen) {
        const is = await this.disk.look(path);
        left = resolved(left, { path, to: this.#wish.files.get(path)?.print, is, side });
        if (side === "theirs") yielded.add(path);
      }
      await this.#write({ left, underWay: {}, yielded });
      const kept = await this.#settle();
      const still = new Set(this.#changes.map(({ path }) => path));
      return {
        files: chosen.filter((path) => !still.has(path)),
        kept,
        unknown: [...files.filter((path) => !isKnown(path)), ...chosen.filter((path) => still.has(path))],
      };
    });
  }

  /** Answers where what was replaced is kept. */
  async #settle(): Promise<ReadonlyMap<string, string>> {
    const record = await this.#current();
    const left = await this.#withoutLost(new Map(Object.entries(record.left)));
    const wanted = new Map([...this.#wish.files].map(([path, { print }]) => [path, print] as const));
    const found = new Map<string, Found>();
    for (const path of unsettled(left, wanted, this.#wish.mounts)) found.set(path, await this.disk.look(path));
    const decisions = decide(left, wanted, found);
    const { changes, kept } = await this.#carryOut(left, decisions, new Set(record.yielded));
    this.#changes = changes;
    return kept;
  }

  /** No container can take away what it has mounted itself: where that is gone, all of it is made again. */
  async #withoutLost(left: Left): Promise<Left> {
    const next = new Map(left);
    for (const mount of this.#wish.mounts) {
      const is = await this.disk.look(mount);
      if (is.kind !== "held" || is.print !== absent) continue;
      for (const path of left.keys()) if (path === mount || path.startsWith(`${mount}/`)) next.delete(path);
    }
    return next;
  }

  async #carryOut(
    left: Left,
    { actions, settled, changes }: Decisions,
    yielded: ReadonlySet<string>,
  ): Promise<{ readonly changes: readonly Change[]; readonly kept: ReadonlyMap<string, string> }> {
    const done = new Map(settled);
    const undone: Change[] = [...changes];
    const kept = new Map<string, string>();
    if (actions.length > 0) {
      const underWay = Object.fromEntries(actions.flatMap(underWayOf));
      await this.#write({ left: foreseen(left, actions), underWay, yielded });
      for (const [index, action] of actions.entries()) {
        const { path } = action;
        const change = await this.#act(action, `${index}`, {
          replaced: async (name) => {
            if (yielded.has(path)) kept.set(path, await this.disk.keep(name, path));
          },
          saved: (where) => {
            this.#tell(path, where);
          },
        });
        if (change === undefined) done.set(path, action.kind === "remove" ? [] : [action.to]);
        else undone.push(change);
      }
      await this.disk.flush();
    }
    if (actions.length + settled.size > 0) {
      const still = [...yielded].filter((path) => !done.has(path));
      await this.#write({ left: concluded(foreseen(left, actions), done), underWay: {}, yielded: still });
    }
    await this.disk.clear();
    return { changes: undone.sort((one, other) => (one.path < other.path ? -1 : 1)), kept };
  }

  async #act(action: Action, name: string, witness: Witness): Promise<Change | undefined> {
    const { path } = action;
    try {
      switch (action.kind) {
        case "mode":
          await this.disk.setExecutable(path, isExecutable(action.to));
          return undefined;
        case "remove":
          return (await takeAway(this.disk, action, name, witness)) ? undefined : { kind: "removed", path };
        case "write": {
          const original = this.#wish.files.get(path);
          if (original === undefined) return undefined;
          const inPlace = this.#wish.mounts.has(path);
          const isDone = await bring(this.disk, { ...action, original, inPlace }, name, witness);
          return isDone ? undefined : await this.#whatIsThere(path);
        }
      }
    } catch (thrown) {
      if (thrown instanceof Refused) return { kind: "refused", path, why: thrown.why };
      throw thrown;
    }
  }

  async #whatIsThere(path: string): Promise<Change> {
    const is = await this.disk.look(path);
    if (is.kind === "blocked") return { kind: "obstructed", path, by: is.by };
    return is.kind === "held" ? { kind: "changed", path } : { kind: "obstructed", path, by: path };
  }

  #tell(path: string, where: string): void {
    this.warn(`what a container wrote to ${path} while it was replaced is kept in ${where}`);
  }

  /** What is known, once nothing is under way any more. */
  async #current(): Promise<Record> {
    if (this.#record === undefined) {
      const read = await this.disk.readRecord();
      if (read === undefined)
        this.warn("what git has left cannot be read; files that are not as git has them now stay");
      this.#record = read ?? nothingLeft;
    }
    const { left, underWay, yielded } = this.#record;
    if (Object.keys(underWay).length > 0) {
      for (const [name, one] of Object.entries(underWay)) {
        const saved = await recover(this.disk, { ...one, keeps: yielded.includes(one.path) }, name);
        if (saved !== undefined) this.#tell(one.path, saved);
      }
      await this.disk.flush();
      await this.#write({ left: new Map(Object.entries(left)), underWay: {}, yielded });
      await this.disk.clear();
    }
    return this.#record;
  }

  async #write({ left, underWay, yielded }: Known): Promise<void> {
    const written = Object.fromEntries([...left].map(([path, all]) => [path, [...all]]));
    const next: Record = { version: 1, left: written, underWay, yielded: [...yielded] };
    // Where that fails nobody knows which of the two is there: it is read anew.
    this.#record = undefined;
    await this.disk.writeRecord(next);
    this.#record = next;
  }
}

interface Known {
  readonly left: Left;
  readonly underWay: Record["underWay"];
  readonly yielded: Iterable<string>;
}

function underWayOf(action: Action, index: number): readonly (readonly [string, Record["underWay"][string]])[] {
  if (action.kind === "mode") return [];
  const { path, over } = action;
  const to: Print = action.kind === "remove" ? absent : action.to;
  return [[`${index}`, { path, over: [...over], to }]];
}
