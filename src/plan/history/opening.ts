import type { ServiceSpec } from "../../compose/model/service.js";
import { formatImage } from "../../compose/values/image.js";
import type { ImageVersion } from "../../compose/values/image.js";
import { isJob, judgeJob } from "../jobs/job-verdict.js";
import type { JobContainer } from "../jobs/job-verdict.js";
import type { Rollout } from "../model/condition.js";
import type { JobRun } from "../model/desired.js";
import { isAhead } from "../model/host/observed.js";
import type { ObservedContainer } from "../model/host/observed.js";
import { inEverySlot } from "../model/view.js";
import type { View } from "../model/view.js";

/** A rollout that has got no further than its `before` jobs. */
export interface Opening {
  readonly id: string;
  readonly to: ImageVersion;
  readonly image: string;
  readonly specHash: string;
  /** When each of its jobs was created. */
  readonly createdAt: readonly number[];
  readonly failed: boolean;
}

/** Undefined: the newest rollout has containers of its own, or no job. */
export function openingOf(
  { image }: Pick<ServiceSpec, "image">,
  view: View,
  runs: readonly JobRun[],
): Opening | undefined {
  const its = openers(view);
  const [first] = its;
  if (first === undefined) return undefined;
  const hasFailed = ({ id }: JobContainer) =>
    runs.some(({ container, outcome }) => container === id && outcome === "failed");
  return {
    id: `${first.project}/${first.service}@${first.revision}`,
    to: first.job.target,
    // Its own may be another one than the service's.
    image: formatImage(image),
    specHash: first.specHash,
    createdAt: its.map(({ createdAt }) => createdAt),
    failed: its.some(hasFailed),
  };
}

/** The digest whose jobs have begun, and none of them has failed: there is no going back to before them. */
export function openedFor(specHash: string, view: View): ImageVersion | undefined {
  const its = openers(view);
  const isLost = its.some((container) => judgeJob(container, view).kind === "failed");
  return its[0]?.specHash === specHash && !isLost ? its[0].job.target : undefined;
}

/** The jobs of the newest rollout, while that has nothing else. */
function openers(view: View): readonly JobContainer[] {
  const latest = Math.max(0, ...view.containers.map(({ revision }) => revision));
  const jobs = view.jobs.filter(isJob).filter(({ job, revision }) => isAhead(job) && revision > latest);
  const newest = Math.max(...jobs.map(({ revision }) => revision));
  return jobs.filter(({ revision }) => revision === newest);
}

/** A job that fails ends it; another run of that, by a retry, begins it anew. */
export function trackOpening(
  known: Rollout | undefined,
  { id, to, createdAt, failed, image, specHash }: Opening,
  containers: readonly ObservedContainer[],
  now: number,
): Rollout {
  const same = known?.id === id && known.to === to ? known : undefined;
  if (same !== undefined && same.finishedAt === undefined) {
    const end = { finishedAt: new Date(now).toISOString(), outcome: "failed", reason: "JobFailed" } as const;
    return failed ? { ...same, ...end } : same;
  }
  const since = same?.finishedAt === undefined ? 0 : Date.parse(same.finishedAt);
  const newer = createdAt.filter((at) => at > since);
  if (same !== undefined && newer.length === 0) return same;
  return {
    id,
    from: inEverySlot(containers, "active")[0]?.digest,
    to,
    startedAt: new Date(Math.min(...newer)).toISOString(),
    finishedAt: undefined,
    outcome: undefined,
    reason: "RolloutStarted",
    image,
    specHash,
  };
}
