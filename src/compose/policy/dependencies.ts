import { entries, items, quoted, read, readAll, report, type Node } from "../document/node.js";
import { boolean, choice, text } from "../document/scalar.js";
import { fields } from "../keys/fields.js";
import { dependencyKeys } from "../keys/keys.js";
import type { Dependency } from "../model/service.js";

const conditions = ["service_started", "service_healthy", "service_completed_successfully"] as const;

/** A dependency and the node that declared it. */
export interface DeclaredDependency {
  readonly dependency: Dependency;
  readonly node: Node;
}

/** `depends_on`: a list of services, or a mapping with conditions. */
export function dependencies(node: Node): readonly DeclaredDependency[] {
  return Array.isArray(node.value) ? fromList(node) : fromMapping(node);
}

function fromList(node: Node): readonly DeclaredDependency[] {
  const seen = new Set<string>();
  return readAll(items(node), (item) => {
    const service = text(item);
    if (service === null) return null;
    if (seen.has(service)) return report(item, `${quoted(item)} is given twice`, "remove one of them");
    seen.add(service);
    return { dependency: { service, condition: "service_started" as const }, node: item };
  });
}

function fromMapping(node: Node): readonly DeclaredDependency[] {
  return entries(node, "a list or a mapping").flatMap(([service, entry]) => {
    const field = fields(entry, dependencyKeys);
    const written = field("condition");
    if (written === undefined) report(entry, "`condition` is missing", `it is one of ${conditions.join(", ")}`);
    const condition = read(written, (at) => choice(at, conditions));
    const restart = read(field("restart"), boolean);
    const required = read(field("required"), boolean);
    if (condition === undefined) return [];
    const dependency: Dependency = {
      service,
      condition,
      ...(restart === undefined ? {} : { restart }),
      ...(required === undefined ? {} : { required }),
    };
    return [{ dependency, node: entry }];
  });
}
