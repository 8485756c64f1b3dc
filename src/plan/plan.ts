import { sinceOwner } from "./bonds/bonds.js";
import { planReloadEnds } from "./files/reload-end.js";
import { sinceFiles } from "./files/unread.js";
import { withPin } from "./history/pin.js";
import { withBuild } from "./host/build.js";
import { planNetworks } from "./host/networks.js";
import { leftToOthers } from "./host/others.js";
import { withAfter } from "./jobs/after.js";
import { planJobEnds } from "./jobs/job-ends.js";
import { planJobNames } from "./jobs/job-names.js";
import { withCrashLoops } from "./judge/crash-loop.js";
import { planRefusals } from "./judge/refusal.js";
import type { Desired, Memory } from "./model/desired.js";
import type { ObservedContainer } from "./model/host/observed.js";
import type { Decision, Plan } from "./model/outcome.js";
import { slotOf } from "./model/view.js";
import type { View } from "./model/view.js";
import { planOnRollback, withUndoFailure } from "./rollout/on-rollback.js";
import { planReplicas } from "./rollout/replicas.js";
import { planRevert } from "./rollout/revert.js";
import { withHeld, withStandIn } from "./rollout/stand-in.js";
import { planSurplus } from "./rollout/surplus.js";
import { refusing, sparing } from "./self/lifeline.js";
import { givingWay, leavingAlone, triedAgain } from "./self/succession.js";
import { memoryOf } from "./slot/failures.js";
import { awaitRelease, comesAhead, untilReleased } from "./slot/release.js";
import { planSlot } from "./slot/slot.js";
import { planStopped, stopOf } from "./slot/stopped.js";
import { planStrays, withStrays } from "./slot/stray.js";
import { withNotice } from "./status/notice.js";
import { compile, compilePlainly, stayingIn } from "./steps/compile.js";
import { rehearse } from "./steps/rehearsal.js";
import { withDraining } from "./traffic/drain.js";
import { mayBeStarting } from "./traffic/handover.js";
import { withRoutes } from "./traffic/routes.js";
import { besideGated } from "./traffic/ungated.js";
import { isUnserved } from "./volumes/unserved.js";

/**
 * The heart: what to do for one service, from what is wanted, what is seen and what is remembered. Pure. Its networks
 * come first; then each replica has a slot, and each slot is decided by itself; with several, a schedule says which of
 * them may move now. What is decided is then compiled into calls, so far as nobody has to be waited for before.
 */
export function plan(desired: Desired, seen: View, remembered: Memory): Plan {
  const view = desired.signatures === undefined ? seen : { ...seen, signatures: desired.signatures };
  const { spec, target } = desired;
  const others = leftToOthers(spec, view);
  if (others !== undefined) return others;
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
  const drained = withPin(withDraining(rehearsed, desired, view, remembered), desired, view);
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
  const settled = withCrashLoops(compiled, view, remembered);
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
  const ahead = comesAhead(wanted, view, memory) ? { ...wanted, comesAhead: true as const } : wanted;
  if (wait !== undefined)
    return untilReleased(wait, ahead, view, (desired) => planWanted(desired, view, memory, count));
  return planWanted(wanted, view, memory, count);
}

function planWanted(desired: Desired, view: View, memory: Memory, count: number): Decision {
  const surplus = planSurplus(desired.spec, count, view);
  if (surplus !== undefined) return surplus;
  const strays = planStrays(desired, view, memory, count);
  if (strays !== undefined) return strays;
  const restored = planRevert(desired, view, memory, count);
  if (restored !== undefined) return restored;
  if (count === 1) return planSlot(desired, slotOf(view, 1), memoryOf(memory, 1));
  if (count > 1) return planReplicas(desired, view, memory, count);
  return { intents: [], outcome: { kind: "converged", reason: "Converged", because: "no replica is wanted" } };
}
