import type { ServiceSpec } from "../../compose/model/service.js";
import { isComplete } from "../model/dependency.js";
import type { Memory } from "../model/desired.js";
import type { ObservedContainer } from "../model/host/observed.js";
import type { Outcome } from "../model/outcome.js";
import { isStopped } from "../model/run-memory.js";
import type { View } from "../model/view.js";
import { strategyOf } from "./strategy.js";
import { endedFromOutside } from "./verdict.js";

/**
 * One that may end has ended of its own accord, and is not to be started again: `no` means never, `on-failure` not after exit
 * code 0, and not more often than it says.
 */
export function isOver(
  { mayEnd }: ServiceSpec,
  container: ObservedContainer,
  view: Pick<View, "engineOutage">,
  { stops }: Pick<Memory, "stops">,
): boolean {
  const { state, startedAt, exitCode, restartCount, declaredRestart: restart } = container;
  if (mayEnd !== true || state !== "exited" || startedAt === undefined || isStopped(stops, container)) return false;
  if (restart.name === "no") return true;
  if (endedFromOutside(container, view)) return false;
  return exitCode === 0 || (restart.maximumRetryCount > 0 && restartCount >= restart.maximumRetryCount);
}

/** What had ended before its successor came stays as it is; under stop-first one that ran gave way to it. */
export function isGone(
  spec: ServiceSpec,
  { active, next }: { readonly active: ObservedContainer; readonly next: ObservedContainer },
  view: View,
  memory: Pick<Memory, "stops">,
): boolean {
  const gaveWay = strategyOf(spec, view).order === "stop-first" && (active.finishedAt ?? 0) >= next.createdAt;
  return !gaveWay && isOver(spec, active, view, memory);
}

/** How that is told. The end of one that did not end well is nothing that anybody will do something about. */
export function overOutcome(container: ObservedContainer): Outcome {
  const { name, digest, exitCode, restartCount, declaredRestart: restart } = container;
  if (isComplete(container)) {
    return { kind: "converged", reason: "Converged", because: `${name} has completed with ${digest}` };
  }
  const ended = `${name} ended with exit code ${exitCode ?? "?"}`;
  if (restart.name === "no") {
    const because = `${ended}, and with \`restart: "no"\` it is not started again`;
    return { kind: "converged", flawed: true, reason: "ContainerExited", because };
  }
  const because = `${ended} after ${restartCount} restarts, and \`restart\` allows no more`;
  return { kind: "converged", flawed: true, standing: "crashing", reason: "CrashLooping", because };
}
