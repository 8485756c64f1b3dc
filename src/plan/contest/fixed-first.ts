import type { ServiceSpec } from "../../compose/model/service.js";
import { addressesOf, describeAddress, sameAddress } from "../model/host/resources.js";
import type { ResourceClaim, HeldAddress } from "../model/host/resources.js";
import { isUp } from "../model/view.js";
import type { View } from "../model/view.js";

/** Why a service that takes any address should start after another one. Undefined: it need not. */
export function fixedFirst(spec: ServiceSpec, { claims = [], neighbours }: View): string | undefined {
  const isInReach = (address: HeldAddress) =>
    spec.networks.some((own) => own.network.name === address.network && !isFixed(own, address));
  const isFree = (address: HeldAddress) =>
    !neighbours.some((other) => isUp(other) && other.fixedAddresses?.some((one) => sameAddress(one, address)) === true);
  const isOther = ({ project, service }: ResourceClaim) => project !== spec.project || service !== spec.name;
  const first = claims
    .filter((claim) => claim.isComing === true && isOther(claim))
    .flatMap(({ project, service, addresses }) => addresses.map((address) => ({ project, service, address })))
    .find(({ address }) => isInReach(address) && isFree(address));
  if (first === undefined) return undefined;
  return `${first.project}/${first.service} starts first: ${describeAddress(first.address)} is its own, and must not go to another`;
}

/** In the family of that address it has one of its own. */
function isFixed({ network, settings }: ServiceSpec["networks"][number], { address: other }: HeldAddress): boolean {
  const own = addressesOf({ network: network.name, settings });
  return own.some(({ address }) => address.includes(":") === other.includes(":"));
}
