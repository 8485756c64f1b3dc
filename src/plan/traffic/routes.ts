/*
 * Who is asked, who drains and who stands behind a gate lives here.
 */

import type { ServiceSpec } from "../../compose/model/service.js";
import { formatMs } from "../judge/verdict.js";
import type { Desired } from "../model/desired.js";
import type { Intent } from "../model/intent.js";
import type { GateState, ObservedContainer, ObservedRoute } from "../model/host/observed.js";
import { waitFor } from "../model/outcome.js";
import type { Outcome, Decision } from "../model/outcome.js";
import type { Route } from "../model/step.js";
import type { View } from "../model/view.js";
import { isBirthIn, promotedBy, stoppedBy, untilBorn } from "../steps/fates.js";
import { gateInForce } from "./gate.js";
import { awaitPorts, handOver } from "./handover.js";
import { withoutGate } from "./ungated.js";

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
 * What is owed to the clients of a service behind a gate: only what has proved itself gets work, and nothing is stopped
 * that still gets some or has some under way. New ways are opened before old ones are closed. A decision that would stop
 * such a container becomes what makes it idle; the next look, at what the gate then says, goes on from there.
 */
export function withRoutes(decision: Decision, { spec }: Desired, view: View): Decision {
  if (spec.gateOf !== undefined) return awaitPorts(decision, spec, view);
  if (spec.gate === undefined) return withoutGate(decision, spec, view);
  const gate = gateInForce(spec, view);
  if (gate === undefined) return handOver(decision, spec, view);
  const { intents } = decision;
  const fates: Fates = { stopped: stoppedBy(intents), promoted: promotedBy(intents) };
  const leaving = view.containers.filter((container) => fates.stopped.has(container));
  const state = gate.gate?.state;
  if (state === undefined) return leaving.some(({ role }) => role === "active") ? unsteered(gate) : decision;
  const seats = seatsOf(state, fates, spec, view);
  const drainMs = drainFor(spec, seats);
  const busy = leaving.filter((container) => isBusy(routesTo(container, spec, state), drainMs, view.now));
  const change = changeOf(gate, seats);
  if (busy.length === 0) return { ...decision, intents: [...change, ...intents] };
  return idle(decision, busy, change, { drainMs, now: view.now });
}

/** What a decision means for those that it names. */
interface Fates {
  readonly stopped: ReadonlySet<ObservedContainer>;
  readonly promoted: ReadonlySet<ObservedContainer>;
}

function unsteered(gate: ObservedContainer): Decision {
  const because = `${gate.name} does not answer: nothing behind it is stopped before it can be told`;
  return { intents: [], outcome: { kind: "failed", reason: "GateUnavailable", because } };
}

function seatsOf(state: GateState, { stopped, promoted }: Fates, spec: ServiceSpec, view: View): readonly Seat[] {
  const wanted = state.routes.map((route) => {
    const container = view.containers.find((each) => seatOf(each, state, spec) === route.server);
    const address = container === undefined ? undefined : addressOf(container, spec);
    const serves =
      container?.state === "running" &&
      address !== undefined &&
      !stopped.has(container) &&
      (container.role === "active" || promoted.has(container));
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
    const endedAlone = container?.role === "active" && !stopped.has(container) && !others;
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

function changeOf(gate: ObservedContainer, seats: readonly Seat[]): Intent[] {
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

/** The other slots go on; of these only what they need later is made before anything is closed. */
function idle(
  decision: Decision,
  busy: readonly ObservedContainer[],
  change: readonly Intent[],
  { drainMs, now }: { readonly drainMs: number; readonly now: number },
): Decision {
  const slots = new Set(busy.map(({ slot }) => slot));
  const intents = untilBorn(decision.intents, slots);
  const because = `what is under way in ${busy.map(({ name }) => name).join(", ")} may end first, within ${formatMs(drainMs)}`;
  const goesOn: Outcome = { kind: "continue", reason: "Draining", because };
  if (intents.some(isBirthIn(slots))) return { ...decision, intents, outcome: goesOn };
  const { outcome } = decision;
  if (change.length > 0 || (intents.length > 0 && outcome.kind === "continue")) {
    return { ...decision, intents: [...change, ...intents], outcome: goesOn };
  }
  const own = outcome.kind === "wait" ? (outcome.until ?? Infinity) : Infinity;
  const until = Math.min(now + pollMs, own);
  return { ...decision, intents, outcome: waitFor("time", "Draining", because, until) };
}
