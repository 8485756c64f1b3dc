import type { ServiceSpec } from "../../compose/model/service.js";
import { healthDeadlineMs } from "../../plan/judge/verdict.js";
import type { ObservedContainer } from "../../plan/model/host/observed.js";
import { inEverySlot } from "../../plan/model/view.js";
import type { View } from "../../plan/model/view.js";
import { given } from "../../tools/present.js";
import { printable } from "../../tools/printable.js";
import type { HealthProgress } from "./model.js";

const longestOutput = 300;

/** How the container does that is on trial: of several, the first one that has not proved itself. Undefined: none is. */
export function healthOf(
  spec: Pick<ServiceSpec, "update">,
  { containers }: Pick<View, "containers">,
): HealthProgress | undefined {
  const onTrial = inEverySlot(containers, "next").filter(({ startedAt }) => startedAt !== undefined);
  const next = onTrial.find(({ health }) => health !== "healthy") ?? onTrial[0];
  return next === undefined ? undefined : progressOf(next, spec.update.monitorMs);
}

/** How the one has ended that was on trial. Undefined: it is not there any more. */
export function endOf(before: HealthProgress, { containers }: Pick<View, "containers">): HealthProgress | undefined {
  const failed = containers.find(
    ({ role, name }) => role === "failed" && name === before.container.replace(/\.next$/, ".failed"),
  );
  if (failed === undefined) return undefined;
  const { deadline: _deadline, ...rest } = before;
  const state = failed.state === "running" ? rest.state : "ended";
  const since = failed.finishedAt === undefined ? rest.since : iso(failed.finishedAt);
  return { ...rest, state, since };
}

function progressOf(next: ObservedContainer, monitorMs: number): HealthProgress {
  const { name: container, startedAt = 0, healthySince, health, lastFailedCheck, healthProblem } = next;
  const known = lastFailedCheck ?? (healthProblem === undefined ? undefined : { output: healthProblem });
  const probe =
    known === undefined || health === "healthy" || health === "none"
      ? null
      : { ...known, output: printable(known.output, longestOutput) };
  if (next.state !== "running") {
    return { container, state: "ended", since: iso(next.finishedAt ?? startedAt), probe };
  }
  if (health === "starting") {
    const deadline = iso(startedAt + healthDeadlineMs(next));
    return { container, state: "starting", since: iso(startedAt), deadline, probe };
  }
  if (health === "unhealthy") return { container, state: "unhealthy", since: iso(startedAt), probe };
  const since = healthySince ?? startedAt;
  const state = health === "none" ? "running" : "healthy";
  return { container, state, since: iso(since), ...given({ deadline: iso(since + monitorMs) }), probe };
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}
