import type { ExposedPort } from "../../compose/model/container/options.js";
import type { ContainerSpec, PortMapping } from "../../compose/model/service.js";

export function exposedPorts({ ports, expose = [] }: Pick<ContainerSpec, "ports" | "expose">): object {
  return Object.fromEntries([...ports, ...expose].map((port) => [portKey(port), {}]));
}

/** A range leaves the choice of a free port to the engine. */
export function portBindings(ports: readonly PortMapping[]): object {
  const bindings: Record<string, object[]> = {};
  for (const port of ports)
    (bindings[portKey(port)] ??= []).push({ HostIp: port.hostIp ?? "", HostPort: hostPort(port) });
  return bindings;
}

function hostPort({ hostPort: first, hostPortEnd: last }: PortMapping): string {
  if (first === undefined) return "";
  return last === undefined ? String(first) : `${first}-${last}`;
}

function portKey({ containerPort, protocol }: ExposedPort): string {
  return `${containerPort}/${protocol}`;
}
