import type { HostSnapshot, ObservedContainer } from "./observed.js";
import { needsOf, sameAddress, samePort } from "./resources.js";
import type { ResourceClaim } from "./resources.js";

/** The host, once every service has given up what its file does not say any more. */
export function giveWay(host: HostSnapshot, claims: readonly ResourceClaim[]): HostSnapshot {
  const containers = host.containers.map((container) => {
    const claim = claims.find(({ project, service }) => project === container.project && service === container.service);
    return claim === undefined ? container : withOnly(container, claim);
  });
  return { ...host, containers };
}

function withOnly(container: ObservedContainer, claim: ResourceClaim): ObservedContainer {
  const { ports, addresses } = needsOf(container);
  return {
    ...container,
    ports: ports.filter((port) => claim.ports.some((one) => samePort(one, port))),
    fixedAddresses: addresses.filter((address) => claim.addresses.some((one) => sameAddress(one, address))),
  };
}
