import { containerBondsOf, isNamedBy } from "../../compose/model/relations.js";
import type { Bond, Related } from "../../compose/model/relations.js";
import type { DependencyState } from "./dependency.js";
import type { HostSnapshot } from "./host/host-snapshot.js";
import type { ContainerFacts } from "./host/observed.js";

/** A container of which others share something, whoever runs it. */
export type Provider = Pick<ContainerFacts, "id" | "name" | "state" | "createdAt" | "startedAt" | "mounts">;

/** The containers that a file means, by the file's word for them. One that is missing is absent. */
export function providersOf(service: Omit<Related, "dependsOn">, host: HostSnapshot): ReadonlyMap<string, Provider> {
  const all = [...host.containers, ...host.foreign.flatMap(({ facts }) => facts ?? [])];
  return new Map(
    containerBondsOf(service).flatMap(({ container }): (readonly [string, Provider])[] => {
      const found = all.filter((one) => isNamedBy(container, one));
      const named = found.find(({ name }) => name === container) ?? (found.length === 1 ? found[0] : undefined);
      return named === undefined ? [] : [[container, named]];
    }),
  );
}

interface Sight {
  readonly dependencies: ReadonlyMap<string, DependencyState>;
  readonly providers: ReadonlyMap<string, Provider>;
}

/** The container that it is with today: the proven one of the other service's first slot, or the one of that name. */
export function providerOf(bond: Bond, view: Sight): Provider | undefined {
  return "service" in bond ? view.dependencies.get(bond.service)?.owner : view.providers.get(bond.container);
}

/** What others share of it is there. */
export function isThere({ state }: Provider): boolean {
  return state === "running" || state === "paused";
}
