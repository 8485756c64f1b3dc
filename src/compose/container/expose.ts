import { items, quoted, report, wrongKind, type Node } from "../document/node.js";
import { scalarText } from "../document/scalar.js";
import type { ExposedPort } from "../model/container/options.js";
import { lengthOf, portRange, protocolOf, whyNoPorts } from "../values/port-range.js";

/** `expose`: `port[/protocol]` or a range. Ranges come out one by one. */
export function exposed(node: Node): readonly ExposedPort[] {
  return unique(items(node).flatMap((item) => ports(item) ?? []));
}

/** What is published and cannot be is exposed all the same, as the engine notes it. */
export function alsoExposed(
  expose: readonly ExposedPort[] | undefined,
  dropped: readonly ExposedPort[],
): readonly ExposedPort[] {
  return unique([...(expose ?? []), ...dropped.map(({ containerPort, protocol }) => ({ containerPort, protocol }))]);
}

function unique(found: readonly ExposedPort[]): readonly ExposedPort[] {
  return [...new Map(found.map((port) => [`${port.containerPort}/${port.protocol}`, port])).values()];
}

function ports(node: Node): readonly ExposedPort[] | null {
  if (typeof node.value !== "string" && typeof node.value !== "number") return wrongKind(node, "a port");
  const [written = "", protocolName = "tcp", ...more] = (scalarText(node) ?? "").split("/");
  const range = portRange(written);
  const protocol = protocolOf(protocolName);
  if (!range || range.first === 0 || protocol === undefined || more.length > 0) {
    return report(
      node,
      `${quoted(node)} is not a port${whyNoPorts(written)}`,
      'write for example "8080", "8080/udp" or "8080-8085"',
    );
  }
  return Array.from({ length: lengthOf(range) }, (_, index) => ({ containerPort: range.first + index, protocol }));
}
