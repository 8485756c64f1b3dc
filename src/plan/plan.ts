import { withAfter } from "./after.js";
import { sinceOwner } from "./bonds.js";
import { withBuild } from "./build.js";
import { withCrashLoops } from "./crash-loop.js";
import type { Desired, Memory } from "./desired.js";
import { memoryOf } from "./failures.js";
import { mayBeStarting } from "./handover.js";
import { planJobEnds } from "./job-ends.js";
import { planJobNames } from "./job-names.js";
import { withLeaving } from "./leave.js";
import { refusing, sparing } from "./lifeline.js";
import { makeRoom } from "./make-room.js";
import { planNetworks } from "./networks.js";
import { withNotice } from "./notice.js";
import type { ObservedContainer } from "./observed.js";
import { planOnRollback, withUndoFailure } from "./on-rollback.js";
import type { Decision, Plan } from "./outcome.js";
import { withPin } from "./pin.js";
import { planRefusals } from "./refusal.js";
import { rehearse } from "./rehearsal.js";
import { awaitRelease, untilReleased } from "./release.js";
import { planReloadEnds } from "./reload-end.js";
import { planReplicas } from "./replicas.js";
import { planRestore } from "./restore.js";
import { withRoutes } from "./routes.js";
import { planSlot } from "./slot.js";
import { withHeld, withStandIn } from "./stand-in.js";
import { compile, compilePlainly, stayingIn } from "./steps/compile.js";
import { planStopped, stopOf } from "./stopped.js";
import { planStrays, withStrays } from "./stray.js";
import { givingWay, leavingAlone, triedAgain } from "./succession.js";
import { planSurplus } from "./surplus.js";
import { besideGated } from "./ungated.js";
import { sinceFiles } from "./unread.js";
import { isUnserved } from "./unserved.js";
import { slotOf } from "./view.js";
import type { View } from "./view.js";

/**
 * The heart: what to do for one service, from what is wanted, what is seen and what is remembered. Pure. Its networks
 * come first; then each replica has a slot, and each slot is decided by itself; with several, a schedule says which of
 * them may move now. What is decided is then compiled into calls, so far as nobody has to be waited for before.
 */
export function plan(desired: Desired, view: View, remembered: Memory): Plan {
  const { spec, target } = desired;
  const own = new Set([...view.containers, ...view.jobs]);
  const unserved = (one: ObservedContainer) => own.has(one) && isUnserved(one, view, remembered);
  const ended =
    planJobNames(spec, view) ??
    planJobEnds(spec, view, remembered) ??
    planRefusals(view, remembered) ??
    planReloadEnds(desired, view, remembered);
  if (ended !== undefined) return sparing(compilePlainly(ended, unserved), desired, view);
  const stop = stopOf(desired, remembered, view.now);
  const left = stop === undefined ? undefined : leavingAlone(view, "it is to be stopped");
  if (left !== undefined) return left;
  const { change, notice } = planNetworks(spec, view);
  // A helper stands on the networks itself, and soon does not.
  if (change !== undefined && stop === undefined && view.self === undefined)
    return refusing(compilePlainly(change), view);
  const wanted = stop === undefined ? serve(desired, view, remembered) : planStopped(stop, desired, view);
  const rehearsed = rehearse(besideGated(wanted, spec, view), desired, view);
  const drained = withPin(withLeaving(rehearsed, desired, view, remembered), desired, view);
  const built =
    stop !== undefined || target.known || target.build === undefined ? drained : withBuild(drained, target.build);
  const decision = triedAgain(withRoutes(built, desired, view), view);
  const staying = stayingIn(drained, view);
  const compiled = compile(decision, {
    desired,
    view,
    staying,
    isUnserved: unserved,
    isWhole: mayBeStarting(spec, view),
  });
  const settled = makeRoom(withCrashLoops(compiled, view, remembered), view);
  const spared =
    stop === undefined ? givingWay(sparing(settled, desired, view), decision, view) : refusing(settled, view);
  return withNotice(withStrays(spared, spec, view), notice, spec, view);
}

/** The containers that serve, and what follows once they do. */
function serve(wanted: Desired, view: View, memory: Memory): Decision {
  const undoing = planOnRollback(wanted, view, memory);
  if (undoing !== undefined) return undoing;
  const desired = withStandIn(wanted, view, memory);
  const planned = withUndoFailure(planService(desired, view, memory), wanted, view, memory);
  return desired.standIn === undefined ? withAfter(planned, desired, view, memory) : withHeld(planned, desired);
}

function planService(wanted: Desired, view: View, remembered: Memory): Decision {
  const memory = sinceFiles(wanted.spec, view, sinceOwner(wanted.spec, view, remembered));
  const count = wanted.spec.replicas ?? 1;
  const wait = awaitRelease(wanted, view, memory);
  if (wait !== undefined)
    return untilReleased(wait, wanted, view, (desired) => planWanted(desired, view, memory, count));
  return planWanted(wanted, view, memory, count);
}

function planWanted(desired: Desired, view: View, memory: Memory, count: number): Decision {
  const surplus = planSurplus(desired.spec, count, view);
  if (surplus !== undefined) return surplus;
  const strays = planStrays(desired, view, memory, count);
  if (strays !== undefined) return strays;
  const restored = planRestore(desired, view, memory, count);
  if (restored !== undefined) return restored;
  if (count === 1) return planSlot(desired, slotOf(view, 1), memoryOf(memory, 1));
  if (count > 1) return planReplicas(desired, view, memory, count);
  return { intents: [], outcome: { kind: "converged", reason: "Converged", because: "no replica is wanted" } };
}
