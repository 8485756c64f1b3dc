import type { Interval } from "./observed.js";

/** What a view says of time. */
export interface Sight {
  readonly now: number;
  /** When nobody could see what happened. */
  readonly blind?: readonly Interval[] | undefined;
  /** Since when it has been seen without a gap. Absent: for as long as it matters. */
  readonly seeingSince?: number | undefined;
}

/** How much of the time since then was seen: a container cannot be blamed, nor praised, for what nobody saw. */
export function observedMs(since: number, { now, blind = [] }: Sight, until = now): number {
  const unseen = blind.map(({ from, to }) => Math.max(0, Math.min(to, until) - Math.max(from, since)));
  return until - since - unseen.reduce((sum, ms) => sum + ms, 0);
}

/** How long it has been seen without a gap. */
export function seeingMs({ now, seeingSince = -Infinity }: Sight): number {
  return now - seeingSince;
}
