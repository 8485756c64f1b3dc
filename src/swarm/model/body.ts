/*
 * What the Swarm API is told, as plain data by its own names (`POST /services/create`), as far as Fairlead uses it. How a
 * service of a Compose file becomes that does not live here.
 */

export type Labels = Readonly<Record<string, string>>;

/** A ServiceSpec of the Engine API; durations are nanoseconds. Networks, configs and secrets stand by their names. */
export interface ServiceBody {
  readonly Name: string;
  /** Of the service itself: a change of them restarts no task. */
  readonly Labels: Labels;
  readonly TaskTemplate: TaskBody;
  readonly Mode: ModeBody;
  readonly UpdateConfig?: UpdateBody;
  readonly RollbackConfig?: UpdateBody;
  readonly EndpointSpec?: EndpointBody;
}

export interface TaskBody {
  readonly ContainerSpec: ContainerBody;
  readonly Resources?: { readonly Limits?: ResourceBody; readonly Reservations?: ResourceBody };
  readonly RestartPolicy?: {
    readonly Condition: "none" | "on-failure" | "any";
    readonly Delay?: number;
    readonly MaxAttempts?: number;
    readonly Window?: number;
  };
  readonly Placement?: {
    readonly Constraints?: readonly string[];
    readonly Preferences?: readonly { readonly Spread: { readonly SpreadDescriptor: string } }[];
    readonly MaxReplicas?: number;
    readonly Platforms?: readonly { readonly Architecture?: string; readonly OS?: string }[];
  };
  readonly Networks?: readonly NetworkAttachmentBody[];
  readonly LogDriver?: { readonly Name: string; readonly Options?: Labels };
  /** Another number makes new tasks of the same spec. */
  readonly ForceUpdate?: number;
}

export interface NetworkAttachmentBody {
  /** The network's name. */
  readonly Target: string;
  readonly Aliases?: readonly string[];
  readonly DriverOpts?: Labels;
}

export interface ResourceBody {
  readonly NanoCPUs?: number;
  readonly MemoryBytes?: number;
  readonly Pids?: number;
  readonly GenericResources?: readonly object[];
}

/** More of it may be set than is named here; `Image` is `repository@sha256:…`, always. */
export interface ContainerBody {
  readonly Image: string;
  /** Of the containers: which generation of the service a task belongs to is read from them. */
  readonly Labels: Labels;
  /** Durations are nanoseconds. Absent: the image's own, if any. */
  readonly Healthcheck?: HealthcheckBody;
  readonly Configs?: readonly ConfigReference[];
  readonly Secrets?: readonly SecretReference[];
  readonly [field: string]: unknown;
}

export interface HealthcheckBody {
  readonly Test?: readonly string[];
  readonly Interval?: number;
  readonly Timeout?: number;
  readonly Retries?: number;
  readonly StartPeriod?: number;
  readonly StartInterval?: number;
}

interface FileBody {
  readonly Name: string;
  readonly UID: string;
  readonly GID: string;
  readonly Mode: number;
}

/** By its name; the id is filled in when it is sent. */
export interface ConfigReference {
  readonly ConfigName: string;
  readonly ConfigID?: string;
  readonly File: FileBody;
}

export interface SecretReference {
  readonly SecretName: string;
  readonly SecretID?: string;
  readonly File: FileBody;
}

export type ModeBody =
  | { readonly Replicated: { readonly Replicas: number } }
  | { readonly Global: Readonly<Record<string, never>> }
  | { readonly ReplicatedJob: { readonly MaxConcurrent: number; readonly TotalCompletions: number } }
  | { readonly GlobalJob: Readonly<Record<string, never>> };

export interface UpdateBody {
  /** 0: all at once. */
  readonly Parallelism: number;
  readonly Delay?: number;
  readonly FailureAction: "pause" | "continue" | "rollback";
  readonly Monitor?: number;
  readonly MaxFailureRatio?: number;
  readonly Order?: "start-first" | "stop-first";
}

export interface EndpointBody {
  readonly Mode?: "vip" | "dnsrr";
  readonly Ports?: readonly {
    readonly Protocol: "tcp" | "udp" | "sctp";
    readonly TargetPort: number;
    readonly PublishedPort?: number;
    readonly PublishMode: "ingress" | "host";
  }[];
}
