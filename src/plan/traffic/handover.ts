import type { ServiceSpec } from "../../compose/model/service.js";
import type { Intent } from "../model/intent.js";
import { keepTag } from "../model/host/names.js";
import type { ObservedContainer } from "../model/host/observed.js";
import { waitFor } from "../model/outcome.js";
import type { Decision } from "../model/outcome.js";
import { isUp } from "../model/view.js";
import type { View } from "../model/view.js";
import { endedBy, isBirthIn, untilBorn } from "../steps/fates.js";
import { gatesOf } from "./gate.js";

/*
 * A gate is put before a service that has held its ports itself so far. They cannot be held by two, so there is a moment
 * without: from the stop of the old container to the start of the gate. All else is done before.
 */

/** What is decided for the gate itself: it is made, and waits until the service starts it. */
export function awaitPorts(decision: Decision, spec: ServiceSpec, view: View): Decision {
  const holder = holderOf(spec, view);
  const starts = decision.intents.some(({ kind }) => kind === "start" || kind === "restart");
  if (holder === undefined || !starts || view.containers.some(({ state }) => state === "running")) return decision;
  const isWhole = view.containers.some((gate) => isMade(gate, view));
  const intents = isWhole ? [] : decision.intents.filter(({ kind }) => kind !== "start" && kind !== "restart");
  const because = `its ports are those of ${holder.name}, until what is to stand behind the gate is ready`;
  const { reason } = decision.outcome;
  if (intents.length > 0) return { intents, outcome: { kind: "continue", reason, because } };
  return { intents, outcome: waitFor("turn", "WaitingForTurn", because) };
}

/** The service may be starting the gate at this very moment: it must not miss a file. */
export function mayBeStarting(spec: ServiceSpec, view: View): (gate: ObservedContainer) => boolean {
  return (gate) => spec.gateOf !== undefined && isMade(gate, view);
}

function holderOf({ project, gateOf }: ServiceSpec, view: View): ObservedContainer | undefined {
  if (gateOf === undefined) return undefined;
  return view.neighbours.find(
    (other) => other.project === project && other.service === gateOf && other.publishes === true && isUp(other),
  );
}

/** Nothing of the service that holds ports is stopped before the gate is made, and right after that it starts. */
export function handOver(decision: Decision, spec: ServiceSpec, view: View): Decision {
  const { intents } = decision;
  const ended = endedBy(intents);
  const holders = view.containers.filter((container) => container.publishes === true && isUp(container));
  const leaving = holders.filter((container) => container.role === "active" && ended.has(container));
  if (leaving.length === 0) return decision;
  const gate = gatesOf(spec, view).find(({ role }) => role === "active" || role === "next");
  if (gate !== undefined && gate.state !== "created") return decision;
  if (gate?.startError !== "" || !isMade(gate, view)) return untilMade(decision, leaving);
  if (leaving.length < holders.length) return decision;
  const last = intents.findLastIndex((intent) => intent.kind === "end" && leaving.includes(intent.one));
  const start: Intent = { kind: "start", one: gate, because: "its ports have just become free" };
  return { ...decision, intents: intents.toSpliced(last + 1, 0, start) };
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

function untilMade(decision: Decision, leaving: readonly ObservedContainer[]): Decision {
  const slots = new Set(leaving.map(({ slot }) => slot));
  const intents = untilBorn(decision.intents, slots);
  const names = leaving.map(({ name }) => name).join(", ");
  const because = `${names} may stop when there is a gate that takes over its ports`;
  const { reason } = decision.outcome;
  if (intents.some(isBirthIn(slots))) return { ...decision, intents, outcome: { kind: "continue", reason, because } };
  return { ...decision, intents, outcome: waitFor("dependency", "WaitingForDependency", because) };
}
