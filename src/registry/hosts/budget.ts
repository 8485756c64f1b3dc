import type { Budget } from "../faults/reporter.js";
import { gapOf } from "./pace.js";

/** Answers to as many requests as are under way at once come in any order: a smaller rise is none. */
const smallestRise = 8;
const longestWindowMs = 24 * 3_600_000;

interface Window {
  readonly begunAt: number;
  readonly begunWith: number;
  readonly endsAt: number;
  /** The fewest that have been told of. */
  readonly remaining: number;
}

/** What one registry still grants, by what its answers say, and which requests lower that. */
export class RegistryBudget {
  #window: Window | undefined;
  readonly #counts = new Map<string, { readonly answers: number; readonly falls: number }>();

  get remaining(): number | undefined {
    return this.#window?.remaining;
  }

  /** True: a window has begun. */
  answered(method: string, { remaining, windowMs }: Budget, now: number): boolean {
    if (windowMs === undefined || windowMs > longestWindowMs) return false;
    const window = this.#window;
    if (window === undefined || now >= window.endsAt || remaining > window.remaining + smallestRise) {
      this.#window = { begunAt: now, begunWith: remaining, endsAt: now + windowMs, remaining };
      return true;
    }
    const { answers, falls } = this.#countsOf(method);
    this.#counts.set(method, { answers: answers + 1, falls: remaining < window.remaining ? falls + 1 : falls });
    this.#window = { ...window, remaining: Math.min(window.remaining, remaining) };
    return false;
  }

  /** How long the window lasts from now on. */
  leftMs(now: number): number {
    return (this.#window?.endsAt ?? now) - now;
  }

  /** Between two requests of this method; 0: they cost nothing, or there is enough. `underWay`: sent, and not answered yet. */
  gapMs(method: string, underWay: number, now: number): number {
    const window = this.#window;
    if (window === undefined || !this.#isCounted(method)) return 0;
    const remaining = window.remaining - underWay;
    const spent = window.begunWith - remaining;
    return gapOf({ remaining, spent, elapsedMs: now - window.begunAt, leftMs: window.endsAt - now });
  }

  /** Whether what is under way takes all that remains. */
  isSpent(underWay: number): boolean {
    return this.#window !== undefined && this.#window.remaining <= underWay;
  }

  /** The engine of this host spends from the same budget, so that a fall now and then says nothing of our own requests. */
  #isCounted(method: string): boolean {
    const { answers, falls } = this.#countsOf(method);
    return falls >= 2 && falls * 2 >= answers;
  }

  #countsOf(method: string) {
    return this.#counts.get(method) ?? { answers: 0, falls: 0 };
  }
}
