/*
 * The decision for one slot lives here, as if it were the whole service. Other slots do not exist here.
 */

import { fits, isDetached } from "../bonds/bonds.js";
import { contestFor } from "../contest/contention.js";
import { isOutdated } from "../files/unread.js";
import { withoutJobs } from "../jobs/job-need.js";
import { leftStopped } from "../judge/left.js";
import { isOver } from "../judge/over.js";
import { strategyOf } from "../judge/strategy.js";
import { isWedged } from "../judge/wedged.js";
import { isTarget } from "../model/desired.js";
import type { Desired, SlotMemory } from "../model/desired.js";
import type { ObservedContainer } from "../model/host/observed.js";
import type { Decision } from "../model/outcome.js";
import { needsOf } from "../model/host/resources.js";
import { inRole, isUp } from "../model/view.js";
import type { SlotView } from "../model/view.js";
import { planAbsent } from "./absent.js";
import { planCandidate } from "./candidate.js";
import { conflictWith } from "./conflict.js";
import { planConverged, planUnknown } from "./upkeep/converged.js";
import { lastStable } from "./goal.js";
import { heldBy, planHeld } from "./upkeep/held.js";
import { planRollout } from "./launch.js";
import { goalOfNext, planHeldBack } from "./release.js";
import { planStray } from "./stray.js";

/**
 * What to do for one slot, from what is wanted, what is seen and what is remembered. Pure. Each call looks at the world
 * as it is, wherever an earlier run may have been cut off; no state but the arguments.
 */
export function planSlot(desired: Desired, view: SlotView, memory: SlotMemory): Decision {
  const conflict = conflictWith(desired.spec, view);
  if (conflict !== undefined) {
    return {
      intents: [],
      outcome: { kind: "blocked", standing: "obstructed", reason: "NameConflict", because: conflict },
    };
  }
  const stray = planStray(desired, view, memory);
  if (stray !== undefined) return stray;
  const next = inRole(view.containers, "next");
  const stopped = view.containers
    .filter(({ role }) => role === "next" || role === "active")
    .flatMap((one) => leftStopped(desired.spec, one, view, memory) ?? []);
  if (stopped[0] !== undefined) return { intents: [], outcome: stopped[0] };
  if (next !== undefined) return planCandidate(goalOfNext(desired, next), next, view, memory);

  const active = inRole(view.containers, "active");
  if (active === undefined || active.state === "dead" || active.state === "removing") {
    return planAbsent(desired, active, view, memory);
  }
  if (
    isAdrift(desired, active, view, memory) ||
    isToBeMadeAnew(desired, active, view, memory) ||
    isToReadAnew(desired, active, view, memory)
  )
    return planRollout(asItIs(desired, active), active.digest, active, { view, memory });
  if (!desired.target.known) return planUnknown(desired, desired.target, active, { view, memory });
  if (fits(desired, active, view)) return planConverged(desired, active, { view, memory });
  const hold = heldBy(desired, view, memory);
  if (hold !== undefined) {
    return planOusted(desired, active, view, memory) ?? planHeld(desired, hold, active, { view, memory });
  }
  if (desired.heldBack !== undefined) return planHeldBack(desired.heldBack, desired, active, { view, memory });
  return planRollout(onceMore(desired, active, view), desired.target.digest, active, { view, memory });
}

/**
 * What would serve again cannot, for what it needs has gone to another one meanwhile: the last stable digest has to make do
 * with today's spec. Undefined: it can, or that is known to be bad too.
 */
function planOusted(
  desired: Desired,
  active: ObservedContainer,
  view: SlotView,
  memory: SlotMemory,
): Decision | undefined {
  const { spec, specHash } = desired;
  const { stableDigest: stable, holds } = memory;
  if (stable === undefined || isUp(active) || isOver(spec, active, view, memory)) return undefined;
  if (active.specHash === specHash && active.digest === stable) return undefined;
  if (holds.some((hold) => hold.specHash === specHash && hold.digest === stable)) return undefined;
  if (contestFor(needsOf(active), spec, view)?.kind !== "kept") return undefined;
  return planRollout(lastStable(desired, stable, memory), stable, active, { view, memory });
}

/**
 * It has lost the network it lived in, and what is wanted is out of reach or known to be bad: its own digest will do for
 * a new one.
 */
function isAdrift(desired: Desired, active: ObservedContainer, view: SlotView, memory: SlotMemory): boolean {
  if (active.specHash !== desired.specHash || !isDetached(desired.spec, active, view)) return false;
  if (!desired.target.known) return true;
  return active.digest === memory.stableDigest && heldBy(desired, view, memory) !== undefined;
}

/** The engine cannot start it any more, and nothing newer is on its way. */
function isToBeMadeAnew(desired: Desired, active: ObservedContainer, view: SlotView, memory: SlotMemory): boolean {
  if (desired.spec.oneShot === true || !isWedged(active, memory)) return false;
  if (isOver(desired.spec, active, view, memory)) return false;
  const isHeld = (digest: string) =>
    memory.holds.some((hold) => hold.specHash === desired.specHash && hold.digest === digest);
  if (isHeld(active.digest)) return false;
  const isDue = desired.target.known && !fits(desired, active, view) && desired.heldBack === undefined;
  return !isDue || heldBy(desired, view, memory) !== undefined;
}

/**
 * It runs with files that others have taken the place of, and the wanted digest is known to be bad: its own is re-created, one
 * replica after the other.
 */
function isToReadAnew(desired: Desired, active: ObservedContainer, view: SlotView, memory: SlotMemory): boolean {
  if (!desired.target.known || isTarget(desired.target, active.digest) || desired.heldBack !== undefined) return false;
  if (active.specHash !== desired.specHash || active.digest !== memory.stableDigest) return false;
  if (!isOutdated(desired, active) || heldBy(desired, view, memory) === undefined) return false;
  const isFirst = view.siblings.every(
    (one) => one.slot === view.slot || (one.role !== "next" && (one.slot > view.slot || !isOutdated(desired, one))),
  );
  const isHeld = memory.holds.some(({ specHash, digest }) => specHash === active.specHash && digest === active.digest);
  return isFirst && !isHeld;
}

/**
 * What is wanted; a second time, where that very spec and digest serve: what their rollout has kept to be given back is from
 * back then, so that no job gives it back should this one fail.
 */
function onceMore(desired: Desired, active: ObservedContainer, view: SlotView): Desired {
  const { spec, specHash, target } = desired;
  if (spec.onRollback === undefined || active.specHash !== specHash || !isTarget(target, active.digest)) return desired;
  const { onRollback: _onRollback, ...rest } = spec;
  return { ...desired, spec: { ...rest, update: { ...spec.update, order: strategyOf(spec, view).order } } };
}

function asItIs(desired: Desired, { digest }: ObservedContainer): Desired {
  return { ...withoutJobs(desired), target: { known: true, digest, sameContent: [] } };
}
