import type { ServiceKey } from "../../compose/model/service.js";
import type { HostSnapshot } from "../../plan/model/host/host-snapshot.js";
import type { ObservedContainer, ObservedRoute, Role } from "../../plan/model/host/observed.js";
import type { ObservedTask } from "../../plan/model/host/tasks.js";
import { viewOf } from "../../plan/model/view.js";
import { gateInForce } from "../../plan/traffic/gate.js";
import { given } from "../../tools/present.js";

/** One container of a service, as it stands. */
export interface Replica {
  readonly slot: number;
  readonly container: string;
  /** What it is there for. */
  readonly role: Role;
  readonly state: ObservedContainer["state"];
  /** With the word of its probe. */
  readonly health: ObservedContainer["health"];
  /** What the check that is not passed last said. */
  readonly problem?: string;
  readonly revision: number;
  readonly digest: string;
  /** ISO 8601. Absent: it was never started. */
  readonly startedAt?: string;
  /** Only where it has ended. */
  readonly exitCode?: number;
  /** By the engine's own restart policy, since the last start. */
  readonly restarts: number;
  /** Behind a gate: whether it gets new work, and what of it is under way. Absent: no gate leads to it, as far as is known. */
  readonly gate?: { readonly open: boolean; readonly underWay: number };
  /** Of what stands for tasks of a cluster: those that are to run, and those that have failed. */
  readonly tasks?: readonly Task[];
}

export interface Task {
  readonly task: string;
  /** Absent: it is the only one of its node. */
  readonly slot?: number;
  /** Absent: no node has been found. */
  readonly node?: string;
  /** The cluster's words. */
  readonly state: string;
  readonly error?: string;
  /** ISO 8601. */
  readonly since: string;
}

export interface Replicas {
  /** By slot; first what serves. */
  readonly replicas: readonly Replica[];
  /** Absent: nothing of a gate runs before it. */
  readonly gate?: {
    readonly container: string;
    /** It has been asked: what it says of the replicas is known. */
    readonly known: boolean;
    /** Requests or connections under way, in all. */
    readonly underWay: number;
  };
}

const order: readonly Role[] = ["active", "next", "previous", "failed", "stray"];

/** Every container of a service, and what is under way at each. */
export function replicasOf(key: ServiceKey, host: HostSnapshot): Replicas {
  const [project = "", name = ""] = key.split("/");
  const view = viewOf(host, { project, name, dependsOn: [] }, new Map());
  const gate = gateInForce({ project, name }, view);
  const routes = gate?.gate?.state?.routes ?? [];
  const all = [...view.containers].sort(
    (one, other) => one.slot - other.slot || order.indexOf(one.role) - order.indexOf(other.role),
  );
  const underWay = routes.reduce((sum, { sessions }) => sum + sessions, 0);
  return {
    replicas: all.map((container) => replicaOf(container, routes)),
    ...(gate === undefined ? {} : { gate: { container: gate.name, known: gate.gate?.state !== undefined, underWay } }),
  };
}

function replicaOf(container: ObservedContainer, routes: readonly ObservedRoute[]): Replica {
  const { slot, name, role, state, health, healthProblem: problem, revision, digest, startedAt, exitCode } = container;
  const route = routes.find((one) => leadsTo(one, container));
  return {
    ...{ slot, container: name, role, state, health, revision, digest, restarts: container.restartCount },
    ...given({
      ...{ problem, exitCode, tasks: container.tasks?.each?.map(taskOf) },
      startedAt: startedAt === undefined ? undefined : new Date(startedAt).toISOString(),
      gate: route === undefined ? undefined : { open: route.open, underWay: route.sessions },
    }),
  };
}

function taskOf({ id, since, ...task }: ObservedTask): Task {
  return { task: id, ...task, since: new Date(since).toISOString() };
}

function leadsTo({ server, address }: ObservedRoute, { location, slot, role }: ObservedContainer): boolean {
  if (address !== undefined && location?.kind === "networks") {
    return location.addresses.some((own) => own.address === address);
  }
  return server === (role === "active" ? `slot${slot}` : role === "next" ? `next${slot}` : undefined);
}
