import type { ServiceSpec } from "../../compose/model/service.js";
import type { ActOf } from "../model/intent.js";
import { jobName } from "../model/host/names.js";
import type { Decision } from "../model/outcome.js";
import { isUp } from "../model/view.js";
import type { View } from "../model/view.js";
import { remove } from "../steps/steps.js";
import { isJob } from "./job-verdict.js";
import type { JobContainer } from "./job-verdict.js";

/**
 * A job's container that somebody has renamed gets its name back; where another one has that, it goes, unless it runs.
 * Undefined: each has its own, or nothing can be done now.
 */
export function planJobNames(spec: ServiceSpec, view: View): Decision | undefined {
  const intents = view.jobs.filter(isJob).flatMap((one) => intentFor(one, spec, view) ?? []);
  const [first] = intents;
  if (first === undefined) return undefined;
  return { intents, outcome: { kind: "continue", reason: "Restoring", because: first.because } };
}

function intentFor(job: JobContainer, spec: ServiceSpec, view: View): ActOf<"name" | "remove"> | undefined {
  const own = jobName(spec, job.job.phase, job.job.index);
  if (job.name === own || job.state === "removing" || job.state === "dead") return undefined;
  if (view.foreign.some(({ name }) => name === own)) return undefined;
  const others = [...view.jobs, ...view.containers].filter((one) => one !== job);
  if (others.some(({ name }) => name === own)) {
    if (isUp(job)) return undefined;
    return remove(job, "another one has taken its place");
  }
  const because = `it was renamed to ${job.name} by hand`;
  return { kind: "name", one: job, to: own, because };
}
