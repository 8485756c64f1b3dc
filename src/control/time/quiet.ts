import type { Clock } from "../ports/clock.js";

/** How long something has to be left alone: who writes a file writes it in pieces, or several of them. */
export const settlingMs = 1_000;

interface Seen {
  readonly print: string;
  /** By the monotonic clock. */
  readonly since: number;
}

/** What has been left alone since it was seen to change. */
export class Quiet {
  readonly #seen = new Map<string, Seen>();

  constructor(private readonly clock: Clock) {}

  /** Whether it has been like this for long enough; when it is asked for the first time, it begins to count. */
  has(place: string, print: string): boolean {
    const now = this.clock.monotonic();
    const seen = this.#seen.get(place);
    if (seen?.print === print) return now - seen.since >= settlingMs;
    this.#seen.set(place, { print, since: now });
    return false;
  }

  keepOnly(isKept: (place: string) => boolean): void {
    for (const place of this.#seen.keys()) if (!isKept(place)) this.#seen.delete(place);
  }
}
