/*
 * What of a service the cluster gets lives here, and what of a file it cannot. What a Swarm is told in its API's own words
 * does not.
 */

import { given } from "../../tools/present.js";
import type { ClusterFile, ClusterPort, ClusterRestart, ClusterSpec } from "../model/cluster.js";
import type { ContainerFile } from "../model/container/container-file.js";
import type { NetworkSpec } from "../model/network.js";
import type { PortMapping, ServiceSpec, UpdatePolicy } from "../model/service.js";
import type { Asked } from "./asked.js";
import { clusterUpdate, orderOf } from "./order.js";
import { inMemory } from "./tmpfs.js";

/**
 * The service as the planner sees it where a Swarm runs it: one container, which starts beside the one before it and needs
 * nothing of this host. All that stands in the way of that is in `cluster`.
 */
export function clustered(spec: ServiceSpec, asked: Asked = {}): ServiceSpec {
  const { replicas, files = [], networkMode: _, rollback, ...rest } = spec;
  const mode = modeOf(spec, asked);
  const network = predefined(spec);
  const ports = asked.ports ?? spec.container.ports.map(throughMesh);
  const { tmpfs = {}, ...container } = spec.container;
  const mounts = [...container.mounts, ...Object.entries(tmpfs).map(inMemory)];
  const neighbours = { spec, ports, ...given({ network }) };
  const cluster: ClusterSpec = {
    mode,
    placement: asked.placement ?? { constraints: [], spread: [] },
    // Swarm has a service answer to its names whatever tasks run: nobody has to be given them.
    aliases: Object.fromEntries(spec.networks.map(({ network: { name }, aliases }) => [name, aliases])),
    ports,
    mounts,
    volumes: spec.volumes,
    files: [...files.map((file) => ofProject(file, asked)), ...(asked.stored ?? [])],
    restart: restartOf(spec, mode, asked.restart),
    labels: asked.labels ?? {},
    update: clusterUpdate(spec.update, orderOf(neighbours)),
    rollback: clusterUpdate(rollback ?? spec.update, orderOf(neighbours, rollback)),
    ...given({
      replicas: mode.startsWith("global") ? undefined : (replicas ?? 1),
      endpointMode: asked.endpointMode,
      network,
      reserved: asked.reserved,
    }),
  };
  return {
    ...rest,
    containerName: undefined,
    container: { ...container, ports: [], mounts: [], restart: { name: "no", maximumRetryCount: 0 } },
    networks:
      network === undefined
        ? spec.networks.map((attachment) => ({
            ...attachment,
            aliases: [],
            network: clusterNetwork(attachment.network),
          }))
        : [],
    volumes: [],
    // None at all is no service of one task.
    ...(replicas === 0 && cluster.replicas === 0 ? { replicas } : {}),
    ...(mode.endsWith("-job") ? { oneShot: true } : {}),
    update: ofPlanner(spec.update),
    ...(rollback === undefined ? {} : { rollback: ofPlanner(rollback) }),
    cluster,
  };
}

/** A network of the file: what spans the nodes is an overlay, unless the file names another driver that does. */
export function clusterNetwork<T extends NetworkSpec>(network: T): T {
  return network.external || network.driver !== undefined ? network : { ...network, driver: "overlay" };
}

/** One whose completion others wait for is a job too. */
function modeOf({ oneShot }: ServiceSpec, asked: Asked): ClusterSpec["mode"] {
  const mode = asked.mode ?? "replicated";
  if (oneShot !== true) return mode;
  return mode.startsWith("global") ? "global-job" : "replicated-job";
}

/** Such a network is also declared as an external one, as files for `docker stack deploy` do it. */
function predefined({ networkMode, networks }: ServiceSpec): "host" | undefined {
  const isHost =
    networkMode?.kind === "host" || networks.some(({ network }) => network.external && network.name === "host");
  return isHost ? "host" : undefined;
}

function throughMesh({ hostPort, containerPort, protocol }: PortMapping): ClusterPort {
  return { containerPort, protocol, mode: "ingress", ...given({ publishedPort: hostPort }) };
}

function ofProject(file: ContainerFile, { fileLabels }: Asked): ClusterFile {
  const [section = "", ...key] = file.origin.split(".");
  const kind = section === "secrets" ? "secret" : "config";
  return { ...file, kind, key: key.join("."), labels: fileLabels?.get(file.origin) ?? {} };
}

/** Where nothing is written, Swarm keeps a service running and lets a job end. */
function restartOf(
  { container: { restart }, mayEnd }: ServiceSpec,
  mode: ClusterSpec["mode"],
  asked: ClusterRestart | undefined,
): ClusterRestart {
  const isJob = mode.endsWith("-job");
  if (asked !== undefined) return isJob && asked.condition === "any" ? { ...asked, condition: "none" } : asked;
  if (restart.name === "on-failure") {
    const { maximumRetryCount } = restart;
    return { condition: "on-failure", ...(maximumRetryCount === 0 ? {} : { maxAttempts: maximumRetryCount }) };
  }
  return { condition: isJob || (restart.name === "no" && mayEnd === true) ? "none" : "any" };
}

/** How many are replaced at once is nothing that the planner has to wait for. */
function ofPlanner({ monitorMs, failureAction, failureActionGiven }: UpdatePolicy): UpdatePolicy {
  return { order: "start-first", monitorMs, failureAction, ...given({ failureActionGiven }) };
}
