import type { Plan } from "./outcome.js";
import type { Step } from "./step.js";
import type { View } from "./view.js";

/**
 * The plan's steps without what happens in these slots, but for what makes a new container there: that takes nothing
 * away from anybody, and need not be waited for later. `births`: there is such a step.
 */
export function untilBorn(
  plan: Plan,
  slots: ReadonlySet<number>,
  view: View,
): { readonly steps: readonly Step[]; readonly births: boolean } {
  const slotOf = slotsByName(plan, view);
  const steps = plan.steps.filter((step) => {
    const slot = "container" in step ? slotOf.get(step.container) : undefined;
    return slot === undefined || !slots.has(slot) || isBirth(step, plan, slots);
  });
  return { steps, births: steps.some((step) => isBirth(step, plan, slots)) };
}

function slotsByName({ steps }: Plan, { containers }: View): ReadonlyMap<string, number> {
  const born = steps.flatMap((step): [string, number][] =>
    step.kind === "create-container" ? [[step.name, step.slot]] : [],
  );
  return new Map([...containers.map(({ name, slot }): [string, number] => [name, slot]), ...born]);
}

function isBirth(step: Step, { steps }: Plan, slots: ReadonlySet<number>): boolean {
  if (step.kind === "create-container") return slots.has(step.slot);
  if (step.kind !== "connect-network" && step.kind !== "write-files") return false;
  return steps.some(
    (other) => other.kind === "create-container" && other.name === step.container && slots.has(other.slot),
  );
}
