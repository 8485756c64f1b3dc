import type { ImageReference } from "./image.js";

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
}

/** One service, self-contained: the planner needs nothing else of the file. */
export interface ServiceSpec {
  readonly project: string;
  readonly name: string;
  readonly image: ImageReference;
  /** Compose `container_name`. */
  readonly containerName: string | undefined;
  /** Everything that makes a container what it is; its hash decides whether a running one still fits. */
  readonly container: ContainerSpec;
  readonly networks: readonly NetworkAttachment[];
  /** The declared volumes among `container.mounts`. */
  readonly volumes: readonly VolumeSpec[];
  readonly dependsOn: readonly Dependency[];
  readonly update: UpdatePolicy;
  /** How many superseded images stay on the host for a rollback (`x-fairlead.keep`, default 1). */
  readonly keep: number;
}

export interface ContainerSpec {
  readonly command: readonly string[] | undefined;
  readonly entrypoint: readonly string[] | undefined;
  readonly environment: Readonly<Record<string, string>>;
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
  readonly containerPort: number;
  readonly protocol: "tcp" | "udp" | "sctp";
}

export interface Mount {
  readonly type: "bind" | "volume" | "tmpfs";
  /** Absolute host path (bind) or the engine's volume name (volume); absent for tmpfs and anonymous volumes. */
  readonly source: string | undefined;
  readonly target: string;
  readonly readOnly: boolean;
  /** Short bind syntax: the engine creates a missing host path. The long form refuses it, as Compose does. */
  readonly createHostPath: boolean;
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
    };

export interface NetworkAttachment {
  readonly network: NetworkSpec;
  /** The names a *proven* container answers to on it: the service's name and the file's own aliases. */
  readonly aliases: readonly string[];
}

export interface NetworkSpec {
  /** The key in the file (`com.docker.compose.network`). */
  readonly key: string;
  /** The engine's name. */
  readonly name: string;
  /** External networks are never created, changed or removed. */
  readonly external: boolean;
  readonly driver: string | undefined;
  readonly driverOpts: Readonly<Record<string, string>>;
  readonly internal: boolean;
  readonly labels: Readonly<Record<string, string>>;
}

export interface VolumeSpec {
  readonly key: string;
  readonly name: string;
  readonly external: boolean;
  readonly driver: string | undefined;
  readonly driverOpts: Readonly<Record<string, string>>;
  readonly labels: Readonly<Record<string, string>>;
}

export interface Dependency {
  readonly service: string;
  readonly condition: "service_started" | "service_healthy";
}

export interface UpdatePolicy {
  /** `auto` where the file does not say. */
  readonly order: "auto" | "start-first" | "stop-first";
  /** How long a new container must stay good before it is trusted (Compose `monitor`; default 5 s). */
  readonly monitorMs: number;
  /** Default `rollback`. */
  readonly failureAction: "rollback" | "pause" | "continue";
}
