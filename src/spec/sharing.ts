import type { Fields } from "./fields.js";
import type { serviceKeys } from "./keys.js";
import { report, type Node } from "./node.js";
import { quote } from "./quote.js";
import { serviceBondsOf, type ServiceBond } from "./relations.js";
import type { ServiceSpec } from "./service.js";
import { itemOf } from "./volumes-from.js";

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
