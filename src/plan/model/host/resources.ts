import type { EndpointSettings } from "../../../compose/model/network.js";
import type { PortMapping, ServiceSpec } from "../../../compose/model/service.js";

/** A port of the host. `hostIp` absent: on all addresses of both families; `0.0.0.0`, `::`: on all of one. */
export type HeldPort = Pick<PortMapping, "protocol"> & { readonly hostIp?: string; readonly hostPort: number };

export interface HeldAddress {
  readonly network: string;
  readonly address: string;
}

/** What only one container of the host can have at a time. */
export interface Resources {
  readonly ports: readonly HeldPort[];
  /** Fixed ones. */
  readonly addresses: readonly HeldAddress[];
}

/** What a service is to have, by its file. */
export interface ResourceClaim extends Resources {
  readonly project: string;
  readonly service: string;
  readonly networks: ServiceSpec["networks"];
  /** It is about to have its first container, or another one, and waits for nobody. */
  readonly isComing?: boolean;
}

/** Of a range, and for port 0, the engine takes what is free. */
export function resourcesOf({ container, networks }: Pick<ServiceSpec, "container" | "networks">): Resources {
  const ports = container.ports.flatMap(({ hostIp, hostPort, hostPortEnd, protocol }): HeldPort[] => {
    if (hostPort === undefined || hostPort === 0 || hostPortEnd !== undefined) return [];
    return [{ protocol, hostPort, ...(hostIp ? { hostIp } : {}) }];
  });
  const addresses = networks.flatMap(({ network: { name: network }, settings }) => addressesOf({ network, settings }));
  return { ports, addresses };
}

/** The fixed ones of an endpoint. */
export function addressesOf({ network, settings = {} }: Fixable): readonly HeldAddress[] {
  const { ipv4Address, ipv6Address } = settings;
  return [ipv4Address, ipv6Address].flatMap((address) => (address === undefined ? [] : [{ network, address }]));
}

interface Fixable {
  readonly network: string;
  readonly settings?: EndpointSettings | undefined;
}

export function claimOf(spec: ServiceSpec): ResourceClaim {
  const { project, name: service, networks } = spec;
  return { project, service, networks, ...resourcesOf(spec) };
}

/** As the kernel has it: the two families are apart, and within one all addresses include each. */
export function samePort(one: HeldPort, other: HeldPort): boolean {
  if (one.hostPort !== other.hostPort || one.protocol !== other.protocol) return false;
  if (one.hostIp === undefined || other.hostIp === undefined) return true;
  if (one.hostIp.includes(":") !== other.hostIp.includes(":")) return false;
  return isAll(one.hostIp) || isAll(other.hostIp) || canonical(one.hostIp) === canonical(other.hostIp);
}

function isAll(hostIp: string): boolean {
  return hostIp === "0.0.0.0" || canonical(hostIp) === "::";
}

export function sameAddress(one: HeldAddress, other: HeldAddress): boolean {
  return one.network === other.network && canonical(one.address) === canonical(other.address);
}

/** An IPv6 address can be written in many ways. What is none stays as it is. */
function canonical(address: string): string {
  const url = address.includes(":") ? `http://[${address}]` : "";
  return URL.canParse(url) ? new URL(url).hostname.slice(1, -1) : address;
}

export function describePort({ hostIp = "", hostPort, protocol }: HeldPort): string {
  const where = hostIp === "" ? "" : `${hostIp.includes(":") ? `[${hostIp}]` : hostIp}:`;
  return `port ${where}${hostPort}${protocol === "tcp" ? "" : `/${protocol}`}`;
}

export function describeAddress({ network, address }: HeldAddress): string {
  return `address ${address} on ${network}`;
}

/** What a container was made for. */
export function needsOf({ ports = [], fixedAddresses = [] }: HeldResources): Resources {
  return { ports, addresses: fixedAddresses };
}

export interface HeldResources {
  readonly ports?: readonly HeldPort[];
  readonly fixedAddresses?: readonly HeldAddress[];
}

/** What of the first the second has or needs too. */
export function commonOf(one: Resources, other: Resources): Resources {
  return {
    ports: one.ports.filter((port) => other.ports.some((its) => samePort(its, port))),
    addresses: one.addresses.filter((address) => other.addresses.some((its) => sameAddress(its, address))),
  };
}

export function sizeOf({ ports, addresses }: Resources): number {
  return ports.length + addresses.length;
}
