import type { Desired, SlotMemory } from "../model/desired.js";
import type { ObservedContainer } from "../model/host/observed.js";
import { waitFor } from "../model/outcome.js";
import type { Outcome, Decision } from "../model/outcome.js";
import { inRole, localName } from "../model/view.js";
import type { SlotView } from "../model/view.js";
import { mayPull } from "../steps/arrival.js";
import { nameAs, remove } from "../steps/steps.js";
import { lastStable } from "./goal.js";
import { heldBy } from "./upkeep/held.js";
import { planRollout } from "./launch.js";

/** Nothing serves and nothing is on its way. */
export function planAbsent(
  desired: Desired,
  remains: ObservedContainer | undefined,
  view: SlotView,
  memory: SlotMemory,
): Decision {
  if (remains?.state === "removing") {
    const because = `${remains.name} is being removed`;
    return {
      intents: [],
      outcome: waitFor("host", "Restoring", because, view.now + 1_000),
    };
  }
  if (remains !== undefined) {
    const because = "the engine calls it dead";
    return {
      intents: [remove(remains, because)],
      outcome: { kind: "continue", reason: "Restoring", because },
    };
  }
  const { target } = desired;
  if (!target.known) return planFallback(desired, unhelped(target.message, target.reason), view, memory);
  const hold = heldBy(desired, view, memory);
  if (hold === undefined && desired.heldBack !== undefined) return planStandIn(desired, desired.heldBack, view, memory);
  if (hold === undefined) return planRollout(desired, target.digest, undefined, { view, memory });
  const because = `${hold.digest} is held: ${hold.message}`;
  return planFallback(desired, { kind: "blocked", standing: "held", reason: "DigestHeld", because }, view, memory);
}

/** It may not be rolled out yet, and nothing serves: what served last does, unless its spec was for a person to approve. */
function planStandIn(
  { heldBack: _, ...desired }: Desired,
  heldBack: Outcome,
  view: SlotView,
  memory: SlotMemory,
): Decision {
  const isApproved = heldBack.standing !== "unapproved" || memory.stableSpec === desired.specHash;
  const isKnown = memory.stableDigest !== undefined || inRole(view.containers, "previous") !== undefined;
  if (!isApproved || !isKnown || desired.spec.oneShot === true) return { intents: [], outcome: heldBack };
  return planFallback(desired, unhelped(heldBack.because, heldBack.reason), view, memory);
}

/** The desired digest is out of reach or known to be bad, and nothing serves: the last good one is better than nothing, unless it was to run once. */
function planFallback(desired: Desired, otherwise: Outcome, view: SlotView, memory: SlotMemory): Decision {
  if (desired.spec.oneShot === true) return { intents: [], outcome: otherwise };
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
    return planRollout(lastStable(desired, stable, memory), stable, undefined, { view, memory });
  }
  if (previous !== undefined && !mayEnd) {
    const because = `nothing serves, and ${otherwise.because}`;
    const rename = nameAs(previous, "active", because);
    return { intents: [rename], outcome: { kind: "continue", reason: "Restoring", because } };
  }
  return { intents: [], outcome: otherwise };
}

function unhelped(because: string, reason: Outcome["reason"]): Outcome {
  return { kind: "failed", reason, because };
}
