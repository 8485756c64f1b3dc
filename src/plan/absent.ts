import { mayPull } from "./arrival.js";
import { planRollout } from "./begin.js";
import type { Desired, SlotMemory } from "./desired.js";
import { lastStable } from "./goal.js";
import { heldBy } from "./held.js";
import { baseOf } from "./names.js";
import type { ObservedContainer } from "./observed.js";
import type { Outcome, Plan } from "./outcome.js";
import type { Step } from "./step.js";
import { inRole, localName } from "./view.js";
import type { SlotView } from "./view.js";

/** Nothing serves and nothing is on its way. */
export function planAbsent(
  desired: Desired,
  remains: ObservedContainer | undefined,
  view: SlotView,
  memory: SlotMemory,
): Plan {
  if (remains?.state === "removing") {
    const because = `${remains.name} is being removed`;
    return { steps: [], outcome: { kind: "wait", until: view.now + 1_000, reason: "Restoring", because } };
  }
  if (remains !== undefined) {
    const because = "the engine calls it dead";
    return {
      steps: [{ kind: "remove-container", container: remains.name, because }],
      outcome: { kind: "continue", reason: "Restoring", because },
    };
  }
  const { target } = desired;
  if (!target.known) return planFallback(desired, target.message, target.reason, view, memory);
  const hold = heldBy(desired, view, memory);
  if (hold === undefined && desired.heldBack !== undefined) return planStandIn(desired, desired.heldBack, view, memory);
  if (hold === undefined) return planRollout(desired, target.digest, undefined, view, memory);
  return planFallback(desired, `${hold.digest} is held: ${hold.message}`, "DigestHeld", view, memory);
}

/** It may not be rolled out yet, and nothing serves: what served last does, unless its spec was for a person to approve. */
function planStandIn(
  { heldBack: _, ...desired }: Desired,
  heldBack: Outcome,
  view: SlotView,
  memory: SlotMemory,
): Plan {
  const isApproved = heldBack.reason !== "WaitingForApproval" || memory.stableSpec === desired.specHash;
  const isKnown = memory.stableDigest !== undefined || inRole(view.containers, "previous") !== undefined;
  if (!isApproved || !isKnown || desired.spec.oneShot === true) return { steps: [], outcome: heldBack };
  return planFallback(desired, heldBack.because, heldBack.reason, view, memory);
}

/** The desired digest is out of reach or known to be bad, and nothing serves: the last good one is better than nothing, unless it was to run once. */
function planFallback(
  desired: Desired,
  why: string,
  reason: Plan["outcome"]["reason"],
  view: SlotView,
  memory: SlotMemory,
): Plan {
  if (desired.spec.oneShot === true) return unhelped(why, reason);
  const previous = inRole(view.containers, "previous");
  // Of one that may end nobody can tell any more whether it had: a new one takes its place.
  const mayEnd = desired.spec.mayEnd === true;
  const stable = memory.stableDigest ?? (mayEnd ? previous?.digest : undefined);
  const held = (digest: string) =>
    memory.holds.some((hold) => hold.digest === digest && hold.specHash === desired.specHash);
  const isIt = !mayEnd && previous?.digest === stable && previous?.specHash === memory.stableSpec;
  const inReach =
    stable !== undefined && (mayPull(desired.spec) || localName(view, desired.spec.image, stable) !== undefined);
  if (inReach && !isIt && !held(stable)) {
    return planRollout(lastStable(desired, stable, memory), stable, undefined, view, memory);
  }
  if (previous !== undefined && !mayEnd) {
    const because = `nothing serves, and ${why}`;
    const rename: Step = { kind: "rename-container", container: previous.name, to: baseOf(previous), because };
    return { steps: [rename], outcome: { kind: "continue", reason: "Restoring", because } };
  }
  return unhelped(why, reason);
}

function unhelped(because: string, reason: Plan["outcome"]["reason"]): Plan {
  return { steps: [], outcome: { kind: reason === "DigestHeld" ? "blocked" : "failed", reason, because } };
}
