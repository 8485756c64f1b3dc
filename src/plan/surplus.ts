import type { ServiceSpec } from "../compose/model/service.js";
import type { Plan } from "./outcome.js";
import type { Step } from "./step.js";
import { retire } from "./steps.js";
import type { View } from "./view.js";

/** Containers in slots beyond the number of replicas go, the highest slot first. Undefined: there are none. */
export function planSurplus(spec: ServiceSpec, count: number, view: View): Plan | undefined {
  const surplus = view.containers
    .filter(({ slot, state }) => slot > count && state !== "removing")
    .sort((one, other) => other.slot - one.slot);
  if (surplus.length === 0) return undefined;
  const because = count === 1 ? "one replica is wanted" : `${count} replicas are wanted`;
  const steps = surplus.flatMap((container): Step[] => [
    ...retire(container, spec, because),
    { kind: "remove-container", container: container.name, because },
  ]);
  return { steps, outcome: { kind: "continue", reason: "Removing", because } };
}
