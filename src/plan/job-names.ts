import type { ServiceSpec } from "../compose/model/service.js";
import { isJob } from "./job-verdict.js";
import type { JobContainer } from "./job-verdict.js";
import { jobName } from "./names.js";
import type { Plan } from "./outcome.js";
import type { Step } from "./step.js";
import { isUp } from "./view.js";
import type { View } from "./view.js";

/**
 * A job's container that somebody has renamed gets its name back; where another one has that, it goes, unless it runs.
 * Undefined: each has its own, or nothing can be done now.
 */
export function planJobNames(spec: ServiceSpec, view: View): Plan | undefined {
  const steps = view.jobs.filter(isJob).flatMap((one) => stepFor(one, spec, view) ?? []);
  const [first] = steps;
  if (first === undefined) return undefined;
  return { steps, outcome: { kind: "continue", reason: "Restoring", because: first.because } };
}

function stepFor(job: JobContainer, spec: ServiceSpec, view: View): Step | undefined {
  const own = jobName(spec, job.job.phase, job.job.index);
  if (job.name === own || job.state === "removing" || job.state === "dead") return undefined;
  if (view.foreign.some(({ name }) => name === own)) return undefined;
  const others = [...view.jobs, ...view.containers].filter((one) => one !== job);
  if (others.some(({ name }) => name === own)) {
    if (isUp(job)) return undefined;
    return { kind: "remove-container", container: job.name, because: "another one has taken its place" };
  }
  const because = `it was renamed to ${job.name} by hand`;
  return { kind: "rename-container", container: job.name, to: own, because };
}
