import type { Memory } from "../model/desired.js";
import type { JobPhase } from "../model/host/observed.js";
import type { Decision } from "../model/outcome.js";
import { isUp } from "../model/view.js";
import type { SlotView } from "../model/view.js";
import { dueJob, hasContainer, jobsOf, lastFailure } from "./job-need.js";
import type { Occasion } from "./job-need.js";
import { imageHere, runJob } from "./job-run.js";
import { isJob } from "./job-verdict.js";

type Runs = Pick<Memory, "jobs">;

/** The `before` jobs, in order, ahead of the first container of a digest and spec. Undefined: they are behind it. */
export function awaitBefore(occasion: Occasion, view: SlotView, { jobs: runs }: Runs): Decision | undefined {
  const whole = { ...view, containers: view.siblings };
  if (hasContainer(occasion, whole, runs)) return undefined;
  const due = dueJob("before", occasion, view, runs) ?? lastOf("before", occasion, view);
  return due === undefined ? undefined : runJob(due, occasion, whole, runs);
}

/** Of `pre_start`: what has to come first, while what serves goes on, or the turn of a hook. Undefined: they are behind it. */
export function awaitPreStart(
  occasion: Occasion,
  view: SlotView,
  { jobs: runs }: Runs,
): { readonly decision: Decision; readonly isTurn: boolean } | undefined {
  const whole = { ...view, containers: view.siblings };
  if (hasContainer(occasion, whole, runs)) return undefined;
  const due = dueJob("pre_start", occasion, view, runs) ?? lastOf("pre_start", occasion, view);
  if (due === undefined) return undefined;
  const failure = lastFailure(due, occasion, runs);
  if (failure !== undefined) {
    const because = `${failure.message}; a retry runs it again`;
    const outcome = { kind: "blocked", standing: "job-failed", reason: "JobFailed", because } as const;
    return { decision: { intents: [], outcome }, isTurn: false };
  }
  // Once the first has begun nothing may be left to wait for.
  const obstacle = jobsOf(occasion.desired.spec, "pre_start")
    .filter(({ index }) => index >= due.index)
    .map((job) => imageHere(job, occasion, whole))
    .find((one) => typeof one !== "string");
  const isUnderWay = view.jobs.filter(isJob).some((one) => one.job.phase === "pre_start" && isUp(one));
  if (obstacle !== undefined && !isUnderWay) return { decision: obstacle, isTurn: false };
  return { decision: runJob(due, occasion, whole, runs), isTurn: true };
}

/** One of an earlier rollout may still run: it is let end before anything new begins. */
function lastOf(phase: JobPhase, { desired }: Occasion, view: SlotView) {
  const runs = view.jobs.filter(isJob).some((one) => one.job.phase === phase && isUp(one));
  return runs ? jobsOf(desired.spec, phase).at(-1) : undefined;
}
