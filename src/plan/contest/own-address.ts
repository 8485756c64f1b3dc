import type { NetworkAttachment } from "../../compose/model/network.js";
import type { ServiceSpec } from "../../compose/model/service.js";
import type { Desired } from "../model/desired.js";
import type { ObservedContainer } from "../model/observed.js";
import type { Outcome, Plan } from "../model/outcome.js";
import { addressesOf, sameAddress } from "../model/resources.js";
import type { HeldAddress } from "../model/resources.js";
import type { Step, StepOf } from "../model/step.js";
import { isUp } from "../model/view.js";
import type { View } from "../model/view.js";
import { contestFor, contestOutcome, isOpen } from "./contention.js";

/*
 * A container can lose its fixed address while it runs: it leaves its network for a moment, and another one takes the
 * address. If it asked for that again and again it would be refused for ever, and nothing else of its plan would be done. So
 * it takes what it is given; and one that is as its file says moves to its address as soon as it can have that.
 */

/** The plan, in which no container asks for an address that it would be refused. */
export function withoutTaken(plan: Plan, { spec, specHash }: Desired, view: View): Plan {
  const steps = plan.steps.map((step, index) => {
    const container = step.kind === "connect-network" ? named(step.container, view) : undefined;
    if (step.kind !== "connect-network" || container === undefined) return step;
    const isAsDeclared = container.specHash === specHash;
    const moment = isUp(container) ? index : startOf(container, plan);
    // Its start, refused or not, is judged; and one that is as declared is to have that address or none.
    if (moment < 0 || (isAsDeclared && !isUp(container))) return step;
    const left = {
      ...view,
      containers: view.containers.filter((one) => !isStopped(one, plan.steps.slice(0, moment))),
    };
    const isRefused = (address: HeldAddress) =>
      isOwnElsewhere(address, container, left) ||
      (!isAsDeclared && isOpen(contestFor({ ports: [], addresses: [address] }, spec, view)));
    return addressesOf(step).some(isRefused) ? withoutAddress(step) : step;
  });
  return { ...plan, steps };
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

function isStopped({ name }: ObservedContainer, steps: readonly Step[]): boolean {
  return steps.some((step) => step.kind === "stop-container" && step.container === name);
}

function startOf({ name }: ObservedContainer, { steps }: Plan): number {
  return steps.findIndex((step) => step.kind === "start-container" && step.container === name);
}

function withoutAddress(step: StepOf<"connect-network">): Step {
  const { settings = {}, ...rest } = step;
  const { ipv4Address: _v4, ipv6Address: _v6, ...others } = settings;
  return { ...rest, ...(Object.keys(others).length === 0 ? {} : { settings: others }) };
}

function named(name: string, { containers }: View): ObservedContainer | undefined {
  return containers.find((container) => container.name === name);
}
