/*
 * Revisions live here: their numbers, what became of them, and pins.
 */

import type { ImageVersion } from "../../compose/values/image.js";
import type { Rollout } from "../model/condition.js";
import { isTarget } from "../model/desired.js";
import type { Desired, Hold, Pin } from "../model/desired.js";
import type { ObservedContainer } from "../model/host/observed.js";
import { inEverySlot, isReturning, isUp, precedes } from "../model/view.js";
import { trackOpening } from "./opening.js";
import type { Opening } from "./opening.js";

/** What can be seen of a service's rollouts at one moment, and what has to be known to understand it. */
export interface Scene {
  readonly containers: readonly ObservedContainer[];
  readonly now: number;
  /** How many slots may fail. Default 0. */
  readonly tolerated?: number;
  readonly pin?: Pin | undefined;
  /** The jobs before the first container of the newest rollout. */
  readonly opening?: Opening | undefined;
  readonly holds?: readonly Hold[];
  /** What follows a rollout that failed is still to come. */
  readonly isUndoing?: boolean;
  /** What is to run, as far as that is known. */
  readonly wanted?: Pick<Desired, "specHash" | "target"> | undefined;
}

/**
 * What the containers tell of the last rollout, given what was known of it. Level-triggered like everything else: a
 * rollout that ended while nobody watched is closed at the next look. All slots together make one rollout with one
 * outcome. Answers the very same object if nothing is new.
 */
export function trackRollout(known: Rollout | undefined, scene: Scene): Rollout | undefined {
  const { containers, now, pin, opening } = scene;
  const nexts = inEverySlot(containers, "next");
  const isRollback = (next: ObservedContainer) => pin?.digest === next.digest;
  const isFront = (next: ObservedContainer) => isRollback(next) || !isReturning(next, inSlot(containers, next.slot));
  const front = nexts.filter(isFront).sort(newestFirst)[0];
  const open = known !== undefined && known.finishedAt === undefined ? known : undefined;
  if (front !== undefined) {
    if (open?.id === idOf(front)) return open;
    if (isPartOf(front, containers)) return known;
    const begun = begin(front, containers);
    // The container itself may be an old one.
    return isRollback(front) ? { ...begun, startedAt: new Date(now).toISOString(), rollback: true } : begun;
  }
  if (opening !== undefined && nexts.length === 0) return trackOpening(known, opening, containers, now);
  if (open === undefined || nexts.length > 0) return known;
  const end = endOf(open, scene);
  if (end === undefined) return known;
  return { ...open, finishedAt: new Date(now).toISOString(), ...(open.rollback === true ? endOfRollback(end) : end) };
}

/** The end of the one before, which something newer has taken the place of while slots were still to come. */
export function supersededBy(known: Rollout | undefined, rollout: Rollout, now: number): Rollout | undefined {
  if (known === undefined || known.finishedAt !== undefined || known.id === rollout.id) return undefined;
  return { ...known, finishedAt: new Date(now).toISOString(), outcome: "superseded", reason: "RolloutStarted" };
}

/** It is no success that a person had to go back; and what fails then is not rolled back once more. */
function endOfRollback(end: End): End {
  if (end.outcome === "promoted") return { outcome: "rolled-back", reason: "Pinned" };
  return end.outcome === "superseded" ? end : { outcome: "failed", reason: "RollbackFailed" };
}

function inSlot(containers: readonly ObservedContainer[], slot: number): readonly ObservedContainer[] {
  return containers.filter((container) => container.slot === slot);
}

function newestFirst(one: ObservedContainer, other: ObservedContainer): number {
  return other.revision - one.revision;
}

function idOf(container: ObservedContainer): string {
  return `${container.project}/${container.service}@${container.revision}`;
}

/** A replica more, or one anew, of what all the others serve already: that is no rollout. */
function isPartOf(next: ObservedContainer, containers: readonly ObservedContainer[]): boolean {
  const others = inEverySlot(containers, "active");
  return others.length > 0 && others.every((active) => active.revision === next.revision);
}

function begin(next: ObservedContainer, containers: readonly ObservedContainer[]): Rollout {
  return {
    id: idOf(next),
    from: inEverySlot(containers, "active").find(({ revision }) => revision !== next.revision)?.digest,
    to: next.digest,
    startedAt: new Date(next.createdAt).toISOString(),
    finishedAt: undefined,
    outcome: undefined,
    reason: "RolloutStarted",
    image: next.image,
    specHash: next.specHash,
  };
}

type End = Pick<Rollout, "outcome" | "reason">;

/** Undefined: between two replicas, or on the way back. */
function endOf(open: Rollout, scene: Scene): End | undefined {
  const { containers, tolerated = 0, isUndoing = false } = scene;
  if (isUndoing) return undefined;
  const actives = inEverySlot(containers, "active");
  const failed = inEverySlot(containers, "failed").filter((container) => idOf(container) === open.id);
  const [model, ...more] = actives.filter((active) => idOf(active) === open.id && active.digest === open.to);
  if (model === undefined)
    return failed.length === 0 ? endOfNothing(open, scene) : endWithout(actives, failed, tolerated);
  const others = actives.filter(({ specHash, digest }) => specHash !== model.specHash || digest !== model.digest);
  const unserved = failed.filter(({ slot }) => ![model, ...more].some((active) => active.slot === slot));
  if (unserved.length > tolerated && others.length === 0) return { outcome: "failed", reason: "DigestHeld" };
  const failedHere = (slot: number) => unserved.some((container) => container.slot === slot);
  if (unserved.length <= tolerated && others.every(({ slot }) => failedHere(slot))) {
    return { outcome: "promoted", reason: "Converged" };
  }
  const stuck = inEverySlot(containers, "failed").some((one) =>
    [model, ...more].some((active) => active.slot === one.slot && precedes(one, active)),
  );
  // What failed before it began says nothing of a way back.
  return (failed.length > 0 || isHeld(open, scene)) && stuck
    ? { outcome: "failed", reason: "RollbackFailed" }
    : undefined;
}

/** One that could begin was not held before it. */
function isHeld({ to, specHash }: Rollout, { holds = [] }: Scene): boolean {
  return holds.some((hold) => hold.specHash === specHash && hold.digest === to);
}

/** No container is left of it, or none is there again yet: that is its end only where something else is wanted, or serves. */
function endOfNothing(open: Rollout, scene: Scene): End | undefined {
  const { containers, wanted } = scene;
  if (isHeld(open, scene)) return { outcome: serves(containers) ? "rolled-back" : "failed", reason: "DigestHeld" };
  const isWanted =
    wanted !== undefined &&
    wanted.specHash === open.specHash &&
    (!wanted.target.known || isTarget(wanted.target, open.to as ImageVersion));
  const actives = inEverySlot(containers, "active");
  const isServed =
    actives.length > 0 &&
    actives.every(({ specHash, digest }) => specHash === wanted?.specHash && isTarget(wanted.target, digest));
  return isWanted && !isServed ? undefined : { outcome: "superseded", reason: "RolloutStarted" };
}

/** Nothing serves what it was to bring. What never ran has not been rolled back from. */
function endWithout(
  actives: readonly ObservedContainer[],
  failed: readonly ObservedContainer[],
  tolerated: number,
): End | undefined {
  const untried = actives.filter(({ slot }) => failed.every((container) => container.slot !== slot));
  if (failed.length <= tolerated && untried.length > 0) return undefined;
  if (failed.every(({ startedAt }) => startedAt === undefined)) return { outcome: "failed", reason: "StartFailed" };
  return { outcome: serves(actives) ? "rolled-back" : "failed", reason: "DigestHeld" };
}

function serves(containers: readonly ObservedContainer[]): boolean {
  const actives = inEverySlot(containers, "active");
  return actives.length > 0 && actives.every(isUp);
}
