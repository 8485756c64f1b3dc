/*
 * Jobs live here: which is due, how it is brought to its end, and what is thought of it.
 */

import { jobHash } from "../../compose/model/hash.js";
import type { JobSpec, PreStartSpec } from "../../compose/model/policy/job.js";
import type { ServiceSpec } from "../../compose/model/service.js";
import type { ImageVersion, ImageReference } from "../../compose/values/image.js";
import { isTarget } from "../model/desired.js";
import type { Desired, JobRun } from "../model/desired.js";
import { isAhead } from "../model/host/observed.js";
import type { JobPhase } from "../model/host/observed.js";
import type { View } from "../model/view.js";
import { isJob, judgeJob } from "./job-verdict.js";
import type { JobContainer } from "./job-verdict.js";

/** What jobs run for: a digest and a spec, once. */
export interface Occasion {
  readonly desired: Desired;
  readonly digest: ImageVersion;
  readonly revision: number;
}

export interface Job {
  readonly spec: JobSpec | PreStartSpec;
  readonly phase: JobPhase;
  /** From 1. */
  readonly index: number;
  readonly hash: string;
}

/** What runs ahead of the first new container, in this order. */
const ahead = ["before", "pre_start"] as const;
const listOf = { before: "before", pre_start: "preStart", after: "after", on_rollback: "onRollback" } as const;

export function jobsOf(
  spec: Pick<ServiceSpec, "before" | "preStart" | "after" | "onRollback">,
  phase: JobPhase,
): readonly Job[] {
  return (spec[listOf[phase]] ?? []).map((job, at) => ({
    spec: job,
    phase,
    index: at + 1,
    hash: jobHash(phase, at + 1, job),
  }));
}

/** The first that has not ended well. Undefined: nothing is left to run. */
export function dueJob(
  phase: JobPhase,
  occasion: Pick<Occasion, "desired" | "digest">,
  view: View,
  runs: readonly JobRun[],
): Job | undefined {
  return jobsOf(occasion.desired.spec, phase).find((job) => !isDone(job, occasion, view, runs));
}

function isDone(
  { hash }: Job,
  occasion: Pick<Occasion, "desired" | "digest">,
  view: View,
  runs: readonly JobRun[],
): boolean {
  const undone = undoneUpTo(occasion, view, runs);
  const counts = ({ revision = 0 }: { readonly revision?: number }) => revision > undone;
  if (runs.some((one) => one.outcome === "done" && one.job === hash && isFor(one, occasion) && counts(one)))
    return true;
  return view.jobs.filter(isJob).some(
    (container) =>
      container.job.hash === hash &&
      isOf(container, occasion) &&
      counts(container) &&
      // What somebody once stopped can look like a good end to a Fairlead that was not there to see it.
      !hasFailed(container, runs) &&
      judgeJob(container, view).kind === "done",
  );
}

export function lastFailure(
  { hash }: Job,
  occasion: Pick<Occasion, "desired" | "digest">,
  runs: readonly JobRun[],
): JobRun | undefined {
  return runs.findLast((one) => one.outcome === "failed" && one.job === hash && isFor(one, occasion));
}

/** The image that a job which is due names, for its digest has to be known. */
export function jobImagesOf(desired: Desired, view: View, runs: readonly JobRun[]): readonly ImageReference[] {
  if (!desired.target.known) return [];
  const occasion = { desired, digest: desired.target.digest };
  const phases: readonly JobPhase[] = hasContainer(occasion, view, runs) ? ["after"] : ahead;
  const due = phases.map((phase) => dueJob(phase, occasion, view, runs)).find((job) => job !== undefined);
  // Should it fail nobody is to wait for a registry, nor while what served has stopped.
  const hooks = due === undefined || due.phase === "after" ? [] : (desired.spec.preStart ?? []);
  const all = [due?.spec, ...hooks, ...(desired.spec.onRollback ?? [])];
  return all.flatMap((job) => job?.image ?? []);
}

/** Whether a person has asked for another run since or not. */
export function hasFailed({ id }: JobContainer, runs: readonly JobRun[]): boolean {
  return runs.some(({ container, outcome }) => container === id && (outcome === "failed" || outcome === "retried"));
}

export function isOf({ specHash, job }: JobContainer, occasion: Pick<Occasion, "desired" | "digest">): boolean {
  return isFor({ specHash, digest: job.target }, occasion);
}

/** Digests of equal content are one. */
function isFor(
  run: { readonly specHash: string; readonly digest: ImageVersion },
  { desired, digest }: Pick<Occasion, "desired" | "digest">,
): boolean {
  if (run.specHash !== desired.specHash) return false;
  return run.digest === digest || (isTarget(desired.target, digest) && isTarget(desired.target, run.digest));
}

/** A container that was created for it is created after its `before` jobs: where there is one they are behind it. */
export function hasContainer(
  occasion: Pick<Occasion, "desired" | "digest">,
  view: View,
  runs: readonly JobRun[],
): boolean {
  const undone = undoneUpTo(occasion, view, runs);
  return view.containers.some((container) => isFor(container, occasion) && container.revision > undone);
}

/** The latest rollout of it that failed and was undone: what ran before that does not count any more. -1: there is none. */
function undoneUpTo(occasion: Pick<Occasion, "desired" | "digest">, view: View, runs: readonly JobRun[]): number {
  const shown = view.jobs.filter(isJob).filter((one) => one.job.phase === "on_rollback" && isOf(one, occasion));
  const known = runs.filter((one) => one.phase === "on_rollback" && isFor(one, occasion));
  return Math.max(-1, ...[...shown, ...known].map(({ revision = -1 }) => revision));
}

/** The revision of the rollout that the jobs before this one's containers belong to; 0: there are none. */
export function beginningOf(desired: Desired, digest: ImageVersion, view: View): number {
  const begun = view.jobs
    .filter(isJob)
    .filter((container) => isAhead(container.job) && isOf(container, { desired, digest }));
  return Math.max(0, ...begun.map(({ revision }) => revision));
}

/** Why no container of the wanted digest and spec may be made: a job that the file has changed since is another one. */
export function failedBefore(desired: Desired, runs: readonly JobRun[]): JobRun | undefined {
  const hashes = new Set(ahead.flatMap((phase) => jobsOf(desired.spec, phase)).map(({ hash }) => hash));
  return runs.findLast(
    ({ outcome, job, specHash, digest }) =>
      outcome === "failed" && hashes.has(job) && specHash === desired.specHash && isTarget(desired.target, digest),
  );
}

/** On the way back to what has served before, or to what is better than nothing, no job runs. */
export function withoutJobs(desired: Desired): Desired {
  const { before: _before, after: _after, onRollback: _onRollback, ...spec } = desired.spec;
  return { ...desired, spec };
}
