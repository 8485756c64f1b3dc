import type { ContainerFile } from "./container/container-file.js";
import type { Mount, VolumeSpec } from "./mount.js";

/**
 * What a Swarm is told of a service beside its container. The planner sees one container of it, without ports and mounts:
 * how many there are, where they run and how they are replaced is the Swarm's affair.
 *
 * Part of the hash, since it can only be had with an update of the Swarm's service, which is a rollout like any other:
 * everything but `update` and `rollback`. Those only say how the next update goes, and change no task.
 */
export interface ClusterSpec {
  readonly mode: "replicated" | "global" | "replicated-job" | "global-job";
  /** Of the replicated ones; of a job: how often it has to complete. Absent: of the global ones. */
  readonly replicas?: number;
  readonly placement: Placement;
  /** Absent: Swarm's own choice, `vip`. */
  readonly endpointMode?: "vip" | "dnsrr";
  /** The names that its tasks answer to, by network. */
  readonly aliases: Readonly<Record<string, readonly string[]>>;
  /** In the place of networks: each node's own. */
  readonly network?: "host";
  readonly ports: readonly ClusterPort[];
  readonly mounts: readonly Mount[];
  /** The declared volumes among the mounts. */
  readonly volumes: readonly VolumeSpec[];
  readonly files: readonly ClusterFile[];
  /** Beyond what `container.resources` reserves. */
  readonly reserved?: Reserved;
  readonly restart: ClusterRestart;
  /** Of the service; those of its containers stand in `container.labels`. */
  readonly labels: Readonly<Record<string, string>>;
  readonly update: ClusterUpdate;
  readonly rollback: ClusterUpdate;
}

export interface Placement {
  /** `node.labels.zone == east`. All of them hold. */
  readonly constraints: readonly string[];
  /** `node.labels.zone`: tasks are spread evenly over its values; the first one counts most. */
  readonly spread: readonly string[];
  readonly maxReplicasPerNode?: number;
}

export interface ClusterPort {
  readonly containerPort: number;
  /** Absent: Swarm (`ingress`) or the node's engine (`host`) picks one. */
  readonly publishedPort?: number;
  readonly protocol: "tcp" | "udp" | "sctp";
  /** `ingress`: on every node; `host`: on the node of a task. */
  readonly mode: "ingress" | "host";
}

/** A config or a secret: of the file, with its content, or one that the Swarm has under this name already. */
export type ClusterFile = FileOfProject | StoredFile;

export interface FileOfProject extends ContainerFile {
  readonly kind: "config" | "secret";
  /** Its key in the file. */
  readonly key: string;
  /** Of the config or secret in the Swarm's store. */
  readonly labels: Readonly<Record<string, string>>;
}

export interface StoredFile extends Pick<ContainerFile, "origin" | "path" | "mode" | "uid" | "gid"> {
  readonly kind: "config" | "secret";
  readonly stored: string;
}

export interface Reserved {
  /** Billionths of one processor. */
  readonly nanoCpus?: number;
  readonly generic?: readonly GenericResource[];
}

/** `{kind: "gpu", value: 2}`: any two of them. */
export interface GenericResource {
  readonly kind: string;
  readonly value: number;
}

/** What Swarm does when a task has ended. */
export interface ClusterRestart {
  readonly condition: "none" | "on-failure" | "any";
  /** Absent: Swarm's 5 s. */
  readonly delayMs?: number;
  /** Absent: without limit. */
  readonly maxAttempts?: number;
  /** In which attempts are counted. Absent: for ever. */
  readonly windowMs?: number;
}

export interface ClusterUpdate {
  readonly order: "start-first" | "stop-first";
  /** How many tasks are replaced at once; 0: all. */
  readonly parallelism: number;
  readonly delayMs: number;
  readonly monitorMs: number;
  /** The share of tasks that may fail before the update is paused, 0 to 1. */
  readonly maxFailureRatio: number;
}

/** The service's name in the Swarm, as `docker stack deploy` gives it. */
export function clusterName({ project, name }: { readonly project: string; readonly name: string }): string {
  return `${project}_${name}`;
}
