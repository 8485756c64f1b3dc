import type { Dependency, ServiceSpec } from "./service.js";

/** What a service depends on: what it says, and the service whose network it lives in, without which it cannot be. */
export function dependenciesOf(spec: Pick<ServiceSpec, "dependsOn" | "networkMode">): readonly Dependency[] {
  const owner = networkOwner(spec);
  if (owner === undefined) return spec.dependsOn;
  const said = spec.dependsOn.find(({ service }) => service === owner);
  const others = spec.dependsOn.filter(({ service }) => service !== owner);
  const { condition = "service_started", restart = false } = said ?? {};
  return [...others, { service: owner, condition, restart }];
}

/** The service named by `network_mode: service:X`. */
export function networkOwner({ networkMode }: Pick<ServiceSpec, "networkMode">): string | undefined {
  return networkMode?.kind === "service" ? networkMode.service : undefined;
}
