export interface NetworkAttachment {
  readonly network: NetworkSpec;
  /** The names a *proven* container answers to on it: the service's name and the file's own aliases. */
  readonly aliases: readonly string[];
  /** Networks are joined in this order, the highest first. Absent: 0. */
  readonly priority?: number;
  readonly settings?: EndpointSettings;
}

/** What a container asks of one network beyond its names. */
export interface EndpointSettings {
  /** A fixed address: two containers of the service cannot be on the network at once. */
  readonly ipv4Address?: string;
  readonly ipv6Address?: string;
  readonly linkLocalIps?: readonly string[];
  readonly macAddress?: string;
  readonly driverOpts?: Readonly<Record<string, string>>;
  /** Engines from API 1.48. */
  readonly gatewayPriority?: number;
}

/** Compose `network_mode`. */
export type NetworkMode =
  | { readonly kind: "host" | "none" | "bridge" }
  /** The network of another service's active container; a new one there needs a new one here. */
  | { readonly kind: "service"; readonly service: string }
  /** The network of a container that is not ours, by name or id. */
  | { readonly kind: "container"; readonly container: string };

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
  readonly attachable?: boolean;
  readonly enableIpv4?: boolean;
  readonly enableIpv6?: boolean;
  readonly ipam?: Ipam;
  readonly labels: Readonly<Record<string, string>>;
  /** The services of the project that join it. Absent: any of them may. */
  readonly members?: readonly string[];
}

/** Address management of a network, as the engine takes it. */
export interface Ipam {
  readonly driver?: string;
  readonly options?: Readonly<Record<string, string>>;
  readonly config: readonly {
    readonly subnet?: string;
    readonly ipRange?: string;
    readonly gateway?: string;
    readonly auxAddresses?: Readonly<Record<string, string>>;
  }[];
}

/** The driver's name for `interface_name`. */
export const interfaceOption = "com.docker.network.endpoint.ifname";
