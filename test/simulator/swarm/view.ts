import type { ClusterView, SwarmNetwork, SwarmObject, SwarmTask } from "../../../src/swarm/model/cluster.js";
import { given } from "../../../src/tools/present.js";
import { predefined } from "./refusals.js";
import { isOver, type SimulatedContent, type SimulatedTask, type SwarmStore } from "./store.js";

export function viewOf(store: SwarmStore): ClusterView {
  const services = [...store.services.values()].filter(
    ({ spec: { Labels } }) => "fairlead.project" in Labels || "com.docker.stack.namespace" in Labels,
  );
  const ours = new Set(services.map(({ id }) => id));
  return structuredClone({
    nodes: [...store.nodes.values()].map(({ id, hostname, labels, role, availability, state, isLeader }) => ({
      ...{ id, hostname, labels, role, availability, state, platform: "linux/amd64" },
      ...(role === "manager" ? { manager: { isLeader, reachability: "reachable" as const } } : {}),
    })),
    services: services.map(({ iteration: _, ...service }) => service),
    tasks: [...store.tasks.values()]
      .filter(({ service }) => ours.has(service))
      .reverse()
      .map(taskOf),
    networks: new Map([
      ...predefined.map((name): [string, SwarmNetwork] => [name, { ...networkOf(name, name), scope: "local" }]),
      ...[...store.networks].map(([name, { id, body }]): [string, SwarmNetwork] => [
        name,
        {
          ...networkOf(id, body.Driver),
          internal: body.Internal ?? false,
          attachable: body.Attachable ?? false,
          options: body.Options ?? {},
          labels: body.Labels ?? {},
        },
      ]),
    ]),
    configs: [...store.configs.values()].filter(isOurs).map(objectOf),
    secrets: [...store.secrets.values()].filter(isOurs).map(objectOf),
  });
}

function taskOf(task: SimulatedTask): SwarmTask {
  const { id, service, slot, node, createdAt, since, state, desired, message, error, template, endpoint } = task;
  const ports = task.container === undefined || isOver(task) ? [] : (endpoint?.Ports ?? []);
  return {
    ...{ id, service, createdAt, since, state, desired, message, error },
    ...given({ slot, node, container: task.container, exitCode: task.exitCode }),
    labels: template.ContainerSpec.Labels,
    image: template.ContainerSpec.Image,
    hostPorts: ports
      .filter(({ PublishMode }) => PublishMode === "host")
      .map(({ Protocol, TargetPort, PublishedPort }) => ({
        protocol: Protocol,
        target: TargetPort,
        published: PublishedPort ?? 30_000,
      })),
  };
}

function networkOf(id: string, driver: string): SwarmNetwork {
  return { id, driver, scope: "swarm", internal: false, attachable: false, options: {}, labels: {} };
}

function isOurs({ labels }: SimulatedContent): boolean {
  return Object.keys(labels).some((name) => name.startsWith("fairlead."));
}

function objectOf({ id, version, name, labels, createdAt }: SimulatedContent): SwarmObject {
  return { id, version, name, labels, createdAt };
}
