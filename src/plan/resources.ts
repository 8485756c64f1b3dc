import type { PortMapping, ServiceSpec } from "../spec/service.js";

/** A port of the host. `hostIp` absent: on all addresses. */
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
export interface Claim extends Resources {
  readonly project: string;
  readonly service: string;
}

/** Of a range the engine takes what is free. */
export function resourcesOf({ container, networks }: Pick<ServiceSpec, "container" | "networks">): Resources {
  const ports = container.ports.flatMap(({ hostIp, hostPort, hostPortEnd, protocol }): HeldPort[] => {
    if (hostPort === undefined || hostPortEnd !== undefined) return [];
    return [{ protocol, hostPort, ...(isAny(hostIp) ? {} : { hostIp }) }];
  });
  const addresses = networks.flatMap(({ network: { name: network }, settings }) =>
    [settings?.ipv4Address, settings?.ipv6Address].flatMap((address) =>
      address === undefined ? [] : [{ network, address }],
    ),
  );
  return { ports, addresses };
}

export function claimOf(spec: ServiceSpec): Claim {
  return { project: spec.project, service: spec.name, ...resourcesOf(spec) };
}

export function isAny(hostIp: string | undefined): hostIp is undefined {
  return hostIp === undefined || ["", "0.0.0.0", "::"].includes(hostIp);
}

export function samePort(one: HeldPort, other: HeldPort): boolean {
  if (one.hostPort !== other.hostPort || one.protocol !== other.protocol) return false;
  return one.hostIp === undefined || other.hostIp === undefined || one.hostIp === other.hostIp;
}

export function sameAddress(one: HeldAddress, other: HeldAddress): boolean {
  return one.network === other.network && one.address === other.address;
}

export function describePort({ hostIp, hostPort, protocol }: HeldPort): string {
  return `port ${hostIp === undefined ? "" : `${hostIp}:`}${hostPort}${protocol === "tcp" ? "" : `/${protocol}`}`;
}

export function describeAddress({ network, address }: HeldAddress): string {
  return `address ${address} on ${network}`;
}

/** What a container was made for. */
export function needsOf({ ports = [], fixedAddresses = [] }: HeldResources): Resources {
  return { ports, addresses: fixedAddresses };
}

interface HeldResources {
  readonly ports?: readonly HeldPort[];
  readonly fixedAddresses?: readonly HeldAddress[];
}
