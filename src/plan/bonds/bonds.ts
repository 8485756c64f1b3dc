/*
 * What a container shares with another one, or needs of it, lives here.
 */

import { bondsOf, dependenciesOf, needsRunning, partnerOf } from "../../compose/model/relations.js";
import type { Bond } from "../../compose/model/relations.js";
import type { ServiceSpec } from "../../compose/model/service.js";
import { isOutdated } from "../files/unread.js";
import { isTarget } from "../model/desired.js";
import type { Desired, Memory } from "../model/desired.js";
import type { ObservedContainer } from "../model/host/observed.js";
import { isThere, providerOf } from "../model/provider.js";
import type { Provider } from "../model/provider.js";
import { sharedNames } from "../steps/shared.js";
import type { Owner } from "../model/step.js";
import { inEverySlot, isUp } from "../model/view.js";
import type { SlotView, View } from "../model/view.js";
import { isMet } from "./prerequisites.js";

/** A bond with the container that it is with today. */
type Tie = Bond & { readonly owner: Provider | undefined };

/** It is what is wanted: spec, digest, the containers that it is to share with, and the files that it has mounted. */
export function fits(desired: Desired, container: ObservedContainer, view: View): boolean {
  if (container.specHash !== desired.specHash || !isTarget(desired.target, container.digest)) return false;
  return !isDetached(desired.spec, container, view) && !isOutdated(desired, container);
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
  return bondsOf(spec).map((bond) => ({ ...bond, owner: providerOf(bond, view) }));
}

function shares({ owners }: ObservedContainer, { shared }: Bond, owner: Provider): boolean {
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
  return obstacle === undefined ? undefined : describeLoss(container, obstacle);
}

function describeLoss({ name, owners }: ObservedContainer, tie: Tie): string {
  const { owner, shared } = tie;
  const partner = partnerOf(tie);
  const what = `${name} shares the ${sharedNames[shared]} of`;
  if (owner !== undefined && owners?.[shared]?.includes(owner.id) === true)
    return `${what} ${partner}, which does not run`;
  if ("service" in tie) return `${what} a container of ${partner} that serves no longer`;
  return owner === undefined
    ? `${what} the container ${partner}, which is gone`
    : `${what} a container that was called ${partner} and is gone`;
}

/** Why what it shares is not there for one that runs: it may be cut off, whatever its own health says. */
export function strandedBy(spec: ServiceSpec, container: ObservedContainer, view: View): string | undefined {
  const lost = joinedTies(spec, view).find(({ owner }) => owner === undefined || !isThere(owner));
  return lost === undefined ? undefined : describeLoss(container, lost);
}

/** Why those that serve may be cut off: what they share is not there, is another one by now, or was re-created. */
export function lostNamespace(spec: ServiceSpec, view: View): string | undefined {
  const serving = inEverySlot(view.containers, "active").filter(isUp);
  return serving.flatMap((one) => strandedBy(spec, one, view) ?? changeOf(spec, one, view) ?? [])[0];
}

function changeOf(spec: ServiceSpec, container: ObservedContainer, view: View): string | undefined {
  const other = joinedTies(spec, view).find((tie) => tie.owner !== undefined && !shares(container, tie, tie.owner));
  return other === undefined ? renewal(spec, container, view) : describeLoss(container, other);
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
