import { demandsOf } from "../../swarm/model/demands.js";
import type { Cluster, ClusterView, SwarmNetwork } from "../../swarm/model/cluster.js";
import { FreshFlight } from "../../tools/sharing/fresh-flight.js";
import { checkDemands } from "../client/abilities.js";
import { Connection } from "../client/connection.js";
import { resolveEndpoint } from "../client/endpoint.js";
import type { EndpointOptions } from "../client/endpoint.js";
import { settled } from "../client/settled.js";
import type { ListedTask, SeenNetwork } from "./answers.js";
import { createContent, labelConfig, readConfig, removeContent } from "./contents.js";
import { listNodes, listServices, listTasks } from "./lists.js";
import { Memory } from "./memory.js";
import { createNetwork, removeNetwork } from "./networks.js";
import { swarmRefused } from "./refusal.js";
import { serviceLog } from "./service-log.js";
import { createService, removeService, updateService } from "./services.js";
import { taskLog } from "./task-log.js";
import { isOfInterest, isOurs, networkOf, nodeOf, objectOf, serviceOf, taskOf } from "./view.js";
import { watchCluster } from "./watch.js";

/**
 * The Swarm whose manager is behind a socket or an address. Connects on the first call, and again whenever it must. Throws
 * FairleadError `ConfigInvalid` at once for an address that cannot be used.
 */
export function connectCluster(options: EndpointOptions, monotonic: () => number = () => performance.now()): Cluster {
  const connection = new Connection(resolveEndpoint(options));
  const memory = new Memory(connection, monotonic);
  const looks = new FreshFlight(() => look(connection, memory));
  const contents = async <T>(kind: "configs" | "secrets", work: () => Promise<T>): Promise<T> =>
    settle(work, () => {
      memory.changed(kind);
    });
  const networks = async <T>(work: () => Promise<T>): Promise<T> =>
    settle(work, () => {
      memory.changed("networks");
    });

  return {
    look: () => settle(() => looks.run()),
    readConfig: (id) => settle(() => readConfig(connection, id)),
    createConfig: (config) => contents("configs", () => createContent(connection, "configs", config)),
    createSecret: (secret) => contents("secrets", () => createContent(connection, "secrets", secret)),
    labelConfig: (config, labels) => contents("configs", () => labelConfig(connection, config, labels)),
    removeConfig: (id) => contents("configs", () => removeContent(connection, "configs", id)),
    removeSecret: (id) => contents("secrets", () => removeContent(connection, "secrets", id)),
    createNetwork: (network) => networks(() => createNetwork(connection, network)),
    removeNetwork: (id) => networks(() => removeNetwork(connection, id)),
    check: (body) =>
      settle(async () => {
        checkDemands(`make service ${body.Name}`, demandsOf(body), await connection.version());
      }),
    createService: (body, by) => settle(() => createService(connection, memory, { body, by })),
    updateService: (service, body, by) => settle(() => updateService(connection, memory, service, { body, by })),
    removeService: (id) => settle(() => removeService(connection, id)),
    taskLog: (task, lines) => settle(() => taskLog(connection, task, lines)),
    serviceLog: (service, query, signal) => settle(() => serviceLog(connection, service, query, signal)),
    watch: (onEvent, lively, signal) =>
      watchCluster({ connection, memory, tasks: () => ourTasks(connection), onEvent, lively, signal }),
  };
}

async function look(connection: Connection, memory: Memory): Promise<ClusterView> {
  const [nodes, all, allTasks, networks, configs, secrets] = await Promise.all([
    listNodes(connection),
    listServices(connection),
    listTasks(connection),
    memory.networks(),
    memory.configs(),
    memory.secrets(),
  ]);
  const services = all.filter(({ Spec }) => isOfInterest(Spec.Labels));
  const ids = new Set(services.map(({ ID }) => ID));
  const names = await memory.networkNames(networks, services);
  return {
    nodes: nodes.map(nodeOf),
    services: services.map((service) => serviceOf(service, names)),
    tasks: allTasks
      .filter(({ ServiceID }) => ids.has(ServiceID ?? ""))
      .map(taskOf)
      .sort((left, right) => right.createdAt - left.createdAt),
    networks: byName(networks),
    configs: configs.filter(({ Spec }) => isOurs(Spec.Labels)).map(objectOf),
    secrets: secrets.filter(({ Spec }) => isOurs(Spec.Labels)).map(objectOf),
  };
}

/** A network of the Swarm hides one of this node that has the same name, as it does for services. */
function byName(networks: readonly SeenNetwork[]): ReadonlyMap<string, SwarmNetwork> {
  const local = networks.filter(({ Scope }) => Scope !== "swarm");
  const swarm = networks.filter(({ Scope }) => Scope === "swarm");
  return new Map([...local, ...swarm].map((network) => [network.Name, networkOf(network)]));
}

async function ourTasks(connection: Connection): Promise<readonly ListedTask[]> {
  const [services, tasks] = await Promise.all([listServices(connection), listTasks(connection)]);
  const ids = new Set(services.filter(({ Spec }) => isOfInterest(Spec.Labels)).map(({ ID }) => ID));
  return tasks.filter(({ ServiceID }) => ids.has(ServiceID ?? ""));
}

function settle<T>(work: () => Promise<T>, after?: () => void): Promise<T> {
  return settled(work, after, swarmRefused);
}
