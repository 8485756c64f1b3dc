import type { JobRun } from "../model/desired.js";
import type { StepOf } from "../model/step.js";
import type { View } from "../model/view.js";
import { describeJob, isJob, judgeJob } from "./job-verdict.js";
import type { JobContainer } from "./job-verdict.js";

/**
 * What is to be remembered of a service's jobs beside what `keep-logs` says: that they were started, that they have ended
 * well, for others may remove their containers; and that one is gone of which only the start is known.
 */
export function jobNews(view: View, known: readonly JobRun[]): readonly JobRun[] {
  const jobs = view.jobs.filter(isJob);
  const news = jobs.flatMap((container): JobRun[] => {
    const before = known.find((run) => run.container === container.id)?.outcome;
    if (container.startedAt === undefined || (before !== undefined && before !== "started")) return [];
    if (judgeJob(container, view).kind === "done")
      return [runOf(container, "done", `${describeJob(container)} has ended well`, view.now)];
    return before === undefined ? [runOf(container, "started", `${describeJob(container)} has started`, view.now)] : [];
  });
  const lost = known
    .filter(({ outcome, container }) => outcome === "started" && !jobs.some(({ id }) => id === container))
    .map((run): JobRun => {
      const message = `${run.message}, and is gone: nobody knows how it ended`;
      return { ...run, outcome: "failed", message, at: view.now };
    });
  return [...news, ...lost];
}

/** What `keep-logs` leaves in the memory; undefined: no job has failed. */
export function failedRun(
  { specHash, digest, message, job, revision }: StepOf<"keep-logs">,
  container: string,
  at: number,
): JobRun | undefined {
  if (job === undefined) return undefined;
  const { hash, phase } = job;
  const numbered = revision === undefined ? {} : { revision };
  return { container, job: hash, specHash, digest, outcome: "failed", message, at, phase, ...numbered };
}

/** Of each container the latest counts. */
export function withRun(runs: readonly JobRun[], run: JobRun): readonly JobRun[] {
  return [...runs.filter(({ container }) => container !== run.container), run];
}

function runOf(
  { id: container, specHash, job, revision }: JobContainer,
  outcome: JobRun["outcome"],
  message: string,
  at: number,
): JobRun {
  const { hash, phase, target: digest } = job;
  return { container, job: hash, specHash, digest, outcome, message, at, phase, revision };
}
