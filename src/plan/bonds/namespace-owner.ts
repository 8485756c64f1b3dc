import type { ServiceSpec } from "../../compose/model/service.js";
import type { Verdict } from "../judge/verdict.js";
import type { ObservedContainer } from "../model/host/observed.js";
import { waitFor } from "../model/outcome.js";
import type { Decision } from "../model/outcome.js";
import type { View } from "../model/view.js";
import { startAnew } from "../steps/steps.js";
import { renewal, startObstacle } from "./bonds.js";

/**
 * One that is to prove itself cannot do so while the container whose namespace it lives in does not run, nor in what that
 * one has left behind: how it fares then says nothing of it. Undefined: it may be judged.
 */
export function awaitNamespaceOwner(
  spec: ServiceSpec,
  next: ObservedContainer,
  verdict: Verdict,
  view: View,
): Decision | undefined {
  if (verdict.kind === "proven" || (spec.oneShot === true && verdict.kind === "waiting")) return undefined;
  const obstacle = startObstacle(spec, next, view);
  if (obstacle !== undefined) {
    return {
      intents: [],
      outcome: waitFor("dependency", "WaitingForDependency", obstacle),
    };
  }
  const because = renewal(spec, next, view);
  if (because === undefined) return undefined;
  return {
    intents: [startAnew(next, spec, because)],
    outcome: { kind: "continue", reason: "Restarting", because },
  };
}
