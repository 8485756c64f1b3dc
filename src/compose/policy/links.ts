import { once } from "../document/lists.js";
import { quoted, report, warn, type Node } from "../document/node.js";
import { text } from "../document/scalar.js";
import type { DeclaredDependency } from "./dependencies.js";

/** What an item of `links` says, and the item. */
export interface Link {
  readonly service: string;
  /** The name by which the linking service finds the other one; absent: that one's own. */
  readonly alias?: string;
  readonly node: Node;
}

/** `links`: `SERVICE` or `SERVICE:ALIAS`. Engines have found services of a network by name for longer than Compose has had networks. */
export function links(node: Node): readonly Link[] {
  warn(node, node.place.key, "read as `depends_on` with `restart: true`", "write `depends_on`");
  const nodes = new Map<string, Node>();
  const written = once(node, (item) => {
    const link = text(item);
    if (link === null) return null;
    if (!nodes.has(link)) nodes.set(link, item);
    const isOne = /^[^:]+(?::[a-zA-Z0-9](?:[a-zA-Z0-9_.-]*[a-zA-Z0-9])?)?$/.test(link);
    return isOne ? link : report(item, `${quoted(item)} is not a link`, "write `service` or `service:alias`");
  });
  return written.map((link) => {
    const [service = "", alias] = link.split(":");
    return { service, ...(alias === undefined || alias === service ? {} : { alias }), node: nodes.get(link) ?? node };
  });
}

/** The services that are linked to are dependencies; what `depends_on` says of one counts. */
export function withLinked(
  said: readonly DeclaredDependency[],
  linked: readonly Link[],
): readonly DeclaredDependency[] {
  const known = new Set(said.map(({ dependency }) => dependency.service));
  const implied = new Map(linked.filter(({ service }) => !known.has(service)).map((link) => [link.service, link]));
  return [
    ...said,
    ...[...implied.values()].map(({ service, node }): DeclaredDependency => {
      return { dependency: { service, condition: "service_started", restart: true }, node };
    }),
  ];
}
