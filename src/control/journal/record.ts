import type { Digest, ImageVersion } from "../../compose/values/image.js";
import { revisionIn, withRevision } from "../../plan/history/numbering.js";
import type { Adopted } from "../../plan/host/adopt.js";
import { noBuilds } from "../../plan/host/build.js";
import type { BuildMemory } from "../../plan/host/build.js";
import { withRun } from "../../plan/jobs/job-news.js";
import type { KnownVolume } from "../../plan/model/anonymous.js";
import type { Reason, Rollout } from "../../plan/model/condition.js";
import { emptyMemory } from "../../plan/model/desired.js";
import type { JobRun, Memory } from "../../plan/model/desired.js";
import { noted, ranPostStart, withStop } from "../../plan/model/run-memory.js";
import { withReload, withReloadEnd } from "../../plan/model/reload-memory.js";
import { given } from "../../tools/present.js";
import { withRolloutOf, withStep } from "./course-record.js";
import type { CourseRecord } from "./course-record.js";
import type { Entry } from "./entry.js";
import { withMounted } from "./mounted-record.js";
import type { Mounted } from "./mounted-record.js";

/** The end of one that failed. */
export interface Failure {
  readonly digest: ImageVersion;
  readonly specHash: string;
  readonly container: string;
  readonly reason: Reason;
  /** It was told of changed files and did not take that well: no rollout of it failed. */
  readonly isReload?: true;
  readonly message: string;
  /** Epoch ms. */
  readonly at: number;
  /** Its last lines, oldest first. */
  readonly logs: readonly string[];
}

/** What the journal says of one service. */
export interface ServiceRecord {
  readonly memory: Omit<Memory, "heals">;
  readonly rollout: Rollout | undefined;
  /** The rollouts that are known, oldest first; `rollout` is the last of them. */
  readonly rollouts: readonly Rollout[];
  readonly failures: readonly Failure[];
  /** What was done in the last rollouts, oldest first, and in a repair since. */
  readonly courses: readonly CourseRecord[];
  /** Pairs of digests that were found to be of equal content on this host's platform. */
  readonly sameContent: readonly { readonly digest: Digest; readonly as: ImageVersion }[];
  /** The images that were found to be signed, each with its rule. */
  readonly verified: readonly string[];
  /** The containers of others that were taken over, by id. */
  readonly adopted: ReadonlyMap<string, Adopted>;
  readonly builds: BuildMemory;
  /** The digest that each tag was moved to last, by the tag's whole name. */
  readonly promoted: ReadonlyMap<string, Digest>;
  /** The files that runs of containers have mounted, by the container's id. */
  readonly mounted: Mounted;
  /** What the registry last said, of a service that asks it at intervals only. */
  readonly resolved: { readonly at: number; readonly image: string; readonly digest: Digest } | undefined;
}

const mostJobs = 200;
const mostProofs = 50;
const { heals: _heals, ...nothing } = emptyMemory;
export const emptyRecord: ServiceRecord = {
  memory: nothing,
  rollout: undefined,
  rollouts: [],
  failures: [],
  courses: [],
  sameContent: [],
  verified: [],
  adopted: new Map(),
  builds: noBuilds,
  promoted: new Map(),
  mounted: new Map(),
  resolved: undefined,
};

const mostHolds = 50;
const mostAttempts = 50;
const mostRollouts = 50;
const mostFailures = 3;
const mostApproved = 20;
const mostSeen = 50;
const mostPairs = 20;
const mostAdopted = 100;
const mostMade = 200;
const mostPromoted = 100;

/** Pure: the record after an entry. */
export function applyEntry(record: ServiceRecord, entry: Entry): ServiceRecord {
  const { memory } = record;
  switch (entry.type) {
    case "hold": {
      const { specHash, digest: held, reason: why, message, at, slot = 1 } = entry;
      const others = memory.holds.filter(
        (hold) => hold.specHash !== specHash || hold.digest !== held || hold.slot !== slot,
      );
      const { revision, onRollback, ranAnewAt } = entry;
      const more = given({ revision, onRollback, ranAnewAt });
      const hold = { specHash, digest: held, reason: why, message, at, slot, ...more };
      const holds = [...others, hold].slice(-mostHolds);
      const { container, logs } = entry;
      const failure: Failure = { digest: held, specHash, container, reason: why, message, at, logs };
      const failures = [...record.failures, failure].slice(-mostFailures);
      return { ...record, failures, memory: { ...memory, holds } };
    }
    case "job": {
      const { container, job, specHash, digest: ranFor, outcome, message, at, phase, revision } = entry;
      const which = given({ phase, revision });
      const run = { container, job, specHash, digest: ranFor, outcome, message, at, ...which };
      const after = { ...record, memory: { ...memory, jobs: withRun(memory.jobs, run).slice(-mostJobs) } };
      if (outcome !== "failed") return after;
      const { name = container, logs = [] } = entry;
      const why = "JobFailed" as const;
      const failure: Failure = { digest: ranFor, specHash, container: name, reason: why, message, at, logs };
      return { ...after, failures: [...record.failures, failure].slice(-mostFailures) };
    }
    case "attempt": {
      const { specHash, digest: tried, reason: why, message, at, slot = 1 } = entry;
      const attempt = { specHash, digest: tried, reason: why, message, at, slot };
      const attempts = [...(memory.attempts ?? []), attempt].slice(-mostAttempts);
      return { ...record, memory: { ...memory, attempts } };
    }
    case "retry":
      return {
        ...record,
        memory: { ...withoutAttempts(memory), holds: [], retriedAt: entry.at, jobs: memory.jobs.map(retried) },
      };
    case "stable":
      return {
        ...record,
        memory: { ...withoutAttempts(memory), stableDigest: entry.digest, stableSpec: entry.specHash },
      };
    case "pin": {
      const { revision, digest: to, specHash, image: name, at } = entry;
      // A person wants it: that it failed once does not count.
      const holds = memory.holds.filter((hold) => hold.digest !== to || hold.specHash !== specHash);
      const pin = { revision, digest: to, specHash, image: name, at };
      return { ...record, memory: { ...memory, holds, retriedAt: at, pin } };
    }
    case "pause":
      return { ...record, memory: { ...memory, pausedAt: entry.at } };
    case "resume": {
      const { pin: _pin, pausedAt: _pausedAt, ...rest } = memory;
      return { ...record, memory: rest };
    }
    case "approve": {
      const approved = [...(memory.approved ?? []), { digest: entry.digest, specHash: entry.specHash }];
      return { ...record, memory: { ...memory, approved: approved.slice(-mostApproved) } };
    }
    case "seen": {
      const seen = [...(memory.firstSeen ?? []), [entry.digest, entry.at] as const];
      return { ...record, memory: { ...memory, firstSeen: new Map(seen.slice(-mostSeen)) } };
    }
    case "same-content":
      return {
        ...record,
        sameContent: [...record.sameContent, { digest: entry.digest, as: entry.as }].slice(-mostPairs),
      };
    case "verified":
      return {
        ...record,
        verified: [...record.verified.filter((one) => one !== entry.proof), entry.proof].slice(-mostProofs),
      };
    case "leaving": {
      const { container, at, stage, forMs, startedAt } = entry;
      const leaving = noted(memory.leaving, { stage, forMs, startedAt }, container, at);
      return { ...record, memory: { ...memory, leaving } };
    }
    case "post-start": {
      const { container, startedAt, failure } = entry;
      const ended = { startedAt, ...(failure === undefined ? {} : { failure }) };
      return {
        ...record,
        memory: { ...memory, postStarts: ranPostStart(memory.postStarts ?? new Map(), container, ended) },
      };
    }
    case "stop": {
      const until = entry.until === undefined ? {} : { until: entry.until };
      return { ...record, memory: { ...memory, stopped: { at: entry.at, ...until } } };
    }
    case "start": {
      const { stopped: _stopped, ...rest } = memory;
      return { ...record, memory: { ...rest, startAskedAt: entry.at } };
    }
    case "left": {
      const othersStops = withStop(memory.othersStops ?? new Map(), entry.container, entry.startedAt);
      return { ...record, memory: { ...memory, othersStops } };
    }
    case "ending": {
      const stops = withStop(memory.stops ?? new Map(), entry.container, entry.startedAt);
      return { ...record, memory: { ...memory, stops } };
    }
    case "adopt": {
      const { container, restart: policy, digest: running } = entry;
      const adopted = [...record.adopted, [container, { restart: policy, digest: running }] as const];
      return { ...record, adopted: new Map(adopted.slice(-mostAdopted)) };
    }
    case "rollout": {
      const { rollout } = entry;
      const { underWay: _underWay, ...rest } = withRevision(memory, revisionIn(rollout.id));
      const rollouts = withRollout(record.rollouts, rollout);
      return {
        ...record,
        rollout,
        rollouts,
        courses: withRolloutOf(record.courses, entry.course, rollout.id),
        memory: { ...rest, ...underWay(rollout), abandoned: abandonedIn(rollouts) },
      };
    }
    case "revision":
      return { ...record, memory: withRevision(memory, entry.revision) };
    case "build-asked":
      return { ...record, builds: { ...record.builds, askedAt: entry.at } };
    case "built": {
      const { inputs, beganAt } = entry;
      return { ...record, builds: { ...record.builds, done: { inputs, beganAt } } };
    }
    case "build-failed": {
      const { inputs, beganAt, message } = entry;
      return entry.lasting ? { ...record, builds: { ...record.builds, failed: { inputs, beganAt, message } } } : record;
    }
    case "promoted": {
      const others = [...record.promoted].filter(([tag]) => tag !== entry.tag);
      const promoted = [...others, [entry.tag, entry.digest] as const].slice(-mostPromoted);
      return { ...record, promoted: new Map(promoted) };
    }
    case "resolved":
      return { ...record, resolved: { at: entry.at, image: entry.image, digest: entry.digest } };
    case "asked":
    case "drift":
      return record;
    case "forget":
      return { ...emptyRecord, memory: withRevision(nothing, memory.lastRevision ?? 0) };
    case "mounted": {
      const { container, startedAt, files } = entry;
      return { ...record, mounted: withMounted(record.mounted, container, startedAt, files) };
    }
    case "reload": {
      const { container, name, startedAt, at, signal, wasSick, files } = entry;
      const told = Object.entries(files).map(([path, { content }]) => ({ path, content }));
      const reload = { container, name, startedAt, at, signal, files: told, ...given({ wasSick }) };
      const mounted = withMounted(record.mounted, container, startedAt ?? 0, files);
      return { ...record, mounted, memory: { ...memory, reloads: withReload(memory.reloads ?? [], reload) } };
    }
    case "reloaded": {
      const { container, name, digest: running, specHash, at, failure: message, logs = [] } = entry;
      const reloads = withReloadEnd(memory.reloads ?? [], container, message);
      const after = { ...record, memory: { ...memory, reloads } };
      if (message === undefined) return after;
      const why = "ReloadFailed" as const;
      const what = { digest: running, specHash, container: name, isReload: true as const };
      const failure: Failure = { ...what, reason: why, message, at, logs };
      return { ...after, failures: [...record.failures, failure].slice(-mostFailures) };
    }
    case "volumes": {
      const volumes = new Map([...(memory.volumes ?? []), [entry.slot, entry.volumes.map(asKnown)]]);
      return { ...record, memory: { ...memory, volumes } };
    }
    case "step": {
      const courses = withStep(record.courses, entry);
      if (entry.made === undefined) return { ...record, courses };
      const made = new Set([...(memory.made ?? []), entry.made].slice(-mostMade));
      return { ...record, courses, memory: { ...memory, made } };
    }
  }
}

function abandonedIn(rollouts: readonly Rollout[]): readonly number[] {
  const stable = rollouts.filter(({ outcome, rollback }) => outcome === "promoted" || rollback === true);
  const kept = new Set(stable.map(({ id }) => id));
  return rollouts
    .filter(({ id, finishedAt }) => finishedAt !== undefined && !kept.has(id))
    .map(({ id }) => revisionIn(id));
}

function underWay({ id, to, specHash, finishedAt }: Rollout): Pick<Memory, "underWay"> {
  if (finishedAt !== undefined || specHash === undefined) return {};
  return { underWay: { revision: revisionIn(id), specHash, digest: to as ImageVersion } };
}

/** A revision that is gone back to begins once more, at another time. */
function withRollout(known: readonly Rollout[], rollout: Rollout): readonly Rollout[] {
  const others = known.filter(({ id, startedAt }) => id !== rollout.id || startedAt !== rollout.startedAt);
  return [...others, rollout].slice(-mostRollouts);
}

function asKnown({ name, target, ...more }: Extract<Entry, { type: "volumes" }>["volumes"][number]): KnownVolume {
  return { name, target, ...given(more) };
}

/** They counted towards one that has proved itself since, or a person has asked to begin anew. */
function withoutAttempts({ attempts: _attempts, ...memory }: ServiceRecord["memory"]): ServiceRecord["memory"] {
  return memory;
}

function retried(job: JobRun): JobRun {
  return job.outcome === "failed" ? { ...job, outcome: "retried" } : job;
}
