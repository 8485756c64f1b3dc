import { sinceOwner } from "./bonds.js";
import { withAfter } from "./after.js";
import type { Desired, Memory } from "./desired.js";
import { memoryOf } from "./failures.js";
import { withLeaving } from "./leave.js";
import { planJobEnds } from "./job-ends.js";
import { makeRoom } from "./make-room.js";
import { planNetworks } from "./networks.js";
import { sparing } from "./lifeline.js";
import { withNotice } from "./notice.js";
import type { Plan } from "./outcome.js";
import { planOnRollback, withUndoFailure } from "./on-rollback.js";
import { prepare } from "./prepare.js";
import { withBuild } from "./build.js";
import { withPin } from "./pin.js";
import { awaitRelease, untilReleased } from "./release.js";
import { rehearse } from "./rehearsal.js";
import { planRefusals } from "./refusal.js";
import { planReplicas } from "./replicas.js";
import { withRoutes } from "./routes.js";
import { planRestore } from "./restore.js";
import { planSlot } from "./slot.js";
import { withHeld, withStandIn } from "./stand-in.js";
import { withStrays } from "./stray.js";
import { planSurplus } from "./surplus.js";
import { besideGated } from "./ungated.js";
import { withUnserved } from "./unserved.js";
import { planStopped, stopOf } from "./stopped.js";
import { slotOf } from "./view.js";
import type { View } from "./view.js";

/**
 * The heart: what to do for one service, from what is wanted, what is seen and what is remembered. Pure. Its networks
 * come first; then each replica has a slot, and each slot is planned by itself; with several, a schedule says which of
 * them may move now.
 */
export function plan(desired: Desired, view: View, remembered: Memory): Plan {
  const ended = planJobEnds(desired.spec, view, remembered) ?? planRefusals(view, remembered);
  if (ended !== undefined) return sparing(withUnserved(ended, view, remembered), view);
  const stop = stopOf(desired, remembered, view.now);
  const { change, notice } = planNetworks(desired.spec, view);
  if (change !== undefined && stop === undefined) return sparing(change, view);
  const wanted = stop === undefined ? serve(desired, view, remembered) : planStopped(stop, desired, view);
  const served = rehearse(besideGated(wanted, desired.spec, view), desired, view);
  const service = withLeaving(served, desired, view, remembered);
  const planned = withPin(prepare(service, desired, view), desired, view);
  const { target } = desired;
  const whole =
    stop !== undefined || target.known || target.build === undefined ? planned : withBuild(planned, target.build);
  const routed = withRoutes(whole, desired, view);
  const spared = sparing(makeRoom(withUnserved(routed, view, remembered), view), view);
  return withNotice(withStrays(spared, desired.spec, view), notice, desired.spec, view);
}

/** The containers that serve, and what follows once they do. */
function serve(wanted: Desired, view: View, memory: Memory): Plan {
  const undoing = planOnRollback(wanted, view, memory);
  if (undoing !== undefined) return undoing;
  const desired = withStandIn(wanted, view, memory);
  const planned = withUndoFailure(planService(desired, view, memory), wanted, view, memory);
  return desired.standIn === undefined ? withAfter(planned, desired, view, memory) : withHeld(planned, desired);
}

function planService(wanted: Desired, view: View, remembered: Memory): Plan {
  const memory = sinceOwner(wanted.spec, view, remembered);
  const count = wanted.spec.replicas ?? 1;
  const wait = awaitRelease(wanted, view, memory);
  if (wait !== undefined)
    return untilReleased(wait, wanted, view, (desired) => planWanted(desired, view, memory, count));
  return planWanted(wanted, view, memory, count);
}

function planWanted(desired: Desired, view: View, memory: Memory, count: number): Plan {
  const surplus = planSurplus(desired.spec, count, view);
  if (surplus !== undefined) return surplus;
  const restored = planRestore(desired, view, memory, count);
  if (restored !== undefined) return restored;
  if (count === 1) return planSlot(desired, slotOf(view, 1), memoryOf(memory, 1));
  if (count > 1) return planReplicas(desired, view, memory, count);
  return { steps: [], outcome: { kind: "converged", reason: "Converged", because: "no replica is wanted" } };
}
