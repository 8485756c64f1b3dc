import type { EndpointSettings } from "../../compose/model/network.js";

/** The engine's EndpointSettings: on creating a container with a network, and on joining one. */
export function endpointBody(aliases: readonly string[], settings: EndpointSettings = {}): object {
  const { ipv4Address, ipv6Address, linkLocalIps, macAddress, driverOpts, gatewayPriority } = settings;
  const addresses = { IPv4Address: ipv4Address, IPv6Address: ipv6Address, LinkLocalIPs: linkLocalIps };
  const hasAddress = Object.values(addresses).some((value) => value !== undefined);
  return {
    Aliases: aliases,
    ...(hasAddress ? { IPAMConfig: addresses } : {}),
    ...(macAddress === undefined ? {} : { MacAddress: macAddress }),
    ...(driverOpts === undefined ? {} : { DriverOpts: driverOpts }),
    ...(gatewayPriority === undefined ? {} : { GwPriority: gatewayPriority }),
  };
}
