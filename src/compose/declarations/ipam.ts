import { entries, items, quoted, read, readAll, report, type Node } from "../document/node.js";
import { options } from "../document/pairs.js";
import { filledText } from "../document/scalar.js";
import { ipamKeys, poolKeys } from "../keys/declaration-keys.js";
import { fields } from "../keys/fields.js";
import type { Ipam } from "../model/network.js";
import { isIpAddress } from "../values/address.js";

type Pool = Ipam["config"][number];

/** `ipam` of a network. */
export function ipam(node: Node): Ipam {
  const field = fields(node, ipamKeys);
  const driver = read(field("driver"), filledText);
  const driverOptions = read(field("options"), options);
  return {
    ...(driver === undefined ? {} : { driver }),
    ...(driverOptions === undefined ? {} : { options: driverOptions }),
    config: read(field("config"), (at) => readAll(items(at), pool)) ?? [],
  };
}

function pool(node: Node): Pool | null {
  const field = fields(node, poolKeys);
  const [subnetNode, rangeNode, gatewayNode] = [field("subnet"), field("ip_range"), field("gateway")];
  const auxiliary = field("aux_addresses");
  if (subnetNode === undefined && (rangeNode ?? gatewayNode ?? auxiliary) !== undefined) {
    return report(node, "`subnet` is missing", "the engine takes the other keys beside it only");
  }
  const subnet = read(subnetNode, block);
  const ipRange = read(rangeNode, block);
  const gateway = read(gatewayNode, address);
  const auxAddresses = read(auxiliary, addresses);
  return {
    ...(subnet === undefined ? {} : { subnet }),
    ...(ipRange === undefined ? {} : { ipRange }),
    ...(gateway === undefined ? {} : { gateway }),
    ...(auxAddresses === undefined ? {} : { auxAddresses }),
  };
}

/** `10.1.0.0/24`, `fd00:1::/64`. */
function block(node: Node): string | null {
  const text = filledText(node);
  if (text === null) return null;
  const [base = "", length = ""] = text.split("/");
  const longest = base.includes(":") ? 128 : 32;
  if (/^\d{1,3}$/.test(length) && Number(length) <= longest && isIpAddress(base) && text.split("/").length === 2) {
    return text;
  }
  return report(node, `${quoted(node)} is not an address block`, "write for example 10.1.0.0/24");
}

function address(node: Node): string | null {
  const text = filledText(node);
  if (text === null || isIpAddress(text)) return text;
  return report(node, `${quoted(node)} is not an IP address`);
}

function addresses(node: Node): Readonly<Record<string, string>> {
  return Object.fromEntries(
    entries(node).flatMap(([name, at]) => {
      const found = address(at);
      return found === null ? [] : [[name, found]];
    }),
  );
}
