import type { Notice } from "../model/notice.js";
import type { KnownProblem } from "../notices/problems.js";
import { type Line, lineText } from "./line.js";

/** More than the journal keeps of what has happened: nothing of that may be taken for new. */
const mostSeen = 2_000;

/** A notice that somebody is to be told of. */
export interface Waiting {
  readonly notice: Notice;
  /** Epoch ms: when it was noted. */
  readonly at: number;
  /** Later ones have higher ones: clocks may be set back. */
  readonly number: number;
}

/** All that the outbox has to know, as its lines come to it. */
export class Memory {
  #waiting = new Map<string, Waiting[]>();
  #seen = new Set<string>();
  #problems = new Map<string, KnownProblem>();
  #count = 0;

  apply(line: Line): void {
    switch (line.type) {
      case "begun":
        this.#waiting = new Map(line.channels.map((name) => [name, []]));
        this.#seen = new Set(line.seen);
        this.#problems = new Map();
        for (const one of line.problems) this.#learn(one);
        return;
      case "noted": {
        const { notice, at } = line;
        this.#see(notice.id);
        this.#count += 1;
        for (const name of line.for) this.#waiting.get(name)?.push({ notice, at, number: this.#count });
        if (line.problem !== undefined) this.#learn(line.problem);
        return;
      }
      case "seen":
        this.#see(line.id);
        if (line.problem !== undefined) this.#learn(line.problem);
        return;
      case "problem":
        this.#learn(line.problem);
        return;
      case "done":
        this.#remove(line.channel, line.id);
    }
  }

  /** Those that are told from now on; answers those that were told already. What waits for others is dropped. */
  adopt(names: readonly string[]): ReadonlySet<string> {
    const before = new Set(this.#waiting.keys());
    this.#waiting = new Map(names.map((name) => [name, this.#waiting.get(name) ?? []]));
    return before;
  }

  waiting(channel: string): readonly Waiting[] {
    return this.#waiting.get(channel) ?? [];
  }

  hasSeen(id: string): boolean {
    return this.#seen.has(id);
  }

  get problems(): ReadonlyMap<string, KnownProblem> {
    return this.#problems;
  }

  /** Everything, as lines. */
  text(): string {
    const notices = new Map<string, { readonly waiting: Waiting; readonly names: string[] }>();
    for (const [name, all] of this.#waiting) {
      for (const waiting of all) {
        const known = notices.get(waiting.notice.id);
        if (known === undefined) notices.set(waiting.notice.id, { waiting, names: [name] });
        else known.names.push(name);
      }
    }
    // What waits for one waits in the order in which it was noted, for all.
    const inOrder = [...notices.values()].sort((one, other) => one.waiting.number - other.waiting.number);
    const begun = { channels: [...this.#waiting.keys()], seen: [...this.#seen], problems: [...this.#problems] };
    return [
      lineText({ type: "begun", ...begun }),
      ...inOrder.map(({ waiting: { notice, at }, names }) => lineText({ type: "noted", at, notice, for: names })),
    ].join("");
  }

  #see(id: string): void {
    this.#seen.add(id);
    for (const oldest of this.#seen) {
      if (this.#seen.size <= mostSeen) return;
      this.#seen.delete(oldest);
    }
  }

  #learn([key, problem]: readonly [string, KnownProblem | null]): void {
    if (problem === null) this.#problems.delete(key);
    else this.#problems.set(key, problem);
  }

  #remove(channel: string, id: string): void {
    const all = this.#waiting.get(channel);
    const place = all?.findIndex(({ notice }) => notice.id === id) ?? -1;
    if (place >= 0) all?.splice(place, 1);
  }
}
