import { findCycle } from "./cycle.js";
import type { Definition } from "./definition.js";
import { quotedName, report, reportKey, suggestName } from "./node.js";
import { profileHint } from "./profiles.js";
import { quote } from "./quote.js";
import type { PortMapping, ServiceSpec } from "./service.js";

/** Reports what cannot hold for several services at once. `inactive` are the services of profiles that are not active. */
export function checkTogether(definitions: readonly Definition[], inactive: readonly string[]): void {
  checkHostPorts(definitions);
  checkContainerNames(definitions);
  checkDependencies(definitions, inactive);
  checkOrder(definitions);
}

function checkHostPorts(definitions: readonly Definition[]): void {
  const taken = new Map<string, { readonly port: PortMapping; readonly service: string }[]>();
  for (const { spec, ports } of definitions) {
    for (const { port, node } of ports) {
      // Of a range, the engine takes a port that is free.
      if (port.hostPort === undefined || port.hostPortEnd !== undefined) continue;
      const key = `${port.hostPort}/${port.protocol}`;
      const others = taken.get(key) ?? [];
      const other = others.find((candidate) => overlap(candidate.port.hostIp, port.hostIp));
      if (other !== undefined) {
        const owner = other.service === spec.name ? "this service" : `service ${quote(other.service)}`;
        report(node, `host port ${key} is already published by ${owner}`, "choose another host port");
      }
      taken.set(key, [...others, { port, service: spec.name }]);
    }
  }
}

/** No address stands for all of them, of both families. */
function overlap(left: string | undefined, right: string | undefined): boolean {
  if (left === undefined || right === undefined || left === right) return true;
  const [anyOfFamily, sameFamily] = left.includes(":")
    ? ["::", right.includes(":")]
    : ["0.0.0.0", !right.includes(":")];
  return sameFamily && (left === anyOfFamily || right === anyOfFamily);
}

function checkContainerNames(definitions: readonly Definition[]): void {
  const owners = new Map<string, string>();
  for (const { spec } of definitions) {
    if (spec.containerName === undefined) owners.set(`${spec.project}-${spec.name}-1`, spec.name);
  }
  for (const { spec, containerName } of definitions) {
    if (spec.containerName === undefined || containerName === undefined) continue;
    const owner = owners.get(spec.containerName);
    if (owner === undefined) owners.set(spec.containerName, spec.name);
    else report(containerName, `service ${quote(owner)} has the same container name`, "choose another name");
  }
}

function checkDependencies(definitions: readonly Definition[], inactive: readonly string[]): void {
  const services = new Map(definitions.map(({ spec }) => [spec.name, spec]));
  for (const { spec, dependencies } of definitions) {
    const others = [...services.keys()].filter((name) => name !== spec.name);
    for (const { dependency, node } of dependencies) {
      const target = services.get(dependency.service);
      if (target === undefined && inactive.includes(dependency.service)) {
        if (dependency.required === false) continue;
        report(node, `service ${quote(dependency.service)} belongs to a profile that is not active`, profileHint);
      } else if (target === undefined) {
        const hint = suggestName(dependency.service, others, "declare it under `services`");
        report(node, `no service is called ${quotedName(node, dependency.service)}`, hint);
      } else if (dependency.condition === "service_healthy" && !canBeHealthy(target)) {
        report(node, `service ${quote(target.name)} never becomes healthy: its health check is disabled`);
      }
    }
  }
}

/** An image may have a check of its own, unless it is disabled. */
function canBeHealthy({ container, probe }: ServiceSpec): boolean {
  return container.healthcheck?.disabled !== true || probe !== undefined;
}

function checkOrder(definitions: readonly Definition[]): void {
  const edges = new Map(
    definitions.map(({ spec }) => [spec.name, spec.dependsOn.map(({ service }) => service)] as const),
  );
  const cycle = findCycle(edges);
  const first = definitions.find(({ spec }) => spec.name === cycle?.[0]);
  const edge = first?.dependencies.find(({ dependency }) => dependency.service === cycle?.[1]);
  if (cycle === undefined || edge === undefined) return;
  reportKey(edge.node, `services depend on each other in a circle: ${cycle.join(" -> ")}`, "remove one of them");
}
