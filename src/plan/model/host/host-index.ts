import { serviceKey } from "../../../compose/model/service.js";
import type { ServiceKey } from "../../../compose/model/service.js";
import { keyOf } from "./observed.js";
import type { ObservedContainer } from "./observed.js";

interface Index {
  readonly byService: ReadonlyMap<ServiceKey, readonly ObservedContainer[]>;
  readonly gates: ReadonlyMap<ServiceKey, readonly ObservedContainer[]>;
  readonly allGates: readonly ObservedContainer[];
}

/** A snapshot is looked at once for each service: each of those looks would go through the containers of all. */
const indexes = new WeakMap<readonly ObservedContainer[], Index>();

/** All of one service, with those of its jobs, as they come. */
export function containersOf(
  containers: readonly ObservedContainer[],
  { project, service }: Pick<ObservedContainer, "project" | "service">,
): readonly ObservedContainer[] {
  return indexOf(containers).byService.get(serviceKey(project, service)) ?? [];
}

/** Those that hold, held or are to hold a service's ports. */
export function gatesFor(
  containers: readonly ObservedContainer[],
  { project, name }: { readonly project: string; readonly name: string },
): readonly ObservedContainer[] {
  const { gates } = indexOf(containers);
  return gates.size === 0 ? [] : (gates.get(serviceKey(project, name)) ?? []);
}

/** Those that are gates, whoever is behind them: few, and most hosts have none. */
export function gatesAmong(containers: readonly ObservedContainer[]): readonly ObservedContainer[] {
  return indexOf(containers).allGates;
}

function indexOf(containers: readonly ObservedContainer[]): Index {
  const known = indexes.get(containers);
  if (known !== undefined) return known;
  const byService = new Map<ServiceKey, ObservedContainer[]>();
  const gates = new Map<ServiceKey, ObservedContainer[]>();
  for (const container of containers) {
    add(byService, keyOf(container), container);
    if (container.gate !== undefined) add(gates, serviceKey(container.project, container.gate.of), container);
  }
  const made = { byService, gates, allGates: containers.filter(({ gate }) => gate !== undefined) };
  indexes.set(containers, made);
  return made;
}

function add(map: Map<ServiceKey, ObservedContainer[]>, key: ServiceKey, container: ObservedContainer): void {
  const others = map.get(key);
  if (others === undefined) map.set(key, [container]);
  else others.push(container);
}
