import type { Fields } from "./fields.js";
import type { serviceKeys } from "./keys.js";
import type { Node } from "./node.js";
import { bondsOf, type Bond } from "./relations.js";
import type { ServiceSpec } from "./service.js";

/** A bond and the node that declares it. */
export interface DeclaredBond extends Bond {
  readonly node: Node;
}

export function declaredBonds(spec: ServiceSpec, field: Fields<typeof serviceKeys>): readonly DeclaredBond[] {
  return bondsOf(spec).flatMap((bond) => {
    const node = field("network_mode");
    return node === undefined ? [] : [{ ...bond, node }];
  });
}
