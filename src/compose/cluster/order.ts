import type { ClusterPort, ClusterUpdate } from "../model/cluster.js";
import type { ServiceSpec, UpdatePolicy } from "../model/service.js";

/** What decides whether two tasks of a service can run beside each other on one node. */
export interface Neighbours {
  readonly spec: Pick<ServiceSpec, "container" | "onRollback" | "update">;
  readonly ports: readonly ClusterPort[];
  readonly network?: "host";
}

/** As for containers of one host: what cannot be shared forces stop-first, then the file decides, then caution. */
export function orderOf(
  { spec, ports, network }: Neighbours,
  policy: UpdatePolicy = spec.update,
): ClusterUpdate["order"] {
  if (fixedPort(ports) !== undefined || network === "host") return "stop-first";
  if (policy.order !== "auto") return policy.order;
  const writes = spec.container.mounts.some(
    ({ type, source, readOnly }) => type !== "tmpfs" && source !== undefined && !readOnly,
  );
  return writes || (spec.onRollback?.length ?? 0) > 0 ? "stop-first" : "start-first";
}

/** A port that only one task of a node can have. */
export function fixedPort(ports: readonly ClusterPort[]): ClusterPort | undefined {
  return ports.find(({ mode, publishedPort }) => mode === "host" && publishedPort !== undefined);
}

export function clusterUpdate(policy: UpdatePolicy, order: ClusterUpdate["order"]): ClusterUpdate {
  const { parallelism = 1, delayMs = 0, monitorMs, maxFailureRatio = 0 } = policy;
  return { order, parallelism, delayMs, monitorMs, maxFailureRatio };
}
