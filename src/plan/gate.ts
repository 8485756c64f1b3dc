import type { ServiceSpec } from "../spec/service.js";
import { isJobName } from "./names.js";
import type { ObservedContainer } from "./observed.js";
import type { Plan } from "./outcome.js";
import type { Step } from "./step.js";
import { discard } from "./steps.js";
import { isUp } from "./view.js";
import type { View } from "./view.js";

/** The containers that hold, held or are to hold this service's ports. */
export function gatesOf({ project, name }: Pick<ServiceSpec, "project" | "name">, view: View): ObservedContainer[] {
  return view.neighbours.filter((other) => other.project === project && other.gate?.of === name);
}

/** The one that does now: an updated gate holds the ports before it has the name. */
export function gateInForce(spec: Pick<ServiceSpec, "project" | "name">, view: View): ObservedContainer | undefined {
  const running = gatesOf(spec, view).filter(({ state }) => state === "running");
  return running.find(({ role }) => role === "active") ?? running.find(({ role }) => role === "next");
}

/**
 * The file gives the service no gate any more: the one there is goes when something else can take over its ports, which
 * is just before a container that publishes them starts, or when what runs needs none.
 */
export function withoutGate(plan: Plan, spec: ServiceSpec, view: View): Plan {
  const gates = gatesOf(spec, view).filter(({ state }) => state !== "removing");
  if (gates.length === 0) return plan;
  const because = "the file gives the service no gate any more";
  const away = gates.flatMap((gate): Step[] => discard(gate, spec, because));
  const start = plan.steps.findIndex((step) => step.kind === "start-container" && !isJobName(step.container));
  if (start >= 0) return { ...plan, steps: [...plan.steps.slice(0, start), ...away, ...plan.steps.slice(start)] };
  const isSettled = plan.outcome.kind === "converged" || !view.containers.some(isUp);
  return isSettled ? { ...plan, steps: [...plan.steps, ...away] } : plan;
}
