import type { ImageVersion } from "../../compose/values/image.js";
import { formatTime } from "../../tools/time.js";
import { isOutdated } from "../files/unread.js";
import { openedFor } from "../history/opening.js";
import { isPaused } from "../judge/paused.js";
import { isTarget } from "../model/desired.js";
import type { Desired, Memory } from "../model/desired.js";
import type { ObservedContainer } from "../model/host/observed.js";
import type { Outcome, Decision } from "../model/outcome.js";
import { inEverySlot, isReturning } from "../model/view.js";
import type { View } from "../model/view.js";
import { ownGoalOf } from "./goal.js";
import { fetchAhead } from "./upkeep/ahead.js";
import { keepRunning } from "./upkeep/keep.js";
import type { Seen } from "./upkeep/come-back.js";

/**
 * Why a rollout of what is wanted may not begin now. Undefined: it may, or there is nothing to roll out: what has the
 * desired spec, digest and files, or had them last, is no rollout. A person's own word holds back a first start too, a window
 * or an age does not: there is nothing that they could protect.
 */
export function awaitRelease(desired: Desired, view: View, memory: Memory): Outcome | undefined {
  const { target, pin } = desired;
  if (pin !== undefined || !target.known) return undefined;
  const actives = inEverySlot(view.containers, "active");
  const isFirst = actives.length === 0 && memory.stableDigest === undefined && view.containers.length === 0;
  if (!isFirst && !isPending(desired, actives, memory)) return undefined;
  const byPerson = paused(desired, memory) ?? unapproved(desired, memory);
  return isFirst ? byPerson : (byPerson ?? unripe(desired, view.now, memory) ?? closed(desired, view.now));
}

function isPending(desired: Desired, actives: readonly ObservedContainer[], memory: Memory): boolean {
  const { specHash, target } = desired;
  if (actives.length > 0) {
    return actives.some(
      (active) => active.specHash !== specHash || !isTarget(target, active.digest) || isOutdated(desired, active),
    );
  }
  const { stableDigest, stableSpec = specHash } = memory;
  return stableDigest === undefined || stableSpec !== specHash || !isTarget(target, stableDigest);
}

function paused({ spec }: Desired, memory: Memory): Outcome | undefined {
  if (!isPaused(spec, memory)) return undefined;
  const because =
    memory.pausedAt === undefined
      ? "the file says `paused`: no rollout begins until it says otherwise"
      : `paused since ${formatTime(memory.pausedAt)}: no rollout begins until \`fairlead resume\``;
  return { kind: "blocked", standing: "paused", reason: "Paused", because, lasts: true };
}

function unapproved({ spec, specHash, target, standIn }: Desired, { approved = [] }: Memory): Outcome | undefined {
  if (spec.release?.approve !== true || !target.known) return undefined;
  // What a person can approve of then is the spec alone.
  const over = standIn?.over ?? target;
  const isApproved = approved.some(
    (one) => one.specHash === specHash && (isTarget(target, one.digest) || isTarget(over, one.digest)),
  );
  if (isApproved) return undefined;
  const because = `${target.digest} waits for \`fairlead approve ${spec.project}/${spec.name}\``;
  return { kind: "blocked", standing: "unapproved", reason: "WaitingForApproval", because, lasts: true };
}

function unripe({ spec, target, standIn }: Desired, now: number, { firstSeen }: Memory): Outcome | undefined {
  const { minAgeMs = 0 } = spec.release ?? {};
  if (!target.known || minAgeMs === 0 || standIn !== undefined) return undefined;
  const since = firstSeen?.get(target.digest);
  const until = (since ?? now) + minAgeMs;
  if (until <= now) return undefined;
  return {
    kind: "wait",
    until,
    awaits: "time",
    ...(since === undefined ? {} : { lasts: true }),
    reason: "WaitingForAge",
    because: `${target.digest} is old enough at ${formatTime(until)}`,
  };
}

function closed({ window }: Desired, now: number): Outcome | undefined {
  if (window === undefined || "openUntil" in window || window.opensAt <= now) return undefined;
  const until = window.opensAt;
  return {
    kind: "wait",
    until,
    awaits: "time",
    lasts: true,
    reason: "WaitingForWindow",
    because: `the window opens at ${formatTime(until)}`,
  };
}

/**
 * What to do until then. A rollout that has begun goes on in every slot, whatever else is wanted by now; else what runs
 * is kept running.
 */
export function untilReleased(
  heldBack: Outcome,
  desired: Desired,
  view: View,
  planFor: (desired: Desired) => Decision,
): Decision {
  const digest = underWay(desired, view);
  if (digest === undefined) return planFor({ ...desired, heldBack });
  if (isTarget(desired.target, digest)) return planFor(desired);
  const planned = planFor({ ...desired, target: { known: true, digest, sameContent: [] } });
  const { kind } = planned.outcome;
  return kind === "converged" || kind === "blocked" ? { ...planned, outcome: heldBack } : planned;
}

/** What a rollout of this very spec was bringing when something newer came, or what it has brought to some slots. */
function underWay({ specHash }: Desired, view: View): ImageVersion | undefined {
  const { containers } = view;
  const nexts = inEverySlot(containers, "next").filter((next) => !isReturning(next, inSlot(containers, next.slot)));
  const actives = inEverySlot(containers, "active");
  const isMixed = new Set(actives.map(({ revision }) => revision)).size > 1;
  const [newest] = [...(nexts.length > 0 ? nexts : isMixed ? actives : [])].sort((a, b) => b.revision - a.revision);
  if (newest === undefined) return openedFor(specHash, view);
  return newest.specHash === specHash ? newest.digest : undefined;
}

function inSlot(containers: readonly ObservedContainer[], slot: number): readonly ObservedContainer[] {
  return containers.filter((container) => container.slot === slot);
}

/** The goal of a container that is to prove itself: its own, as long as what is wanted by now may not begin. */
export function goalOfNext(desired: Desired, next: ObservedContainer): Desired {
  if (desired.heldBack === undefined) return desired;
  return ownGoalOf(desired, next);
}

/** What serves goes on serving, and is kept well. */
export function planHeldBack(
  heldBack: Outcome,
  desired: Desired,
  active: ObservedContainer,
  { view, memory }: Seen,
): Decision {
  const repair = keepRunning(desired.spec, active, view, memory);
  if (repair.outcome.kind !== "converged") return repair;
  const { intents, outcome } = fetchAhead(heldBack, desired, view);
  return { ...repair, intents: [...repair.intents, ...intents], outcome };
}

/**
 * Whether the image of what is held back may come meanwhile: what has to ripen may never be rolled out, and of what is paused a
 * person wants nothing to begin.
 */
export function comesAhead(desired: Desired, { now }: Pick<View, "now">, memory: Memory): boolean {
  if (desired.spec.release?.window?.prefetch === false || isPaused(desired.spec, memory)) return false;
  return unripe(desired, now, memory) === undefined;
}
