import type { ServiceSpec } from "../../compose/model/service.js";
import type { Memory } from "../model/desired.js";
import type { Intent } from "../model/intent.js";
import { isAhead } from "../model/host/observed.js";
import type { Decision } from "../model/outcome.js";
import { isUp } from "../model/view.js";
import type { View } from "../model/view.js";
import { hasFailed } from "./job-need.js";
import { describeJob, isJob, judgeJob } from "./job-verdict.js";
import type { JobContainer } from "./job-verdict.js";

/**
 * A job that has failed is remembered before anything else happens, and one that takes too long is ended, whatever the
 * service is up to meanwhile. Undefined: there is none.
 */
export function planJobEnds(
  spec: ServiceSpec,
  view: View,
  { jobs: known }: Pick<Memory, "jobs">,
): Decision | undefined {
  for (const container of view.jobs.filter(isJob)) {
    const verdict = judgeJob(container, view);
    // What served before does not wait for an engine that refuses to start a job.
    const isRefused = verdict.kind === "refused" && container.job.phase === "on_rollback";
    if (verdict.kind !== "failed" && verdict.kind !== "overdue" && !isRefused) continue;
    const because = `${describeJob(container)} ${verdict.because}`;
    const remember = hasFailed(container, known) ? [] : [rememberFailure(container, because)];
    const graceMs = spec.container.stopGracePeriodMs;
    const end: Intent[] = isUp(container) ? [{ kind: "stop", one: container, graceMs, because }] : [];
    const intents = [...remember, ...end];
    if (intents.length > 0) return { intents, outcome: { kind: "continue", reason: "JobFailed", because } };
  }
  return undefined;
}

function rememberFailure({ name: container, specHash, job, revision }: JobContainer, message: string): Intent {
  const because = isAhead(job)
    ? "the journal keeps its last log lines and holds the digest that it ran for"
    : "the journal keeps its last log lines";
  return {
    kind: "keep-logs",
    container,
    digest: job.target,
    specHash,
    reason: "JobFailed",
    message,
    job,
    revision,
    because,
  };
}
