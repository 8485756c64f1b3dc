import type { Clock } from "../ports/clock.js";

/** setTimeout counts in 32 bits: a longer delay would fire at once. */
const longestDelayMs = 2 ** 31 - 1;

export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  after: (ms, callback) => {
    const timer = setTimeout(callback, Math.min(Math.max(0, ms), longestDelayMs));
    return () => {
      clearTimeout(timer);
    };
  },
};
