/*
 * The host as a look sees it lives here, as plain data: containers, images, networks, ports, their names, and how they are
 * found again. What is wanted and what is remembered does not.
 */

import type { Shared } from "../../../compose/model/relations.js";
import { serviceKey } from "../../../compose/model/service.js";
import type { RestartPolicy, ServiceKey } from "../../../compose/model/service.js";
import type { ImageId, ImageVersion } from "../../../compose/values/image.js";
import type { NetworkLocation } from "./location.js";
import type { HeldAddress, HeldPort } from "./resources.js";
import type { ObservedTasks } from "./tasks.js";

/** The role a container plays, read from its *name*: labels cannot change, names can. */
export type Role = "active" | "next" | "previous" | "failed" | "stray";

/** From one moment to another, both epoch ms unless it says otherwise. */
export interface Interval {
  readonly from: number;
  readonly to: number;
}

/** One container that bears our labels, or was adopted. Times are epoch milliseconds on the engine's clock. */
export interface ObservedContainer {
  readonly id: string;
  /** Without the engine's leading slash. */
  readonly name: string;
  readonly project: string;
  readonly service: string;
  readonly role: Role;
  /** Only of a stray: its name in the active role. */
  readonly base?: string;
  readonly slot: number;
  readonly specHash: string;
  /** What it was created from (the index digest of a multi-arch image). */
  readonly digest: ImageVersion;
  /** The image reference as declared when it was created. */
  readonly image: string;
  /** The lease of the controller that has made it. Absent: its label does not say, or others made it. */
  readonly lease?: string;
  /** Counts a service's rollouts; higher is newer. */
  readonly revision: number;
  /** It was made on the way back from a newer rollout that failed: its number is higher, and it is what served before. */
  readonly returns?: true;
  readonly imageId: ImageId;
  readonly state: "created" | "running" | "restarting" | "paused" | "exited" | "dead" | "removing";
  /** `none`: neither the file nor the image has a HEALTHCHECK, or it is disabled. */
  readonly health: "none" | "starting" | "healthy" | "unhealthy";
  /** Since when it has been healthy without a break, as far as can be known; only while `healthy`. */
  readonly healthySince: number | undefined;
  /** What the check that is not passed last said, where that is known. One line. */
  readonly healthProblem?: string;
  /** The engine's own check as it was last not passed in this run, while it is not passed; for people alone. */
  readonly lastFailedCheck?: { readonly exitCode?: number; readonly output: string };
  /** Only while the engine's own check has not passed yet: when that last ended, or else when the run began. */
  readonly checkedAt?: number | undefined;
  /** The effective check, file over image, as the engine applies it. */
  readonly healthcheck: ObservedHealthcheck | undefined;
  readonly createdAt: number;
  /** Absent: never started. */
  readonly startedAt: number | undefined;
  /** The engine's own word for `startedAt`, which names the run that it is in, or was in last. Absent: the same. */
  readonly run?: number | undefined;
  /** Absent: never ended, or running again. */
  readonly finishedAt: number | undefined;
  /** Only where it has ended. */
  readonly exitCode: number | undefined;
  readonly oomKilled: boolean;
  /**
   * It ended because somebody other than us asked for it: a person's `docker stop`, or an engine on its way down (which
   * still answers for some seconds then). That says nothing about it. Known only of what ended while we watched.
   */
  readonly endedByRequest?: boolean;
  /** Why the last start failed, in the engine's words; empty if it did not. */
  readonly startError: string;
  /** Restarts by the engine's own restart policy since the last start by hand or by us. */
  readonly restartCount: number;
  readonly restartPolicy: RestartPolicy;
  /** The engine cannot change it. */
  readonly restartFixed?: true;
  /** The policy of its spec, from a label: the live one is `no` until the container is proven. */
  readonly declaredRestart: RestartPolicy;
  readonly networks: readonly ObservedEndpoint[];
  /** The networks of the spec it was made from; absent: its label does not say. */
  readonly declaredNetworks?: readonly string[];
  /** What is mounted in it, with what the engine gave it of itself. Absent: nothing. */
  readonly mounts?: readonly ObservedMount[];
  /** Files of the host that it has mounted and has not read as they are. Seen by ourselves; absent: none is known of. */
  readonly unread?: readonly UnreadFile[];
  /** Folders whose changes would be told to it, and that hold too much to be watched. Seen by ourselves. */
  readonly unwatched?: readonly string[];
  /** Of which containers it was created to share something, by their ids; those may be gone. */
  readonly owners?: Owners;
  /** Ports of the host lead to it while it runs. */
  readonly publishes?: true;
  /** Where its output goes; the engine's own choice, unless its file says so. */
  readonly logDriver?: string;
  /** Those of the host that it was made for; where the engine chooses, it is none of them. */
  readonly ports?: readonly HeldPort[];
  /** Those that the engine has chosen, as long as it runs. */
  readonly chosenPorts?: readonly HeldPort[];
  /** Those that it was made for. */
  readonly fixedAddresses?: readonly HeldAddress[];
  /** Those that the engine has chosen, as long as it runs. */
  readonly chosenAddresses?: readonly HeldAddress[];
  /** Where its ports can be reached while it runs. */
  readonly location?: NetworkLocation;
  /** The controller that looks is in it, or reaches the engine through it. */
  readonly lifeline?: Lifeline;
  /** Only of a gate: what it does at this moment, as far as it is known. */
  readonly gate?: ObservedGate;
  /** Only of one that was made by others and adopted: the fields in which it is not what the file asks for. */
  readonly differences?: readonly string[];
  /** What others have changed of it since, by Compose's names, where a cluster lets it be changed in place. Never empty. */
  readonly altered?: readonly string[] | undefined;
  /** It is no replica of its service, but runs one of its jobs. */
  readonly job?: JobMark;
  /** `jobsHash` of the jobs that were to follow when it was created. */
  readonly after?: string;
  /** `jobsHash` of the jobs that are to follow if its rollout fails. */
  readonly onRollback?: string;
  /** Only of one that stands for several tasks of a cluster, which looks after each of them itself. */
  readonly tasks?: ObservedTasks;
}

export interface ObservedMount {
  readonly type: "bind" | "volume" | "tmpfs" | "other";
  /** A volume's name, or a path of the host; empty where there is neither. */
  readonly source: string;
  readonly target: string;
  readonly readOnly: boolean;
  /** Only of a volume without a name of its own: its image does not ask for it, so its maker did. */
  readonly asked?: true;
  /** Only of one that `volumes_from` brings: neither its image nor its maker asks for it. */
  readonly borrowed?: true;
}

/** A file of the host that a container has mounted, as it is now: not as the container's process has read it. */
export interface UnreadFile {
  /** On the host. A folder stands for all that is in it. */
  readonly path: string;
  /**
   * `replaced`: another one has taken its place, which the container sees only after its next start. `removed`: nothing has, and
   * the container still sees it.
   */
  readonly change: "replaced" | "removed" | "written";
  /** Since when it has been as it is. Epoch ms. */
  readonly since: number;
  /** Tells what is mounted from any other file or folder that has been at its place. */
  readonly identity: string;
  /** Identifies what it holds. */
  readonly content: string;
}

export type Owners = Readonly<Partial<Record<Shared, readonly string[]>>>;

export type JobPhase = "before" | "pre_start" | "after" | "on_rollback";

/** Which job a container was made for; `specHash` and `revision` beside it are those of the rollout. */
export interface JobMark {
  readonly phase: JobPhase;
  /** Its place in the list, from 1. */
  readonly index: number;
  /** `jobHash` of what the file said of it. */
  readonly hash: string;
  readonly timeoutMs: number;
  /** The service's digest that it runs for; the container's own image may be another. */
  readonly target: ImageVersion;
}

/** What such jobs do comes ahead of a new container: a failure of one holds the digest. */
export function isAhead({ phase }: Pick<JobMark, "phase">): boolean {
  return phase === "before" || phase === "pre_start";
}

/** Its failure is told, and holds nothing. */
export function isFollower(job: JobMark | undefined): boolean {
  return job !== undefined && !isAhead(job);
}

/** What a controller cannot do without: its own container, or the one through which it reaches the engine. */
export type Lifeline = "controller" | "line";

/** A gate that runs. */
export interface ObservedGate {
  /** The service whose gate it is. */
  readonly of: string;
  /** Absent: it does not run, or has not been asked yet. */
  readonly state?: GateState;
}

export interface GateState {
  /** Identifies the configuration that it starts with the next time. */
  readonly config: string;
  readonly routes: readonly ObservedRoute[];
}

/** One server behind a gate, over all its ports. */
export interface ObservedRoute {
  /** `slot1` for the active container of slot 1, `next1` or `spare1` for the one that is to replace it. */
  readonly server: string;
  /** Absent: it leads nowhere, or its ports do not agree. */
  readonly address?: string;
  /** It gets new work. */
  readonly open: boolean;
  /** Requests (http) or connections (tcp) under way. */
  readonly sessions: number;
  /** Since when it has not got any, as far as was seen. Epoch ms. */
  readonly closedSince?: number;
}

/** What the engine itself says of a container, whoever made it. */
export type ContainerFacts = Omit<
  ObservedContainer,
  "project" | "service" | "role" | "slot" | "specHash" | "digest" | "image" | "revision" | "declaredRestart"
>;

/** A container that does not bear our labels. */
export interface ForeignContainer {
  readonly id: string;
  readonly name: string;
  /** The image as its maker named it; an id where the tag has moved on. */
  readonly image: string;
  /** What its labels say, where Docker Compose made it to serve. */
  readonly compose:
    | {
        readonly project: string;
        readonly service: string;
        readonly slot: number;
        /** What has made it, for people. Absent: Docker Compose. */
        readonly by?: string;
      }
    | undefined;
  /** Ports of the host and addresses that it has at this moment. */
  readonly ports?: readonly HeldPort[];
  readonly addresses?: readonly HeldAddress[];
  /** Only of one that another controller answers for, which is in charge: its service, and where that one is, for people. */
  readonly other?: {
    readonly project: string;
    readonly service: string;
    readonly lease: string;
    readonly controller: string;
  };
  /** Another one as soon as what it is made of may have changed. Absent: that cannot be. */
  readonly make?: string;
  /** Only where it was claimed. */
  readonly facts: ContainerFacts | undefined;
}

export interface ObservedHealthcheck {
  readonly intervalMs: number;
  readonly timeoutMs: number;
  readonly retries: number;
  readonly startPeriodMs: number;
}

export interface ObservedEndpoint {
  readonly network: string;
  /** The network of that name which it joined, or last stood on; another one may bear the name now. Absent: not known. */
  readonly networkId?: string;
  /** Declared aliases only: never the short id that engines before API 1.45 add. */
  readonly aliases: readonly string[];
}

/** Whose it is. */
export function keyOf({ project, service }: Pick<ObservedContainer, "project" | "service">): ServiceKey {
  return serviceKey(project, service);
}

/** The run that a container is in, or was in last: two of one container never have the same. */
export function runOf({ run, startedAt }: Pick<ObservedContainer, "run" | "startedAt">): number | undefined {
  return run ?? startedAt;
}

/** A container that the engine would not create, for a reason that lies in its image: the same answer will come again. */
export interface Refusal {
  /** The name that it was to have. */
  readonly container: string;
  readonly digest: ImageVersion;
  readonly specHash: string;
  readonly revision: number;
  readonly slot: number;
  /** The image reference as declared. */
  readonly image: string;
  /** In the engine's words. */
  readonly message: string;
  readonly job?: JobMark;
  /** As in `ObservedContainer`. */
  readonly onRollback?: string;
}
