import { serviceKey } from "../spec/service.js";
import type { ServiceKey } from "../spec/service.js";
import type { ObservedContainer } from "./observed.js";
import { sameAddress, samePort } from "./resources.js";
import type { Claim, HeldAddress, HeldPort } from "./resources.js";
import { isUp } from "./view.js";
import type { View } from "./view.js";

/** Its service is to have this too; or nobody knows what that is to have. */
export function keeps(holder: ObservedContainer, view: View, isClaimed: (claim: Claim) => boolean): boolean {
  const claim = claimOf(keyOf(holder), view);
  return claim === undefined || isClaimed(claim);
}

/** The services, this one among them, that wait for each other in a circle with the holder. Empty: there is none. */
export function circleOf(self: ServiceKey, holder: ObservedContainer, view: View): readonly ServiceKey[] {
  const reached = reach(keyOf(holder), view);
  if (!reached.has(self)) return [];
  return [...reached].filter((one) => one === self || reach(one, view).has(self));
}

/** It has a new container that only has to be started. */
export function isAtHand(service: ServiceKey, view: View): boolean {
  return all(view).some((one) => keyOf(one) === service && one.role === "next" && one.state === "created");
}

function reach(from: ServiceKey, view: View): ReadonlySet<ServiceKey> {
  const reached = new Set([from]);
  for (const one of reached) for (const next of awaitedBy(one, view)) reached.add(next);
  return reached;
}

/** Whose containers have what this one is to have, and are not to have it any more. */
function awaitedBy(service: ServiceKey, view: View): readonly ServiceKey[] {
  const claim = claimOf(service, view);
  if (claim === undefined) return [];
  const holders = all(view).filter(
    (other) => keyOf(other) !== service && holds(other, view) && yields(other, claim, view),
  );
  return holders.map(keyOf);
}

/** It runs; or it has stopped for a new one that waits. */
function holds(container: ObservedContainer, view: View): boolean {
  return isUp(container) || (container.role === "active" && isAtHand(keyOf(container), view));
}

function yields(holder: ObservedContainer, wanted: Claim, view: View): boolean {
  const own = claimOf(keyOf(holder), view);
  if (own === undefined) return false;
  const { ports = [], fixedAddresses = [] } = holder;
  return (
    ports.some((port) => claimsPort(wanted, port) && !claimsPort(own, port)) ||
    fixedAddresses.some((address) => claimsAddress(wanted, address) && !claimsAddress(own, address))
  );
}

function claimOf(service: ServiceKey, { claims = [] }: View): Claim | undefined {
  return claims.find(({ project, service: name }) => serviceKey(project, name) === service);
}

function claimsPort({ ports }: Claim, port: HeldPort): boolean {
  return ports.some((one) => samePort(one, port));
}

function claimsAddress({ addresses }: Claim, address: HeldAddress): boolean {
  return addresses.some((one) => sameAddress(one, address));
}

function all({ neighbours, containers }: View): readonly ObservedContainer[] {
  return [...neighbours, ...containers];
}

function keyOf({ project, service }: ObservedContainer): ServiceKey {
  return serviceKey(project, service);
}
