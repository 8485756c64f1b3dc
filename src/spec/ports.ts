import { isIpAddress } from "./address.js";
import { fields } from "./fields.js";
import { portKeys } from "./keys.js";
import { isMapping, items, quoted, read, report, wrongKind, type Node } from "./node.js";
import { choice, integer, scalarText, text } from "./scalar.js";
import type { PortMapping } from "./service.js";

/** A port mapping and the node that declared it. */
export interface DeclaredPort {
  readonly port: PortMapping;
  readonly node: Node;
}

const protocols = ["tcp", "udp", "sctp"] as const;
const highest = 65_535;

/** `ports`: short (`[[ip:]host:]container[/protocol]`, with ranges) or long syntax. Ranges come out one by one. */
export function ports(node: Node): readonly DeclaredPort[] {
  return items(node).flatMap((item) => {
    const found = isMapping(item.value) ? longSyntax(item) : shortSyntax(item);
    return (found ?? []).map((port) => ({ port, node: item }));
  });
}

function shortSyntax(node: Node): readonly PortMapping[] | null {
  if (typeof node.value !== "string" && typeof node.value !== "number") {
    return wrongKind(node, "a port mapping", 'write for example "8080:80"');
  }
  const written = scalarText(node);
  if (written === null) return null;
  const parts = /^(?:(?:(\[[^\]]*\]|[^:[\]]*):)?([\d-]*):)?([\d-]+)(?:\/(\w+))?$/.exec(written);
  const container = portRange(parts?.[3]);
  const host = portRange(parts?.[2]);
  const protocol = protocols.find((known) => known === (parts?.[4] ?? "tcp"));
  const hostIp = parts?.[1]?.replace(/^\[|\]$/g, "");
  if (parts === null || container === null || container === undefined || host === null || protocol === undefined) {
    return report(
      node,
      `${quoted(node)} is not a port mapping`,
      'write for example "8080:80" or "127.0.0.1:8080:80/tcp"',
    );
  }
  if (hostIp !== undefined && !isIpAddress(hostIp)) {
    return report(node, `${quoted(node)} does not begin with an IP address`, "host names are not allowed");
  }
  return spread(node, { hostIp, protocol }, host, container);
}

function longSyntax(node: Node): readonly PortMapping[] | null {
  const field = fields(node, portKeys);
  const target = field("target");
  if (target === undefined) report(node, "`target` is missing", "it is the container's port");
  const containerPort = read(target, (at) => integer(at, 1, highest));
  const host = read(field("published"), published);
  const hostIp = read(field("host_ip"), ipAddress);
  const protocol = read(field("protocol"), (at) => choice(at, protocols)) ?? "tcp";
  // Both publish on this host: only Swarm tells them apart.
  read(field("mode"), (at) => choice(at, ["ingress", "host"]));
  if (containerPort === undefined) return null;
  return spread(node, { hostIp, protocol }, host, { first: containerPort, last: containerPort });
}

function published(node: Node): PortRange | null {
  const written = scalarText(node);
  if (written === null) return null;
  const range = portRange(written);
  if (range && range.first === range.last) return range;
  return report(node, `${quoted(node)} is not a port`, "write a number from 0 to 65535");
}

function ipAddress(node: Node): string | null {
  const address = text(node);
  if (address === null || isIpAddress(address)) return address;
  return report(node, `${quoted(node)} is not an IP address`);
}

interface PortRange {
  readonly first: number;
  readonly last: number;
}

/** Undefined: nothing is written. Null: not a port or range. */
function portRange(written: string | undefined): PortRange | null | undefined {
  if (written === undefined || written === "") return undefined;
  const parts = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(written);
  if (parts === null) return null;
  const first = Number(parts[1]);
  const last = Number(parts[2] ?? parts[1]);
  return first <= last && last <= highest ? { first, last } : null;
}

function spread(
  node: Node,
  common: Pick<PortMapping, "hostIp" | "protocol">,
  host: PortRange | undefined,
  container: PortRange,
): readonly PortMapping[] | null {
  const count = container.last - container.first + 1;
  if (container.first === 0) return report(node, "a container's port cannot be 0");
  if (host !== undefined && host.last - host.first + 1 !== count) {
    return report(node, `${quoted(node)} maps ranges of different lengths`, "give both the same length");
  }
  return Array.from({ length: count }, (_, index) => ({
    ...common,
    hostPort: host === undefined || host.first === 0 ? undefined : host.first + index,
    containerPort: container.first + index,
  }));
}
