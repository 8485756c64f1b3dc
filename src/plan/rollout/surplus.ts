import type { ServiceSpec } from "../../compose/model/service.js";
import type { Decision } from "../model/outcome.js";
import type { View } from "../model/view.js";
import { discard } from "../steps/steps.js";

/** Containers in slots beyond the number of replicas go, the highest slot first. Undefined: there are none. */
export function planSurplus(spec: ServiceSpec, count: number, view: View): Decision | undefined {
  const surplus = view.containers
    .filter(({ slot, state }) => slot > count && state !== "removing")
    .sort((one, other) => other.slot - one.slot);
  if (surplus.length === 0) return undefined;
  const because = count === 1 ? "one replica is wanted" : `${count} replicas are wanted`;
  const intents = surplus.flatMap((one) => discard(one, spec, because));
  return { intents, outcome: { kind: "continue", reason: "Removing", because } };
}
