import type { ContainerFacts } from "../../plan/model/host/observed.js";
import { sameAddress, samePort } from "../../plan/model/host/resources.js";
import type { HeldAddress, HeldPort } from "../../plan/model/host/resources.js";
import type { InspectedBinding, InspectedContainer, InspectedEndpoint } from "../client/schema.js";

type Held = Pick<ContainerFacts, "ports" | "chosenPorts" | "fixedAddresses" | "chosenAddresses">;

/** What a container was made for and has for itself while it runs, and what it has besides at this moment. */
export function heldBy({ HostConfig, NetworkSettings }: InspectedContainer): Held {
  const ports = portsIn(HostConfig?.PortBindings);
  const endpoints = Object.entries(NetworkSettings?.Networks ?? {});
  const fixedAddresses = endpoints.flatMap(([network, endpoint]) => {
    const { IPv4Address, IPv6Address } = endpoint?.IPAMConfig ?? {};
    return addressesIn(network, IPv4Address, IPv6Address);
  });
  const now = endpoints.flatMap(([network, endpoint]) => currentOf(network, endpoint));
  const chosenAddresses = now.filter((address) => !fixedAddresses.some((one) => sameAddress(one, address)));
  const chosenPorts = portsIn(NetworkSettings?.Ports).filter((port) => !ports.some((one) => samePort(one, port)));
  return {
    ...(ports.length === 0 ? {} : { ports }),
    ...(chosenPorts.length === 0 ? {} : { chosenPorts }),
    ...(fixedAddresses.length === 0 ? {} : { fixedAddresses }),
    ...(chosenAddresses.length === 0 ? {} : { chosenAddresses }),
  };
}

/** Those that it has, fixed or not. */
export function currentOf(
  network: string,
  endpoint: Pick<InspectedEndpoint, "IPAddress" | "GlobalIPv6Address"> | null,
): readonly HeldAddress[] {
  return addressesIn(network, endpoint?.IPAddress, endpoint?.GlobalIPv6Address);
}

function addressesIn(network: string, ...addresses: readonly (string | undefined)[]): readonly HeldAddress[] {
  return addresses.flatMap((address) => (address ? [{ network, address }] : []));
}

function portsIn(
  bindings: Readonly<Record<string, readonly InspectedBinding[] | null>> | null | undefined,
): readonly HeldPort[] {
  return Object.entries(bindings ?? {}).flatMap(([key, list]) =>
    (list ?? []).flatMap(({ HostIp, HostPort }) => heldPort(HostIp, HostPort, key.slice(key.indexOf("/") + 1))),
  );
}

/** Empty where the engine chooses one: then nobody needs that very one. */
export function heldPort(hostIp: string | undefined, hostPort: string | undefined, protocol: string): HeldPort[] {
  if (!/^[1-9]\d*$/.test(hostPort ?? "") || (protocol !== "tcp" && protocol !== "udp" && protocol !== "sctp"))
    return [];
  return [{ protocol, hostPort: Number(hostPort), ...(hostIp ? { hostIp } : {}) }];
}
