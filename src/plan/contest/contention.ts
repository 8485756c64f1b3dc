/*
 * What several services want and only one can have lives here: ports, addresses, and whose turn it is.
 */

import { serviceKey } from "../../compose/model/service.js";
import type { ServiceKey, ServiceSpec } from "../../compose/model/service.js";
import { keyOf } from "../model/host/observed.js";
import type { ObservedContainer } from "../model/host/observed.js";
import { waitFor } from "../model/outcome.js";
import type { Outcome } from "../model/outcome.js";
import { describeAddress, describePort, sameAddress, samePort } from "../model/host/resources.js";
import type { HeldAddress, HeldPort, Resources } from "../model/host/resources.js";
import { isUp } from "../model/view.js";
import type { View } from "../model/view.js";
import { circleOf, isCircleReady, keeps, borrowerOf } from "./yielding.js";

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
  /** How many wait for each other in a circle, this one among them; 0: there is none. */
  readonly circle: number;
  /** All that wait for each other have a new container, and nothing else that these need is missing. */
  readonly isReady: boolean;
}

/** What wakes those that wait is an event; this is for one that was lost. */
const pollMs = 5_000;

/** What keeps a container of the service from being started, the most lasting first: something it needs is another's. */
export function contestFor(
  { ports, addresses }: Resources,
  { project, name, gateOf }: Pick<ServiceSpec, "project" | "name" | "gateOf">,
  whole: View,
): Contest | undefined {
  if (ports.length === 0 && addresses.length === 0) return undefined;
  const self = serviceKey(project, name);
  // A gate and what is behind it hand their ports over by plans of their own.
  const isPartner = (other: ObservedContainer) =>
    other.project === project && (other.gate?.of === name || other.service === gateOf);
  const view = { ...whole, neighbours: whole.neighbours.filter((other) => !isPartner(other)) };
  const contests = [
    ...ports.flatMap((port) => contestOfPort(port, self, view) ?? []),
    ...addresses.flatMap((address) => contestOfAddress(address, self, view) ?? []),
  ];
  return contests.sort((one, other) => kinds.indexOf(one.kind) - kinds.indexOf(other.kind))[0];
}

const kinds: readonly Contest["kind"][] = ["kept", "given", "swapped", "lent"];

/** It cannot be started before the other one gives way. */
export function isOpen(contest: Contest | undefined): contest is Contest {
  return contest !== undefined && contest.kind !== "lent";
}

function contestOfPort(port: HeldPort, self: ServiceKey, view: View): Contest | undefined {
  const isIt = (one: HeldPort) => samePort(one, port);
  const named = { what: describePort(port), reason: "PortConflict" } as const;
  const ours = view.neighbours.find((other) => isUp(other) && other.ports?.some(isIt) === true);
  if (ours !== undefined) {
    const kept = keeps(ours, view, (claim) => claim.ports.some(isIt));
    return kept ? byKeeper(named, ours) : byYielder(named, ours, self, view);
  }
  // Of a range, or of all that are free: another one would do, but only a restart could bring that.
  const chooser = view.neighbours.find(({ chosenPorts = [] }) => chosenPorts.some(isIt));
  if (chooser !== undefined) return byKeeper(named, chooser);
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
  const borrower = borrowerOf(address, view);
  if (borrower !== undefined)
    return { ...named, kind: "lent", holder: describe(borrower), container: borrower, circle: 0, isReady: false };
  // The controller's own, or its way to the engine.
  const lifeline = view.neighbours.find(({ chosenAddresses = [] }) => chosenAddresses.some(isIt));
  if (lifeline !== undefined) return byKeeper(named, lifeline);
  const stranger = view.foreign.find(({ addresses }) => addresses?.some(isIt) === true);
  return stranger === undefined ? undefined : byStranger(named, stranger);
}

type Named = Pick<Contest, "what" | "reason">;

function byKeeper(named: Named, holder: ObservedContainer): Contest {
  return { ...named, kind: "kept", holder: describe(holder), container: holder, circle: 0, isReady: false };
}

function byYielder(named: Named, holder: ObservedContainer, self: ServiceKey, view: View): Contest {
  const circle = circleOf(self, holder, view);
  const kind = circle.length === 0 ? "given" : "swapped";
  const isReady = circle.length > 0 && isCircleReady(circle, view);
  return { ...named, kind, holder: describe(holder), container: holder, circle: circle.length, isReady };
}

function byStranger(named: Named, { name }: { readonly name: string }): Contest {
  return { ...named, kind: "kept", holder: `${name}, which is not Fairlead's`, circle: 0, isReady: false };
}

function describe(holder: ObservedContainer): string {
  return `${holder.name} of ${keyOf(holder)}`;
}

/** What is told while it is waited for. */
export function contestOutcome({ what, holder, kind, reason, circle }: Contest, { now }: View): Outcome {
  const until = now + pollMs;
  switch (kind) {
    case "kept":
      return { kind: "wait", until: undefined, awaits: "host", reason, because: `${what} is that of ${holder}` };
    case "swapped": {
      const all = circle === 2 ? "both" : `all ${circle}`;
      const because = `${what} is that of ${holder}, which waits for this one: ${all} stop first, as soon as ${all} have a new container`;
      return waitFor("turn", "WaitingForTurn", because, until);
    }
    case "given":
    case "lent": {
      const because = `${what} is still that of ${holder}, which is not to have it any more`;
      return waitFor("turn", "WaitingForTurn", because, until);
    }
  }
}
