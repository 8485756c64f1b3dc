import type { ProbeSpec } from "../../compose/model/service.js";
import type { ProbeAnswer } from "../ports/prober.js";

/** What the probe has said of one run of a container so far. Times are milliseconds of one clock, whichever. */
export interface ProbeState {
  readonly health: "starting" | "healthy" | "unhealthy";
  /** Since when without a break. */
  readonly since: number;
  /** That counted, in a row. */
  readonly failures: number;
  /** When the last question was asked that counted as failed; at first, from when on such a one may. */
  readonly countedFrom: number;
  /** What the last question that was not answered well came to. */
  readonly problem: string | undefined;
}

/** While it starts it is asked this often: whoever waits for it should not wait for an interval. */
const startingPauseMs = 1_000;

/**
 * The first questions about a container. What failed before we came, or while we were away, is not known and does not
 * count: it has its retries before it.
 */
export function unasked(startedAt: number, { startPeriodMs }: ProbeSpec, now: number): ProbeState {
  const countedFrom = Math.max(startedAt + startPeriodMs, now);
  return { health: "starting", since: now, failures: 0, countedFrom, problem: undefined };
}

/**
 * One good answer makes it healthy; `retries` bad ones in a row, each an interval after the one before, make it
 * unhealthy. While it starts it is asked more often, which can only help it. Without an answer nothing changes.
 */
export function answered(
  state: ProbeState,
  answer: ProbeAnswer,
  { intervalMs, retries }: ProbeSpec,
  { askedAt, now }: { readonly askedAt: number; readonly now: number },
): ProbeState {
  switch (answer.kind) {
    case "ready": {
      const since = state.health === "healthy" ? state.since : now;
      return { ...state, health: "healthy", since, failures: 0, problem: undefined };
    }
    case "unknown":
      return { ...state, problem: answer.message };
    case "failed": {
      const problem = answer.message;
      if (state.health === "starting" && askedAt < state.countedFrom + intervalMs) return { ...state, problem };
      const counted = { ...state, failures: state.failures + 1, countedFrom: askedAt, problem };
      if (counted.failures < retries || state.health === "unhealthy") return counted;
      return { ...counted, health: "unhealthy", since: now };
    }
  }
}

/** From the end of one question to the next: a slow answer never makes two questions at once. */
export function pauseMs({ health }: ProbeState, { intervalMs }: ProbeSpec): number {
  return health === "starting" ? Math.min(startingPauseMs, intervalMs) : intervalMs;
}
