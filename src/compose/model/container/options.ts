/*
 * What a container is made of beyond its image, as plain data, lives here. How one replaces another is a policy.
 */

/**
 * What a container may ask of the engine beyond its image, its ports and its mounts. A group or a field that is absent
 * leaves the engine's default. Sizes are bytes.
 */
export interface ContainerOptions {
  /** Ports that are meant for other containers only; the published ones are not repeated here. */
  readonly expose?: readonly ExposedPort[];
  readonly naming?: Naming;
  readonly resources?: Resources;
  readonly devices?: Devices;
  readonly security?: Security;
  readonly namespaces?: Namespaces;
  readonly execution?: Execution;
  readonly logging?: Logging;
  /** Memory file systems by their path; the value is mount options, such as `size=64m,mode=1777`. */
  readonly tmpfs?: Readonly<Record<string, string>>;
  /** For the runtime, not for the engine: engines from API 1.43. */
  readonly annotations?: Readonly<Record<string, string>>;
  /** `name` or `name:ro` of containers that are not ours, or services: whose mounts are taken over. */
  readonly volumesFrom?: readonly (string | VolumesOf)[];
  /** `linux/arm64` where another than the host's own is asked for. */
  readonly platform?: string;
}

export interface ExposedPort {
  readonly containerPort: number;
  readonly protocol: "tcp" | "udp" | "sctp";
}

export interface Naming {
  readonly hostname?: string;
  readonly domainname?: string;
  readonly dns?: readonly string[];
  readonly dnsOptions?: readonly string[];
  readonly dnsSearch?: readonly string[];
  /** `host:address`; the address may be `host-gateway`. */
  readonly extraHosts?: readonly string[];
}

export interface Resources {
  /** A limit; at least 6 MiB. */
  readonly memory?: number;
  readonly memoryReservation?: number;
  /** Memory and swap together; -1: without limit. */
  readonly memorySwap?: number;
  readonly memorySwappiness?: number;
  readonly oomKillDisable?: boolean;
  readonly oomScoreAdj?: number;
  /** Billionths of one processor. */
  readonly nanoCpus?: number;
  readonly cpuShares?: number;
  /** Microseconds, and the following three too. */
  readonly cpuPeriod?: number;
  readonly cpuQuota?: number;
  readonly cpuRealtimePeriod?: number;
  readonly cpuRealtimeRuntime?: number;
  /** `0-3,5` */
  readonly cpuset?: string;
  /** -1: without limit. */
  readonly pids?: number;
  readonly shmSize?: number;
  readonly ulimits?: readonly Ulimit[];
  readonly blkio?: BlockIo;
  readonly storageOptions?: Readonly<Record<string, string>>;
}

/** -1: without limit. */
export interface Ulimit {
  readonly name: string;
  readonly soft: number;
  readonly hard: number;
}

export interface BlockIo {
  readonly weight?: number;
  readonly weightDevice?: readonly { readonly path: string; readonly weight: number }[];
  /** Bytes a second. */
  readonly readBps?: readonly DeviceRate[];
  readonly writeBps?: readonly DeviceRate[];
  /** Operations a second. */
  readonly readIops?: readonly DeviceRate[];
  readonly writeIops?: readonly DeviceRate[];
}

export interface DeviceRate {
  readonly path: string;
  readonly rate: number;
}

export interface Devices {
  readonly mappings?: readonly DeviceMapping[];
  readonly cgroupRules?: readonly string[];
  /** GPUs and what other device drivers hand out. */
  readonly requests?: readonly DeviceRequest[];
}

export interface DeviceMapping {
  readonly source: string;
  readonly target: string;
  /** Of `r`, `w`, `m`. */
  readonly permissions: string;
}

export interface DeviceRequest {
  readonly driver?: string;
  /** -1: all. Absent where ids are given. */
  readonly count?: number;
  readonly ids?: readonly string[];
  readonly capabilities: readonly string[];
  readonly options?: Readonly<Record<string, string>>;
}

export interface Security {
  readonly capAdd?: readonly string[];
  readonly capDrop?: readonly string[];
  readonly securityOptions?: readonly string[];
  /** `systempaths=unconfined`: /proc and /sys without the engine's masks. */
  readonly unmaskedPaths?: true;
  readonly privileged?: boolean;
  readonly readOnly?: boolean;
  readonly groupAdd?: readonly string[];
  readonly sysctls?: Readonly<Record<string, string>>;
}

/** The container of another service of the project. */
export interface ContainerOf {
  readonly service: string;
}

export interface VolumesOf extends ContainerOf {
  readonly readOnly: boolean;
}

/** In the engine's words: `host`, `private`, `container:name`; or another service's. */
export interface Namespaces {
  readonly ipc?: string | ContainerOf;
  readonly pid?: string | ContainerOf;
  readonly uts?: string;
  readonly userns?: string;
  readonly cgroup?: "host" | "private";
  readonly cgroupParent?: string;
}

export interface Execution {
  readonly init?: boolean;
  readonly tty?: boolean;
  readonly stdinOpen?: boolean;
  readonly runtime?: string;
}

export interface Logging {
  readonly driver?: string;
  readonly options?: Readonly<Record<string, string>>;
}
