/** What follows each try that has failed; after that, the last one again and again. */
const pauses = [1_000, 2_000, 5_000, 15_000, 30_000, 60_000, 120_000, 300_000] as const;
/** So much of a pause is left to chance: many that failed together do not come back together. */
const jitter = 0.2;
/** Nobody is believed who wants to be left alone for longer. */
const longestMs = 60 * 60_000;

/** What waits for so long is given up: nobody wants to hear of it any more. */
export const giveUpMs = 24 * 60 * 60_000;

/** How long to wait after so many failures in a row, from 1 on. `random`: in [0, 1). */
export function pauseAfter(failures: number, afterMs: number | undefined, random: () => number): number {
  const base = pauses[Math.min(failures, pauses.length) - 1] ?? pauses[0];
  const own = base * (1 - jitter + 2 * jitter * random());
  return Math.max(Math.floor(own), Math.min(afterMs ?? 0, longestMs));
}
