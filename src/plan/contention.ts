import { serviceKey } from "../spec/service.js";
import type { ServiceKey, ServiceSpec } from "../spec/service.js";
import type { ObservedContainer } from "./observed.js";
import type { Outcome } from "./outcome.js";
import { describeAddress, describePort, sameAddress, samePort } from "./resources.js";
import type { HeldAddress, HeldPort, Resources } from "./resources.js";
import { circleOf, isAtHand, keeps } from "./yielding.js";
import { isUp } from "./view.js";
import type { View } from "./view.js";

/** Something that a container needs and another one has at this moment. */
export interface Contest {
  /** Such as `port 8080`. */
  readonly what: string;
  readonly reason: "PortConflict" | "AddressConflict";
  /** Its name, and whose it is. */
  readonly holder: string;
  /**
   * `kept`: by a stranger, or by a service that is to have it too; `given`: its service is to have it no longer;
   * `swapped`: that service in turn waits for this one; `lent`: the engine gave it, and any other address would do.
   */
  readonly kind: "kept" | "given" | "swapped" | "lent";
  /** The holder, where it is ours. */
  readonly container?: ObservedContainer;
  /** Whoever is to give way has a new container that only has to be started. */
  readonly isReady: boolean;
}

type Same = "PortConflict" | "AddressConflict";
const pollMs = 1_000;

/** The first thing that a container of the service needs and another one holds. */
export function contestFor(
  { ports, addresses }: Resources,
  { project, name, gateOf }: Pick<ServiceSpec, "project" | "name" | "gateOf">,
  whole: View,
): Contest | undefined {
  const self = serviceKey(project, name);
  // A gate and what is behind it hand their ports over by plans of their own.
  const isPartner = (other: ObservedContainer) =>
    other.project === project && (other.gate?.of === name || other.service === gateOf);
  const view = { ...whole, neighbours: whole.neighbours.filter((other) => !isPartner(other)) };
  return (
    firstOf(ports, (port) => contestOfPort(port, self, view)) ??
    firstOf(addresses, (address) => contestOfAddress(address, self, view))
  );
}

function firstOf<T, R>(list: readonly T[], of: (one: T) => R | undefined): R | undefined {
  for (const one of list) {
    const found = of(one);
    if (found !== undefined) return found;
  }
  return undefined;
}

function contestOfPort(port: HeldPort, self: ServiceKey, view: View): Contest | undefined {
  const isIt = (one: HeldPort) => samePort(one, port);
  const named = { what: describePort(port), reason: "PortConflict" } as const;
  const ours = view.neighbours.find((other) => isUp(other) && other.ports?.some(isIt) === true);
  if (ours !== undefined) {
    const kept = keeps(ours, view, (claim) => claim.ports.some(isIt));
    return kept ? byKeeper(named, ours) : byYielder(named, ours, self, view);
  }
  const stranger = view.foreign.find(({ ports }) => ports?.some(isIt) === true);
  return stranger === undefined ? undefined : byStranger(named, stranger);
}

function contestOfAddress(address: HeldAddress, self: ServiceKey, view: View): Contest | undefined {
  const isIt = (one: HeldAddress) => sameAddress(one, address);
  const named = { what: describeAddress(address), reason: "AddressConflict" } as const;
  const fixed = view.neighbours.find((other) => isUp(other) && other.fixedAddresses?.some(isIt) === true);
  if (fixed !== undefined) {
    const kept = keeps(fixed, view, (claim) => claim.addresses.some(isIt));
    return kept ? byKeeper(named, fixed) : byYielder(named, fixed, self, view);
  }
  const borrower = view.neighbours.find(
    ({ location }) => location?.kind === "networks" && location.addresses.some(isIt),
  );
  if (borrower !== undefined)
    return { ...named, kind: "lent", holder: describe(borrower), container: borrower, isReady: true };
  const stranger = view.foreign.find(({ addresses }) => addresses?.some(isIt) === true);
  return stranger === undefined ? undefined : byStranger(named, stranger);
}

type Named = { readonly what: string; readonly reason: Same };

function byKeeper(named: Named, holder: ObservedContainer): Contest {
  return { ...named, kind: "kept", holder: describe(holder), container: holder, isReady: false };
}

function byYielder(named: Named, holder: ObservedContainer, self: ServiceKey, view: View): Contest {
  const common = { ...named, holder: describe(holder), container: holder };
  const circle = circleOf(self, holder, view);
  if (circle.length === 0) return { ...common, kind: "given", isReady: isAtHand(keyOf(holder), view) };
  return { ...common, kind: "swapped", isReady: circle.every((one) => one === self || isAtHand(one, view)) };
}

function byStranger(named: Named, { name }: { readonly name: string }): Contest {
  return { ...named, kind: "kept", holder: `${name}, which is not Fairlead's`, isReady: false };
}

function describe(holder: ObservedContainer): string {
  return `${holder.name} of ${keyOf(holder)}`;
}

function keyOf({ project, service }: ObservedContainer): ServiceKey {
  return serviceKey(project, service);
}

/** What is told while it is waited for. */
export function contestOutcome({ what, holder, kind, reason }: Contest, { now }: View): Outcome {
  const until = now + pollMs;
  switch (kind) {
    case "kept":
      return { kind: "wait", until: undefined, reason, because: `${what} is that of ${holder}` };
    case "swapped": {
      const because = `${what} is that of ${holder}, which waits for this one: both stop first, as soon as both have a new container`;
      return { kind: "wait", until, reason: "WaitingForTurn", because };
    }
    case "given":
    case "lent": {
      const because = `${what} is still that of ${holder}, which is not to have it any more`;
      return { kind: "wait", until, reason: "WaitingForTurn", because };
    }
  }
}
