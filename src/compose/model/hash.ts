import { createHash } from "node:crypto";
import { Secret } from "../../tools/secret.js";
import type { BuildSpec, GitContext } from "./container/build-spec.js";
import type { ClusterSpec } from "./cluster.js";
import type { JobSpec, PreStartSpec } from "./policy/job.js";
import type { NetworkAttachment, NetworkSpec } from "./network.js";
import type { ProjectSpec, ServiceSpec } from "./service.js";

type OfService =
  "container" | "containerName" | "networks" | "networkMode" | "files" | "cluster" | "preStart" | "postStart";
type NotOfService =
  | (
      | "project"
      | "name"
      | "image"
      | "policy"
      | "verify"
      | "promote"
      | "volumes"
      | "dependsOn"
      | "build"
      | "pullPolicy"
      | "rewritable"
      | "replicas"
    )
  | ("oneShot" | "mayEnd" | "adopt" | "renew" | "reload" | "probe" | "gate" | "gateOf" | "leave" | "release")
  | ("before" | "after" | "onRollback" | "stopped" | "respectStopMs" | "update" | "rollback" | "keep");
type OfNetwork = "driver" | "driverOpts" | "internal" | "attachable" | "enableIpv4" | "enableIpv6" | "ipam" | "labels";
type NotOfNetwork = "key" | "name" | "external" | "members";
type OfCluster =
  | ("mode" | "replicas" | "placement" | "endpointMode" | "network" | "ports" | "mounts" | "volumes" | "files")
  | ("reserved" | "restart" | "labels")
  | "aliases";
type NotOfCluster = "update" | "rollback";
type OfAttachment = "network" | "aliases" | "priority" | "settings";

/** Nothing, and so nobody can call it, while a field is in neither list: somebody has to say whether a new one counts. */
type Complete<T, Listed extends keyof T> = [Exclude<keyof T, Listed>] extends [never] ? T : never;

/**
 * Identifies what a service's container is made of, apart from its image: two specs of equal hash need no new
 * container. Image, update policy, retention and dependencies can change under a running container and do not count.
 * 32 hexadecimal digits; stable under key order, and under the order of lists that the engine treats as sets.
 */
export function specHash(service: ServiceSpec): string {
  const known = hashes.get(service);
  if (known !== undefined) return known;
  const hash = makeHash(service);
  hashes.set(service, hash);
  return hash;
}

/** A spec never changes, and is hashed at each look. */
const hashes = new WeakMap<ServiceSpec, string>();

function makeHash(service: Complete<ServiceSpec, OfService | NotOfService>): string {
  const { container, containerName, networks, networkMode, files, cluster, preStart, postStart } = service;
  const identity: Record<OfService, unknown> = {
    container: { ...container, ports: asSet(container.ports), mounts: asSet(container.mounts) },
    containerName,
    networks: asSet(
      networks.map(({ network, aliases, priority, settings }: Complete<NetworkAttachment, OfAttachment>) => ({
        name: network.name,
        aliases: asSet(aliases),
        priority,
        settings,
      })),
    ),
    networkMode,
    files: files === undefined ? undefined : asSet(files),
    cluster: cluster === undefined ? undefined : clusterIdentity(cluster),
    preStart,
    postStart,
  };
  return shortHash(identity, 32);
}

/** A volume's options are a part of it here: the nodes make it from what the service says. */
function clusterIdentity(cluster: Complete<ClusterSpec, OfCluster | NotOfCluster>): object {
  const {
    mode,
    replicas,
    placement,
    endpointMode,
    network,
    aliases,
    ports,
    mounts,
    volumes,
    files,
    reserved,
    restart,
    labels,
  } = cluster;
  const identity: Record<OfCluster, unknown> = {
    ...{ mode, replicas, endpointMode, network, reserved, restart, labels },
    aliases: Object.entries(aliases).map(([name, each]) => [name, asSet(each)]),
    placement: { ...placement, constraints: asSet(placement.constraints) },
    ports: asSet(ports),
    mounts: asSet(mounts),
    volumes: asSet(volumes),
    files: asSet(files),
  };
  return identity;
}

/** Identifies what a network is made of: one of another hash has to be re-created. Its name is not part of it. */
export function networkHash(network: Complete<NetworkSpec, OfNetwork | NotOfNetwork>): string {
  const { driver, driverOpts, internal, attachable, enableIpv4, enableIpv6, ipam, labels } = network;
  const identity: Record<OfNetwork, unknown> = {
    ...{ driver, driverOpts, internal, attachable, enableIpv4, enableIpv6, ipam, labels },
  };
  return shortHash(identity, 32);
}

/** Identifies how an image is built, apart from what its context holds. 16 hexadecimal digits. */
export function buildHash(build: BuildSpec): string {
  const { context } = build;
  return shortHash({ ...build, context: context.kind === "git" ? writtenContext(context) : context }, 16);
}

/** A repository's login is a part of its URL, as the file has it: images that are built bear the hash of that. */
function writtenContext({ login, ...context }: GitContext): object {
  if (login === undefined) return context;
  return { ...context, url: context.url.replace("://", () => `://${login.reveal()}@`) };
}

/** Stands for a service's name where there is no room for it. 12 hexadecimal digits. */
export function serviceHash({ project, name }: { readonly project: string; readonly name: string }): string {
  return shortHash([project, name], 12);
}

/** Identifies a text. 16 hexadecimal digits. */
export function textHash(text: string): string {
  return shortHash(text, 16);
}

/** Tells one job of a list from another: a changed one, or one at another place, is another job. 16 hexadecimal digits. */
export function jobHash(
  phase: "before" | "pre_start" | "after" | "on_rollback",
  index: number,
  job: JobSpec | PreStartSpec,
): string {
  return shortHash({ phase, index, ...job }, 16);
}

/** Identifies all that files say of a service, whether its container is made of it or not. 16 hexadecimal digits. */
export function declarationHash(service: ServiceSpec): string {
  return shortHash(service, 16);
}

/** Whether files say the same of it, in the texts that are secret too: those show nothing by which others could compare them. */
export function isSameDeclaration(one: ServiceSpec | ProjectSpec | undefined, other: typeof one): boolean {
  return canonicalJson(one ?? null) === canonicalJson(other ?? null);
}

/** Identifies a whole list of jobs. 16 hexadecimal digits. */
export function jobsHash(jobs: readonly JobSpec[]): string {
  return shortHash(jobs, 16);
}

function shortHash(value: unknown, length: number): string {
  return createHash("sha256").update(canonicalJson(value)).digest("hex").slice(0, length);
}

function asSet(items: readonly unknown[]): readonly unknown[] {
  return items
    .map((item) => ({ item, text: canonicalJson(item) }))
    .sort((left, right) => (left.text < right.text ? -1 : 1))
    .map(({ item }) => item);
}

/** Keys sorted by code unit; `undefined` is the same as absent, so that a new optional field changes no old hash. */
function canonicalJson(value: unknown): string {
  if (value instanceof Secret) return JSON.stringify(value.reveal());
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(",")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const entries = Object.entries(value)
    .filter(([, item]) => item !== undefined)
    .sort(([left], [right]) => (left < right ? -1 : 1))
    .map(([key, item]) => `${JSON.stringify(key)}:${canonicalJson(item)}`);
  return `{${entries.join(",")}}`;
}
