import type { DeclaredPort } from "../container/ports.js";
import { quoted, quotedName, report, reportKey, suggestName, type Node } from "../document/node.js";
import { dependenciesOf } from "../model/relations.js";
import type { Dependency, ServiceSpec } from "../model/service.js";
import { findCycle } from "../../tools/cycle.js";
import { quote } from "../../tools/quote.js";
import type { Definition } from "./definition.js";
import { checkGate, checkGateNames } from "./gate-checks.js";
import { checkPromotions } from "./promotion-checks.js";
import { profileHint } from "./profiles.js";
import { checkJob, checkReplicas, onFailureHint, runsForEver } from "./replicas.js";
import { checkShareable } from "./sharing.js";

/** Reports what cannot hold for several services at once. `inactive` are the services of profiles that are not active. */
export function checkTogether(definitions: readonly Definition[], inactive: readonly string[]): void {
  for (const each of definitions) {
    checkReplicas(each);
    checkJob(each);
    checkGate(each);
  }
  checkGateNames(definitions);
  checkPromotions(definitions);
  checkHostPorts(definitions);
  checkContainerNames(definitions);
  checkDependencies(definitions, inactive);
  checkOrder(definitions);
}

function checkHostPorts(definitions: readonly Definition[]): void {
  const taken = new Map<string, (Pick<DeclaredPort, "port" | "mode"> & { readonly service: string })[]>();
  for (const { spec, ports, cluster } of definitions) {
    for (const { port, node, mode } of ports) {
      // Of a range, the engine takes a port that is free.
      if (port.hostPort === undefined || port.hostPortEnd !== undefined) continue;
      const key = `${port.hostPort}/${port.protocol}`;
      const others = taken.get(key) ?? [];
      // Two services may have the same port of different nodes, but not of all.
      const isApart = (candidate: Pick<DeclaredPort, "mode">) =>
        cluster !== undefined && mode === "host" && candidate.mode === "host";
      const other = others.find((one) => overlap(one.port.hostIp, port.hostIp) && !isApart(one));
      if (other !== undefined) {
        const owner = other.service === spec.name ? "this service" : `service ${quote(other.service)}`;
        report(node, `host port ${key} is already published by ${owner}`, "choose another host port");
      }
      taken.set(key, [...others, { port, mode, service: spec.name }]);
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
  for (const { spec, dependencies, bonds } of definitions) {
    const others = [...services.keys()].filter((name) => name !== spec.name);
    for (const { dependency, node } of dependencies) {
      const target = services.get(dependency.service);
      if (target !== undefined) checkCondition(dependency, target, node);
      else if (dependency.required !== false) {
        const what = `no service is called ${quotedName(node, dependency.service)}`;
        reportMissing({ node, service: dependency.service, what }, others, inactive);
      }
    }
    for (const bond of bonds) {
      const { service, node } = bond;
      const owner = services.get(service);
      const what = `${quoted(node)} names no service of this file`;
      if (owner === undefined) reportMissing({ node, service, what }, others, inactive);
      else checkShareable(bond, owner);
    }
  }
}

function reportMissing(
  { node, service, what }: { readonly node: Node; readonly service: string; readonly what: string },
  others: readonly string[],
  inactive: readonly string[],
): void {
  if (inactive.includes(service)) {
    report(node, `service ${quote(service)} belongs to a profile that is not active`, profileHint);
  } else report(node, what, suggestName(service, others, "declare it under `services`"));
}

function checkCondition({ condition }: Dependency, target: ServiceSpec, node: Node): void {
  if (condition === "service_healthy" && !canBeHealthy(target)) {
    report(node, `service ${quote(target.name)} never becomes healthy: its health check is disabled`);
  }
  if (condition === "service_completed_successfully" && runsForEver(target)) {
    const what = `service ${quote(target.name)} never completes: \`restart\` starts it again and again`;
    report(node, what, onFailureHint);
  }
}

/** An image may have a check of its own, unless it is disabled. */
function canBeHealthy({ container, probe }: ServiceSpec): boolean {
  return container.healthcheck?.disabled !== true || probe !== undefined;
}

function checkOrder(definitions: readonly Definition[]): void {
  const edges = new Map(
    definitions.map(({ spec }) => [spec.name, dependenciesOf(spec).map(({ service }) => service)] as const),
  );
  const cycle = findCycle(edges);
  const first = definitions.find(({ spec }) => spec.name === cycle?.[0]);
  const edge = first?.dependencies.find(({ dependency }) => dependency.service === cycle?.[1]);
  const at = edge?.node ?? first?.bonds.find(({ service }) => service === cycle?.[1])?.node;
  if (cycle === undefined || at === undefined) return;
  reportKey(at, `services depend on each other in a circle: ${cycle.join(" -> ")}`, "remove one of them");
}
