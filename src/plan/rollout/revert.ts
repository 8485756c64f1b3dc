import { isDetached } from "../bonds/bonds.js";
import { contestFor, contestOutcome, isOpen } from "../contest/contention.js";
import { scheduleSlots } from "../judge/schedule.js";
import type { Desired, Memory } from "../model/desired.js";
import type { ObservedContainer, Role } from "../model/host/observed.js";
import type { Decision } from "../model/outcome.js";
import { needsOf } from "../model/host/resources.js";
import { inRole, slotOf } from "../model/view.js";
import type { SlotView, View } from "../model/view.js";
import { memoryOf, own } from "../slot/failures.js";
import { ownGoalOf } from "../slot/goal.js";
import { heldBy } from "../slot/upkeep/held.js";
import { withRepair } from "../slot/launch.js";
import { planSlot } from "../slot/slot.js";
import { combine } from "./combine.js";
import { startPrevious } from "./roll-back.js";

interface Restorable {
  readonly slot: SlotView;
  readonly container: ObservedContainer;
  /** What the slot is to become: that very container. */
  readonly goal: Desired;
}

/**
 * The way back to a pinned revision by its very containers, which alone have its own spec. Undefined: there is no pin, or
 * not every slot has its own any more; then the digest is rolled out with today's spec.
 */
export function planRevert(desired: Desired, view: View, memory: Memory, count: number): Decision | undefined {
  const { pin } = desired;
  const found = restorable(desired, view, memory, count);
  if (pin === undefined || found === undefined) return undefined;
  const slots = found.map(({ slot }) => slot);
  const because = `pinned to revision ${pin.revision}`;
  const waiting = found.filter(({ container }) => container.role === "previous").map(({ slot }) => slot);
  const done = found.filter(({ container }) => container.role === "active").map(({ slot }) => slot);
  const { update } = desired.spec;
  const { begin, wait } = scheduleSlots({ spec: desired.spec, update, slots, done, waiting, now: view.now });
  const failed = found.some(({ container }) => container.role === "failed");
  const plans = found.map(({ slot, container, goal }) => {
    const remembered = memoryOf(own(goal, memory, slot.slot), slot.slot);
    const active = inRole(slot.containers, "active");
    if (container.role !== "previous" || inRole(slot.containers, "next") !== undefined)
      return planSlot(goal, slot, remembered);
    const contest = contestFor(needsOf(container), desired.spec, slot);
    const isItsTurn = begin.has(slot.slot) && !failed;
    if (isItsTurn && isOpen(contest)) {
      const plan = { intents: [], outcome: contestOutcome(contest, view) };
      return active === undefined ? plan : withRepair(plan, desired.spec, active, { view: slot, memory: remembered });
    }
    if (isItsTurn) return startPrevious(goal, container, because, slot);
    if (active === undefined) return { intents: [], outcome: wait };
    return withRepair({ intents: [], outcome: wait }, desired.spec, active, { view: slot, memory: remembered });
  });
  const [only] = plans;
  return count === 1 && only !== undefined ? only : combine(slots, plans);
}

/** Whether the pinned revision's own containers are there, and with them its own spec. */
export function isRevertible(desired: Desired, view: View, memory: Memory): boolean {
  return restorable(desired, view, memory, desired.spec.replicas ?? 1) !== undefined;
}

function restorable(desired: Desired, view: View, memory: Memory, count: number): readonly Restorable[] | undefined {
  const { pin } = desired;
  if (pin === undefined || !desired.target.known) return undefined;
  const slots = Array.from({ length: count }, (_, index) => slotOf(view, index + 1));
  const found = slots.flatMap((slot) => restorableIn(slot, desired, pin, memory) ?? []);
  return found.length < slots.length ? undefined : found;
}

const roles: readonly Role[] = ["next", "active", "previous", "failed"];

function restorableIn(
  slot: SlotView,
  desired: Desired,
  pin: NonNullable<Desired["pin"]>,
  memory: Memory,
): Restorable | undefined {
  const usable = slot.containers.filter(
    (one) =>
      one.specHash === pin.specHash &&
      one.digest === pin.digest &&
      one.state !== "dead" &&
      one.state !== "removing" &&
      !isDetached(desired.spec, one, slot) &&
      !wantsGatedPorts(one, desired),
  );
  const container = roles.flatMap((role) => inRole(usable, role) ?? [])[0];
  if (container === undefined) return undefined;
  const goal = { ...ownGoalOf(desired, container), pin };
  // One that failed stands in the way only as long as that counts: after a retry there is nothing left to restore.
  if (container.role === "failed" && heldBy(goal, slot, memoryOf(memory, slot.slot)) === undefined) return undefined;
  return { slot, container, goal };
}

/** It cannot run any more: its ports are those of a gate that it knows nothing of. */
function wantsGatedPorts({ role, publishes }: ObservedContainer, { spec }: Desired): boolean {
  return role === "previous" && publishes === true && spec.gate !== undefined;
}
