import { items, quoted, readAll, report, type Node } from "../document/node.js";
import { text } from "../document/scalar.js";
import type { VolumesOf } from "../model/container/options.js";

/** `volumes_from`: `container:NAME[:ro|rw]`, as the engine takes it, and `SERVICE[:ro|rw]`; each once. */
export function volumesFrom(node: Node): readonly (string | VolumesOf)[] {
  const seen = new Set<string>();
  return readAll(items(node), (item) => {
    const written = text(item);
    if (written === null) return null;
    const [, container, name = "", mode = ""] = /^(container:)?([\w][\w.-]*)(:r[ow])?$/.exec(written) ?? [];
    if (name === "")
      return report(item, `${quoted(item)} is not \`SERVICE\` or \`container:NAME\``, "`:ro` may follow");
    const whose = `${container ?? ""}${name}`;
    if (seen.has(whose)) return report(item, `${quoted(item)} is given twice`, "remove one of them");
    seen.add(whose);
    return container === undefined ? { service: name, readOnly: mode === ":ro" } : `${name}${mode}`;
  });
}

/** The item that names a service. */
export function itemOf(node: Node, service: string): Node {
  return items(node).find(({ value }) => typeof value === "string" && value.replace(/:r[ow]$/, "") === service) ?? node;
}
