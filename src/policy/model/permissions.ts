/*
 * What a project may ask of its host lives here: as plain data, and which of it holds for whom. How it is found out does not.
 */

export const hostNamespaces = ["pid", "ipc", "network", "userns", "uts", "cgroup"] as const;

export type HostNamespace = (typeof hostNamespaces)[number];

/** What gives a container the host is forbidden unless it is allowed here; images and ports are free unless some are listed. */
export interface Permissions {
  readonly privileged: boolean;
  readonly hostNamespaces: readonly HostNamespace[];
  readonly engineSocket: boolean;
  /** Folders of the host, absolute; `project` is the project's own. */
  readonly bindMounts: readonly string[];
  /** Beyond those that the engine gives to every container. */
  readonly capabilities: readonly string[];
  /** Paths, names of device drivers' devices, `gpu`, and rules of cgroups. */
  readonly devices: readonly string[];
  readonly securityOptions: readonly string[];
  /** Containers of others whose namespaces and volumes may be joined. */
  readonly otherContainers: readonly string[];
  readonly volumeDrivers: readonly string[];
  readonly runtimes: readonly string[];
  /** Absent: any. */
  readonly images?: readonly string[] | undefined;
  /** Absent: where images are free. */
  readonly builds?: boolean | undefined;
  /** Absent: any. */
  readonly hostPorts?: readonly string[] | undefined;
}

/** Nothing beyond what a container is given anyway. */
export const strictest: Permissions = {
  privileged: false,
  hostNamespaces: [],
  engineSocket: false,
  bindMounts: ["project"],
  capabilities: [],
  devices: [],
  securityOptions: [],
  otherContainers: [],
  volumeDrivers: [],
  runtimes: [],
};

/** Where a project comes from, which no commit can change: what it calls itself is a commit's own word. */
export interface Origin {
  /** Normal form of the repository's URL. Absent: a file of the host. */
  readonly repository?: string;
  /** Absolute; of a repository, from its root on. */
  readonly file: string;
}

export interface Policy {
  readonly general: Permissions;
  /** The first whose origin fits counts. */
  readonly projects: readonly { readonly from: readonly From[]; readonly permissions: Permissions }[];
}

/** `file` ends in `/`: all files below. Absent: all files of the repository. */
export interface From {
  /** Where it is written, for messages. */
  readonly place?: string;
  /** As it is written there. */
  readonly written?: string;
  readonly repository?: string;
  readonly file?: string;
}

export function permissionsFor({ general, projects }: Policy, origin: Origin): Permissions {
  return projects.find(({ from }) => from.some((one) => fits(one, origin)))?.permissions ?? general;
}

function fits({ repository, file }: From, origin: Origin): boolean {
  if (repository !== origin.repository) return false;
  if (file === undefined) return true;
  return file.endsWith("/") ? origin.file.startsWith(file) : origin.file === file;
}
