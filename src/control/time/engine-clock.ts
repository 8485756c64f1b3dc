import type { ClockReading } from "../../plan/model/host/host-snapshot.js";
import type { Clock } from "../ports/clock.js";

/** The clock stood at `until`, and went on from `from`. */
interface Correction {
  readonly until: number;
  readonly from: number;
  readonly byMs: number;
}

const most = 64;

/**
 * The engine's clock, by our monotonic one. Each answer of the engine says between which bounds the difference of the two
 * is; together they soon leave little room. As long as nothing speaks against it, the clock of this process is taken for
 * the engine's; bounds that contradict each other mean that the engine's clock was set.
 */
export class EngineClock {
  #least = -Infinity;
  #most = Infinity;
  #offset: number;
  #isKnown = false;
  #corrections: readonly Correction[] = [];
  readonly #began: number;

  constructor(private readonly clock: Pick<Clock, "now" | "monotonic">) {
    this.#offset = this.#ours();
    this.#began = clock.monotonic();
  }

  learn({ askedAt, answeredAt, engine }: ClockReading): void {
    if (engine === undefined) return;
    const [least, most] = [engine.from - answeredAt, engine.to - askedAt];
    const isSet = least > this.#most || most < this.#least;
    this.#least = isSet ? least : Math.max(least, this.#least);
    this.#most = isSet ? most : Math.min(most, this.#most);
    if (!this.#isPossible(this.#offset)) this.#correct(answeredAt);
    this.#isKnown = true;
  }

  /**
   * An instant that was written down earlier, by the engine's clock of today. One that lies in the future is from before
   * this process began, by a clock that was set back since.
   */
  carry(instant: number): number {
    const now = this.at(this.clock.monotonic());
    const today = this.#moved(instant, now);
    return today > now ? Math.min(today, this.at(this.#began)) : today;
  }

  /** Another one: every instant has another place. */
  get offset(): number {
    return this.#offset;
  }

  /** Epoch milliseconds that stand for a reading of our monotonic clock. */
  at(monotonic: number): number {
    return Math.round(monotonic + this.#offset);
  }

  /** The reading of our monotonic clock that stands for an instant of the engine's. */
  monotonicOf(instant: number): number {
    return instant - this.#offset;
  }

  /** How far the clock of this process is ahead of the engine's; 0 where no difference can be proven. */
  skewMs(): number {
    const ours = this.#ours();
    return this.#isPossible(ours) ? 0 : ours - this.#offset;
  }

  #moved(instant: number, now: number): number {
    let [byMs, until] = [0, now];
    for (const correction of [...this.#corrections].reverse()) {
      if (instant >= correction.from && instant <= until) break;
      byMs += correction.byMs;
      until = correction.until;
    }
    return instant + byMs;
  }

  #correct(monotonic: number): void {
    const offset = this.#nearest();
    const [until, byMs] = [this.at(monotonic), offset - this.#offset];
    this.#offset = offset;
    // What was thought before the engine had said anything was written down nowhere.
    if (this.#isKnown)
      this.#corrections = [...this.#corrections, { until, from: this.at(monotonic), byMs }].slice(-most);
  }

  #ours(): number {
    return this.clock.now() - this.clock.monotonic();
  }

  #isPossible(offset: number): boolean {
    return offset >= this.#least && offset <= this.#most;
  }

  #nearest(): number {
    const ours = this.#ours();
    // Rather too slow than too fast: nothing is to seem older than it is.
    return this.#isPossible(ours) ? ours : this.#least;
  }
}
