import { asFairleadError, FairleadError } from "../../errors.js";
import { SingleFlight } from "../../tools/sharing/single-flight.js";
import type { Clock } from "../ports/clock.js";
import type { Log } from "../ports/log.js";
import type { Marks } from "../ports/marks.js";
import { describeHolder, formatHolder, parseHolder } from "./holder.js";
import type { Holder } from "./holder.js";

/*
 * Who may act on an engine. The lease is a row of numbered marks; the highest one names its holder. Whoever writes the
 * next number first has it: the engine answers the second with what the first has written.
 *
 * A holder that nobody asks writes nothing. A contender asks with a mark beside the highest number; the holder answers by
 * writing the next one. A number that stays the highest for `silenceMs` after the question was put has no holder that
 * lives. And nobody acts on a look at the marks that is older than `freshMs`, which is shorter: whoever was suspended, or
 * cut off, looks first and finds that it has lost.
 */

export interface LeaseTimes {
  /** How often the holder looks for questions. */
  readonly pollMs: number;
  /** How long one look counts. */
  readonly freshMs: number;
  /** How long a question waits for its answer. More than `freshMs`. */
  readonly silenceMs: number;
}

export const usualTimes: LeaseTimes = { pollMs: 3_000, freshMs: 4_000, silenceMs: 9_000 };

export interface LeaseOptions {
  readonly marks: Marks;
  /** Controllers with leases of different names do not mind each other. */
  readonly name: string;
  readonly self: Holder;
  /** It is certain that this one is gone. */
  readonly isGone: (holder: Holder) => boolean;
  readonly clock: Clock;
  readonly log: Log;
  readonly times?: LeaseTimes;
}

export type Claim =
  | { readonly kind: "held" }
  /** Another one holds it, and has just shown that it lives. */
  | { readonly kind: "taken"; readonly holder: Holder | undefined }
  /** It has been given up for another one, which has still time to take it. */
  | { readonly kind: "reserved"; readonly holder: Holder | undefined }
  /** It is not known yet whether that one lives: ask again soon. */
  | { readonly kind: "asking"; readonly holder: Holder | undefined };

interface Moment {
  readonly monotonic: number;
  readonly wall: number;
}

interface Marked {
  readonly number: number;
  readonly text: string | undefined;
  readonly isAsked: boolean;
  /** Marks of lower numbers: they say nothing any more. */
  readonly past: readonly string[];
}

/** More looks than that in a row, and somebody writes marks for ever. */
const mostLooks = 8;

export class Lease {
  readonly #times: LeaseTimes;
  readonly #text: string;
  #held: { readonly number: number; readonly seen: Moment } | undefined;
  #asked: { readonly number: number; readonly at: number } | undefined;
  readonly #looks = new SingleFlight<void>();
  #stopKeeping: () => void = () => undefined;
  #complained = false;
  #released = false;
  #tellLost: (holder: Holder | undefined) => void = () => undefined;
  /** Resolves when another one is found to have taken it. */
  readonly lost: Promise<Holder | undefined>;

  constructor(private readonly options: LeaseOptions) {
    this.#times = options.times ?? usualTimes;
    this.#text = formatHolder(options.self);
    this.lost = new Promise((resolve) => {
      this.#tellLost = resolve;
    });
  }

  /** One step towards it; to be called again until it is held or given up. Throws what the engine's port throws. */
  async claim(): Promise<Claim> {
    const top = await this.#look();
    if (top === undefined) return this.#write(1);
    const holder = parseHolder(top.text);
    const heir = holder?.heir;
    if (heir !== undefined && heir === this.options.self.container) return this.#write(top.number + 1);
    if (heir === undefined && holder !== undefined) {
      // Written by us, and the answer was lost on its way.
      if (holder.token === this.options.self.token) return this.#write(top.number);
      if (this.options.isGone(holder)) return this.#write(top.number + 1);
    }
    if (this.#asked === undefined || (heir !== undefined && this.#asked.number !== top.number)) {
      await this.options.marks.put(this.#name(`${top.number}.asked`), this.#text);
      this.#asked = { number: top.number, at: this.options.clock.monotonic() };
      return { kind: heir === undefined ? "asking" : "reserved", holder };
    }
    if (this.#asked.number !== top.number) {
      this.#asked = undefined;
      return { kind: "taken", holder };
    }
    const silentMs = this.options.clock.monotonic() - this.#asked.at;
    if (silentMs >= this.#times.silenceMs) return this.#write(top.number + 1);
    return { kind: heir === undefined ? "asking" : "reserved", holder };
  }

  /** Throws unless nobody else can hold it at this moment, which it asks the engine where the last look is too old. */
  async assertHeld(): Promise<void> {
    for (let looks = 0; looks < mostLooks && this.#held !== undefined; looks += 1) {
      if (this.#ageOf(this.#held.seen) <= this.#times.freshMs) return;
      await this.#confirm();
    }
    throw new FairleadError("LeaseLost", "this controller does not hold the engine's lease: it changes nothing");
  }

  /**
   * Gives it up, so that the next one need not wait; with an heir, a container's id, the controller in there has the first
   * claim. Never throws.
   */
  async release(heir?: string): Promise<void> {
    this.#stopKeeping();
    this.#released = true;
    await this.#looks.ended("");
    const held = this.#held;
    this.#held = undefined;
    try {
      if (heir !== undefined && held !== undefined) await this.#bequeath(held.number + 1, heir);
      const marks = await this.options.marks.list(this.#name(""));
      const own = [...marks].filter(([name, text]) => this.#isOwn(text) && this.#numberOf(name) !== undefined);
      for (const [name] of own) {
        await this.options.marks.remove(name);
        if (marks.has(`${name}.asked`)) await this.options.marks.remove(`${name}.asked`);
      }
    } catch (thrown) {
      this.options.log.debug({ error: asFairleadError(thrown).message }, "the lease could not be given back");
    }
  }

  async #bequeath(number: number, heir: string): Promise<void> {
    await this.options.marks.put(this.#name(String(number)), formatHolder({ ...this.options.self, heir }));
  }

  async #write(number: number): Promise<Claim> {
    this.#asked = undefined;
    const before = this.#moment();
    const standing = await this.options.marks.put(this.#name(String(number)), this.#text);
    if (!this.#isOwn(standing)) return { kind: "asking", holder: parseHolder(standing) };
    const found = await this.#find(number, before);
    if (found.kind === "held") {
      this.#keep();
      return { kind: "held" };
    }
    // Written late: the row had moved on.
    await this.#remove(this.#name(String(number)));
    return { kind: "asking", holder: found.holder };
  }

  /** One look for all who need one now. */
  #confirm(): Promise<void> {
    return this.#looks.run("", async () => {
      const { number, seen } = this.#held ?? { number: 0, seen: this.#moment() };
      const found = await this.#find(number, seen);
      if (found.kind === "held") return;
      this.#stopKeeping();
      this.options.log.error({}, `another controller has taken the lease: ${describeHolder(found.holder)}`);
      this.#tellLost(found.holder);
    });
  }

  /**
   * Looks who holds it. Where that is still this one, it answers who asks, and clears away what is past. `sure`: nobody
   * had asked then. Whoever asks later waits for `silenceMs`, so that until then nobody else can have come.
   */
  async #find(last: number, sure: Moment): Promise<Exclude<Claim, { kind: "asking" }>> {
    let number = last;
    let since = sure;
    for (let looks = 0; looks < mostLooks; looks += 1) {
      const seen = this.#moment();
      const top = await this.#look();
      if (top !== undefined && top.text === undefined) continue;
      if (top !== undefined && !this.#isOwn(top.text)) return this.#lose(parseHolder(top.text));
      if (top !== undefined && !top.isAsked) {
        this.#held = { number: top.number, seen };
        for (const name of top.past) await this.#remove(name);
        return { kind: "held" };
      }
      // Somebody asks, or all is gone: after a `docker volume prune`, or because another one has come and gone meanwhile.
      const before = this.#moment();
      number = Math.max(number, top?.number ?? 0) + 1;
      if (this.#ageOf(since) < this.#times.silenceMs)
        await this.options.marks.put(this.#name(String(number)), this.#text);
      if (this.#ageOf(since) >= this.#times.silenceMs) return this.#lose(undefined);
      since = before;
    }
    throw new FairleadError("EngineRefused", "the marks of the lease at the engine keep changing");
  }

  #lose(holder: Holder | undefined): Claim & { kind: "taken" } {
    this.#held = undefined;
    return { kind: "taken", holder };
  }

  #moment(): Moment {
    return { monotonic: this.options.clock.monotonic(), wall: this.options.clock.now() };
  }

  #keep(): void {
    const { clock, log } = this.options;
    if (this.#released) return;
    this.#stopKeeping = clock.after(this.#times.pollMs, () => {
      void this.#confirm()
        .catch((thrown: unknown) => {
          log.debug({ error: asFairleadError(thrown).message }, "the lease could not be looked at; it is tried again");
        })
        .finally(() => {
          if (this.#held !== undefined) this.#keep();
        });
    });
  }

  async #look(): Promise<Marked | undefined> {
    const marks = await this.options.marks.list(this.#name(""));
    const numbered = [...marks.keys()].flatMap((name) => {
      const number = this.#numberOf(name.replace(/\.asked$/, ""));
      return number === undefined ? [] : [{ name, number }];
    });
    const number = Math.max(...numbered.filter(({ name }) => !name.endsWith(".asked")).map((one) => one.number));
    if (number === -Infinity) return undefined;
    const name = this.#name(String(number));
    const past = numbered.filter((one) => one.number < number).map((one) => one.name);
    return { number, text: marks.get(name), isAsked: marks.has(`${name}.asked`), past };
  }

  /** What stays does no harm. */
  async #remove(name: string): Promise<void> {
    try {
      await this.options.marks.remove(name);
    } catch (thrown) {
      if (this.#complained) return;
      this.#complained = true;
      const { message, remedy } = asFairleadError(thrown);
      this.options.log.warn({ error: message, remedy }, "an old mark of the lease could not be removed");
    }
  }

  #isOwn(text: string | undefined): boolean {
    const holder = parseHolder(text);
    return holder?.token === this.options.self.token && holder.heir === undefined;
  }

  #numberOf(name: string): number | undefined {
    const rest = name.slice(this.#name("").length);
    return /^\d{1,15}$/.test(rest) ? Number(rest) : undefined;
  }

  #name(rest: string): string {
    return `${this.options.name}.${rest}`;
  }

  /** A machine that sleeps may stop one of the two clocks: the one that has gone further counts. */
  #ageOf({ monotonic, wall }: Moment): number {
    return Math.max(this.options.clock.monotonic() - monotonic, this.options.clock.now() - wall);
  }
}
