import type { ObservedContainer } from "./observed.js";
import type { Outcome, Plan } from "./outcome.js";
import type { Step } from "./step.js";
import type { View } from "./view.js";

/*
 * A controller that stops its own container, or the one through which it reaches the engine, is nobody's any more: nothing
 * is left that could start the next one. So of a service with such a container nothing is begun that would end in that.
 */

/** The plan as far as it leaves what the controller cannot do without, and says what is to be done instead. */
export function sparing(plan: Plan, view: Pick<View, "containers">): Plan {
  const lifelines = view.containers.filter(({ lifeline }) => lifeline !== undefined);
  const [first] = lifelines;
  if (first === undefined || !plan.steps.some((step) => !isSafe(step, view, lifelines))) return plan;
  const steps = plan.steps.filter((step) => isKept(step) || isRepair(step, lifelines));
  return { ...plan, steps, outcome: refusal(first, plan.outcome.because) };
}

/** It changes neither what serves nor what is to follow it. */
function isSafe(step: Step, view: Pick<View, "containers">, lifelines: readonly ObservedContainer[]): boolean {
  if (isKept(step) || isRepair(step, lifelines)) return true;
  if (step.kind !== "remove-container") return false;
  const target = view.containers.find(({ name }) => name === step.container);
  return target?.role === "previous" || target?.role === "failed";
}

const kept: ReadonlySet<Step["kind"]> = new Set([
  ...(["pull-image", "build-image", "tag-image", "remove-image"] as const),
  ...(["create-network", "create-volume", "keep-logs", "note-reload", "set-routes"] as const),
]);

function isKept({ kind }: Step): boolean {
  return kept.has(kind);
}

/** It brings back what one of them lacks. */
function isRepair(step: Step, lifelines: readonly ObservedContainer[]): boolean {
  const target = "container" in step ? lifelines.find(({ name }) => name === step.container) : undefined;
  if (target === undefined) return false;
  if (step.kind === "set-restart-policy") return step.policy.name === target.declaredRestart.name;
  if (step.kind === "note-leaving") return step.stage === "stays";
  return step.kind === "start-container" || step.kind === "post-start" || step.kind === "rename-container";
}

function refusal({ lifeline, name }: ObservedContainer, because: string): Outcome {
  const what =
    lifeline === "controller"
      ? `${name} is the container of this very controller, which cannot replace itself`
      : `this controller reaches the engine through ${name}, and would cut its own line`;
  const remedy =
    lifeline === "controller"
      ? `start a second controller with --standby, then \`docker stop ${name}\`: that one takes over and does it`
      : "do it with a controller that reaches the engine in another way, or by hand and outside of the services file";
  return { kind: "blocked", reason: "OwnLifeline", because: `${what}: ${remedy} (wanted: ${because})` };
}
