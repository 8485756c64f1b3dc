import type { EndpointSettings, NetworkMode } from "../../compose/model/network.js";
import type { ServiceSpec } from "../../compose/model/service.js";
import type { InspectedContainer, InspectedEndpoint } from "../client/schema.js";
import { peerIn } from "../create/body.js";
import type { Peer, Surroundings } from "../create/body.js";
import { canonical } from "./settings.js";

/** In which of its networks, or in the mode that stands for them, a container is not what the spec asks for. */
export function endpointDifferences(
  inspected: InspectedContainer,
  spec: Pick<ServiceSpec, "networks" | "networkMode">,
  { peers }: Surroundings,
): readonly string[] {
  const { networks } = spec;
  const mode = inspected.HostConfig?.NetworkMode ?? "";
  if (networks.length === 0) return isMode(mode, spec.networkMode, peerIn(mode, peers)) ? [] : ["network_mode"];
  const joined = inspected.NetworkSettings?.Networks ?? {};
  const names = new Set([...Object.keys(joined), ...networks.map(({ network }) => network.name)]);
  return [...names].flatMap((name) => {
    const wanted = networks.find(({ network }) => network.name === name);
    const is = joined[name];
    if (wanted === undefined || is === undefined) return [`networks.${name}`];
    const aliases = isSameSet(ownAliases(inspected, is), wanted.aliases, namesOf(inspected));
    const settings = canonical(settingsOf(is, wanted.settings)) === canonical(wanted.settings ?? {});
    return [...(aliases ? [] : [`networks.${name}.aliases`]), ...(settings ? [] : [`networks.${name}`])];
  });
}

/** What somebody asked for; a MAC address is only known to be asked for where the spec does. */
function settingsOf(endpoint: InspectedEndpoint | null, wanted: EndpointSettings | undefined): EndpointSettings {
  const { IPAMConfig, DriverOpts, GwPriority, MacAddress } = endpoint ?? {};
  return {
    ...(IPAMConfig?.IPv4Address === undefined ? {} : { ipv4Address: IPAMConfig.IPv4Address }),
    ...(IPAMConfig?.IPv6Address === undefined ? {} : { ipv6Address: IPAMConfig.IPv6Address }),
    ...(IPAMConfig?.LinkLocalIPs ? { linkLocalIps: IPAMConfig.LinkLocalIPs } : {}),
    ...(DriverOpts ? { driverOpts: DriverOpts } : {}),
    ...(GwPriority === undefined ? {} : { gatewayPriority: GwPriority }),
    ...(wanted?.macAddress === undefined ? {} : { macAddress: MacAddress ?? "" }),
  };
}

/** Without the id's first digits, which old engines add. */
function ownAliases({ Id }: InspectedContainer, endpoint: InspectedEndpoint | null): readonly string[] {
  return (endpoint?.Aliases ?? []).filter((alias) => alias !== Id.slice(0, 12));
}

/** Its own names, to which it answers on every network anyway; old engines list the host name among the aliases. */
function namesOf({ Name = "", Config }: InspectedContainer): ReadonlySet<string> {
  return new Set([Name.replace(/^\//, ""), Config?.Hostname ?? ""]);
}

function isSameSet(left: readonly string[], right: readonly string[], besides: ReadonlySet<string>): boolean {
  const lacks = (list: readonly string[], alias: string) => !list.includes(alias) && !besides.has(alias);
  return !left.some((alias) => lacks(right, alias)) && !right.some((alias) => lacks(left, alias));
}

function isMode(is: string, wanted: NetworkMode | undefined, peer: Peer | undefined): boolean {
  switch (wanted?.kind) {
    case "container":
      return peer !== undefined && (peer.name === wanted.container || peer.id.startsWith(wanted.container));
    case "service":
      return peer?.service === wanted.service;
    case "host":
    case "bridge":
    case "none":
    case undefined:
      return (is === "" || is === "default" ? "bridge" : is) === (wanted?.kind ?? "none");
  }
}
