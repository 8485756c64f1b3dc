/*
 * Which hosts are asked for one thing, in which order, which of them are left alone and how often one is asked lives here.
 * What is asked of them does not.
 */

import type { Clock } from "../../control/ports/clock.js";
import { formatTime } from "../../tools/time.js";

/** Why a host is held to be out of order, and what can be done about it. */
export interface Trouble {
  readonly why: string;
  readonly remedy: string | undefined;
}

/** It is not asked before `untilMs` on the monotonic clock. */
export interface Outage extends Trouble {
  /** Told the same way as long as it is not asked again. */
  readonly text: string;
  readonly untilMs: number;
}

/** Asks the host for nothing in particular: undefined where it answers. Never throws. */
export type Ping = () => Promise<Trouble | undefined>;

export interface CircuitOptions {
  readonly clock: Pick<Clock, "now" | "monotonic" | "after">;
  readonly ping: Ping;
  /** It is left alone from now on, or asked again. */
  readonly onChange: (outage: Outage | undefined) => void;
}

/** Questions without an answer, one after another and of any repositories, until the host itself is doubted. */
export const mostFailures = 5;
const firstWaitMs = 15_000;
const longestWaitMs = 300_000;

/** Who waits for an answer may have the host asked before its time, but no more often than this. */
const urgentGapMs = 5_000;

/**
 * Whether one host answers. A repository may fail while others of its host are well, so neither failures nor a single
 * question decide, but a question to the host itself: it opens the circuit, and it closes it.
 */
export class Circuit {
  #failures = 0;
  /** Epoch ms: the first of these failures. */
  #since: number | undefined;
  #waitMs = firstWaitMs;
  #outage: Outage | undefined;
  #asked: { readonly endedAt: number } | undefined;
  #underWay: Promise<void> | undefined;
  #cancelTimer: () => void = () => undefined;
  #isEnded = false;

  constructor(private readonly options: CircuitOptions) {}

  /** Undefined: the question may go out. Many that come at the end of an outage wait for one answer. */
  async outage(urgent: boolean): Promise<Outage | undefined> {
    if (this.#outage === undefined) return undefined;
    const now = this.options.clock.monotonic();
    const isDue = now >= this.#outage.untilMs;
    const isEarly = urgent && now - (this.#asked?.endedAt ?? -Infinity) >= urgentGapMs;
    if (isDue || isEarly || (urgent && this.#underWay !== undefined)) await this.#ask(isDue);
    return this.#outage;
  }

  /** From now on it asks nothing by itself. */
  end(): void {
    this.#isEnded = true;
    this.#cancelTimer();
  }

  answered(): void {
    this.#failures = 0;
    this.#since = undefined;
    if (this.#outage !== undefined) this.#close();
  }

  /** Resolves once it is known whether it is the host's failure. */
  async failed(): Promise<void> {
    this.#since ??= this.options.clock.now();
    this.#failures += 1;
    if (this.#outage === undefined && this.#failures >= mostFailures) await this.#ask(true);
  }

  #ask(isDue: boolean): Promise<void> {
    this.#underWay ??= this.#decide(isDue).finally(() => {
      this.#underWay = undefined;
    });
    return this.#underWay;
  }

  async #decide(isDue: boolean): Promise<void> {
    const trouble = await this.options.ping();
    this.#asked = { endedAt: this.options.clock.monotonic() };
    if (trouble === undefined) this.answered();
    else this.#open(trouble, isDue);
  }

  /** `isDue`: by its own time, so that the next one is longer. */
  #open(trouble: Trouble, isDue: boolean): void {
    const { clock, onChange } = this.options;
    const before = this.#outage;
    if (before !== undefined && !isDue && clock.monotonic() < before.untilMs) return;
    const untilMs = clock.monotonic() + this.#waitMs;
    const again = formatTime(Math.round((clock.now() + this.#waitMs) / 1000) * 1000);
    this.#waitMs = Math.min(2 * this.#waitMs, longestWaitMs);
    const since = formatTime(this.#since ?? clock.now());
    const text = `has not answered since ${since} (${trouble.why}); it is asked again at ${again}, or by a hook or \`fairlead reconcile\``;
    this.#outage = { ...trouble, text, untilMs };
    // Others may answer in its place: then nobody would ever find out that it is back.
    this.#cancelTimer();
    if (!this.#isEnded) this.#cancelTimer = clock.after(untilMs - clock.monotonic(), () => void this.#ask(true));
    if (before === undefined) onChange(this.#outage);
  }

  #close(): void {
    this.#cancelTimer();
    this.#outage = undefined;
    this.#waitMs = firstWaitMs;
    this.options.onChange(undefined);
  }
}
