import type { Desired } from "../model/desired.js";
import { baseOf } from "../model/host/names.js";
import type { ObservedContainer } from "../model/host/observed.js";
import type { Outcome, Plan } from "../model/outcome.js";
import type { Step } from "../model/step.js";
import type { View } from "../model/view.js";
import { clearHelpers, planHelper } from "./helper.js";

/*
 * A controller that stops its own container, or the one through which it reaches the engine, is nobody's any more: nothing
 * is left that could start the next one. So of a service with such a container nothing is begun that would end in that: a
 * helper does it, where one can be made, and where there is a successor to make.
 */

type Seen = Pick<View, "containers">;

/** The plan as far as it leaves what the controller cannot do without; a helper is made for the rest. */
export function sparing(plan: Plan, { spec }: Pick<Desired, "spec">, view: View): Plan {
  const threatened = threatenedBy(plan, view);
  if (threatened === undefined) return clearHelpers(plan, view);
  const kept = keptOf(plan, view);
  const { because } = plan.outcome;
  const helped = spec.replicas === 0 ? undefined : planHelper(kept, { threatened, because }, spec, view);
  return helped ?? refuse(kept, threatened, plan);
}

/** The same, where no successor is to come of it. */
export function refusing(plan: Plan, view: View): Plan {
  const threatened = threatenedBy(plan, view);
  return threatened === undefined ? plan : refuse(keptOf(plan, view), threatened, plan);
}

/** Undefined: the plan ends none of them, and begins nothing that would end in that. */
function threatenedBy(plan: Plan, view: Seen): ObservedContainer | undefined {
  const lifelines = view.containers.filter(({ lifeline }) => lifeline !== undefined);
  const [first] = lifelines;
  return first !== undefined && plan.steps.some((step) => !isSafe(step, view, lifelines)) ? first : undefined;
}

function keptOf({ steps }: Plan, { containers }: Seen): readonly Step[] {
  const lifelines = containers.filter(({ lifeline }) => lifeline !== undefined);
  const renamed = steps.findIndex(({ kind }) => kind === "rename-container");
  // After that a name means another container than it does now.
  const names = renamed < 0 ? steps.length : renamed + 1;
  // Each new tag would count as a rollout that nobody has begun.
  return steps.filter(
    (step, index) => (isKept(step) && step.kind !== "tag-image") || (index < names && isRepair(step, lifelines)),
  );
}

/** It changes neither what serves nor what is to follow it. */
function isSafe(step: Step, view: Seen, lifelines: readonly ObservedContainer[]): boolean {
  if (isKept(step) || isRepair(step, lifelines)) return true;
  const name = "container" in step ? step.container : undefined;
  if (lifelines.some((one) => one.name === name)) return false;
  // One that is about to take its place does no harm to itself by that.
  if (lifelines.every(({ role }) => role === "next")) return true;
  if (step.kind !== "remove-container") return false;
  const target = view.containers.find((container) => container.name === step.container);
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
  if (step.kind === "rename-container") return target.role === "stray" || step.to === baseOf(target);
  return step.kind === "start-container" || step.kind === "post-start";
}

function refuse(steps: readonly Step[], threatened: ObservedContainer, plan: Plan): Plan {
  return { ...plan, steps, outcome: refusal(threatened, plan.outcome.because) };
}

function refusal({ lifeline, name }: ObservedContainer, because: string): Outcome {
  const what =
    lifeline === "controller"
      ? `${name} is the container of this very controller, which cannot end itself`
      : `this controller reaches the engine through ${name}, and would cut its own line`;
  const remedy =
    lifeline === "controller"
      ? `start a second controller with --standby, then \`docker stop ${name}\`: that one takes over and does it`
      : "start a second controller with --standby that reaches the engine in another way, then stop this one; or do it by hand and outside of the services file";
  return { kind: "blocked", reason: "OwnLifeline", because: `${what}: ${remedy} (wanted: ${because})` };
}
