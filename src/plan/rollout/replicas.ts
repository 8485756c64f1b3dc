/*
 * Several slots together live here: whose turn it is, and the way back for all.
 */

import { fits } from "../bonds/bonds.js";
import { assess } from "../judge/assess.js";
import { awaitFirstHealth } from "../judge/first-start.js";
import { scheduleSlots } from "../judge/schedule.js";
import type { Desired, Hold, Memory, SlotMemory } from "../model/desired.js";
import type { Decision } from "../model/outcome.js";
import { inRole, isReturning, slotOf } from "../model/view.js";
import type { SlotView, View } from "../model/view.js";
import { heldInService, memoryOf, own } from "../slot/failures.js";
import { goalOf } from "../slot/goal.js";
import { heldBy } from "../slot/upkeep/held.js";
import { withRepair } from "../slot/launch.js";
import { planSlot } from "../slot/slot.js";
import { combine } from "./combine.js";
import { planRollBack, rollBackIsDue } from "./roll-back.js";

/** Several slots: each is planned by itself, but only some may move at once, and all go back if one shows the digest to be bad. */
export function planReplicas(desired: Desired, view: View, memory: Memory, count: number): Decision {
  const slots = Array.from({ length: count }, (_, index) => slotOf(view, index + 1));
  const hold = heldInService(desired, slots, memory);
  const plans =
    hold !== undefined && rollBackIsDue(desired, slots)
      ? planRollBack(desired, hold, slots, memory)
      : planForward(desired, hold, slots, memory);
  return combine(slots, plans);
}

function planForward(
  desired: Desired,
  hold: Hold | undefined,
  slots: readonly SlotView[],
  memory: Memory,
): readonly Decision[] {
  const remembered = (slot: SlotView) =>
    memoryOf(hold === undefined ? own(desired, memory, slot.slot) : memory, slot.slot, hold);
  const isDone = (slot: SlotView) => runsTarget(desired, slot);
  const waiting = slots.filter((slot) => waits(desired, slot, remembered(slot)));
  const update = desired.spec.update;
  const { begin, wait } = scheduleSlots({
    spec: desired.spec,
    update,
    slots,
    done: slots.filter(isDone),
    waiting,
    now: slots[0]?.now ?? 0,
  });
  const failing = slots.filter((slot) => isFailing(slot, desired, remembered(slot)));
  return slots.map((slot) => {
    const next = inRole(slot.containers, "next");
    const active = inRole(slot.containers, "active");
    if (next !== undefined && isReturning(next, slot.containers) && !desired.target.known) {
      return planSlot(goalOf(desired, next), slot, remembered(slot));
    }
    // What one of them shows of the digest is told first: it would be promoted only to go back.
    if (next !== undefined && update.failureAction === "rollback" && failing.length > 0 && !failing.includes(slot)) {
      return { intents: [], outcome: wait };
    }
    if (active === undefined || !waiting.includes(slot) || (begin.has(slot.slot) && failing.length === 0)) {
      return planSlot(desired, slot, remembered(slot));
    }
    return withRepair({ intents: [], outcome: wait }, desired.spec, active, { view: slot, memory: remembered(slot) });
  });
}

/** It serves something else than what is wanted, and nothing but its turn keeps it from beginning. */
function waits(desired: Desired, slot: SlotView, memory: ReturnType<typeof memoryOf>): boolean {
  const active = inRole(slot.containers, "active");
  if (!desired.target.known || active === undefined || active.state === "dead" || active.state === "removing")
    return false;
  if (inRole(slot.containers, "next") !== undefined || runsTarget(desired, slot)) return false;
  return heldBy(desired, slot, memory) === undefined;
}

function runsTarget(desired: Desired, slot: SlotView): boolean {
  const active = inRole(slot.containers, "active");
  return active !== undefined && fits(desired, active, slot);
}

/** One that is only waited for says nothing of the others. */
function isFailing(slot: SlotView, desired: Desired, memory: SlotMemory): boolean {
  const next = inRole(slot.containers, "next");
  const failure = next === undefined ? undefined : assess(next, desired.spec, slot, memory);
  if (next === undefined || failure?.kind !== "failed") return false;
  const active = inRole(slot.containers, "active");
  return awaitFirstHealth({ desired, next, active, failure, memory }, slot) === undefined;
}
