import { seeingMs } from "../model/host/elapsed.js";
import type { Sight } from "../model/host/elapsed.js";
import type { ObservedContainer } from "../model/host/observed.js";

/** How late the end of a check may be told. */
const slackMs = 1_000;

/**
 * The engine has come back and does not check it any more: so do engines before 23.0 with what ran on without them
 * (`live-restore`). It would never be healthy in their eyes; only a new start begins its checks anew.
 */
export function isUnchecked(container: ObservedContainer, view: Sight): boolean {
  const { state, health, startedAt, checkedAt, healthcheck } = container;
  const { seeingSince } = view;
  if (state !== "running" || health !== "starting" || healthcheck === undefined) return false;
  if (seeingSince === undefined || startedAt === undefined || checkedAt === undefined) return false;
  return checkDueMs(container, view) <= 0 && startedAt < seeingSince && checkedAt < seeingSince;
}

/** In how long a whole check of it will have been seen. */
export function checkDueMs({ healthcheck }: ObservedContainer, view: Sight): number {
  const { intervalMs = 0, timeoutMs = 0 } = healthcheck ?? {};
  return intervalMs + timeoutMs + slackMs - seeingMs(view);
}
