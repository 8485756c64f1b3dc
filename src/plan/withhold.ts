import type { ObservedContainer } from "./observed.js";
import type { Plan } from "./outcome.js";
import type { Step } from "./step.js";
import type { View } from "./view.js";

/** The plan ends it, for good: it does not start it again. */
export function isEnded({ name }: ObservedContainer, { steps }: Plan): boolean {
  const about = (kind: Step["kind"]) =>
    steps.some((step) => step.kind === kind && "container" in step && step.container === name);
  return about("stop-container") && !about("start-container");
}

/** The steps without the end of a container and what comes after it in its slot; other slots go on. */
export function withhold(steps: readonly Step[], container: ObservedContainer, view: View): readonly Step[] {
  const slots = slotsByName(steps, view);
  const end = steps.findIndex((step) => isEndOf(step, container));
  return steps.filter(
    (step, index) => index < end || !("container" in step) || slots.get(step.container) !== container.slot,
  );
}

/** A container that is stopped loses its restart policy first. */
export function isEndOf(step: Step, { name }: ObservedContainer): boolean {
  return (step.kind === "set-restart-policy" || step.kind === "stop-container") && step.container === name;
}

function slotsByName(steps: readonly Step[], { containers }: View): ReadonlyMap<string, number> {
  const slots = new Map(containers.map(({ name, slot }) => [name, slot]));
  for (const step of steps) {
    if (step.kind === "create-container") slots.set(step.name, step.slot);
    const moved = step.kind === "rename-container" ? slots.get(step.container) : undefined;
    if (step.kind === "rename-container" && moved !== undefined) slots.set(step.to, moved);
  }
  return slots;
}
