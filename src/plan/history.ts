import type { Rollout } from "./condition.js";
import type { Pin } from "./desired.js";
import type { ObservedContainer } from "./observed.js";
import { trackOpening } from "./opening.js";
import type { Opening } from "./opening.js";
import { inEverySlot, isReturning, isUp } from "./view.js";

/**
 * What the containers tell of the last rollout, given what was known of it. Level-triggered like everything else: a
 * rollout that ended while nobody watched is closed at the next look. All slots together make one rollout with one
 * outcome; `tolerated` is how many of them may fail, and `opening` the jobs before the first of them. Answers the very same object if nothing is new.
 */
export function trackRollout(
  known: Rollout | undefined,
  containers: readonly ObservedContainer[],
  now: number,
  tolerated = 0,
  pin?: Pin,
  opening?: Opening,
): Rollout | undefined {
  const nexts = inEverySlot(containers, "next");
  const isRollback = (next: ObservedContainer) => pin?.digest === next.digest;
  const isFront = (next: ObservedContainer) => isRollback(next) || !isReturning(next, inSlot(containers, next.slot));
  const front = nexts.filter(isFront).sort(newestFirst)[0];
  const open = known !== undefined && known.finishedAt === undefined ? known : undefined;
  if (front !== undefined) {
    if (open?.id === idOf(front)) return open;
    if (isPartOf(known, front, containers)) return known;
    const begun = begin(front, containers);
    // The container itself may be an old one.
    return isRollback(front) ? { ...begun, startedAt: new Date(now).toISOString(), rollback: true } : begun;
  }
  if (opening !== undefined && nexts.length === 0) return trackOpening(known, opening, containers, now);
  if (open === undefined || nexts.length > 0) return known;
  const end = endOf(open, containers, tolerated);
  if (end === undefined) return known;
  return { ...open, finishedAt: new Date(now).toISOString(), ...(open.rollback === true ? endOfRollback(end) : end) };
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
function isPartOf(
  known: Rollout | undefined,
  next: ObservedContainer,
  containers: readonly ObservedContainer[],
): boolean {
  const others = inEverySlot(containers, "active");
  if (others.length === 0 || !others.every((active) => active.revision === next.revision)) return false;
  return known === undefined || known.id === idOf(next);
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
function endOf(open: Rollout, containers: readonly ObservedContainer[], tolerated: number): End | undefined {
  const actives = inEverySlot(containers, "active");
  const failed = inEverySlot(containers, "failed").filter((container) => idOf(container) === open.id);
  const [model, ...more] = actives.filter((active) => idOf(active) === open.id && active.digest === open.to);
  if (model === undefined) return endWithout(actives, failed, tolerated);
  const others = actives.filter(({ specHash, digest }) => specHash !== model.specHash || digest !== model.digest);
  const unserved = failed.filter(({ slot }) => ![model, ...more].some((active) => active.slot === slot));
  if (unserved.length > tolerated && others.length === 0) return { outcome: "failed", reason: "DigestHeld" };
  const failedHere = (slot: number) => unserved.some((container) => container.slot === slot);
  if (unserved.length <= tolerated && others.every(({ slot }) => failedHere(slot))) {
    return { outcome: "promoted", reason: "Converged" };
  }
  const stuck = inEverySlot(containers, "failed").some(({ slot, revision }) =>
    [model, ...more].some((active) => active.slot === slot && revision < active.revision),
  );
  return stuck ? { outcome: "failed", reason: "RollbackFailed" } : undefined;
}

/** Nothing serves what it was to bring. */
function endWithout(
  actives: readonly ObservedContainer[],
  failed: readonly ObservedContainer[],
  tolerated: number,
): End | undefined {
  if (failed.length === 0) return { outcome: "superseded", reason: "RolloutStarted" };
  const untried = actives.filter(({ slot }) => failed.every((container) => container.slot !== slot));
  if (failed.length <= tolerated && untried.length > 0) return undefined;
  const serves = actives.length > 0 && actives.every(isUp);
  return { outcome: serves ? "rolled-back" : "failed", reason: "DigestHeld" };
}
