import { familiarImage, formatImage } from "../../compose/values/image.js";
import type { ImageVersion } from "../../compose/values/image.js";
import { ownersOf } from "../bonds/bonds.js";
import type { JobRun, Target } from "../model/desired.js";
import type { Intent } from "../model/intent.js";
import { jobName } from "../model/host/names.js";
import { waitFor } from "../model/outcome.js";
import type { Outcome, Decision } from "../model/outcome.js";
import { isUp, imageName } from "../model/view.js";
import type { View } from "../model/view.js";
import { awaitImage } from "../steps/arrival.js";
import { connection, createNetworks, createVolumes, join, remove } from "../steps/steps.js";
import { writeFiles } from "../steps/written.js";
import { hasFailed, isOf } from "./job-need.js";
import type { Job, Occasion } from "./job-need.js";
import { jobService } from "./job-service.js";
import { describeJob, isJob, judgeJob } from "./job-verdict.js";
import type { JobContainer } from "./job-verdict.js";

const pollMs = 1_000;

/** What brings a job that is due to its end. Of all the jobs of a service one runs at a time, whatever it runs for. */
export function runJob(job: Job, occasion: Occasion, view: View, runs: readonly JobRun[]): Decision {
  const jobs = view.jobs.filter(isJob);
  const busy = jobs.find(isUp);
  if (busy !== undefined) return awaitEnd(busy, view);
  const found = jobs.find(({ job: { phase, index } }) => phase === job.phase && index === job.index);
  const isIts =
    found?.job.hash === job.hash && isOf(found, occasion) && !hasFailed(found, runs) && isOfRollout(found, occasion);
  if (found !== undefined && isIts) {
    const verdict = judgeJob(found, view);
    if (verdict.kind === "not-started") return startJob(found, job, occasion, view);
    if (verdict.kind === "refused") {
      const because = `${describeJob(found)} ${verdict.because}`;
      const intents = [remove(found, "it is tried again from the start")];
      return { intents, outcome: { kind: "failed", reason: verdict.reason, because } };
    }
  }
  if (found?.state === "removing") {
    const because = `${found.name} is being removed`;
    return {
      intents: [],
      outcome: waitFor("job", "WaitingForJob", because, view.now + pollMs),
    };
  }
  return createJob(job, occasion, view);
}

/** A rollout that failed and is tried again is another one: what follows its failure runs once more. */
function isOfRollout({ job: { phase }, revision }: JobContainer, occasion: Occasion): boolean {
  return phase !== "on_rollback" || revision === occasion.revision;
}

export function awaitEnd(container: JobContainer, view: View): Decision {
  const verdict = judgeJob(container, view);
  const until = verdict.kind === "running" ? verdict.until : view.now + pollMs;
  const because = `${describeJob(container)} has not ended yet`;
  return { intents: [], outcome: waitFor("job", "WaitingForJob", because, until) };
}

/** Nobody knows how far its creation got. */
function startJob(found: JobContainer, job: Job, { desired }: Occasion, view: View): Decision {
  const service = jobService(desired.spec, job);
  const because = "it is created and not started";
  const intents: Intent[] = [
    ...createNetworks(service, view),
    ...join(found, service.networks, false),
    ...writeFiles(found.name, service),
    { kind: "start", one: found, because },
  ];
  return { intents, outcome: begun(job, because) };
}

function createJob(job: Job, occasion: Occasion, view: View): Decision {
  const { desired, digest, revision } = occasion;
  const { spec, specHash } = desired;
  const name = jobName(spec, job.phase, job.index);
  const image = imageHere(job, occasion, view);
  if (typeof image !== "string") return image;
  const service = jobService(spec, job);
  const outlived = view.jobs
    .filter(isJob)
    .filter((one) => one.job.phase === job.phase && (one.name === name || !isOf(one, occasion)));
  const owners = ownersOf(service, view);
  const [first, ...rest] = service.networks;
  const { phase, index, hash } = job;
  const mark = { phase, index, hash, timeoutMs: job.spec.timeoutMs, target: digest };
  const because = {
    before: `it is to end well before ${digest} starts`,
    pre_start: `it is to end well right before ${digest} starts`,
    after: `${digest} serves`,
    on_rollback: `revision ${revision} has failed`,
  }[job.phase];
  const intents: Intent[] = [
    ...outlived.map((one) => remove(one, "another run takes its place")),
    ...createNetworks(service, view),
    ...createVolumes(service, view),
    {
      kind: "create",
      step: {
        kind: "create-container",
        name,
        spec: service,
        specHash,
        digest: image,
        from: imageName(view, service.image, image),
        revision,
        slot: 1,
        attach: first === undefined ? undefined : { network: first.network.name, aliases: [] },
        ...(owners.length === 0 ? {} : { owners }),
        job: mark,
        because,
      },
      joins: rest.map(({ network: { name: network } }) =>
        connection(name, { network, aliases: [] }, "its spec names this network too"),
      ),
    },
    { kind: "start", one: { name, slot: 1, role: "stray", job: mark }, because: "it is to run to its end" },
  ];
  return { intents, outcome: begun(job, because) };
}

/** The digest of an image that is on the host, or what has to come first. */
export function imageHere(job: Job, occasion: Occasion, view: View): ImageVersion | Decision {
  const target = imageOf(job, occasion);
  if (target.known) return awaitImage(jobService(occasion.desired.spec, job), target.digest, view) ?? target.digest;
  const because = `the image of ${job.phase} job ${job.index} is not known: ${target.message}`;
  return { intents: [], outcome: { kind: "failed", reason: target.reason, because } };
}

function begun({ phase, index }: Job, because: string): Outcome {
  return { kind: "continue", reason: "WaitingForJob", because: `${phase} job ${index}: ${because}` };
}

function imageOf(
  { spec: { image } }: Job,
  { desired, digest }: { readonly desired: Occasion["desired"]; readonly digest: ImageVersion },
): Target {
  if (image === undefined) return { known: true, digest, sameContent: [] };
  const unknown = {
    known: false,
    reason: "NotObserved",
    message: `${familiarImage(image)} is being asked for`,
  } as const;
  return desired.jobImages?.get(formatImage(image)) ?? unknown;
}
