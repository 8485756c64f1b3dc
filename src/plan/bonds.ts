import { bondsOf, dependenciesOf, needsRunning } from "../spec/relations.js";
import type { Bond } from "../spec/relations.js";
import type { ServiceSpec } from "../spec/service.js";
import { isTarget } from "./desired.js";
import type { Desired, Memory } from "./desired.js";
import type { ObservedContainer } from "./observed.js";
import { isMet } from "./prerequisites.js";
import { sharedNames } from "./shared.js";
import type { Owner } from "./step.js";
import type { SlotView, View } from "./view.js";

/** A bond with the container that it is with today: the proven one of the other service's first slot. */
interface Tie extends Bond {
  readonly owner: ObservedContainer | undefined;
}

/** It is what is wanted: spec, digest, and the containers that it is to share with. */
export function fits(desired: Desired, container: ObservedContainer, view: View): boolean {
  if (container.specHash !== desired.specHash || !isTarget(desired.target, container.digest)) return false;
  return !isDetached(desired.spec, container, view);
}

/** It shares with a container that no longer serves: only a new one can share with another. */
export function isDetached(spec: ServiceSpec, container: ObservedContainer, view: View): boolean {
  return lostTies(spec, container, view).length > 0;
}

/** What a new container would share that this one does not. */
export function lostShares(spec: ServiceSpec, container: ObservedContainer, view: View): readonly string[] {
  return lostTies(spec, container, view).map(
    ({ shared, owner }) =>
      `the ${sharedNames[shared]} to share ${shared === "volumes" ? "are now those" : "is now that"} of ${owner.name}`,
  );
}

function lostTies(spec: ServiceSpec, container: ObservedContainer, view: View) {
  return tiesOf(spec, view).flatMap((tie) => {
    const { owner } = tie;
    return owner === undefined || shares(container, tie, owner) ? [] : [{ ...tie, owner }];
  });
}

/** What a container that is created now is to share, and with whom. */
export function ownersOf(spec: ServiceSpec, view: View): readonly Owner[] {
  return tiesOf(spec, view).flatMap(({ owner, ...bond }) =>
    owner === undefined ? [] : [{ ...bond, id: owner.id, name: owner.name }],
  );
}

function tiesOf(spec: ServiceSpec, view: View): readonly Tie[] {
  return bondsOf(spec).map((bond) => ({ ...bond, owner: view.dependencies.get(bond.service)?.owner }));
}

function shares({ owners }: ObservedContainer, { shared }: Bond, owner: ObservedContainer): boolean {
  return owners?.[shared]?.includes(owner.id) === true;
}

/** What failed before the container came that it is to share with says nothing of one that shares with that. */
export function sinceOwner(spec: ServiceSpec, view: View, memory: Memory): Memory {
  const created = tiesOf(spec, view).flatMap(({ owner }) => (owner === undefined ? [] : [owner.createdAt]));
  if (created.length === 0) return memory;
  const since = Math.max(...created);
  const holds = memory.holds.filter(({ at }) => at >= since);
  return { ...memory, holds, retriedAt: Math.max(memory.retriedAt ?? 0, since) };
}

/** Why a stopped one cannot be started: the engine would refuse it. Its volumes it has, whoever they came from. */
export function startObstacle(spec: ServiceSpec, container: ObservedContainer, view: View): string | undefined {
  const obstacle = joinedTies(spec, view).find((tie) => !canJoin(container, tie));
  if (obstacle === undefined) return undefined;
  const { shared, service, owner } = obstacle;
  return owner !== undefined && shares(container, obstacle, owner)
    ? `${container.name} shares the ${sharedNames[shared]} of ${service}, which does not run`
    : `${container.name} shares the ${sharedNames[shared]} of a container of ${service} that serves no longer`;
}

function joinedTies(spec: ServiceSpec, view: View): readonly Tie[] {
  return tiesOf(spec, view).filter(needsRunning);
}

function canJoin(container: ObservedContainer, tie: Tie): boolean {
  return tie.owner?.state === "running" && shares(container, tie, tie.owner);
}

/** Why what a container shares is not that of the owner any more: that was started again, and has made it anew. */
export function renewal(spec: ServiceSpec, container: ObservedContainer, view: View): string | undefined {
  const { startedAt } = container;
  if (startedAt === undefined) return undefined;
  const renewed = joinedTies(spec, view).find(
    (tie) => canJoin(container, tie) && (tie.owner?.startedAt ?? 0) > startedAt,
  );
  if (renewed?.owner === undefined) return undefined;
  return `${renewed.owner.name} was started again, and its ${sharedNames[renewed.shared]} is a new one`;
}

/**
 * Why a running one has to be stopped and started: what it shares went with a restart of the container that owns it, or
 * the file asks for it when a dependency is replaced. What is started after that has its cause behind it, so this ends.
 */
export function restartCause(spec: ServiceSpec, container: ObservedContainer, view: View): string | undefined {
  const { startedAt } = container;
  if (startedAt === undefined) return undefined;
  const renewed = renewal(spec, container, view);
  if (renewed !== undefined) return renewed;
  const replaced = dependenciesOf(spec).find((dependency) => {
    const state = view.dependencies.get(dependency.service);
    return dependency.restart === true && isMet(dependency, state) && (state?.createdAt ?? 0) > startedAt;
  });
  return replaced === undefined ? undefined : `${replaced.service} has a new container, and restart is true`;
}

/** One replica after the other, as soon as the one before is well again; without what they share none can serve anyway. */
export function isItsTurn(spec: ServiceSpec, view: SlotView): boolean {
  if (bondsOf(spec).some(needsRunning)) return true;
  return view.siblings.every(
    (one) =>
      one.role !== "active" ||
      one.slot >= view.slot ||
      (one.state === "running" && one.health !== "starting" && restartCause(spec, one, view) === undefined),
  );
}
