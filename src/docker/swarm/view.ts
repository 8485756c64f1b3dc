import type { Labels, ServiceBody } from "../../swarm/model/body.js";
import type {
  SwarmNetwork,
  SwarmNode,
  SwarmObject,
  SwarmService,
  SwarmTask,
  TaskState,
} from "../../swarm/model/cluster.js";
import { given } from "../../tools/present.js";
import { platformOf } from "../read/platform.js";
import type { ListedContent, ListedNode, ListedService, ListedSpec, ListedTask, SeenNetwork } from "./answers.js";
import { instantOf } from "./times.js";

/** Ours, and those of stacks, which may be taken over. */
export function isOfInterest(labels: Labels | null | undefined): boolean {
  return labels?.["fairlead.project"] !== undefined || labels?.["com.docker.stack.namespace"] !== undefined;
}

/** Any label of ours: leases and drafts have no project. */
export function isOurs(labels: Labels | null | undefined): boolean {
  return Object.keys(labels ?? {}).some((name) => name.startsWith("fairlead."));
}

export function nodeOf({ ID, Spec, Description, Status, ManagerStatus }: ListedNode): SwarmNode {
  return {
    id: ID,
    hostname: Description?.Hostname ?? "",
    labels: Spec.Labels ?? {},
    role: Spec.Role as SwarmNode["role"],
    availability: Spec.Availability as SwarmNode["availability"],
    state: (Status?.State ?? "unknown") as SwarmNode["state"],
    ...given({ manager: managerOf(ManagerStatus), platform: platformOfNode(Description?.Platform) }),
  };
}

function managerOf(status: ListedNode["ManagerStatus"]): SwarmNode["manager"] {
  if (status === null || status === undefined) return undefined;
  const reachability = status.Reachability ?? "unknown";
  return { isLeader: status.Leader ?? false, reachability: reachability as "unknown" | "unreachable" | "reachable" };
}

/** A node says the kernel's word for its machine. */
function platformOfNode(platform: { OS?: unknown; Architecture?: unknown } | null | undefined): string | undefined {
  if (typeof platform?.OS !== "string" || typeof platform.Architecture !== "string") return undefined;
  const { os, architecture, variant } = platformOf({ OSType: platform.OS, Architecture: platform.Architecture });
  return [os, architecture, ...(variant === undefined ? [] : [variant])].join("/");
}

/** `networkNames`: by their ids, which the API has put in the place of names. */
export function serviceOf(service: ListedService, networkNames: ReadonlyMap<string, string>): SwarmService {
  const { ID, Version, CreatedAt, UpdatedAt, Spec, PreviousSpec, UpdateStatus } = service;
  return {
    id: ID,
    version: Version.Index,
    createdAt: instantOf(CreatedAt) ?? 0,
    updatedAt: instantOf(UpdatedAt) ?? 0,
    spec: specOf(Spec, networkNames),
    ...given({
      previous: PreviousSpec === null || PreviousSpec === undefined ? undefined : specOf(PreviousSpec, networkNames),
      update: updateOf(UpdateStatus),
    }),
  };
}

function updateOf(status: ListedService["UpdateStatus"]): SwarmService["update"] {
  if (status?.State === null || status?.State === undefined || status.State === "") return undefined;
  return {
    state: status.State as NonNullable<SwarmService["update"]>["state"],
    ...given({ startedAt: instantOf(status.StartedAt), completedAt: instantOf(status.CompletedAt) }),
    message: status.Message ?? "",
  };
}

/** As it was sent: by names alone. */
function specOf(listed: ListedSpec, networkNames: ReadonlyMap<string, string>): ServiceBody {
  const spec = listed as unknown as ServiceBody;
  const { TaskTemplate } = spec;
  const { Configs, Secrets, ...container } = TaskTemplate.ContainerSpec;
  return {
    ...spec,
    Labels: listed.Labels ?? {},
    TaskTemplate: {
      ...TaskTemplate,
      ...given({
        Networks: TaskTemplate.Networks?.map((joined) => ({
          ...joined,
          Target: networkNames.get(joined.Target) ?? joined.Target,
        })),
      }),
      ContainerSpec: {
        ...container,
        Labels: listed.TaskTemplate.ContainerSpec?.Labels ?? {},
        ...given({
          Configs: Configs?.map(({ ConfigID: _, ...reference }) => reference),
          Secrets: Secrets?.map(({ SecretID: _, ...reference }) => reference),
        }),
      },
    },
  };
}

const ended: ReadonlySet<string> = new Set(["complete", "shutdown", "failed", "rejected", "remove", "orphaned"]);

export function taskOf({ ID, ServiceID, Slot, NodeID, CreatedAt, DesiredState, Spec, Status }: ListedTask): SwarmTask {
  const createdAt = instantOf(CreatedAt) ?? 0;
  const { ContainerStatus, PortStatus } = Status;
  const container = ContainerStatus?.ContainerID ?? "";
  // The API says 0 of what has not ended, and -1 while it ends.
  const hasEnded = container !== "" && ended.has(Status.State);
  return {
    id: ID,
    service: ServiceID ?? "",
    ...given({ slot: present(Slot, 0), node: present(NodeID, "") }),
    createdAt,
    since: instantOf(Status.Timestamp) ?? createdAt,
    state: Status.State as TaskState,
    desired: DesiredState as TaskState,
    message: Status.Message ?? "",
    error: Status.Err ?? "",
    ...given({ container: present(container, ""), exitCode: hasEnded ? (ContainerStatus?.ExitCode ?? 0) : undefined }),
    labels: Spec.ContainerSpec?.Labels ?? {},
    image: Spec.ContainerSpec?.Image ?? "",
    hostPorts: hostPortsOf(PortStatus?.Ports ?? []),
  };
}

type ListedPort = NonNullable<NonNullable<ListedTask["Status"]["PortStatus"]>["Ports"]>[number];

/** The API names each twice, for IPv4 and IPv6, and tells of no difference. */
function hostPortsOf(ports: readonly ListedPort[]): SwarmTask["hostPorts"] {
  const seen = new Map<string, SwarmTask["hostPorts"][number]>();
  for (const { Protocol, TargetPort, PublishedPort } of ports) {
    const port = { protocol: Protocol ?? "tcp", target: TargetPort ?? 0, published: PublishedPort ?? 0 };
    seen.set(Object.values(port).join(" "), port);
  }
  return [...seen.values()];
}

function present<T>(value: T | null | undefined, none: T): T | undefined {
  return value === null || value === none ? undefined : value;
}

export function objectOf({ ID, Version, CreatedAt, Spec }: ListedContent): SwarmObject {
  const createdAt = instantOf(CreatedAt) ?? 0;
  return { id: ID, version: Version.Index, name: Spec.Name, labels: Spec.Labels ?? {}, createdAt };
}

export function networkOf(network: SeenNetwork): SwarmNetwork {
  return {
    id: network.Id,
    driver: network.Driver ?? "",
    scope: (network.Scope ?? "local") as SwarmNetwork["scope"],
    internal: network.Internal ?? false,
    attachable: network.Attachable ?? false,
    options: network.Options ?? {},
    labels: network.Labels ?? {},
  };
}
