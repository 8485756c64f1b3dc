import { distinct } from "./lists.js";
import { quoted, report, type Node } from "./node.js";
import { text } from "./scalar.js";

/** `volumes_from`: `container:NAME[:ro|rw]`, as the engine takes it. */
export function volumesFrom(node: Node): readonly string[] {
  return distinct(node, (item) => {
    const written = text(item);
    if (written === null) return null;
    const [, name, mode = ""] = /^container:([^:]+)(:r[ow])?$/.exec(written) ?? [];
    if (name !== undefined) return `${name}${mode}`;
    if (/^(?!container:)[\w.-]+(?::r[ow])?$/.test(written)) {
      return report(item, "a service's volumes are not supported yet", "declare them under `volumes` in both services");
    }
    return report(item, `${quoted(item)} is not \`container:NAME\``, "`:ro` may follow");
  });
}
