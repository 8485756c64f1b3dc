import { dependenciesOf, networkOwner } from "../spec/relations.js";
import type { ServiceSpec } from "../spec/service.js";
import { isTarget } from "./desired.js";
import type { Desired, Memory } from "./desired.js";
import type { ObservedContainer } from "./observed.js";
import { isMet } from "./prerequisites.js";
import type { SlotView, View } from "./view.js";

/** It is what is wanted: spec, digest, and the network of the container that it is to share. */
export function fits(desired: Desired, container: ObservedContainer, view: View): boolean {
  if (container.specHash !== desired.specHash || !isTarget(desired.target, container.digest)) return false;
  return !isDetached(desired.spec, container, view);
}

/** It lives in the network of a container that no longer serves: only a new one can live in another. */
export function isDetached(spec: ServiceSpec, container: ObservedContainer, view: View): boolean {
  const owner = ownerOf(spec, view);
  return owner !== undefined && container.networkOf !== owner.id;
}

export function ownerOf(spec: ServiceSpec, view: View): ObservedContainer | undefined {
  const service = networkOwner(spec);
  return service === undefined ? undefined : view.dependencies.get(service)?.owner;
}

/** What failed before the container came whose network is shared says nothing of one that lives in that. */
export function sinceOwner(spec: ServiceSpec, view: View, memory: Memory): Memory {
  const owner = ownerOf(spec, view);
  if (owner === undefined) return memory;
  const holds = memory.holds.filter(({ at }) => at >= owner.createdAt);
  return { ...memory, holds, retriedAt: Math.max(memory.retriedAt ?? 0, owner.createdAt) };
}

/** Why a stopped one cannot be started: the engine would refuse it. */
export function startObstacle(spec: ServiceSpec, container: ObservedContainer, view: View): string | undefined {
  const service = networkOwner(spec);
  if (service === undefined) return undefined;
  const owner = ownerOf(spec, view);
  if (owner !== undefined && owner.id === container.networkOf && owner.state === "running") return undefined;
  return owner?.id === container.networkOf
    ? `${container.name} shares the network of ${service}, which does not run`
    : `${container.name} shares the network of a container of ${service} that serves no longer`;
}

/**
 * Why a running one has to be stopped and started: its network went with a restart of the container that owns it, or the
 * file asks for it when a dependency is replaced. What is started after that has its cause behind it, so this ends.
 */
export function restartCause(spec: ServiceSpec, container: ObservedContainer, view: View): string | undefined {
  const { startedAt } = container;
  if (startedAt === undefined) return undefined;
  const owner = ownerOf(spec, view);
  if (owner?.state === "running" && owner.id === container.networkOf && (owner.startedAt ?? 0) > startedAt) {
    return `${owner.name} was started again, and its network is a new one`;
  }
  const replaced = dependenciesOf(spec).find((dependency) => {
    const state = view.dependencies.get(dependency.service);
    return dependency.restart === true && isMet(dependency, state) && (state?.createdAt ?? 0) > startedAt;
  });
  return replaced === undefined ? undefined : `${replaced.service} has a new container, and restart is true`;
}

/** One replica after the other, as soon as the one before is well again; without a network none of them can serve anyway. */
export function isItsTurn(spec: ServiceSpec, view: SlotView): boolean {
  if (networkOwner(spec) !== undefined) return true;
  return view.siblings.every(
    (one) =>
      one.role !== "active" ||
      one.slot >= view.slot ||
      (one.state === "running" && one.health !== "starting" && restartCause(spec, one, view) === undefined),
  );
}
