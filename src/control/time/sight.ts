import type { Interval } from "../../plan/model/host/observed.js";

/** The engine shows a sign of life every few seconds; a longer pause means that nobody could see. */
const longestPauseMs = 8_000;
/** An engine that takes so long for a list did nothing else meanwhile either. */
const slowMs = 3_000;
const most = 64;

/**
 * When the host could be seen, on our monotonic clock. A gap is whatever lies between two signs of life too far apart: the
 * engine was away or frozen, or this process was.
 */
export class Sight {
  #last: number | undefined;
  #since: number | undefined;
  #isLost = false;
  #gaps: readonly Interval[] = [];

  /** A sign of life. */
  saw(at: number): void {
    const last = this.#last;
    this.#since ??= at;
    if (last !== undefined && (this.#isLost || at - last > longestPauseMs)) {
      this.#gaps = [...this.#gaps, { from: last, to: at }].slice(-most);
      this.#since = at;
    }
    this.#isLost = false;
    this.#last = at;
  }

  looked(askedAt: number, answeredAt: number): void {
    const hasHeard = this.#last !== undefined && this.#last > askedAt;
    if (answeredAt - askedAt > slowMs && !hasHeard) this.lost();
    this.saw(answeredAt);
  }

  /** The engine is out of reach. */
  lost(): void {
    this.#isLost = true;
  }

  get gaps(): readonly Interval[] {
    return this.#gaps;
  }

  /** Since when without a gap. */
  get since(): number | undefined {
    return this.#since;
  }
}
