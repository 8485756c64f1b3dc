/*
 * What is true of a container lives here: proven, failed, completed, due. What follows from it does not.
 */

import type { Reason } from "../model/condition.js";
import { observedMs } from "../model/host/elapsed.js";
import type { Sight } from "../model/host/elapsed.js";
import type { ObservedContainer } from "../model/host/observed.js";
import type { View } from "../model/view.js";
import { causeOf, startReason } from "./start-refusal.js";
import { checkDueMs } from "./unchecked.js";

/**
 * Whose failure it is: of the host, which says nothing of the image; of the check, of which one that runs may yet recover;
 * of the time that it had for that; or of the container.
 */
export type Fault = "host" | "check" | "deadline" | "container";

/** What is to be thought of a container that has not proved itself yet. */
export type Verdict =
  | { readonly kind: "not-started"; readonly because: string }
  | { readonly kind: "waiting"; readonly until: number | undefined; readonly because: string }
  | { readonly kind: "proven"; readonly because: string }
  | { readonly kind: "failed"; readonly fault: Fault; readonly reason: Reason; readonly because: string };

/** How often a starting container is looked at even if no event comes. */
export const pollMs = 2_000;

export function judge(next: ObservedContainer, monitorMs: number, view: View): Verdict {
  switch (next.state) {
    case "created":
      return next.startError === ""
        ? { kind: "not-started", because: "it is created and not started" }
        : judgeRefusal(next);
    case "exited":
    case "dead":
      return judgeEnded(next, view);
    case "restarting":
      return {
        kind: "failed",
        fault: "container",
        reason: "CrashLooping",
        because: `it ends and restarts (exit code ${next.exitCode ?? "?"})`,
      };
    case "paused":
    case "removing":
      return { kind: "waiting", until: view.now + pollMs, because: `it is ${next.state}` };
    case "running":
      return judgeRunning(next, monitorMs, view);
  }
}

function judgeRefusal({ startError, startedAt }: ObservedContainer): Verdict {
  const cause = causeOf(startError);
  // It has run before: an engine on its way down or up refuses what it could do a moment ago.
  if (startedAt !== undefined && (cause === "remains" || cause === "engine" || cause === "host")) {
    return { kind: "not-started", because: `the engine could not start it again: ${startError}` };
  }
  const because = `the engine could not start it: ${startError}`;
  if (cause === "remains" || cause === "engine") return { kind: "not-started", because };
  return { kind: "failed", fault: cause === "image" ? "container" : "host", reason: startReason(startError), because };
}

function judgeEnded(next: ObservedContainer, view: View): Verdict {
  if (next.startError !== "") return judgeRefusal(next);
  if (endedFromOutside(next, view))
    return { kind: "not-started", because: "it was stopped by somebody else, or with the engine" };
  const lasted = next.startedAt === undefined || next.finishedAt === undefined ? 0 : next.finishedAt - next.startedAt;
  const how = next.oomKilled ? "was killed for using too much memory" : `exited with code ${next.exitCode ?? "?"}`;
  return {
    kind: "failed",
    fault: "container",
    reason: "ContainerExited",
    because: `it ${how} after ${formatMs(Math.max(0, lasted))}`,
  };
}

/**
 * A person's `docker stop`, or an engine that stops and ends its containers: that says nothing about them. How long before
 * it was missed the engine began to end them is not known to the moment, but an exit code of 0 before that is their own.
 */
export function endedFromOutside(container: ObservedContainer, view: Pick<View, "engineOutage">): boolean {
  if (container.endedByRequest === true) return true;
  const outage = view.engineOutage;
  const { finishedAt, exitCode } = container;
  if (outage === undefined || finishedAt === undefined) return false;
  return finishedAt >= outage.from - (exitCode === 0 ? 0 : 1_000) && finishedAt <= outage.to + 1_000;
}

function judgeRunning(next: ObservedContainer, monitorMs: number, view: Sight): Verdict {
  const { now } = view;
  const startedAt = next.startedAt ?? now;
  switch (next.health) {
    case "unhealthy":
      return { kind: "failed", fault: "check", reason: "Unhealthy", because: `its health check fails${said(next)}` };
    case "none":
      return settle(startedAt, monitorMs, view, "running");
    case "healthy":
      return settle(next.healthySince ?? now, monitorMs, view, "healthy");
    case "starting": {
      const left = healthTimeLeft(next, startedAt, view);
      if (left <= 0) {
        const limit = formatMs(healthDeadlineMs(next));
        return {
          kind: "failed",
          fault: "deadline",
          reason: "HealthDeadlineExceeded",
          because: `it did not become healthy within ${limit}${said(next)}`,
        };
      }
      return {
        kind: "waiting",
        until: now + Math.min(left, pollMs),
        because: `its health check has not passed yet${said(next)}`,
      };
    }
  }
}

/** What the check itself gave as its reason, to follow what is concluded from it. */
export function said({ healthProblem }: ObservedContainer): string {
  return healthProblem === undefined ? "" : `: ${healthProblem}`;
}

function settle(since: number, monitorMs: number, view: Sight, what: string): Verdict {
  const left = monitorMs - observedMs(since, view);
  return left <= 0
    ? { kind: "proven", because: `it has been ${what} for ${formatMs(monitorMs)}` }
    : { kind: "waiting", until: view.now + left, because: `it is ${what} and must stay so for ${formatMs(monitorMs)}` };
}

/** At least one whole check has to have been seen: what came to pass while nobody could see is not known. */
function healthTimeLeft(next: ObservedContainer, startedAt: number, view: Sight): number {
  return Math.max(healthDeadlineMs(next) - observedMs(startedAt, view), checkDueMs(next, view));
}

/**
 * The engine itself says `unhealthy` after `retries` failures in a row outside the start period. This is the backstop
 * behind it, one probe later, for a check that hangs or an engine that does not probe.
 */
export function healthDeadlineMs(container: ObservedContainer): number {
  const check = container.healthcheck;
  if (check === undefined) return 0;
  return check.startPeriodMs + (check.retries + 1) * (check.intervalMs + check.timeoutMs);
}

/** `1500` as `1.5s`, `90000` as `90s`. */
export function formatMs(ms: number): string {
  return `${Math.round(ms / 100) / 10}s`;
}
