import { isMapping, read, reportKey, type Node } from "../document/node.js";
import { boolean, filledText } from "../document/scalar.js";
import { externalKeys } from "../keys/declaration-keys.js";
import { fields } from "../keys/fields.js";

/** Whether something is external, and under which name where the older form of the key says so itself. */
export interface External {
  readonly external: boolean;
  readonly name: string | undefined;
}

/** `external: true`, or the older `external: {name: …}`. */
export function external(node: Node | undefined): External {
  if (node === undefined || !isMapping(node.value)) {
    return { external: read(node, boolean) ?? false, name: undefined };
  }
  return { external: true, name: read(fields(node, externalKeys)("name"), filledText) };
}

/** What says how to create a thing has no place beside `external`. */
export function refuseBesideExternal(nodes: readonly (Node | undefined)[]): void {
  for (const node of nodes) {
    if (node !== undefined) reportKey(node, "says how to create what is external", "remove it, or `external`");
  }
}
