import type { NetworkMode } from "./network.js";
import type { ContainerOf } from "./container/options.js";
import type { ContainerSpec, Dependency, ServiceSpec } from "./service.js";

/** What a container can share of another service's container. */
export type Shared = "network" | "ipc" | "pid" | "volumes";

/** A service's container shares something of another service's container, from its creation on. */
export interface ServiceBond {
  readonly shared: Shared;
  readonly service: string;
}

/** It shares that of a container which the file names itself, whoever runs it. */
export interface ContainerBond {
  readonly shared: Shared;
  /** Its name, its id, or the beginning of its id. */
  readonly container: string;
}

export type Bond = ServiceBond | ContainerBond;

/** What the relations of a service to others of its project are read from. */
export interface Related extends Pick<ServiceSpec, "dependsOn" | "networkMode"> {
  readonly container?: Pick<ContainerSpec, "namespaces" | "volumesFrom">;
}

/** What a service depends on: what it says, and the services it is bound to, without which it cannot be. */
export function dependenciesOf(spec: Related): readonly Dependency[] {
  const bound = new Set(serviceBondsOf(spec).map(({ service }) => service));
  const others = spec.dependsOn.filter(({ service }) => !bound.has(service));
  const implied = [...bound].map((service): Dependency => {
    const said = spec.dependsOn.find((dependency) => dependency.service === service);
    const { condition = "service_started", restart = false, mayEnd } = said ?? {};
    return { service, condition, restart, ...(mayEnd === true ? { mayEnd } : {}) };
  });
  return [...others, ...implied];
}

/** Its bonds with containers of other services, and with containers by their names. */
export function bondsOf({ networkMode, container }: Omit<Related, "dependsOn">): readonly Bond[] {
  const { namespaces, volumesFrom = [] } = container ?? {};
  return [
    ...networkBond(networkMode),
    ...namespaceBond("ipc", namespaces?.ipc),
    ...namespaceBond("pid", namespaces?.pid),
    ...volumesFrom.map((from): Bond => {
      if (typeof from === "object") return { shared: "volumes", service: from.service };
      return { shared: "volumes", container: from.replace(/:r[ow]$/, "") };
    }),
  ];
}

export function serviceBondsOf(spec: Omit<Related, "dependsOn">): readonly ServiceBond[] {
  return bondsOf(spec).flatMap((bond) => ("service" in bond ? [bond] : []));
}

export function containerBondsOf(spec: Omit<Related, "dependsOn">): readonly ContainerBond[] {
  return bondsOf(spec).flatMap((bond) => ("container" in bond ? [bond] : []));
}

/** As the file has it: the name of the service or of the container. */
export function partnerOf(bond: Bond): string {
  return "service" in bond ? bond.service : bond.container;
}

/** Whether this is the container that a file means. */
export function isNamedBy(reference: string, { id, name }: { readonly id: string; readonly name: string }): boolean {
  return name === reference || (/^[0-9a-f]{6,64}$/.test(reference) && id.startsWith(reference));
}

function networkBond(mode: NetworkMode | undefined): readonly Bond[] {
  if (mode?.kind === "service") return [{ shared: "network", service: mode.service }];
  return mode?.kind === "container" ? [{ shared: "network", container: mode.container }] : [];
}

function namespaceBond(shared: "ipc" | "pid", whose: string | ContainerOf | undefined): readonly Bond[] {
  if (typeof whose === "object") return [{ shared, service: whose.service }];
  const [, container] = /^container:(.+)$/.exec(whose ?? "") ?? [];
  return container === undefined ? [] : [{ shared, container }];
}

/** Namespaces live as long as their owner runs; volumes are the container's own once it is created. */
export function needsRunning({ shared }: { readonly shared: Shared }): boolean {
  return shared !== "volumes";
}
