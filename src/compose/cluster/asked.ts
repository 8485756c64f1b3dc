import type { ClusterPort, ClusterRestart, ClusterSpec, Placement, Reserved, StoredFile } from "../model/cluster.js";

/** What a file says of a service that only a Swarm understands. */
export interface Asked {
  readonly mode?: ClusterSpec["mode"];
  readonly placement?: Placement;
  readonly endpointMode?: "vip" | "dnsrr";
  /** Absent: the container's ports, through the routing mesh. */
  readonly ports?: readonly ClusterPort[];
  /** Absent: as the container's own restart policy has it. */
  readonly restart?: ClusterRestart;
  readonly reserved?: Reserved;
  readonly labels?: Readonly<Record<string, string>>;
  /** Labels of configs and secrets, by their origin: `configs.motd`. */
  readonly fileLabels?: ReadonlyMap<string, Readonly<Record<string, string>>>;
  readonly stored?: readonly StoredFile[];
}
