import { groupOf } from "../../tools/present.js";
import { matching, once } from "../document/lists.js";
import { quoted, read, report, type Node } from "../document/node.js";
import { options } from "../document/pairs.js";
import { integer, text } from "../document/scalar.js";
import type { Fields } from "../keys/fields.js";
import type { attachmentKeys } from "../keys/keys.js";
import { type EndpointSettings, interfaceOption } from "../model/network.js";
import { isIpAddress, isIpv4Address, isIpv6Address } from "../values/address.js";

export function endpointSettings(field: Fields<typeof attachmentKeys>): EndpointSettings | undefined {
  return groupOf({
    ipv4Address: read(field("ipv4_address"), (at) => address(at, isIpv4Address, "an IPv4 address")),
    ipv6Address: read(field("ipv6_address"), (at) => address(at, isIpv6Address, "an IPv6 address")),
    linkLocalIps: read(field("link_local_ips"), (at) =>
      once(at, (item) => address(item, isIpAddress, "an IP address")),
    ),
    macAddress: read(field("mac_address"), macAddress),
    driverOpts: driverOptions(field("driver_opts"), field("interface_name")),
    gatewayPriority: read(field("gw_priority"), (at) => integer(at, -2_147_483_648, 2_147_483_647)),
  });
}

export function macAddress(node: Node): string | null {
  return matching(node, /^[\da-f]{2}([:-][\da-f]{2}){5}$/i, "a MAC address", "write for example 02:42:ac:11:00:02");
}

function address(node: Node, isOne: (text: string) => boolean, expected: string): string | null {
  const written = text(node);
  return written === null || isOne(written) ? written : report(node, `${quoted(node)} is not ${expected}`);
}

/** A network interface's name has 15 characters at most. */
function driverOptions(own: Node | undefined, name: Node | undefined): Readonly<Record<string, string>> | undefined {
  const written = read(own, options);
  const called = read(name, (at) => matching(at, /^[^\s/:]{1,15}$/, "the name of an interface"));
  if (name === undefined || called === undefined) return written;
  if ((written?.[interfaceOption] ?? called) !== called)
    report(name, `differs from \`${interfaceOption}\` in \`driver_opts\``);
  return { ...written, [interfaceOption]: called };
}
