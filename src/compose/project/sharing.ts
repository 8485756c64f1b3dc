import { report, type Node } from "../document/node.js";
import type { Fields } from "../keys/fields.js";
import type { serviceKeys } from "../keys/keys.js";
import { serviceBondsOf, type ServiceBond } from "../model/relations.js";
import type { ServiceSpec } from "../model/service.js";
import { itemOf } from "../mounts/volumes-from.js";
import { quote } from "../../tools/quote.js";

/** A bond and the node that declares it. */
export interface DeclaredBond extends ServiceBond {
  readonly node: Node;
}

const keys = { network: "network_mode", ipc: "ipc", pid: "pid", volumes: "volumes_from" } as const;

export function declaredBonds(spec: ServiceSpec, field: Fields<typeof serviceKeys>): readonly DeclaredBond[] {
  return serviceBondsOf(spec).flatMap((bond) => {
    const node = field(keys[bond.shared]);
    if (node === undefined) return [];
    return [{ ...bond, node: bond.shared === "volumes" ? itemOf(node, bond.service) : node }];
  });
}

/** The engine lets nobody into an IPC namespace that is private, which is what a container has by default. */
export function checkShareable({ shared, node }: DeclaredBond, { name, container }: ServiceSpec): void {
  const ipc = container.namespaces?.ipc;
  if (shared !== "ipc" || (ipc !== undefined && ipc !== "private" && ipc !== "none")) return;
  const is = ipc === undefined ? "private by default" : ipc;
  report(node, `the IPC namespace of service ${quote(name)} is ${is}`, `write \`ipc: shareable\` in ${quote(name)}`);
}
