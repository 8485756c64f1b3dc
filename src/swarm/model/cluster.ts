import type { LogLine, LogQuery } from "../../control/ports/logs.js";
import type { PulledBy } from "./credentials.js";
import type { Labels, ServiceBody } from "./body.js";

/** The Swarm that the engine is a manager of, as it is at one moment. */
export interface ClusterView {
  readonly nodes: readonly SwarmNode[];
  /** Those that bear a label of ours or of `docker stack deploy`; others are not looked at. */
  readonly services: readonly SwarmService[];
  /** Of those services, the newest first. */
  readonly tasks: readonly SwarmTask[];
  /** Overlay networks and those of the hosts that services can join, by name. */
  readonly networks: ReadonlyMap<string, SwarmNetwork>;
  /** Those with a label of ours. */
  readonly configs: readonly SwarmObject[];
  readonly secrets: readonly SwarmObject[];
}

/** A node. */
export interface SwarmNode {
  readonly id: string;
  readonly hostname: string;
  readonly labels: Labels;
  readonly role: "manager" | "worker";
  readonly availability: "active" | "pause" | "drain";
  readonly state: "unknown" | "down" | "ready" | "disconnected";
  /** Only of a manager. */
  readonly manager?: { readonly isLeader: boolean; readonly reachability: "unknown" | "unreachable" | "reachable" };
  /** `linux/amd64`; absent: it has not said. */
  readonly platform?: string;
}

/** A service. Times are epoch ms, on the manager's clock. */
export interface SwarmService {
  readonly id: string;
  /** An update has to name the one that it was made for. */
  readonly version: number;
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly spec: ServiceBody;
  /** What stood before the last update; the engine keeps one. */
  readonly previous?: ServiceBody;
  /** The last update that changed its tasks; absent: none has. */
  readonly update?: {
    readonly state: "updating" | "paused" | "completed" | "rollback_started" | "rollback_paused" | "rollback_completed";
    readonly startedAt?: number;
    readonly completedAt?: number;
    readonly message: string;
  };
}

export type TaskState =
  | "new"
  | "allocated"
  | "pending"
  | "assigned"
  | "accepted"
  | "preparing"
  | "ready"
  | "starting"
  | "running"
  | "complete"
  | "shutdown"
  | "failed"
  | "rejected"
  | "remove"
  | "orphaned";

/** One try to run a container of a service on a node. */
export interface SwarmTask {
  readonly id: string;
  readonly service: string;
  /** From 1; absent: of a global service. */
  readonly slot?: number;
  /** Absent: no node has been found yet. */
  readonly node?: string;
  readonly createdAt: number;
  /** When `state` was entered. */
  readonly since: number;
  /** `running`: it has passed its health check once, if it has one. */
  readonly state: TaskState;
  /** What Swarm wants of it: `running` as long as it is not to end, `complete` of a job. */
  readonly desired: TaskState;
  /** In the engine's words; empty: nothing to say. */
  readonly message: string;
  readonly error: string;
  /** The container on its node, and how that has ended. */
  readonly container?: string;
  readonly exitCode?: number;
  /** The labels of its containers. */
  readonly labels: Labels;
  /** `repository@sha256:…`. */
  readonly image: string;
  /** Ports of its node that lead to it. */
  readonly hostPorts: readonly { readonly protocol: string; readonly target: number; readonly published: number }[];
}

export interface SwarmNetwork {
  readonly id: string;
  readonly driver: string;
  readonly scope: "swarm" | "local" | "global";
  readonly internal: boolean;
  readonly attachable: boolean;
  readonly options: Labels;
  readonly labels: Labels;
}

/** A config, or a secret, whose content nobody reads back. */
export interface SwarmObject {
  readonly id: string;
  readonly version: number;
  readonly name: string;
  readonly labels: Labels;
  readonly createdAt: number;
}

/**
 * The manager's API, as far as Fairlead uses it; a simulator fills it too. Throws FairleadError only: `EngineUnreachable`
 * where nobody answers, `EngineRefused` with the engine's words where it will not, `SwarmUnavailable` where the engine is
 * no manager, or the managers have lost their quorum.
 */
export interface Cluster {
  /** Callers at the same time share one look. */
  look(): Promise<ClusterView>;
  /** Its data, as it was given; undefined: there is none of this id. */
  readConfig(id: string): Promise<Buffer | undefined>;
  /** A name that is taken is an error with the code `NameTaken`. Answers the id. */
  createConfig(config: NamedContent): Promise<string>;
  createSecret(secret: NamedContent): Promise<string>;
  /** Nothing else of a config can change. */
  labelConfig(config: Pick<SwarmObject, "id" | "version" | "name">, labels: Labels): Promise<void>;
  /** One that is gone is success; one that a service names is refused. */
  removeConfig(id: string): Promise<void>;
  removeSecret(id: string): Promise<void>;
  createNetwork(network: NetworkBody): Promise<string>;
  removeNetwork(id: string): Promise<void>;
  /** Throws `EngineRefused` where engines of the manager's age would drop what the body asks for without a word. */
  check(body: ServiceBody): Promise<void>;
  /** Ids of configs, secrets and networks are filled in by their names. Answers the id. */
  createService(body: ServiceBody, by?: PulledBy): Promise<string>;
  /**
   * `SwarmConflict`: it has changed since that version or is gone, and has to be looked at again. Each update makes what
   * stood before its `previous` and forgets its `update`, one of labels alone too: it touches no task, but an update that
   * was paused goes on.
   */
  updateService(service: Pick<SwarmService, "id" | "version">, body: ServiceBody, by?: PulledBy): Promise<void>;
  removeService(id: string): Promise<void>;
  /** The last lines of a task's container, oldest first, without control characters; of any node. */
  taskLog(task: string, lines: number): Promise<readonly string[]>;
  /**
   * What all tasks of a service have put out, and with `follow` what they and those that come put out, until the signal aborts
   * or the service is gone; about in order of time, `tail` of each task. Throws `ContainerGone` where there is no such service.
   */
  serviceLog(service: string, query: LogQuery, signal: AbortSignal): Promise<AsyncIterable<TaskLine>>;
  /**
   * Tells whenever something of the Swarm has changed or may have, until the signal aborts; reconnects by itself. The
   * engine tells of services, nodes, networks, configs and secrets, and never of tasks: `lively` says whether to look for
   * those every so often.
   */
  watch(onEvent: (event: ClusterEvent) => void, lively: () => boolean, signal: AbortSignal): Promise<void>;
}

/** Without a task: what a manager says itself, of a node that does not answer. */
export interface TaskLine extends LogLine {
  readonly task?: string;
}

export type ClusterEvent =
  /** Whatever was known may be old. */
  | { readonly kind: "resync" }
  | { readonly kind: "beat" }
  | { readonly kind: "lost"; readonly message: string; readonly remedy?: string | undefined }
  /** Of a service, by its id, or one of its tasks. */
  | { readonly kind: "service"; readonly id: string; readonly action: string }
  /** A node, a network, a config or a secret. */
  | { readonly kind: "other" };

export interface NamedContent {
  /** At most 64 characters of `[a-zA-Z0-9-_.]`. */
  readonly name: string;
  readonly labels: Labels;
  /** At most 500,000 bytes. */
  readonly content: Buffer;
}

export interface NetworkBody {
  readonly Name: string;
  readonly Driver: string;
  readonly Internal?: boolean;
  readonly Attachable?: boolean;
  readonly EnableIPv6?: boolean;
  readonly Options?: Labels;
  readonly Labels?: Labels;
  readonly IPAM?: object;
}
