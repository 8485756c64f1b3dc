import type { Memory } from "../model/desired.js";
import type { Decision } from "../model/outcome.js";
import { isUp } from "../model/view.js";
import type { SlotView } from "../model/view.js";
import { dueJob, hasContainer, jobsOf } from "./job-need.js";
import type { Occasion } from "./job-need.js";
import { runJob } from "./job-run.js";
import { isJob } from "./job-verdict.js";

/** The `before` jobs, in order, ahead of the first container of a digest and spec. Undefined: they are behind it. */
export function awaitBefore(
  occasion: Occasion,
  view: SlotView,
  { jobs: runs }: Pick<Memory, "jobs">,
): Decision | undefined {
  const whole = { ...view, containers: view.siblings };
  if (hasContainer(occasion, whole, runs)) return undefined;
  const due = dueJob("before", occasion, view, runs) ?? lastOf(occasion, view);
  return due === undefined ? undefined : runJob(due, occasion, whole, runs);
}

/** One of an earlier rollout may still run: it is let end before anything new begins. */
function lastOf({ desired }: Occasion, view: SlotView) {
  const runs = view.jobs.filter(isJob).some((one) => one.job.phase === "before" && isUp(one));
  return runs ? jobsOf(desired.spec, "before").at(-1) : undefined;
}
