import type { Dependency, ServiceSpec } from "./service.js";

/** What a container can share of another service's container. */
export type Shared = "network" | "ipc" | "pid" | "volumes";

/** A service's container shares something of the other service's container, from its creation on. */
export interface Bond {
  readonly shared: Shared;
  readonly service: string;
}

/** What the relations of a service to others of its project are read from. */
export type Related = Pick<ServiceSpec, "dependsOn" | "networkMode">;

/** What a service depends on: what it says, and the services it is bound to, without which it cannot be. */
export function dependenciesOf(spec: Related): readonly Dependency[] {
  const bound = new Set(bondsOf(spec).map(({ service }) => service));
  const others = spec.dependsOn.filter(({ service }) => !bound.has(service));
  const implied = [...bound].map((service): Dependency => {
    const said = spec.dependsOn.find((dependency) => dependency.service === service);
    const { condition = "service_started", restart = false } = said ?? {};
    return { service, condition, restart };
  });
  return [...others, ...implied];
}

/** Its bonds with other services. */
export function bondsOf({ networkMode }: Pick<Related, "networkMode">): readonly Bond[] {
  return networkMode?.kind === "service" ? [{ shared: "network", service: networkMode.service }] : [];
}
