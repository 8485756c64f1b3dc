import { hasRemains } from "../judge/wedged.js";
import type { Desired, SlotMemory } from "../model/desired.js";
import type { Intent } from "../model/intent.js";
import { baseOf } from "../model/host/names.js";
import type { ObservedContainer } from "../model/host/observed.js";
import type { Decision } from "../model/outcome.js";
import { inRole, isReturning, isUp } from "../model/view.js";
import type { SlotView } from "../model/view.js";
import { discard, join, nameAs, remove, restorePolicy, retire } from "../steps/steps.js";

/** A new container that is to prove itself, with what serves in its slot. */
export interface Trial {
  readonly desired: Desired;
  readonly next: ObservedContainer;
  readonly active: ObservedContainer | undefined;
  readonly view: SlotView;
  readonly memory: SlotMemory;
}

/** An old one on its way back stays as what could be gone back to. */
export function putAway(next: ObservedContainer, because: string, view: SlotView): Intent[] {
  const keeps = isReturning(next, view.containers) && inRole(view.containers, "previous") === undefined;
  return [keeps ? nameAs(next, "previous", because) : remove(next, because)];
}

/**
 * The new one takes the old one's place: first its aliases, then the old one leaves, then the names change hands. What
 * is left behind on a way back is no roll-back target: it is kept as what failed. Nor is one of the same spec and digest:
 * it goes, and the one before it stays what could be gone back to.
 */
export function planPromotion({ desired, next, active, view }: Omit<Trial, "memory">, because: string): Decision {
  const { spec } = desired;
  const base = baseOf(next);
  const serves = spec.oneShot !== true;
  const intents: Intent[] = serves && isUp(next) ? join(next, spec.networks, true) : [];
  if (active !== undefined && hasRemains(active)) {
    intents.push(...discard(active, spec, `${next.name} has taken over, and the engine cannot start it any more`));
  } else if (active !== undefined && isSameAs(next, active) && !isReturning(next, view.containers)) {
    intents.push(...discard(active, spec, `${next.name} is the very same and has taken over`));
  } else if (active !== undefined) {
    // What a person has gone back behind is not known to be bad.
    const back = desired.pin === undefined && isReturning(next, view.containers);
    const role = back ? "failed" : "previous";
    const older = inRole(view.containers, role);
    intents.push(...retire(active, spec, `${next.name} has taken over`));
    const instead = back ? "a newer failure takes its place" : "a newer one takes its place as roll-back target";
    if (older !== undefined) intents.push(...discard(older, spec, instead));
    intents.push(nameAs(active, role, back ? "the service has gone back behind it" : "it is kept for a roll-back"));
  }
  intents.push(nameAs(next, "active", because));
  if (serves) intents.push(...restorePolicy({ ...next, name: base }));
  return { intents, outcome: { kind: "continue", reason: "Promoting", because } };
}

export function isSameAs(next: ObservedContainer, active: ObservedContainer): boolean {
  return next.specHash === active.specHash && next.digest === active.digest;
}
