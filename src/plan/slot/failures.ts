import { isOutdated } from "../files/unread.js";
import { isTarget } from "../model/desired.js";
import type { Desired, Hold, Memory, SlotMemory } from "../model/desired.js";
import { inRole, precedes } from "../model/view.js";
import type { SlotView } from "../model/view.js";
import { heldBy } from "./upkeep/held.js";

/** Why no further slot may begin: the desired digest and spec failed in more slots than the file tolerates. */
export function heldInService(desired: Desired, slots: readonly SlotView[], memory: Memory): Hold | undefined {
  const holds = slots.flatMap((slot) => holdIn(desired, slot, memory) ?? []);
  return holds.length > toleratedFailures(desired.spec.update, slots.length) ? holds[0] : undefined;
}

export function toleratedFailures(
  update: { readonly failureAction: string; readonly maxFailureRatio?: number },
  count: number,
): number {
  if (update.failureAction === "continue") return count;
  // A ratio is written in decimals: 0.3 of 10 is 3.
  return Math.floor((update.maxFailureRatio ?? 0) * count + 1e-9);
}

function holdIn(desired: Desired, slot: SlotView, memory: Memory): Hold | undefined {
  const hold = heldBy(desired, slot, memoryOf(own(desired, memory, slot.slot), slot.slot));
  const active = inRole(slot.containers, "active");
  const failed = inRole(slot.containers, "failed");
  // What serves here has the same digest and is newer: a later try went well.
  const refuted =
    active?.specHash === desired.specHash && isTarget(desired.target, active.digest) && !isOutdated(desired, active);
  if (refuted && (failed === undefined || failed.revision === active.revision || precedes(failed, active)))
    return undefined;
  return hold;
}

/** Without the failures of the desired digest in other slots. */
export function own(desired: Desired, memory: Memory, slot: number): Memory {
  const holds = memory.holds.filter(
    (hold) => hold.specHash !== desired.specHash || !isTarget(desired.target, hold.digest) || (hold.slot ?? 1) === slot,
  );
  return { ...memory, holds };
}

export function memoryOf(memory: Memory, slot: number, hold?: Hold): SlotMemory {
  const { heals, holds } = memory;
  const known = hold === undefined || holds.some((one) => one.specHash === hold.specHash && one.digest === hold.digest);
  return { ...memory, holds: known ? holds : [...holds, hold], heals: heals.get(slot) ?? 0 };
}
