import type { NetworkAttachment } from "../../compose/model/network.js";
import type { ServiceSpec } from "../../compose/model/service.js";
import type { Desired } from "../model/desired.js";
import type { ObservedContainer } from "../model/host/observed.js";
import type { Outcome } from "../model/outcome.js";
import { addressesOf, sameAddress } from "../model/host/resources.js";
import type { HeldAddress } from "../model/host/resources.js";
import type { StepOf } from "../model/step.js";
import { isUp } from "../model/view.js";
import type { View } from "../model/view.js";
import { contestFor, contestOutcome, isOpen } from "./contention.js";

/*
 * A container can lose its fixed address while it runs: it leaves its network for a moment, and another one takes the
 * address. If it asked for that again and again it would be refused for ever, and nothing else of its plan would be done. So
 * it takes what it is given; and one that is as its file says moves to its address as soon as it can have that.
 */

/**
 * As a container joins a network: without an address that it would be refused. `down`: those that do not run any more when
 * it needs the address.
 */
export function withoutTaken(
  step: StepOf<"connect-network">,
  container: ObservedContainer,
  down: ReadonlySet<ObservedContainer>,
  { desired: { spec, specHash }, view }: { readonly desired: Desired; readonly view: View },
): StepOf<"connect-network"> {
  const isAsDeclared = container.specHash === specHash;
  // Its start, refused or not, is judged; and one that is as declared is to have that address or none.
  if (isAsDeclared && !isUp(container)) return step;
  const left = { containers: view.containers.filter((one) => !down.has(one)) };
  const isRefused = (address: HeldAddress) =>
    isOwnElsewhere(address, container, left) ||
    (!isAsDeclared && isOpen(contestFor({ ports: [], addresses: [address] }, spec, view)));
  return addressesOf(step).some(isRefused) ? withoutAddress(step) : step;
}

/** It runs as its file says but under another address than that, and could have that one now. */
export function canMove(
  container: ObservedContainer,
  attachment: NetworkAttachment,
  desired: Desired,
  view: View,
): boolean {
  const { spec, specHash } = desired;
  if (container.specHash !== specHash || container.state !== "running" || container.lifeline !== undefined)
    return false;
  const lost = lostOf(container, attachment);
  if (lost.length === 0 || lost.some((address) => isOwnElsewhere(address, container, view))) return false;
  return !isOpen(contestFor({ ports: [], addresses: lost }, spec, view));
}

/** It serves under another address than its file says, for somebody else has that one. */
export function awaitAddress(spec: ServiceSpec, container: ObservedContainer, view: View): Outcome | undefined {
  if (container.state !== "running") return undefined;
  const addresses = spec.networks.flatMap((attachment) => lostOf(container, attachment));
  const contest = contestFor({ ports: [], addresses }, spec, view);
  return isOpen(contest) ? contestOutcome(contest, view) : undefined;
}

/** The fixed addresses of a network that it is on without them. */
function lostOf(container: ObservedContainer, { network, settings }: NetworkAttachment): readonly HeldAddress[] {
  if (!container.networks.some((joined) => joined.network === network.name)) return [];
  return addressesOf({ network: network.name, settings }).filter((address) => !has(container, address));
}

function has({ fixedAddresses = [], chosenAddresses = [] }: ObservedContainer, address: HeldAddress): boolean {
  return [...fixedAddresses, ...chosenAddresses].some((one) => sameAddress(one, address));
}

function isOwnElsewhere(
  address: HeldAddress,
  container: ObservedContainer,
  { containers }: Pick<View, "containers">,
): boolean {
  return containers.some((other) => other !== container && isUp(other) && has(other, address));
}

function withoutAddress(step: StepOf<"connect-network">): StepOf<"connect-network"> {
  const { settings = {}, ...rest } = step;
  const { ipv4Address: _v4, ipv6Address: _v6, ...others } = settings;
  return { ...rest, ...(Object.keys(others).length === 0 ? {} : { settings: others }) };
}
