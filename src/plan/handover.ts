import type { ServiceSpec } from "../compose/model/service.js";
import { untilBorn } from "./birth.js";
import { gatesOf } from "./gate.js";
import { keepTag } from "./names.js";
import type { ObservedContainer } from "./observed.js";
import type { Plan } from "./outcome.js";
import type { Step } from "./step.js";
import { isUp } from "./view.js";
import type { View } from "./view.js";
import { isEnded } from "./withhold.js";

/*
 * A gate is put before a service that has held its ports itself so far. They cannot be held by two, so there is a moment
 * without: from the stop of the old container to the start of the gate. All else is done before.
 */

/** The plan of the gate itself: it is made, and waits until the service starts it. */
export function awaitPorts(wanted: Plan, spec: ServiceSpec, view: View): Plan {
  const plan = { ...wanted, steps: wanted.steps.filter((step) => !writesAgain(step, view)) };
  const holder = holderOf(spec, view);
  const start = plan.steps.some(({ kind }) => kind === "start-container");
  if (holder === undefined || !start || view.containers.some(({ state }) => state === "running")) return plan;
  // The tag is the last of what makes a container: where it is there, so is all else.
  const made = !plan.steps.some(({ kind }) => kind === "tag-image");
  const steps = made ? [] : plan.steps.filter(({ kind }) => kind !== "start-container");
  const because = `its ports are those of ${holder.name}, until what is to stand behind the gate is ready`;
  const { reason } = plan.outcome;
  if (steps.length > 0) return { steps, outcome: { kind: "continue", reason, because } };
  return { steps, outcome: { kind: "wait", until: undefined, reason: "WaitingForTurn", because } };
}

/** The service may be starting the gate at this very moment: it must not miss a file. */
function writesAgain(step: Step, view: View): boolean {
  if (step.kind !== "write-files") return false;
  return view.containers.some((gate) => gate.name === step.container && isMade(gate, view));
}

function holderOf({ project, gateOf }: ServiceSpec, view: View): ObservedContainer | undefined {
  if (gateOf === undefined) return undefined;
  return view.neighbours.find(
    (other) => other.project === project && other.service === gateOf && other.publishes === true && isUp(other),
  );
}

/** The plan of the service: nothing that holds ports is stopped before the gate is made, and right after that it starts. */
export function handOver(plan: Plan, spec: ServiceSpec, view: View): Plan {
  const holders = view.containers.filter((container) => container.publishes === true && isUp(container));
  const leaving = holders.filter((container) => container.role === "active" && isEnded(container, plan));
  const last = plan.steps.findLastIndex(
    (step) => step.kind === "stop-container" && leaving.some(({ name }) => name === step.container),
  );
  if (last < 0) return plan;
  const gate = gatesOf(spec, view).find(({ role }) => role === "active" || role === "next");
  if (gate !== undefined && gate.state !== "created") return plan;
  if (gate?.startError !== "" || !isMade(gate, view)) return untilMade(plan, leaving, spec, view);
  if (leaving.length < holders.length) return plan;
  const start: Step = { kind: "start-container", container: gate.name, because: "its ports have just become free" };
  return { ...plan, steps: [...plan.steps.slice(0, last + 1), start, ...plan.steps.slice(last + 1)] };
}

/** It has never run, and has all that it needs for that. */
function isMade(gate: ObservedContainer, view: View): boolean {
  const { project, service, revision, networks, declaredNetworks = [] } = gate;
  const tag = keepTag({ project, name: service }, revision);
  return (
    gate.state === "created" &&
    declaredNetworks.every((name) => networks.some(({ network }) => network === name)) &&
    view.images.some(({ tags }) => tags.includes(tag))
  );
}

function untilMade(plan: Plan, leaving: readonly ObservedContainer[], spec: ServiceSpec, view: View): Plan {
  const { steps, births } = untilBorn(plan, new Set(leaving.map(({ slot }) => slot)), view);
  const names = leaving.map(({ name }) => name).join(", ");
  const because = `${names} may stop when there is a gate that takes over its ports`;
  if (births) return { ...plan, steps, outcome: { kind: "continue", reason: plan.outcome.reason, because } };
  return { ...plan, steps, outcome: { kind: "wait", until: undefined, reason: "WaitingForDependency", because } };
}
