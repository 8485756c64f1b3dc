import type { ContainerOf } from "./options.js";
import type { ContainerSpec, Dependency, ServiceSpec } from "./service.js";

/** What a container can share of another service's container. */
export type Shared = "network" | "ipc" | "pid" | "volumes";

/** A service's container shares something of the other service's container, from its creation on. */
export interface Bond {
  readonly shared: Shared;
  readonly service: string;
}

/** What the relations of a service to others of its project are read from. */
export interface Related extends Pick<ServiceSpec, "dependsOn" | "networkMode"> {
  readonly container?: Pick<ContainerSpec, "namespaces" | "volumesFrom">;
}

/** What a service depends on: what it says, and the services it is bound to, without which it cannot be. */
export function dependenciesOf(spec: Related): readonly Dependency[] {
  const bound = new Set(bondsOf(spec).map(({ service }) => service));
  const others = spec.dependsOn.filter(({ service }) => !bound.has(service));
  const implied = [...bound].map((service): Dependency => {
    const said = spec.dependsOn.find((dependency) => dependency.service === service);
    const { condition = "service_started", restart = false, mayEnd } = said ?? {};
    return { service, condition, restart, ...(mayEnd === true ? { mayEnd } : {}) };
  });
  return [...others, ...implied];
}

/** Its bonds with other services. */
export function bondsOf({ networkMode, container }: Omit<Related, "dependsOn">): readonly Bond[] {
  const { namespaces, volumesFrom = [] } = container ?? {};
  return [
    ...(networkMode?.kind === "service" ? [{ shared: "network" as const, service: networkMode.service }] : []),
    ...bond("ipc", namespaces?.ipc),
    ...bond("pid", namespaces?.pid),
    ...volumesFrom.flatMap((from) => bond("volumes", from)),
  ];
}

function bond(shared: Shared, whose: string | ContainerOf | undefined): readonly Bond[] {
  return typeof whose === "object" ? [{ shared, service: whose.service }] : [];
}

/** Namespaces live as long as their owner runs; volumes are the container's own once it is created. */
export function needsRunning({ shared }: Bond): boolean {
  return shared !== "volumes";
}
