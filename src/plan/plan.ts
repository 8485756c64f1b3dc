import { sinceOwner } from "./bonds.js";
import type { Desired, Memory } from "./desired.js";
import { memoryOf } from "./failures.js";
import { withLeaving } from "./leave.js";
import { planNetworks } from "./networks.js";
import { withNotice } from "./notice.js";
import type { Plan } from "./outcome.js";
import { prepare } from "./prepare.js";
import { withBuild } from "./build.js";
import { planReplicas } from "./replicas.js";
import { withRoutes } from "./routes.js";
import { planSlot } from "./slot.js";
import { planSurplus } from "./surplus.js";
import { slotOf } from "./view.js";
import type { View } from "./view.js";

/**
 * The heart: what to do for one service, from what is wanted, what is seen and what is remembered. Pure. Its networks
 * come first; then each replica has a slot, and each slot is planned by itself; with several, a schedule says which of
 * them may move now.
 */
export function plan(desired: Desired, view: View, remembered: Memory): Plan {
  const { change, notice } = planNetworks(desired.spec, view);
  if (change !== undefined) return change;
  const planned = prepare(
    withLeaving(planService(desired, view, remembered), desired, view, remembered),
    desired,
    view,
  );
  const { target } = desired;
  const whole = target.known || target.build === undefined ? planned : withBuild(planned, target.build);
  return withNotice(withRoutes(whole, desired, view), notice, desired.spec, view);
}

function planService(desired: Desired, view: View, remembered: Memory): Plan {
  const memory = sinceOwner(desired.spec, view, remembered);
  const count = desired.spec.replicas ?? 1;
  const surplus = planSurplus(desired.spec, count, view);
  if (surplus !== undefined) return surplus;
  if (count === 1) return planSlot(desired, slotOf(view, 1), memoryOf(memory, 1));
  if (count > 1) return planReplicas(desired, view, memory, count);
  return { steps: [], outcome: { kind: "converged", reason: "Converged", because: "no replica is wanted" } };
}
