import { borrowerOf } from "../contest/yielding.js";
import type { ObservedContainer } from "../model/host/observed.js";
import type { HeldAddress } from "../model/host/resources.js";
import type { Step } from "../model/step.js";
import type { View } from "../model/view.js";
import { whereItIs } from "./steps.js";

/*
 * An engine gives each container without a fixed address the lowest that is free, so also one that another container is
 * fixed to. Such a borrower can go anywhere else; but it would get the very same again if it only left and came back. So
 * it leaves, the owner takes its address, and the borrower comes back.
 */

/** Of one plan: each borrower goes only once. */
export class Room {
  readonly #moved = new Set<string>();

  constructor(private readonly view: View) {}

  /** The call by which a container takes these addresses, with whoever has borrowed one out of the way for that moment. */
  around(step: Step, addresses: readonly HeldAddress[]): readonly Step[] {
    const moves = addresses.flatMap((address) => {
      const borrower = borrowerOf(address, this.view);
      if (borrower === undefined || this.#moved.has(`${borrower.id} ${address.network}`)) return [];
      this.#moved.add(`${borrower.id} ${address.network}`);
      return [{ borrower, address }];
    });
    return [...moves.map(leave), step, ...moves.map(({ borrower, address }) => comeBack(borrower, address, this.view))];
  }
}

/** The containers of other services that these calls make leave a network and come back. */
export function movedBy(steps: readonly Step[], { neighbours }: View): readonly ObservedContainer[] {
  const names = new Set(steps.flatMap((step) => (step.kind === "disconnect-network" ? [step.container] : [])));
  return names.size === 0 ? [] : neighbours.filter(({ name }) => names.has(name));
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
