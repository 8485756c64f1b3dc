export interface BackoffOptions {
  readonly baseMs: number;
  readonly capMs: number;
  /** A number in [0, 1). */
  readonly random: () => number;
}

export const defaultBackoff: BackoffOptions = { baseMs: 1_000, capMs: 300_000, random: Math.random };

/**
 * Exponential backoff with full jitter: anything from 0 to min(cap, base * 2^failures), so that many keys that failed
 * together do not come back together. `failures` counts from 0.
 */
export function backoffMs(failures: number, { baseMs, capMs, random }: BackoffOptions): number {
  const ceiling = Math.min(capMs, baseMs * 2 ** Math.min(failures, 30));
  return Math.floor(random() * ceiling);
}
