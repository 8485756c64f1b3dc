import { causeOf, startReason } from "../judge/start-refusal.js";
import { endedFromOutside, formatMs } from "../judge/verdict.js";
import type { Reason } from "../model/condition.js";
import { observedMs } from "../model/host/elapsed.js";
import type { Sight } from "../model/host/elapsed.js";
import type { JobMark, ObservedContainer } from "../model/host/observed.js";
import type { View } from "../model/view.js";

export type JobContainer = ObservedContainer & { readonly job: JobMark };

type Scene = Sight & Pick<View, "engineOutage">;

/** What is to be thought of the container of a job. */
export type JobVerdict =
  | { readonly kind: "not-started" }
  | { readonly kind: "running"; readonly until: number }
  | { readonly kind: "overdue"; readonly because: string }
  | { readonly kind: "done" }
  | { readonly kind: "failed"; readonly because: string }
  /** The host is at fault and nothing has run: another container can be tried. */
  | { readonly kind: "refused"; readonly reason: Reason; readonly because: string }
  | { readonly kind: "leaving" };

/**
 * Only an end of its own accord, in time and with exit code 0, is a good one. Whatever was cut short may have done half
 * of its work: that is never run again by itself.
 */
export function judgeJob(container: JobContainer, view: Scene): JobVerdict {
  const { state, startedAt, startError, job } = container;
  switch (state) {
    case "removing":
      return { kind: "leaving" };
    case "running":
    case "paused":
    case "restarting": {
      const left = job.timeoutMs - observedMs(startedAt ?? view.now, view);
      return left > 0 ? { kind: "running", until: view.now + left } : { kind: "overdue", because: tooLong(job) };
    }
    case "created":
      return startError === "" ? { kind: "not-started" } : judgeRefusal(startError);
    case "exited":
    case "dead":
      return startedAt === undefined && startError !== "" ? judgeRefusal(startError) : judgeEnd(container, view);
  }
}

function judgeRefusal(startError: string): JobVerdict {
  const because = `could not be started: ${startError}`;
  if (causeOf(startError) === "image") return { kind: "failed", because };
  return { kind: "refused", reason: startReason(startError), because };
}

function judgeEnd(container: JobContainer, view: Scene): JobVerdict {
  const { startedAt = 0, finishedAt = startedAt, exitCode, oomKilled, state, job } = container;
  const lasted = finishedAt - startedAt;
  if (observedMs(startedAt, view, finishedAt) >= job.timeoutMs) return { kind: "failed", because: tooLong(job) };
  if (endedFromOutside(container, view))
    return {
      kind: "failed",
      because: "was stopped by somebody else, or with the engine, and may have done half its work",
    };
  const after = `after ${formatMs(Math.max(0, lasted))}`;
  if (oomKilled) return { kind: "failed", because: `was killed for using too much memory ${after}` };
  if (exitCode === 0 && state === "exited") return { kind: "done" };
  return { kind: "failed", because: `exited with code ${exitCode ?? "?"} ${after}` };
}

function tooLong({ timeoutMs }: JobMark): string {
  return `did not end within its timeout of ${formatMs(timeoutMs)}`;
}

export function isJob(container: ObservedContainer): container is JobContainer {
  return container.job !== undefined;
}

/** `before job 1 (shop-web.before.1)`. */
export function describeJob({ job, name }: JobContainer): string {
  return `${job.phase} job ${job.index} (${name})`;
}
