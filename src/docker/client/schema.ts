/** The parts of the Engine API's answers that are read here (API 1.41 to 1.51). Fields come and go between versions: all optional but ids. */

export interface ListedContainer {
  readonly Id: string;
  readonly Names?: readonly string[] | null;
  readonly Image?: string;
  readonly ImageID?: string;
  readonly Created?: number;
  readonly State?: string;
  /** Prose: `Up 3 seconds (health: starting)`. Old engines show the health nowhere else in a list. */
  readonly Status?: string;
  readonly Labels?: Readonly<Record<string, string>> | null;
  readonly HostConfig?: { readonly NetworkMode?: string };
  readonly Ports?: readonly ListedPort[] | null;
  readonly NetworkSettings?: {
    readonly Networks?: Readonly<
      Record<string, Pick<InspectedEndpoint, "IPAddress" | "GlobalIPv6Address"> | null>
    > | null;
  } | null;
}

/** Only of a container that runs. */
export interface ListedPort {
  readonly IP?: string;
  readonly PublicPort?: number;
  readonly Type?: string;
}

export interface ListedNetwork {
  readonly Id: string;
  readonly Name: string;
  readonly Created?: string;
  readonly Driver?: string;
  readonly Options?: Readonly<Record<string, string>> | null;
  readonly Internal?: boolean;
  readonly Attachable?: boolean;
  /** From API 1.48. */
  readonly EnableIPv4?: boolean;
  readonly EnableIPv6?: boolean;
  readonly IPAM?: {
    readonly Driver?: string;
    readonly Options?: Readonly<Record<string, string>> | null;
    readonly Config?: readonly ListedPool[] | null;
  } | null;
  readonly Labels?: Readonly<Record<string, string>> | null;
}

export interface ListedPool {
  readonly Subnet?: string;
  readonly IPRange?: string;
  readonly Gateway?: string;
  readonly AuxiliaryAddresses?: Readonly<Record<string, string>> | null;
}

export interface ListedVolume {
  readonly Name: string;
  readonly Driver?: string;
  readonly Options?: Readonly<Record<string, string>> | null;
  readonly Labels?: Readonly<Record<string, string>> | null;
}

export interface InspectedContainer {
  readonly Id: string;
  readonly Name?: string;
  readonly Image?: string;
  /** RFC 3339 with nanoseconds; `0001-01-01T00:00:00Z` stands for never. */
  readonly Created?: string;
  readonly RestartCount?: number;
  readonly State?: {
    readonly Status?: string;
    readonly OOMKilled?: boolean;
    readonly ExitCode?: number;
    readonly Error?: string;
    readonly StartedAt?: string;
    readonly FinishedAt?: string;
    readonly Health?: InspectedHealth | null;
  };
  readonly Config?: {
    readonly Hostname?: string;
    readonly Image?: string;
    readonly Labels?: Readonly<Record<string, string>> | null;
    readonly Healthcheck?: InspectedHealthcheck | null;
    /** By target. */
    readonly Volumes?: Readonly<Record<string, unknown>> | null;
  };
  readonly HostConfig?: {
    /** `source:target:modes`. */
    readonly Binds?: readonly string[] | null;
    readonly Mounts?: readonly { readonly Target?: string }[] | null;
    /** `bridge`, `host`, `none`, `container:<id>`, or the first network's name. */
    readonly NetworkMode?: string;
    readonly IpcMode?: string;
    readonly PidMode?: string;
    readonly VolumesFrom?: readonly string[] | null;
    readonly LogConfig?: { readonly Type?: string } | null;
    readonly PortBindings?: Readonly<Record<string, readonly InspectedBinding[] | null>> | null;
    readonly RestartPolicy?: { readonly Name?: string; readonly MaximumRetryCount?: number };
  };
  readonly Mounts?: readonly InspectedMount[] | null;
  readonly NetworkSettings?: {
    readonly Networks?: Readonly<Record<string, InspectedEndpoint | null>> | null;
    /** While it runs: the ports of the host in fact. */
    readonly Ports?: Readonly<Record<string, readonly InspectedBinding[] | null>> | null;
  };
}

/** What is mounted in fact: the file's, the image's, and those of other containers. */
export interface InspectedMount {
  readonly Type?: string;
  /** Of a volume. */
  readonly Name?: string;
  /** A path of the host; of a volume, where its driver has it. */
  readonly Source?: string;
  readonly Destination?: string;
  readonly RW?: boolean;
}

/** Addresses are empty while the container does not run. */
export interface InspectedEndpoint {
  readonly Aliases?: readonly string[] | null;
  readonly NetworkID?: string;
  /** Empty while it does not run, and where it could not join. */
  readonly EndpointID?: string;
  readonly IPAddress?: string;
  readonly GlobalIPv6Address?: string;
  readonly IPAMConfig?: {
    readonly IPv4Address?: string;
    readonly IPv6Address?: string;
    readonly LinkLocalIPs?: readonly string[] | null;
  } | null;
  readonly DriverOpts?: Readonly<Record<string, string>> | null;
  readonly GwPriority?: number;
  /** The one in use, whether asked for or not. */
  readonly MacAddress?: string;
}

export interface InspectedBinding {
  readonly HostIp?: string;
  /** Empty: the engine chooses; `8000-8010`: from these. */
  readonly HostPort?: string;
}

export interface InspectedCheck {
  readonly Start?: string;
  readonly End?: string;
  readonly ExitCode?: number;
  /** At most 4 KiB of both streams. */
  readonly Output?: string;
}

export interface InspectedHealth {
  readonly Status?: string;
  /** The last five probes, oldest first; kept over a restart. */
  readonly Log?: readonly InspectedCheck[] | null;
}

/** Nanoseconds; 0 or absent: the engine's default. */
export interface InspectedHealthcheck {
  readonly Test?: readonly string[] | null;
  readonly Interval?: number;
  readonly Timeout?: number;
  readonly Retries?: number;
  readonly StartPeriod?: number;
}

export interface ListedImage {
  readonly Id: string;
  /** In bytes, layers that others have too included. */
  readonly Size?: number;
  readonly RepoTags?: readonly string[] | null;
  readonly RepoDigests?: readonly string[] | null;
}

export interface EventMessage {
  readonly Type?: string;
  readonly Action?: string;
  readonly Actor?: { readonly ID?: string; readonly Attributes?: Readonly<Record<string, string>> | null };
  readonly timeNano?: number;
  readonly time?: number;
}
