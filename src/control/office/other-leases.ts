import type { Clock } from "../ports/clock.js";
import type { Marks } from "../ports/marks.js";
import type { Others } from "../ports/others.js";
import { describeHolder, parseHolder } from "./holder.js";
import { usualTimes } from "./lease.js";
import type { LeaseTimes } from "./lease.js";

export interface OtherLeasesOptions {
  readonly marks: Marks;
  /** The name of the own lease. */
  readonly lease: string;
  readonly clock: Pick<Clock, "monotonic">;
  readonly times?: LeaseTimes;
  /** Writes nothing: who is not known to have gone counts as there. */
  readonly isSilent?: boolean;
}

interface Sighting {
  readonly number: number;
  /** When that number was first seen. On our monotonic clock, as the rest. */
  readonly since: number;
  /** When its holder was asked to write the next one. */
  readonly askedAt?: number;
  /** When it was first seen to have no holder any more. */
  readonly goneAt?: number;
  /** Where its holder was to be found. */
  readonly where: string;
}

/** How long a sign of life counts before the holder is asked for another one. */
const contentMs = 30_000;
/** One that has been stopped may be about to start again. */
const restartMs = 30_000;

/**
 * Who else is in charge on this engine. Another lease's holder is asked as a contender asks it, and nothing is claimed:
 * the number that stays the highest for `silenceMs` after the question has no holder that lives, and none that could act.
 */
export class OtherLeases implements Others {
  readonly #seen = new Map<string, Sighting>();
  readonly #times: LeaseTimes;
  #last:
    { readonly at: number; readonly key: string; readonly answer: Promise<ReadonlyMap<string, string>> } | undefined;

  constructor(private readonly options: OtherLeasesOptions) {
    this.#times = options.times ?? usualTimes;
  }

  get own(): string {
    return this.options.lease;
  }

  inCharge(leases: Iterable<string>): Promise<ReadonlyMap<string, string>> {
    const others = [...new Set(leases)].filter((lease) => lease !== this.own).sort();
    const now = this.options.clock.monotonic();
    const key = others.join();
    if (this.#last?.key === key && now - this.#last.at < this.#times.pollMs) return this.#last.answer;
    const answer = this.#ask(others);
    this.#last = { at: now, key, answer };
    // Only a sign of life holds for a while.
    const forget = () => {
      if (this.#last?.answer === answer) this.#last = undefined;
    };
    answer.then((found) => {
      if (found.size < others.length) forget();
    }, forget);
    return answer;
  }

  async #ask(leases: readonly string[]): Promise<ReadonlyMap<string, string>> {
    const found = await Promise.all(leases.map(async (lease) => [lease, await this.#look(lease)] as const));
    return new Map(found.flatMap(([lease, where]) => (where === undefined ? [] : [[lease, where] as const])));
  }

  /** Undefined: nobody holds it. */
  async #look(lease: string): Promise<string | undefined> {
    const { marks, clock, isSilent = false } = this.options;
    const row = await marks.list(`${lease}.`);
    const numbers = [...row.keys()].flatMap((name) => {
      const rest = name.slice(lease.length + 1);
      return /^\d{1,15}$/.test(rest) ? [Number(rest)] : [];
    });
    const number = Math.max(...numbers);
    const before = this.#seen.get(lease);
    const now = clock.monotonic();
    if (number === -Infinity) return this.#afterEnd(lease, before, now);
    const where = describeHolder(parseHolder(row.get(`${lease}.${number}`)));
    const isNew = before?.number !== number;
    const seen: Sighting = isNew || before.goneAt !== undefined ? { number, since: now, where } : before;
    this.#seen.set(lease, seen);
    if (isSilent) return where;
    if (seen.askedAt !== undefined) return now - seen.askedAt < this.#times.silenceMs ? where : undefined;
    // At the first sight nobody knows how old it is.
    if (before === undefined || now - seen.since >= contentMs) {
      await marks.put(`${lease}.${number}.asked`, `${this.own} asks`);
      this.#seen.set(lease, { ...seen, askedAt: clock.monotonic() });
    }
    return where;
  }

  #afterEnd(lease: string, before: Sighting | undefined, now: number): string | undefined {
    if (before === undefined) return undefined;
    const { goneAt = now, where } = before;
    this.#seen.set(lease, { ...before, goneAt });
    if (now - goneAt < restartMs) return where;
    this.#seen.delete(lease);
    return undefined;
  }
}
