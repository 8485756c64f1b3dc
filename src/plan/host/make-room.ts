import { borrowerOf } from "../contest/yielding.js";
import type { ObservedContainer } from "../model/observed.js";
import type { Plan } from "../model/outcome.js";
import { addressesOf, resourcesOf, type HeldAddress } from "../model/resources.js";
import type { Step } from "../model/step.js";
import { isUp, type View } from "../model/view.js";
import { whereItIs } from "../steps/steps.js";

/*
 * An engine gives each container without a fixed address the lowest that is free, so also one that another container is
 * fixed to. Such a borrower can go anywhere else; but it would get the very same again if it only left and came back. So
 * it leaves, the owner takes its address, and the borrower comes back.
 */

/** The plan, with all that has borrowed an address out of the way at the moment when its owner takes it. */
export function makeRoom(plan: Plan, view: View): Plan {
  const moved = new Set<string>();
  const steps = plan.steps.flatMap((step) => {
    const addresses = takenBy(step, plan.steps, view);
    const moves = addresses.flatMap((address) => {
      const borrower = borrowerOf(address, view);
      if (borrower === undefined || moved.has(`${borrower.id} ${address.network}`)) return [];
      moved.add(`${borrower.id} ${address.network}`);
      return [{ borrower, address }];
    });
    return [...moves.map(leave), step, ...moves.map(({ borrower, address }) => comeBack(borrower, address, view))];
  });
  return steps.length === plan.steps.length ? plan : { ...plan, steps };
}

/** The containers of other services that the steps make leave a network and come back. */
export function movedBy(steps: readonly Step[], { neighbours }: View): readonly ObservedContainer[] {
  const names = new Set(steps.flatMap((step) => (step.kind === "disconnect-network" ? [step.container] : [])));
  return neighbours.filter(({ name }) => names.has(name));
}

function takenBy(step: Step, steps: readonly Step[], view: View): readonly HeldAddress[] {
  if (step.kind !== "start-container" && step.kind !== "connect-network") return [];
  const container = [...view.containers, ...view.jobs, ...view.neighbours].find(({ name }) => name === step.container);
  if (step.kind === "connect-network") return container !== undefined && isUp(container) ? addressesOf(step) : [];
  const birth = steps.find((one) => one.kind === "create-container" && one.name === step.container);
  if (birth?.kind === "create-container") return birth.job === undefined ? resourcesOf(birth.spec).addresses : [];
  return container?.fixedAddresses ?? [];
}

function leave({ borrower, address }: { borrower: ObservedContainer; address: HeldAddress }): Step {
  const because = `${address.address} is another one's by the file`;
  return { kind: "disconnect-network", container: borrower.name, network: address.network, because };
}

/** As it was, as far as its container and its file tell. */
function comeBack(
  { name, project, service, networks, fixedAddresses = [] }: ObservedContainer,
  { network }: HeldAddress,
  { claims = [] }: View,
): Step {
  const joined = networks.find((one) => one.network === network);
  const own = claims.find((claim) => claim.project === project && claim.service === service);
  const declared = own?.networks.find((one) => one.network.name === network)?.settings;
  const settings = whereItIs({ fixedAddresses }, network, declared);
  return {
    kind: "connect-network",
    container: name,
    network,
    aliases: joined?.aliases ?? [],
    ...(settings === undefined ? {} : { settings }),
    because: "it goes on under another address",
  };
}
