import { serviceKey, type ServiceKey } from "../../compose/model/service.js";
import { keyOf, type ObservedContainer } from "../model/host/observed.js";
import {
  commonOf,
  needsOf,
  sizeOf,
  type ResourceClaim,
  type Resources,
  type HeldAddress,
  sameAddress,
} from "../model/host/resources.js";
import { isUp, type View } from "../model/view.js";

/** Its service is to have this too; or nobody knows what that is to have. */
export function keeps(holder: ObservedContainer, view: View, isClaimed: (claim: ResourceClaim) => boolean): boolean {
  const claim = claimIn(keyOf(holder), view);
  return claim === undefined || isClaimed(claim);
}

/** The services, this one among them, that wait for each other in a circle with the holder. Empty: there is none. */
export function circleOf(self: ServiceKey, holder: ObservedContainer, view: View): readonly ServiceKey[] {
  const reached = reach(keyOf(holder), view);
  if (!reached.has(self)) return [];
  return [...reached].filter((one) => one === self || reach(one, view).has(self));
}

/** Each of them has a new container that only has to be started, and that needs nothing of anybody else. */
export function isCircleReady(circle: readonly ServiceKey[], view: View): boolean {
  return circle.every((service) => {
    const next = atHand(service, view);
    return next !== undefined && isFreeWithin(circle, next, view);
  });
}

function isFreeWithin(circle: readonly ServiceKey[], next: ObservedContainer, view: View): boolean {
  const needs = needsOf(next);
  const isForeign = view.foreign.some(
    ({ ports = [], addresses = [] }) => sizeOf(commonOf(needs, { ports, addresses })) > 0,
  );
  if (isForeign) return false;
  return all(view).every((other) => {
    if (keyOf(other) === keyOf(next) || !isUp(other)) return true;
    const wanted = commonOf(needsOf(other), needs);
    return sizeOf(wanted) === 0 || (circle.includes(keyOf(other)) && keptOf(other, wanted, view) === 0);
  });
}

/** It has a new container that only has to be started. */
function atHand(service: ServiceKey, view: View): ObservedContainer | undefined {
  return all(view).find(
    (one) => keyOf(one) === service && one.role === "next" && one.state === "created" && one.startError === "",
  );
}

function reach(from: ServiceKey, view: View): ReadonlySet<ServiceKey> {
  const reached = new Set([from]);
  for (const one of reached) for (const next of awaitedBy(one, view)) reached.add(next);
  return reached;
}

/** Whose containers have what this one is to have, and are not to have it any more. */
function awaitedBy(service: ServiceKey, view: View): readonly ServiceKey[] {
  const claim = claimIn(service, view);
  if (claim === undefined) return [];
  const holders = all(view).filter(
    (other) => keyOf(other) !== service && holds(other, view) && yields(other, claim, view),
  );
  return holders.map(keyOf);
}

/** It runs; or it has stopped for a new one that waits. */
function holds(container: ObservedContainer, view: View): boolean {
  return isUp(container) || (container.role === "active" && atHand(keyOf(container), view) !== undefined);
}

/** Something of what is wanted it is to have no longer. */
function yields(holder: ObservedContainer, claim: ResourceClaim, view: View): boolean {
  const wanted = commonOf(needsOf(holder), claim);
  return keptOf(holder, wanted, view) < sizeOf(wanted);
}

/** How much of it the holder's service is to have too; all, where nobody knows what that is to have. */
function keptOf(holder: ObservedContainer, wanted: Resources, view: View): number {
  const own = claimIn(keyOf(holder), view);
  return sizeOf(own === undefined ? wanted : commonOf(wanted, own));
}

function claimIn(service: ServiceKey, { claims = [] }: View): ResourceClaim | undefined {
  return claims.find(({ project, service: name }) => serviceKey(project, name) === service);
}

function all({ neighbours, containers }: View): readonly ObservedContainer[] {
  return [...neighbours, ...containers];
}

/** One of ours that has this address only because the engine gave it, and that can do without for a moment. */
export function borrowerOf(address: HeldAddress, { neighbours, jobs }: View): ObservedContainer | undefined {
  return [...neighbours, ...jobs].find(
    ({ chosenAddresses = [], lifeline }) =>
      lifeline === undefined && chosenAddresses.some((one) => sameAddress(one, address)),
  );
}
