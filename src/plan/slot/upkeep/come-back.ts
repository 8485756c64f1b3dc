import type { ServiceSpec } from "../../../compose/model/service.js";
import { startObstacle } from "../../bonds/bonds.js";
import { contestFor, isOpen } from "../../contest/contention.js";
import { isGone } from "../../judge/over.js";
import { hasRemains } from "../../judge/wedged.js";
import type { SlotMemory } from "../../model/desired.js";
import type { ObservedContainer } from "../../model/host/observed.js";
import { commonOf, needsOf, sizeOf } from "../../model/host/resources.js";
import { isUp } from "../../model/view.js";
import type { SlotView } from "../../model/view.js";

export interface Seen {
  readonly view: SlotView;
  readonly memory: SlotMemory;
}

/** It does not run, and is to; and the engine would start it, once `next` has given up what they both need. */
export function canComeBack(
  spec: ServiceSpec,
  active: ObservedContainer,
  next: ObservedContainer,
  { view, memory }: Seen,
): boolean {
  if (isUp(active) || hasRemains(active) || spec.oneShot === true) return false;
  return hasItsNeeds(spec, active, view) && !isGone(spec, { active, next }, view, memory);
}

/** Nothing that it needs is another service's by now, or a stranger's. */
export function hasItsNeeds(spec: ServiceSpec, container: ObservedContainer, view: SlotView): boolean {
  return !isOpen(contestFor(needsOf(container), spec, view)) && startObstacle(spec, container, view) === undefined;
}

/** `next`, which runs, has nothing that the other one needs for itself. */
export function canRunBeside(active: ObservedContainer, next: ObservedContainer): boolean {
  if (active.publishes === true && next.publishes === true) return false;
  const { ports, addresses } = needsOf(next);
  const taken = { ports, addresses: [...addresses, ...(next.chosenAddresses ?? [])] };
  return sizeOf(commonOf(needsOf(active), taken)) === 0;
}
