import { checkDemands } from "../../../src/docker/client/abilities.js";
import { demandsOf } from "../../../src/swarm/model/demands.js";
import type { ServiceBody } from "../../../src/swarm/model/body.js";
import type { Cluster, NamedContent } from "../../../src/swarm/model/cluster.js";
import { FairleadError } from "../../../src/errors.js";
import type { Orchestrator } from "./orchestrator.js";
import { isOver, type SimulatedContent, type SimulatedService } from "./store.js";
import type { SimulatedSwarm } from "./swarm.js";
import { assertService } from "./refusals.js";
import { simulatedLog } from "./log.js";
import { viewOf } from "./view.js";
import { watchSimulated } from "./watch.js";

/** The port, filled by a Swarm in memory. What goes in and out is copied: nobody holds a part of the store. */
/** Of Docker 20.10. */
const api = "1.41";

export function simulatedCluster(swarm: SimulatedSwarm, orchestrator: Orchestrator): Cluster {
  const { store } = swarm;
  const asked = async <T>(work: () => T): Promise<T> => {
    // An answer never comes within the same turn.
    await Promise.resolve();
    assertAnswers(swarm);
    return work();
  };
  const changed = <T>(result: T): T => {
    store.tell({ kind: "other" });
    return result;
  };
  const createContent = (what: "configs" | "secrets", { name, labels, content }: NamedContent): string => {
    if (!/^[a-zA-Z0-9](?:[a-zA-Z0-9-_.]{0,62}[a-zA-Z0-9])?$/.test(name)) throw refused(`invalid name ${name}`);
    if (content.length === 0 || content.length > 500 * 1024) throw refused("data must be larger than 0");
    if ([...store[what].values()].some((one) => one.name === name)) throw taken(name);
    const [id, createdAt] = [store.newId(), store.now()];
    const made: SimulatedContent = {
      id,
      version: store.nextVersion(),
      name,
      labels: { ...labels },
      createdAt,
      content,
    };
    store[what].set(id, made);
    return changed(id);
  };
  const removeContent = (what: "configs" | "secrets", id: string): void => {
    const found = store[what].get(id);
    if (found === undefined) return;
    const users = [...store.services.values()].filter(({ spec }) => namesIn(spec)[what].includes(found.name));
    if (users.length > 0)
      throw refused(`'${found.name}' is in use by ${users.map(({ spec }) => spec.Name).join(", ")}`);
    store[what].delete(id);
    changed(undefined);
  };
  const checked = (body: ServiceBody): ServiceBody => {
    assertService(store, body);
    return structuredClone(body);
  };

  return {
    look: () => asked(() => viewOf(store)),
    readConfig: (id) =>
      asked(() => {
        const found = store.configs.get(id);
        return found === undefined ? undefined : Buffer.from(found.content);
      }),
    createConfig: (config) => asked(() => createContent("configs", config)),
    createSecret: (secret) => asked(() => createContent("secrets", secret)),
    labelConfig: ({ id, version, name }, labels) =>
      asked(() => {
        const found = store.configs.get(id);
        if (found === undefined) throw refused(`config ${id} not found`);
        if (found.version !== version) throw conflict(name);
        Object.assign(found, { labels: { ...labels }, version: store.nextVersion() });
        changed(undefined);
      }),
    removeConfig: (id) =>
      asked(() => {
        removeContent("configs", id);
      }),
    removeSecret: (id) =>
      asked(() => {
        removeContent("secrets", id);
      }),
    createNetwork: (body) =>
      asked(() => {
        if (store.networks.has(body.Name)) throw taken(body.Name);
        const id = store.newId();
        store.networks.set(body.Name, { id, body: structuredClone(body) });
        return changed(id);
      }),
    removeNetwork: (id) =>
      asked(() => {
        const found = [...store.networks.values()].find((network) => network.id === id);
        if (found === undefined) return;
        const users = [...store.services.values()].filter(({ spec }) =>
          (spec.TaskTemplate.Networks ?? []).some(({ Target }) => Target === found.body.Name),
        );
        if (users.length > 0) throw refused(`network ${id} is in use by service ${users[0]?.id ?? ""}`);
        store.networks.delete(found.body.Name);
        changed(undefined);
      }),
    check: (body) =>
      asked(() => {
        checkDemands(`make service ${body.Name}`, demandsOf(body), api);
      }),
    createService: (body) =>
      asked(() => {
        const spec = checked(body);
        if (store.serviceNamed(spec.Name) !== undefined) throw taken(spec.Name);
        const now = store.now();
        const version = store.nextVersion();
        const service: SimulatedService = {
          id: store.newId(),
          version,
          createdAt: now,
          updatedAt: now,
          spec,
          iteration: 0,
        };
        store.services.set(service.id, service);
        store.tell({ kind: "service", id: service.id, action: "create" });
        orchestrator.reconcile(service);
        return service.id;
      }),
    updateService: ({ id, version }, body) =>
      asked(() => {
        const service = store.services.get(id);
        if (service?.version !== version) throw conflict(body.Name);
        const spec = checked(body);
        if (spec.Name !== service.spec.Name) throw refused("renaming services is not supported");
        if (Object.keys(spec.Mode).join() !== Object.keys(service.spec.Mode).join())
          throw refused("service mode change is not allowed");
        const { spec: previous } = service;
        // Of a job each update is another run, one of labels alone too.
        const iteration = service.iteration + 1;
        Object.assign(service, { spec, previous, iteration, updatedAt: store.now(), version: store.nextVersion() });
        delete service.update;
        store.tell({ kind: "service", id, action: "update" });
        orchestrator.reconcile(service);
      }),
    removeService: (id) =>
      asked(() => {
        const service = store.services.get(id);
        if (service === undefined) return;
        store.services.delete(id);
        store.tell({ kind: "service", id, action: "remove" });
        orchestrator.forget(service);
      }),
    taskLog: (id, lines) =>
      asked(() => {
        const task = store.tasks.get(id);
        if (task === undefined)
          throw new FairleadError("ContainerGone", `cannot read the log of task ${id}: the task is gone`);
        const node = store.nodes.get(task.node ?? "");
        if (node?.connected === false && !isOver(task))
          throw new FairleadError("LogUnreadable", `the node ${node.hostname} does not answer`);
        return task.output.slice(-lines);
      }),
    serviceLog: (id, query, signal) =>
      asked(() => {
        if (!store.services.has(id))
          throw new FairleadError("ContainerGone", `cannot read the log of service ${id}: it is gone`);
        return simulatedLog(store, id, query, signal);
      }),
    watch: (onEvent, lively, signal) => watchSimulated(swarm, { onEvent, lively, signal }),
  };
}

/** Throws what the manager that is asked would answer now. */
export function assertAnswers({ fault }: SimulatedSwarm): void {
  switch (fault) {
    case undefined:
      return;
    case "unreachable":
      throw new FairleadError("EngineUnreachable", "the engine cannot be reached");
    case "no-manager":
      throw new FairleadError("SwarmUnavailable", "This node is not a swarm manager.", { remedy: "ask a manager" });
    case "no-quorum":
      throw new FairleadError("SwarmUnavailable", "The swarm does not have a leader.", { remedy: "bring one back" });
  }
}

function namesIn({ TaskTemplate: { ContainerSpec } }: ServiceBody): Record<"configs" | "secrets", readonly string[]> {
  return {
    configs: (ContainerSpec.Configs ?? []).map(({ ConfigName }) => ConfigName),
    secrets: (ContainerSpec.Secrets ?? []).map(({ SecretName }) => SecretName),
  };
}

function refused(message: string): FairleadError {
  return new FairleadError("EngineRefused", `the engine refused: ${message}`);
}

function taken(name: string): FairleadError {
  return new FairleadError("NameTaken", `${name} already exists`);
}

function conflict(name: string): FairleadError {
  return new FairleadError("SwarmConflict", `${name} has changed since it was looked at`);
}
