import { jobsHash } from "../../compose/model/hash.js";
import { isTarget } from "../model/desired.js";
import type { Desired, Memory } from "../model/desired.js";
import type { Intent } from "../model/intent.js";
import type { ObservedContainer } from "../model/host/observed.js";
import type { Decision } from "../model/outcome.js";
import { inEverySlot, inRole, isUp } from "../model/view.js";
import type { View } from "../model/view.js";
import { remove } from "../steps/steps.js";
import { dueJob, isOf, lastFailure } from "./job-need.js";
import type { Occasion } from "./job-need.js";
import { runJob } from "./job-run.js";
import { isJob } from "./job-verdict.js";

/**
 * The service is settled: its `after` jobs follow, and what it has outlived of earlier ones goes. A failure among them is
 * told and never undone: what serves has proved itself, and other jobs may have gone well.
 */
export function withAfter(plan: Decision, desired: Desired, view: View, memory: Memory): Decision {
  const actives = inEverySlot(view.containers, "active");
  const [first] = [...actives].sort((one, other) => one.createdAt - other.createdAt);
  if (
    plan.outcome.kind !== "converged" ||
    plan.outcome.flawed === true ||
    first === undefined ||
    !isRolledOut(desired, actives, view)
  )
    return plan;
  const occasion = { desired, digest: first.digest, revision: first.revision };
  const cleared = { ...plan, intents: [...plan.intents, ...clearJobs(occasion, view)] };
  // A list that has changed since says what follows the next rollout.
  if (first.after !== jobsHash(desired.spec.after ?? [])) return cleared;
  const due = dueJob("after", occasion, view, memory.jobs);
  if (due === undefined) return cleared;
  const failure = lastFailure(due, occasion, memory.jobs);
  if (failure !== undefined) {
    const because = `${failure.message}; what serves stays, and a retry runs it again`;
    return { ...cleared, outcome: { kind: "blocked", standing: "job-failed", reason: "JobFailed", because } };
  }
  const { intents, outcome } = runJob(due, occasion, view, memory.jobs);
  return { ...plan, intents: [...plan.intents, ...intents], outcome };
}

function isRolledOut(desired: Desired, actives: readonly ObservedContainer[], view: View): boolean {
  if (inRole(view.containers, "next") !== undefined || actives.length < (desired.spec.replicas ?? 1)) return false;
  return actives.every(({ specHash, digest }) => specHash === desired.specHash && isTarget(desired.target, digest));
}

/** The journal keeps what they were. */
function clearJobs(occasion: Occasion, view: View): readonly Intent[] {
  const because = "the service is well with another digest or spec";
  return view.jobs
    .filter(isJob)
    .filter((one) => !isOf(one, occasion) && !isUp(one) && one.state !== "removing")
    .map((one) => remove(one, because));
}
