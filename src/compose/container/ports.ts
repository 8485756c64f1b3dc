import { isMapping, items, quoted, read, report, warn, wrongKind, type Node } from "../document/node.js";
import { choice, filledText, integer, scalarText, text } from "../document/scalar.js";
import { fields } from "../keys/fields.js";
import { portKeys } from "../keys/keys.js";
import type { PortMapping } from "../model/service.js";
import { isIpAddress } from "../values/address.js";
import {
  highestPort,
  lengthOf,
  portRange,
  protocolOf,
  protocols,
  whyNoPorts,
  type PortRange,
} from "../values/port-range.js";

/** A port mapping and the node that declared it. */
export interface DeclaredPort {
  readonly port: PortMapping;
  readonly node: Node;
  /** Only a Swarm tells them apart. */
  readonly mode: "ingress" | "host";
}

/**
 * `ports`: short (`[[ip:]host:]container[/protocol]`, with ranges) or long syntax. Ranges of equal length come out one
 * by one; a host range to one container port leaves the choice to the engine.
 */
export function ports(node: Node): readonly DeclaredPort[] {
  const seen = new Set<string>();
  return items(node).flatMap((item) => {
    const { found, mode } = isMapping(item.value) ? longSyntax(item) : { found: shortSyntax(item), mode: usualMode };
    return (found ?? []).flatMap((port) => {
      const key = JSON.stringify([port.hostIp, port.hostPort, port.hostPortEnd, port.containerPort, port.protocol]);
      if (seen.has(key)) {
        warn(item, item.place.value, "an earlier item says the same", "remove one of them");
        return [];
      }
      seen.add(key);
      return [{ port, node: item, mode }];
    });
  });
}

function shortSyntax(node: Node): readonly PortMapping[] | null {
  if (typeof node.value !== "string" && typeof node.value !== "number") {
    return wrongKind(node, "a port mapping", 'write for example "8080:80"');
  }
  const written = scalarText(node);
  if (written === null) return null;
  const [, hostIp, hostPart, containerPart, protocolName = "tcp"] =
    /^(?:(?:(\[[^\]]*\]|[^[\]]*):)?([\d-]*):)?([\d-]+)(?:\/(\w+))?$/.exec(written) ?? [];
  const container = portRange(containerPart);
  const host = portRange(hostPart);
  const protocol = protocolOf(protocolName);
  if (!container || host === null || protocol === undefined) {
    return report(
      node,
      `${quoted(node)} is not a port mapping${whyNoPorts(hostPart, containerPart)}`,
      'write for example "8080:80" or "127.0.0.1:8080:80/tcp"',
    );
  }
  // As Compose has it, an address that is left empty, in `:8080:80`, is none.
  const address = hostIp === "" ? undefined : hostIp?.replace(/^\[|\]$/g, "");
  if (address !== undefined && !isIpAddress(address)) {
    return report(node, `${quoted(node)} does not begin with an IP address`, "host names are not allowed");
  }
  return spread(node, { hostIp: address, protocol }, host, container);
}

const modes = ["ingress", "host"] as const;
const usualMode: DeclaredPort["mode"] = "ingress";

interface Long extends Pick<DeclaredPort, "mode"> {
  readonly found: readonly PortMapping[] | null;
}

function longSyntax(node: Node): Long {
  const field = fields(node, portKeys);
  const target = field("target");
  if (target === undefined) report(node, "`target` is missing", "it is the container's port");
  const containerPort = read(target, (at) => integer(at, 1, highestPort));
  const host = read(field("published"), published);
  const hostIp = read(field("host_ip"), ipAddress);
  const protocol = read(field("protocol"), namedProtocol) ?? "tcp";
  const mode = read(field("mode"), (at) => choice(at, modes)) ?? usualMode;
  read(field("name"), filledText);
  read(field("app_protocol"), filledText);
  if (containerPort === undefined) return { found: null, mode };
  return { found: spread(node, { hostIp, protocol }, host, { first: containerPort, last: containerPort }), mode };
}

function namedProtocol(node: Node): PortMapping["protocol"] | null {
  const known = typeof node.value === "string" ? protocolOf(text(node) ?? "") : undefined;
  return known ?? choice(node, protocols);
}

function published(node: Node): PortRange | null {
  const written = scalarText(node);
  if (written === null) return null;
  const range = portRange(written);
  return (
    range ??
    report(
      node,
      `${quoted(node)} is not a port${whyNoPorts(written)}`,
      'write a number from 0 to 65535, or a range "8000-8010"',
    )
  );
}

function ipAddress(node: Node): string | null {
  const address = text(node);
  if (address === null || isIpAddress(address)) return address;
  return report(node, `${quoted(node)} is not an IP address`);
}

function spread(
  node: Node,
  common: Pick<PortMapping, "hostIp" | "protocol">,
  host: PortRange | undefined,
  container: PortRange,
): readonly PortMapping[] | null {
  if (container.first === 0) return report(node, "a container's port cannot be 0");
  const count = lengthOf(container);
  const choices = host === undefined ? count : lengthOf(host);
  if (host !== undefined && count === 1 && choices > 1) {
    if (host.first === 0) return report(node, "a range of host ports cannot begin with 0");
    return [{ ...common, hostPort: host.first, hostPortEnd: host.last, containerPort: container.first }];
  }
  if (choices !== count) {
    return report(node, `${quoted(node)} maps ranges of different lengths`, "give both the same length");
  }
  return Array.from({ length: count }, (_, index) => ({
    ...common,
    hostPort: host === undefined || host.first === 0 ? undefined : host.first + index,
    containerPort: container.first + index,
  }));
}
