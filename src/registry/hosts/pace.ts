/** What a registry grants until its window ends, and what has become of it since the window began. */
export interface Spending {
  readonly remaining: number;
  readonly spent: number;
  readonly elapsedMs: number;
  readonly leftMs: number;
}

/** Questions come in bursts, one for each look at everything: a pace that is taken over less says nothing. */
export const shortestSampleMs = 300_000;

/**
 * How long to wait between two questions, so that what remains lasts until the window ends; 0: it lasts at the pace that
 * it has been spent at. Where nothing remains, what is left of the window.
 */
export function gapOf({ remaining, spent, elapsedMs, leftMs }: Spending): number {
  if (leftMs <= 0) return 0;
  if (remaining <= 0) return leftMs;
  const needed = (spent * leftMs) / Math.max(elapsedMs, shortestSampleMs);
  return needed <= remaining ? 0 : leftMs / remaining;
}
