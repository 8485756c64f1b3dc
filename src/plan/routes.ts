import type { ServiceSpec } from "../compose/model/service.js";
import { untilBorn } from "./birth.js";
import type { Desired } from "./desired.js";
import { gateInForce } from "./gate.js";
import { awaitPorts, handOver } from "./handover.js";
import { baseOf } from "./names.js";
import type { GateState, ObservedContainer, ObservedRoute } from "./observed.js";
import type { Outcome, Plan } from "./outcome.js";
import type { Route, Step } from "./step.js";
import { withoutGate } from "./ungated.js";
import { formatMs } from "./verdict.js";
import { isUp } from "./view.js";
import type { View } from "./view.js";

/** How long what is under way behind a gate may take to end, unless the file says otherwise. */
const usualDrainMs = 30_000;
/** How often a gate is asked whether all of it has ended. */
const pollMs = 200;

/** One place behind the gate, as it is and as it is to be. */
interface Seat {
  readonly route: ObservedRoute;
  readonly open: boolean;
  readonly address: string | undefined;
}

/**
 * What any plan for a service behind a gate owes its clients: only what has proved itself gets work, and nothing is
 * stopped that still gets some or has some under way. New ways are opened before old ones are closed. A plan that would
 * stop such a container becomes what makes it idle; the next look, at what the gate then says, goes on from there.
 */
export function withRoutes(plan: Plan, { spec }: Desired, view: View): Plan {
  if (spec.gateOf !== undefined) return awaitPorts(plan, spec, view);
  if (spec.gate === undefined) return withoutGate(plan, spec, view);
  const gate = gateInForce(spec, view);
  if (gate === undefined) return handOver(plan, spec, view);
  const leaving = view.containers.filter((container) => isUp(container) && isStopped(container, plan));
  const state = gate.gate?.state;
  if (state === undefined) return leaving.some(({ role }) => role === "active") ? unsteered(gate) : plan;
  const seats = seatsOf(state, plan, spec, view);
  const drainMs = drainFor(spec, seats);
  const busy = leaving.filter((container) => isBusy(routesTo(container, spec, state), drainMs, view.now));
  const change = changeOf(gate, seats);
  if (busy.length === 0) {
    return { ...plan, steps: [...change, ...plan.steps] };
  }
  return idle(plan, busy, change, { spec, state, view, drainMs });
}

function unsteered(gate: ObservedContainer): Plan {
  const because = `${gate.name} does not answer: nothing behind it is stopped before it can be told`;
  return { steps: [], outcome: { kind: "failed", reason: "GateUnavailable", because } };
}

function isStopped({ name }: ObservedContainer, { steps }: Plan): boolean {
  return steps.some((step) => step.kind === "stop-container" && step.container === name);
}

/** It takes the active name within this plan: so it has proved itself. */
function isPromoted(container: ObservedContainer, { steps }: Plan): boolean {
  const base = baseOf(container);
  return steps.some(
    (step) => step.kind === "rename-container" && step.container === container.name && step.to === base,
  );
}

function seatsOf(state: GateState, plan: Plan, spec: ServiceSpec, view: View): readonly Seat[] {
  const wanted = state.routes.map((route) => {
    const container = view.containers.find((each) => seatOf(each, state, spec) === route.server);
    const address = container === undefined ? undefined : addressOf(container, spec);
    const serves =
      container?.state === "running" &&
      address !== undefined &&
      !isStopped(container, plan) &&
      (container.role === "active" || isPromoted(container, plan));
    return { route, container, address, serves };
  });
  const isWell = wanted.map(({ route, container, address, serves }) => {
    if (!serves || container === undefined) return false;
    if (container.health === "starting") return route.open && route.address === address;
    return container.health !== "unhealthy";
  });
  // As long as another can take its work, one that is ill or has ended gets none; the last one keeps it, ill or not.
  const others = isWell.includes(true);
  return wanted.map(({ route, container, address, serves }, index) => {
    if (serves) return { route, address, open: isWell[index] === true || !others };
    // The engine may start it again while nobody is there to open its way.
    const endedAlone = container?.role === "active" && !isStopped(container, plan) && !others;
    return { route, address, open: endedAlone && route.open };
  });
}

/**
 * What was begun with a container before its promotion is counted at the seat it had then, for as long as it lasts: so
 * the next one takes the seat where nothing is left of another.
 */
function seatOf(container: ObservedContainer, { routes }: GateState, spec: ServiceSpec): string | undefined {
  const { role, slot } = container;
  if (role === "active") return `slot${slot}`;
  if (role !== "next") return undefined;
  const address = addressOf(container, spec);
  const free = routes.filter(({ server }) => server === `next${slot}` || server === `spare${slot}`);
  const own = free.find((route) => address !== undefined && route.address === address);
  return (own ?? free.find(({ sessions }) => sessions === 0) ?? free[0])?.server;
}

/** While nothing serves, new work waits for the old: that must not use up the time it can wait. */
function drainFor({ gate, leave }: ServiceSpec, seats: readonly Seat[]): number {
  const drainMs = leave?.drainMs ?? usualDrainMs;
  return seats.some(({ open }) => open) ? drainMs : Math.min(drainMs, (gate?.holdMs ?? 0) / 3);
}

/** On the first of the service's networks that it has an address on: the gate is on all of them. */
function addressOf({ location }: ObservedContainer, spec: ServiceSpec): string | undefined {
  if (location?.kind !== "networks") return undefined;
  const found = spec.networks.flatMap(({ network }) =>
    location.addresses.filter((address) => address.network === network.name),
  );
  return found[0]?.address;
}

/** Every way that leads to it: right after a promotion there are two. */
function routesTo(container: ObservedContainer, spec: ServiceSpec, { routes }: GateState): readonly ObservedRoute[] {
  const address = addressOf(container, spec);
  return address === undefined ? [] : routes.filter((route) => route.address === address);
}

/** Its time begins when the last way to it is closed. */
function isBusy(routes: readonly ObservedRoute[], drainMs: number, now: number): boolean {
  if (routes.some(({ open }) => open)) return true;
  const closedSince = Math.max(...routes.map((route) => route.closedSince ?? now));
  return routes.some(({ sessions }) => sessions > 0) && now - closedSince < drainMs;
}

function changeOf(gate: ObservedContainer, seats: readonly Seat[]): Step[] {
  const changed = seats.filter(
    ({ route, open, address }) => open !== route.open || (open && address !== route.address),
  );
  if (changed.length === 0) return [];
  const routes = changed.map(({ route, open, address }): Route => {
    const moves = open && address !== undefined && address !== route.address;
    return { server: route.server, ...(moves ? { address } : {}), open };
  });
  const ordered = [...routes.filter(({ open }) => open), ...routes.filter(({ open }) => !open)];
  const because = seats.some(({ open }) => open)
    ? "only what has proved itself gets work"
    : "nothing serves for a moment: new work waits at the gate";
  return [{ kind: "set-routes", container: gate.name, routes: ordered, because }];
}

interface Draining {
  readonly spec: ServiceSpec;
  readonly state: GateState;
  readonly view: View;
  readonly drainMs: number;
}

/** The other slots go on; of these only what they need later is made before anything is closed. */
function idle(plan: Plan, busy: readonly ObservedContainer[], change: readonly Step[], draining: Draining): Plan {
  const { steps, births } = untilBorn(plan, new Set(busy.map(({ slot }) => slot)), draining.view);
  const because = `what is under way in ${busy.map(({ name }) => name).join(", ")} may end first, within ${formatMs(draining.drainMs)}`;
  const goesOn: Outcome = { kind: "continue", reason: "Draining", because };
  if (births) return { ...plan, steps, outcome: goesOn };
  if (change.length > 0 || (steps.length > 0 && plan.outcome.kind === "continue")) {
    return { ...plan, steps: [...change, ...steps], outcome: goesOn };
  }
  const { now } = draining.view;
  const own = plan.outcome.kind === "wait" ? (plan.outcome.until ?? Infinity) : Infinity;
  return { ...plan, steps, outcome: { kind: "wait", until: Math.min(now + pollMs, own), reason: "Draining", because } };
}
