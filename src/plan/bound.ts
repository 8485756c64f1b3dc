import type { ServiceSpec } from "../compose/model/service.js";
import { renewal, startObstacle } from "./bonds.js";
import type { ObservedContainer } from "./observed.js";
import type { Plan } from "./outcome.js";
import type { Step } from "./step.js";
import type { Verdict } from "./verdict.js";
import { isUp } from "./view.js";
import type { View } from "./view.js";

/**
 * One that is to prove itself cannot do so while the container whose namespace it lives in does not run, nor in what that
 * one has left behind: how it fares then says nothing of it. Undefined: it may be judged.
 */
export function planBound(spec: ServiceSpec, next: ObservedContainer, verdict: Verdict, view: View): Plan | undefined {
  if (verdict.kind === "proven" || (spec.oneShot === true && verdict.kind === "waiting")) return undefined;
  const obstacle = startObstacle(spec, next, view);
  if (obstacle !== undefined) {
    return {
      steps: [],
      outcome: { kind: "wait", until: undefined, reason: "WaitingForDependency", because: obstacle },
    };
  }
  const because = renewal(spec, next, view);
  if (because === undefined) return undefined;
  const graceMs = spec.container.stopGracePeriodMs;
  const stop: Step = { kind: "stop-container", container: next.name, graceMs, because };
  const start: Step = { kind: "start-container", container: next.name, because };
  return {
    steps: isUp(next) ? [stop, start] : [start],
    outcome: { kind: "continue", reason: "Restarting", because },
  };
}
