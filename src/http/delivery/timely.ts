/** Either way: the sender's clock may be behind as well as ahead, and an old delivery may not be sent again. */
const toleranceMs = 300_000;

/** `timestamp`: in seconds since 1970, digits only. `now`: epoch milliseconds. */
export function isTimely(timestamp: string | undefined, now: number): boolean {
  return /^\d{1,12}$/.test(timestamp ?? "") && Math.abs(now - Number(timestamp) * 1_000) <= toleranceMs;
}
