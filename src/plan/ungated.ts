import type { ServiceSpec } from "../compose/model/service.js";
import { gatesOf } from "./gate.js";
import { isJobName } from "./names.js";
import type { ObservedContainer } from "./observed.js";
import type { Plan } from "./outcome.js";
import type { Step } from "./step.js";
import { discard, restore, retire } from "./steps.js";
import { strategyOf } from "./strategy.js";
import { isUp } from "./view.js";
import type { View } from "./view.js";
import { isEnded, isEndOf } from "./withhold.js";

/*
 * The file gives the service no gate any more. Until its container publishes the ports itself the gate stays; it ends
 * right before that one starts, and is kept for the way back until that one has proved itself.
 */

const because = "the file gives the service no gate any more";

/** A gate is left of the time when the service had one. */
export function isUngated(spec: ServiceSpec, view: View): boolean {
  return spec.gate === undefined && gatesOf(spec, view).length > 0;
}

/** It is the gate that has the ports: what runs behind it need not go first for them. */
export function besideGated(plan: Plan, spec: ServiceSpec, view: View): Plan {
  if (!isUngated(spec, view) || !plan.steps.some((step) => takesPorts(step, spec, view))) return plan;
  const unpublished = { ...spec, container: { ...spec.container, ports: [] } };
  if (strategyOf(unpublished, view).order !== "start-first") return plan;
  const staying = view.containers.filter((one) => one.role === "active" && one.publishes !== true && isUp(one));
  return { ...plan, steps: plan.steps.filter((step) => !staying.some((one) => isEndOf(step, one))) };
}

export function withoutGate(plan: Plan, spec: ServiceSpec, view: View): Plan {
  const gates = gatesOf(spec, view).filter(({ state }) => state !== "removing");
  if (gates.length === 0) return plan;
  const { steps, outcome } = plan;
  const taken = steps.findIndex((step) => takesPorts(step, spec, view));
  const ended = steps.findIndex((step) =>
    view.containers.some((one) => one.role === "active" && isEnded(one, plan) && isEndOf(step, one)),
  );
  // What waits at a gate whose service stops would be lost, and hold up the gate's own end.
  if (taken >= 0) return insert(plan, ended >= 0 ? Math.min(ended, taken) : taken, gates, retire, spec);
  if (outcome.kind === "converged" || !staysUp(plan, view)) return insert(plan, steps.length, gates, discard, spec);
  if (ended >= 0 && spec.container.ports.length === 0) return insert(plan, ended, gates, discard, spec);
  return isNeeded(plan, view) ? insert(plan, steps.length, gates, backInForce, spec) : plan;
}

type Deed = (gate: ObservedContainer, spec: ServiceSpec, because: string) => readonly Step[];

function insert(plan: Plan, at: number, gates: readonly ObservedContainer[], deed: Deed, spec: ServiceSpec): Plan {
  const steps = gates.flatMap((gate) => deed(gate, spec, because));
  return { ...plan, steps: [...plan.steps.slice(0, at), ...steps, ...plan.steps.slice(at)] };
}

/** It starts a container that publishes its ports. */
function takesPorts(step: Step, { container: { ports } }: ServiceSpec, { containers }: View): boolean {
  if (step.kind !== "start-container" || isJobName(step.container)) return false;
  const known = containers.find(({ name }) => name === step.container);
  return known === undefined ? ports.length > 0 : known.publishes === true;
}

function staysUp(plan: Plan, { containers }: View): boolean {
  return containers.some((one) => isUp(one)) || plan.steps.some(({ kind }) => kind === "start-container");
}

/** What serves can be reached through the gate only. */
function isNeeded(plan: Plan, { containers }: View): boolean {
  const up = containers.filter((one) => (isUp(one) && !isEnded(one, plan)) || isStarted(one, plan));
  return up.some(({ role }) => role === "active") && !up.some(({ publishes }) => publishes === true);
}

function isStarted({ name }: ObservedContainer, { steps }: Plan): boolean {
  return steps.some((step) => step.kind === "start-container" && step.container === name);
}

function backInForce(gate: ObservedContainer): readonly Step[] {
  if (gate.state !== "exited" || (gate.role !== "active" && gate.role !== "next")) return [];
  return restore(gate, "what serves now can be reached through it only");
}
