import type { ServiceSpec } from "../../compose/model/service.js";
import { strategyOf } from "../judge/strategy.js";
import type { Intent, Starting } from "../model/intent.js";
import type { ObservedContainer } from "../model/host/observed.js";
import type { Decision } from "../model/outcome.js";
import { isUp } from "../model/view.js";
import type { View } from "../model/view.js";
import { endedBy } from "../steps/fates.js";
import { discard, restore, retire } from "../steps/steps.js";
import { gatesOf } from "./gate.js";

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
export function besideGated(decision: Decision, spec: ServiceSpec, view: View): Decision {
  if (!isUngated(spec, view) || !decision.intents.some(takesPorts)) return decision;
  const unpublished = { ...spec, container: { ...spec.container, ports: [] } };
  if (strategyOf(unpublished, view).order !== "start-first") return decision;
  const isStaying = (one: ObservedContainer) => one.role === "active" && one.publishes !== true && isUp(one);
  return { ...decision, intents: decision.intents.filter((one) => one.kind !== "end" || !isStaying(one.one)) };
}

export function withoutGate(decision: Decision, spec: ServiceSpec, view: View): Decision {
  const gates = gatesOf(spec, view).filter(({ state }) => state !== "removing");
  if (gates.length === 0) return decision;
  const { intents, outcome } = decision;
  const insert = (at: number, deed: Deed): Decision => {
    const deeds = gates.flatMap((gate) => deed(gate, spec, because));
    return { ...decision, intents: [...intents.slice(0, at), ...deeds, ...intents.slice(at)] };
  };
  const taken = intents.findIndex(takesPorts);
  const ended = intents.findIndex(
    (intent) => intent.kind === "end" && intent.one.role === "active" && isUp(intent.one),
  );
  // What waits at a gate whose service stops would be lost, and hold up the gate's own end.
  if (taken >= 0) return insert(ended >= 0 ? Math.min(ended, taken) : taken, retire);
  if (outcome.kind === "converged" || !staysUp(intents, view)) return insert(intents.length, discard);
  if (ended >= 0 && spec.container.ports.length === 0) return insert(ended, discard);
  return isNeeded(intents, view) ? insert(intents.length, backInForce) : decision;
}

type Deed = (gate: ObservedContainer, spec: ServiceSpec, because: string) => readonly Intent[];

/** It starts a container that publishes its ports. */
function takesPorts(intent: Intent): boolean {
  return startedBy(intent)?.publishes === true;
}

/** A job serves nobody. */
function startedBy(intent: Intent): Starting | undefined {
  const one = intent.kind === "start" || intent.kind === "restart" ? intent.one : undefined;
  return one?.job === undefined ? one : undefined;
}

function staysUp(intents: readonly Intent[], { containers }: View): boolean {
  return containers.some(isUp) || intents.some((intent) => startedBy(intent) !== undefined);
}

/** What serves can be reached through the gate only. */
function isNeeded(intents: readonly Intent[], { containers }: View): boolean {
  const ended = endedBy(intents);
  const up = [
    ...containers.filter((one) => isUp(one) && !ended.has(one)),
    ...intents.flatMap((one) => startedBy(one) ?? []),
  ];
  return up.some(({ role }) => role === "active") && !up.some(({ publishes }) => publishes === true);
}

function backInForce(gate: ObservedContainer): readonly Intent[] {
  if (gate.state !== "exited" || (gate.role !== "active" && gate.role !== "next")) return [];
  return restore(gate, "what serves now can be reached through it only");
}
