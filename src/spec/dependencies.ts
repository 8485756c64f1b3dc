import { fields } from "./fields.js";
import { dependencyKeys } from "./keys.js";
import { entries, items, quoted, readAll, report, type Node } from "./node.js";
import { choice, text } from "./scalar.js";
import type { Dependency } from "./service.js";

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
    const written = fields(entry, dependencyKeys)("condition");
    if (written === undefined) report(entry, "`condition` is missing", "it is service_started or service_healthy");
    const known = written === undefined ? null : condition(written);
    return known === null ? [] : [{ dependency: { service, condition: known }, node: entry }];
  });
}

function condition(node: Node): Dependency["condition"] | null {
  if (node.value === "service_completed_successfully") {
    return report(node, "service_completed_successfully is not supported yet");
  }
  return choice(node, ["service_started", "service_healthy"] as const);
}
