import { jobsHash } from "../../compose/model/hash.js";
import type { ServiceSpec } from "../../compose/model/service.js";
import type { ImageVersion } from "../../compose/values/image.js";
import { hasFailed, jobsOf } from "../jobs/job-need.js";
import type { Job } from "../jobs/job-need.js";
import { awaitEnd, runJob } from "../jobs/job-run.js";
import { isJob, judgeJob } from "../jobs/job-verdict.js";
import type { JobContainer } from "../jobs/job-verdict.js";
import { assess } from "../judge/assess.js";
import { strategyOf } from "../judge/strategy.js";
import type { Undo } from "../model/condition.js";
import { isTarget } from "../model/desired.js";
import type { Desired, Memory } from "../model/desired.js";
import type { Intent } from "../model/intent.js";
import { isAhead } from "../model/host/observed.js";
import type { ObservedContainer } from "../model/host/observed.js";
import type { Decision } from "../model/outcome.js";
import { inEverySlot, isUp, slotOf } from "../model/view.js";
import type { View } from "../model/view.js";
import { memoryOf, toleratedFailures } from "../slot/failures.js";
import { planSlot } from "../slot/slot.js";
import { remove, retire } from "../steps/steps.js";
import { combine } from "./combine.js";

/** A rollout that has failed with these jobs to follow that. */
interface FailedRollout {
  readonly revision: number;
  readonly digest: ImageVersion;
  readonly specHash: string;
}

const phase = "on_rollback";

/**
 * What follows a rollout that has failed, before anything else: its containers end, under stop-first all others too, and
 * its jobs run once, from its image. Undefined: nothing is left to run.
 */
export function planOnRollback(desired: Desired, view: View, memory: Memory): Decision | undefined {
  const busy = view.jobs.filter(isJob).find((one) => one.job.phase === phase && isUp(one));
  if (busy !== undefined) return awaitEnd(busy, view);
  const failed = failedRollout(desired.spec, view, memory);
  const due = failed === undefined ? undefined : dueAfter(failed, desired.spec, view, memory);
  if (failed === undefined || due === undefined) return undefined;
  const { spec } = desired;
  const own = {
    ...desired,
    specHash: failed.specHash,
    target: { known: true, digest: failed.digest, sameContent: [] },
  } as const;
  const judged = judgeOwn(own, failed, view, memory);
  if (judged !== undefined) return judged;
  const because = `revision ${failed.revision} has failed, and its on_rollback jobs are to run`;
  const isStopFirst = strategyOf(spec, view).order === "stop-first";
  // Promoted replicas go back first where others serve meanwhile.
  const promoted = inEverySlot(view.containers, "active").filter((one) => isOwn(one, failed));
  if (!isStopFirst && promoted.length > 0 && isWanted(desired, failed)) return undefined;
  const ends = view.containers.flatMap((one): readonly Intent[] => {
    const isNext = one.role === "next" && isOwn(one, failed);
    const ended = isNext || isStopFirst ? retire(one, spec, because).filter(() => isUp(one)) : [];
    const withdrawn = `it is withdrawn: ${because}`;
    return isNext ? [...ended, remove(one, withdrawn)] : ended;
  });
  if (ends.length > 0) return { intents: ends, outcome: { kind: "continue", reason: "RollingBack", because } };
  return runJob(due, { desired: own, digest: failed.digest, revision: failed.revision }, view, memory.jobs);
}

/** What is on trial of it and shows why it failed is kept for inspection, as ever. */
function judgeOwn(own: Desired, failed: FailedRollout, view: View, memory: Memory): Decision | undefined {
  const slots = inEverySlot(view.containers, "next")
    .filter((next) => isOwn(next, failed))
    .map((next) => ({ next, slot: slotOf(view, next.slot) }))
    .filter(({ next, slot }) => assess(next, own.spec, slot, memory).kind === "failed");
  if (slots.length === 0) return undefined;
  const plans = slots.map(({ slot }) => planSlot(own, slot, memoryOf(memory, slot.slot)));
  const [only] = plans;
  return plans.length === 1
    ? only
    : combine(
        slots.map(({ slot }) => slot),
        plans,
      );
}

function isOwn({ revision, returns }: ObservedContainer, failed: FailedRollout): boolean {
  return revision === failed.revision && returns !== true;
}

function isWanted({ specHash, target }: Desired, failed: FailedRollout): boolean {
  return specHash === failed.specHash && isTarget(target, failed.digest);
}

/** The newest rollout, if it has failed and its list of jobs is still that of the file. */
function failedRollout(spec: ServiceSpec, view: View, memory: Memory): FailedRollout | undefined {
  const list = spec.onRollback ?? [];
  if (list.length === 0) return undefined;
  const newest = newestRevision(view, memory);
  const found = [...failedSlots(spec, view, memory), ...failedJobs(spec, view, memory), ...begun(view, memory)];
  return found.find(({ revision }) => revision === newest);
}

function newestRevision({ containers, jobs }: View, memory: Memory): number {
  const own = [...containers.filter(({ returns }) => returns !== true), ...jobs].map(({ revision }) => revision);
  return Math.max(
    0,
    ...own,
    ...memory.jobs.map(({ revision = 0 }) => revision),
    ...memory.holds.map(({ revision = 0 }) => revision),
  );
}

/** It failed in more slots than may fail: the failed containers say so, or the journal. */
function failedSlots(spec: ServiceSpec, { containers }: View, { holds }: Memory): readonly FailedRollout[] {
  const mark = jobsHash(spec.onRollback ?? []);
  const shown = inEverySlot(containers, "failed").filter(({ onRollback }) => onRollback === mark);
  const held = holds.filter(({ onRollback }) => onRollback === mark);
  const all = [...shown, ...held].flatMap(({ revision, digest, specHash, slot = 1 }) =>
    revision === undefined ? [] : [{ revision, digest, specHash, slot }],
  );
  const tolerated = toleratedFailures(spec.update, spec.replicas ?? 1);
  return all.filter(
    ({ revision }) => new Set(all.flatMap((one) => (one.revision === revision ? [one.slot] : []))).size > tolerated,
  );
}

/** A `before` job of it failed after another one had ended well: what that has kept can be given back. */
function failedJobs(spec: ServiceSpec, view: View, { jobs: runs }: Memory): readonly FailedRollout[] {
  const mark = jobsHash(spec.onRollback ?? []);
  const its = view.jobs.filter(isJob).filter(({ job, onRollback }) => isAhead(job) && onRollback === mark);
  const isBad = (one: JobContainer) => hasFailed(one, runs);
  const isGood = (one: JobContainer) => !isBad(one) && judgeJob(one, view).kind === "done";
  return its.filter(isBad).flatMap(({ revision, specHash, job }) => {
    const hasKept =
      its.some((one) => one.revision === revision && isGood(one)) ||
      runs.some(
        (run) =>
          run.phase !== undefined &&
          isAhead({ phase: run.phase }) &&
          run.revision === revision &&
          run.outcome === "done",
      );
    return hasKept ? [{ revision, specHash, digest: job.target }] : [];
  });
}

/** Its jobs have begun to run. */
function begun(view: View, memory: Memory): readonly FailedRollout[] {
  const shown = view.jobs
    .filter(isJob)
    .filter(({ job }) => job.phase === phase)
    .map(({ revision, specHash, job }) => ({ revision, specHash, digest: job.target }));
  const known = memory.jobs.flatMap((run) =>
    run.phase === phase && run.revision !== undefined
      ? [{ revision: run.revision, specHash: run.specHash, digest: run.digest }]
      : [],
  );
  return [...shown, ...known];
}

/** The first that has not ended. Undefined: none is left, or one has failed and nobody has asked for another run. */
function dueAfter({ revision }: FailedRollout, spec: ServiceSpec, view: View, memory: Memory): Job | undefined {
  const due = jobsOf(spec, phase).find(({ hash }) => !hasEnded(hash, revision, view, memory));
  const isStopped = memory.jobs.some(
    (run) => run.phase === phase && run.revision === revision && run.outcome === "failed",
  );
  return isStopped ? undefined : due;
}

function hasEnded(hash: string, revision: number, view: View, { jobs: runs }: Memory): boolean {
  if (runs.some((run) => run.job === hash && run.revision === revision && run.outcome === "done")) return true;
  return view.jobs
    .filter(isJob)
    .some(
      (one) =>
        one.job.hash === hash &&
        one.revision === revision &&
        !hasFailed(one, runs) &&
        judgeJob(one, view).kind === "done",
    );
}

/** Whether what follows the rollout of this number is still to come, or has just been and what served is not up again. */
export function isUndoing(spec: ServiceSpec, view: View, memory: Memory): boolean {
  const running = view.jobs.filter(isJob).filter(({ job }) => job.phase === phase);
  if (running.some(isUp)) return true;
  const failed = failedRollout(spec, view, memory);
  if (failed === undefined) return false;
  if (dueAfter(failed, spec, view, memory) !== undefined) return true;
  const ends = running.filter(({ revision }) => revision === failed.revision).map(({ finishedAt = 0 }) => finishedAt);
  const endedAt = Math.max(0, ...ends);
  return inEverySlot(view.containers, "active").some(
    (active) => !isUp(active) && active.startError === "" && (active.startedAt ?? 0) < endedAt,
  );
}

/** How the jobs after the rollout of this number have ended. Undefined: there are none, or not yet. */
export function undoOf(revision: number, spec: ServiceSpec, view: View, memory: Memory): Undo | undefined {
  const runs = memory.jobs.filter((run) => run.phase === phase && run.revision === revision);
  const failed = runs.findLast(({ outcome }) => outcome === "failed");
  if (failed !== undefined) return { outcome: "failed", message: failed.message };
  const list = jobsOf(spec, phase);
  const isDone = list.length > 0 && list.every(({ hash }) => hasEnded(hash, revision, view, memory));
  return isDone
    ? {
        outcome: "done",
        message: `on_rollback: ${list.length === 1 ? "its job has" : `all ${list.length} jobs have`} ended well`,
      }
    : undefined;
}

/** The same plan, with the word of a job that failed after the newest rollout: what served before is back all the same. */
export function withUndoFailure(plan: Decision, { spec }: Desired, view: View, memory: Memory): Decision {
  const { outcome } = plan;
  if (outcome.kind !== "blocked" || outcome.standing !== "held") return plan;
  const failed = failedRollout(spec, view, memory);
  const undo = failed === undefined ? undefined : undoOf(failed.revision, spec, view, memory);
  if (undo?.outcome !== "failed") return plan;
  const because = `${undo.message}; what served before is back all the same, and a retry runs it again; ${outcome.because}`;
  return { ...plan, outcome: { ...outcome, standing: "job-failed", reason: "JobFailed", because } };
}
