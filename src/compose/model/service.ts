/*
 * What is wanted, as plain data, lives here, with its hashes. How it is written in a file does not.
 */

import type { ImageReference } from "../values/image.js";
import type { BuildSpec } from "./container/build-spec.js";
import type { ClusterSpec } from "./cluster.js";
import type { ContainerFile, RewritableFiles } from "./container/container-file.js";
import type { GateSpec } from "./policy/gate.js";
import type { Hook } from "./policy/hooks.js";
import type { JobSpec, PreStartSpec } from "./policy/job.js";
import type { LeavePolicy } from "./policy/leave.js";
import type { Mount, VolumeSpec } from "./mount.js";
import type { NetworkAttachment, NetworkMode, NetworkSpec } from "./network.js";
import type { ContainerOptions } from "./container/options.js";
import type { ReleasePolicy } from "./policy/release.js";
import type { ReloadPolicy } from "./policy/reload-policy.js";
import type { SignatureRule } from "./policy/signature-rule.js";
import type { TagPolicy } from "./policy/tag-policy.js";
import type { TagPromotion } from "./policy/tag-promotion.js";
import type { Variables } from "./container/variables.js";

/** `project/service`: the queue's key, and the only thing a trigger can say. */
export type ServiceKey = `${string}/${string}`;

export function serviceKey(project: string, service: string): ServiceKey {
  return `${project}/${service}`;
}

/** A whole services file, resolved: names are the engine's names, durations are milliseconds, paths are absolute. */
export interface ProjectSpec {
  readonly name: string;
  /** The file it was read from, as the user named it. */
  readonly file: string;
  readonly services: readonly ServiceSpec[];
  /** What it declares or uses, joined by a service or not: anything else of its name on the host is left over. */
  readonly networks?: readonly NetworkSpec[];
  readonly volumes?: readonly VolumeSpec[];
}

/** One service, self-contained: the planner needs nothing else of the file. */
export interface ServiceSpec {
  readonly project: string;
  readonly name: string;
  /** As it is written; of a service that is planned, with the tag that its policy has chosen. */
  readonly image: ImageReference;
  /** Absent: the written tag is followed. No property of the container: not part of the hash. */
  readonly policy?: TagPolicy;
  /** By whom its images and those of its jobs are signed. Absent: nobody need have. No property of the container: not part of the hash. */
  readonly verify?: SignatureRule;
  /** Tags of its image's repository that are moved to what has proved itself. Not part of the hash. */
  readonly promote?: readonly TagPromotion[];
  /** Compose `container_name`. */
  readonly containerName: string | undefined;
  /** Everything that makes a container what it is; its hash decides whether a running one still fits. */
  readonly container: ContainerSpec;
  /** Empty where `networkMode` takes their place. */
  readonly networks: readonly NetworkAttachment[];
  /** Absent: the networks above. */
  readonly networkMode?: NetworkMode;
  /** The declared volumes among `container.mounts`. */
  readonly volumes: readonly VolumeSpec[];
  readonly dependsOn: readonly Dependency[];
  /** Absent: the image comes from a registry. */
  readonly build?: BuildSpec;
  /** Absent: the tag is followed, so the registry's digest is what should run. */
  readonly pullPolicy?: PullPolicy;
  /** Written into a new container before its start: configs and secrets that are no files on the host. Part of the hash. */
  readonly files?: readonly ContainerFile[];
  /** Files that are no part of what the container is: a running one is given them anew when they change. */
  readonly rewritable?: RewritableFiles;
  /** What a Swarm is told beside the container. Absent: the service runs on this host. */
  readonly cluster?: ClusterSpec;
  /** How many run side by side (`deploy.replicas`, `scale`). Absent: 1. */
  readonly replicas?: number;
  /** It is meant to end, and exit code 0 is its success: `deploy.mode: replicated-job`, or a dependant waits for its completion. */
  readonly oneShot?: boolean;
  /**
   * Its end is its own affair: an explicit `restart: "no"`, or `on-failure`. Exit code 0 is its completion; after another
   * one the engine decides (`on-failure`), or nobody starts it again (`no`). Absent: it is to run for ever.
   */
  readonly mayEnd?: true;
  /** Containers of this service that Fairlead did not create are taken over (`x-fairlead.adopt`). */
  readonly adopt?: boolean;
  /** New containers get new anonymous volumes, not those of the container before them (`x-fairlead.renew`). */
  readonly renew?: boolean;
  /** Absent: a mounted file that was replaced is told, and no more (`x-fairlead.reload`). No property of the container. */
  readonly reload?: ReloadPolicy;
  /** Asked of the running container from outside (`x-fairlead.probe`). No property of the container: not part of the hash. */
  readonly probe?: ProbeSpec;
  /** Absent: its containers hold their ports and answer to its name themselves. */
  readonly gate?: GateSpec;
  /** It is the gate of this service of the project: not written in the file, but derived from it. */
  readonly gateOf?: string;
  /** Run in order, each in a container of its own, right before a new container starts. Part of the hash. */
  readonly preStart?: readonly PreStartSpec[];
  /** Run in the container after each of its starts, before it is judged. Part of the hash. */
  readonly postStart?: readonly Hook[];
  /** Absent: it is stopped without further ado. */
  readonly leave?: LeavePolicy;
  /** Run in order before a new container starts; a failure stops the rollout. */
  readonly before?: readonly JobSpec[];
  /** Run in order once the new container serves. */
  readonly after?: readonly JobSpec[];
  /** The file wants it to be off: what runs of it is stopped (`x-fairlead.stopped`). */
  readonly stopped?: boolean;
  /** For so long, one that others have stopped is left stopped (`x-fairlead.respect_stop`). Absent: it is started at once. */
  readonly respectStopMs?: number;
  /** Run in order when a rollout has failed and its containers have ended. */
  readonly onRollback?: readonly JobSpec[];
  /** Absent: a rollout begins as soon as there is something to roll out. */
  readonly release?: ReleasePolicy;
  readonly update: UpdatePolicy;
  /** `deploy.rollback_config`. Absent: as `update`. */
  readonly rollback?: UpdatePolicy;
  /** How many superseded images stay on the host for a rollback (`x-fairlead.keep`, default 1). */
  readonly keep: number;
}

export interface ContainerSpec extends ContainerOptions {
  readonly command: readonly string[] | undefined;
  readonly entrypoint: readonly string[] | undefined;
  /** Null: without a value anywhere, which unsets what the image sets. */
  readonly environment: Variables;
  readonly ports: readonly PortMapping[];
  readonly mounts: readonly Mount[];
  readonly labels: Readonly<Record<string, string>>;
  readonly restart: RestartPolicy;
  /** Absent: the image's own HEALTHCHECK, if any, holds. */
  readonly healthcheck: Healthcheck | undefined;
  readonly user: string | undefined;
  readonly workingDir: string | undefined;
  /** Compose default 10 s. */
  readonly stopGracePeriodMs: number;
  readonly stopSignal: string | undefined;
}

export interface PortMapping {
  /** Absent: all addresses. */
  readonly hostIp: string | undefined;
  /** Absent: the engine picks a free one at each start. */
  readonly hostPort: number | undefined;
  /** The engine picks a free one from `hostPort` to this. Absent: it is `hostPort` itself. */
  readonly hostPortEnd?: number;
  readonly containerPort: number;
  readonly protocol: "tcp" | "udp" | "sctp";
}

export interface RestartPolicy {
  readonly name: "no" | "always" | "unless-stopped" | "on-failure";
  /** `on-failure:N`; 0 = without limit. */
  readonly maximumRetryCount: number;
}

export type Healthcheck =
  | { readonly disabled: true }
  | {
      readonly disabled: false;
      /** Docker's form: `["CMD", …]`, `["CMD-SHELL", …]`; absent keeps the image's test and overrides only timings. */
      readonly test: readonly string[] | undefined;
      /** Absent: the image's, else the engine's defaults (30 s, 30 s, 3, 0 s). */
      readonly intervalMs: number | undefined;
      readonly timeoutMs: number | undefined;
      readonly retries: number | undefined;
      readonly startPeriodMs: number | undefined;
      /** Between checks until the start period ends; engines from API 1.44. */
      readonly startIntervalMs?: number;
    };

/** Times mean what they mean in a `healthcheck`. */
export interface ProbeSpec {
  readonly check: ProbeCheck;
  readonly intervalMs: number;
  readonly timeoutMs: number;
  readonly retries: number;
  readonly startPeriodMs: number;
}

export type ProbeCheck =
  | HttpCheck
  | { readonly kind: "tcp"; readonly port: number }
  /** Run in the container, without a shell; exit code 0 is good. */
  | { readonly kind: "exec"; readonly command: readonly string[] };

export interface HttpCheck {
  readonly kind: "http";
  /** With `https` the certificate is not verified. */
  readonly scheme: "http" | "https";
  readonly port: number;
  /** With the query, as it goes into the request line. */
  readonly path: string;
  /** The `Host` header, and the name asked for in TLS. Absent: the container's address and port. */
  readonly host: string | undefined;
  /** Values may be secrets. */
  readonly headers: Readonly<Record<string, string>>;
  /** Good answers; redirects are not followed. */
  readonly statuses: readonly StatusRange[];
}

/** HTTP status codes, both ends included. */
export interface StatusRange {
  readonly first: number;
  readonly last: number;
}

/** Compose `pull_policy`; `every` also stands for daily and weekly. */
export type PullPolicy =
  { readonly kind: "always" | "missing" | "never" | "build" } | { readonly kind: "every"; readonly periodMs: number };

export interface Dependency {
  readonly service: string;
  readonly condition: "service_started" | "service_healthy" | "service_completed_successfully";
  /** Restart this service when the other one's container is replaced. Absent: no. */
  readonly restart?: boolean;
  /** Whether it is waited for even if it is not there or cannot start. Absent: yes. */
  readonly required?: boolean;
  /** It may end by itself: that it was started is enough for `service_started`. */
  readonly mayEnd?: true;
}

export interface UpdatePolicy {
  /** `auto` where the file does not say. */
  readonly order: "auto" | "start-first" | "stop-first";
  /** How long a new container must stay good before it is trusted (Compose `monitor`; default 5 s). */
  readonly monitorMs: number;
  /** Default `rollback`. */
  readonly failureAction: "rollback" | "pause" | "continue";
  /** The file itself says so: it holds for a first start too, where there is nothing to go back to. */
  readonly failureActionGiven?: true;
  /** How many replicas are replaced at once; 0: all. Absent: 1. */
  readonly parallelism?: number;
  /** Between one batch of replicas and the next. Absent: 0. */
  readonly delayMs?: number;
  /** The share of replicas that may fail before the failure action is taken, 0 to 1. Absent: 0. */
  readonly maxFailureRatio?: number;
}
