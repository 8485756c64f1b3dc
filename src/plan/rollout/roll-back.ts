import type { ServiceSpec } from "../../compose/model/service.js";
import { isDetached } from "../bonds/bonds.js";
import { assess } from "../judge/assess.js";
import { isOver } from "../judge/over.js";
import { scheduleSlots } from "../judge/schedule.js";
import { strategyOf } from "../judge/strategy.js";
import { isTarget } from "../model/desired.js";
import type { Desired, Hold, Memory, SlotMemory } from "../model/desired.js";
import type { Intent } from "../model/intent.js";
import type { ObservedContainer } from "../model/host/observed.js";
import type { Decision } from "../model/outcome.js";
import { inRole, isReturning, isUp, precedes } from "../model/view.js";
import type { SlotView } from "../model/view.js";
import { canComeBack, canRunBeside } from "../slot/upkeep/come-back.js";
import type { Seen } from "../slot/upkeep/come-back.js";
import { memoryOf, toleratedFailures } from "../slot/failures.js";
import { goalOf, lastStable } from "../slot/goal.js";
import { planRollout, withRepair } from "../slot/launch.js";
import { planSlot } from "../slot/slot.js";
import { leaveAliases, nameAs, remove, restore, retire } from "../steps/steps.js";

/** Another slot still has, or has again, what was before: so there is something to go back to. */
export function rollBackIsDue(desired: Desired, slots: readonly SlotView[]): boolean {
  return (
    desired.spec.oneShot !== true &&
    desired.pin === undefined &&
    desired.spec.update.failureAction === "rollback" &&
    slots.some((slot) => runsOther(desired, slot))
  );
}

function runsOther(desired: Desired, slot: SlotView): boolean {
  const active = inRole(slot.containers, "active");
  const next = inRole(slot.containers, "next");
  if (next !== undefined && isReturning(next, slot.containers)) return true;
  return active !== undefined && !isWanted(desired, active);
}

function isWanted(desired: Desired, container: ObservedContainer): boolean {
  return container.specHash === desired.specHash && isTarget(desired.target, container.digest);
}

/** A promoted container whose digest is bad, and why it is. */
interface Fall {
  readonly bad: ObservedContainer;
  readonly because: string;
}

/** The desired digest is bad: what has not proved itself is withdrawn, what was promoted goes back, a few at a time. */
export function planRollBack(
  desired: Desired,
  hold: Hold,
  slots: readonly SlotView[],
  memory: Memory,
): readonly Decision[] {
  const update = desired.spec.rollback ?? desired.spec.update;
  const spec = { ...desired.spec, update };
  const remembered = (slot: SlotView) => memoryOf(memory, slot.slot, hold);
  const waiting = slots.filter(
    (slot) => promoted(desired, slot) !== undefined && wayBack(desired, slot, memory) !== undefined,
  );
  const returned = slots.filter((slot) => hasReturned(slot));
  const { begin, wait } = scheduleSlots({
    spec: desired.spec,
    update,
    slots,
    done: returned,
    waiting,
    now: slots[0]?.now ?? 0,
  });
  const failedReturns = slots.filter((slot) => returnFailed({ ...desired, spec }, slot, remembered(slot)));
  const stopped = failedReturns.length > toleratedFailures(update, slots.length);
  const because = `${hold.digest} failed in slot ${hold.slot ?? 1}: ${hold.message}`;
  return slots.map((slot) => {
    const next = inRole(slot.containers, "next");
    const active = inRole(slot.containers, "active");
    if (next !== undefined) return planUnderWay(desired, next, because, { view: slot, memory: remembered(slot) });
    const bad = promoted(desired, slot);
    if (bad === undefined || active === undefined) return planSlot(desired, slot, remembered(slot));
    if (!waiting.includes(slot) || stopped)
      return planStuck(spec, { bad, because }, { view: slot, memory: remembered(slot) });
    if (!begin.has(slot.slot))
      return withRepair({ intents: [], outcome: wait }, spec, active, { view: slot, memory: remembered(slot) });
    return planWayBack({ ...desired, spec }, { bad, because }, slot, memory);
  });
}

function promoted(desired: Desired, { containers }: SlotView): ObservedContainer | undefined {
  if (inRole(containers, "next") !== undefined) return undefined;
  const active = inRole(containers, "active");
  return active !== undefined && isWanted(desired, active) ? active : undefined;
}

/** It serves again, and what took its place for a while is kept for inspection. */
function hasReturned({ containers }: SlotView): boolean {
  const active = inRole(containers, "active");
  const failed = inRole(containers, "failed");
  return active !== undefined && failed !== undefined && precedes(active, failed);
}

function returnFailed(desired: Desired, slot: SlotView, memory: SlotMemory): boolean {
  const next = inRole(slot.containers, "next");
  if (next !== undefined)
    return isReturning(next, slot.containers) && assess(next, desired.spec, slot, memory).kind === "failed";
  const failed = inRole(slot.containers, "failed");
  const active = promoted(desired, slot);
  return active !== undefined && failed !== undefined && precedes(failed, active);
}

function planUnderWay(
  desired: Desired,
  next: ObservedContainer,
  because: string,
  { view: slot, memory }: Seen,
): Decision {
  if (isReturning(next, slot.containers)) return planSlot(goalOf(desired, next), slot, memory);
  const active = inRole(slot.containers, "active");
  const isBad = isWanted(desired, next) && assess(next, desired.spec, slot, memory).kind !== "failed";
  if (!isBad || active === undefined) return planSlot(desired, slot, memory);
  const away = retire(next, desired.spec, because);
  const comesBack = canComeBack(desired.spec, active, next, { view: slot, memory });
  const back = comesBack ? restore(active, `roll back: ${because}`) : [];
  // Cut off within its promotion, it serves already: under start-first the old one is there before it goes.
  const isBeside = strategyOf(desired.spec, slot).order === "start-first" && canRunBeside(active, next);
  const intents: Intent[] = isBeside ? [...back, ...away] : [...away, ...back];
  intents.push(remove(next, `it is withdrawn: ${because}`));
  return { intents, outcome: { kind: "continue", reason: "RollingBack", because } };
}

/** Nothing to go back to, or the way back has failed: what serves goes on serving. */
function planStuck(spec: ServiceSpec, { bad, because }: Fall, seen: Seen): Decision {
  const failed = inRole(seen.view.containers, "failed");
  const why =
    failed !== undefined && precedes(failed, bad)
      ? `${failed.name} did not come back well`
      : "there is nothing it could go back to";
  const outcome = {
    kind: "blocked" as const,
    standing: "stuck" as const,
    reason: "RollbackFailed" as const,
    because: `${because}; ${bad.name} goes on, for ${why}`,
  };
  return withRepair({ intents: [], outcome }, spec, bad, seen);
}

type Way =
  | { readonly kind: "container"; readonly container: ObservedContainer }
  | { readonly kind: "digest"; readonly digest: Hold["digest"] };

/** The container that served before, where it is still there; else a new one from the last stable digest and today's spec. */
function wayBack(desired: Desired, slot: SlotView, memory: Memory): Way | undefined {
  const isHeld = (specHash: string, digest: string) =>
    memory.holds.some((hold) => hold.specHash === specHash && hold.digest === digest);
  const previous = inRole(slot.containers, "previous");
  const usable =
    previous !== undefined &&
    previous.state !== "dead" &&
    previous.state !== "removing" &&
    !isOver(desired.spec, previous, slot, memory);
  if (
    usable &&
    !isDetached(desired.spec, previous, slot) &&
    !isWanted(desired, previous) &&
    !isHeld(previous.specHash, previous.digest)
  ) {
    return { kind: "container", container: previous };
  }
  const digest = memory.stableDigest;
  if (digest === undefined || isTarget(desired.target, digest) || isHeld(desired.specHash, digest)) return undefined;
  return { kind: "digest", digest };
}

function planWayBack(desired: Desired, { bad, because }: Fall, slot: SlotView, memory: Memory): Decision {
  const way = wayBack(desired, slot, memory);
  const seen = { view: slot, memory: memoryOf(memory, slot.slot) };
  if (way?.kind === "container") return startPrevious(desired, way.container, because, slot);
  if (way === undefined) return planStuck(desired.spec, { bad, because }, seen);
  const stable = { ...lastStable(desired, way.digest, memory), returns: true as const };
  return planRollout(stable, way.digest, bad, seen);
}

/**
 * It is started under its old name and only then renamed: so a `next` container that has ended has been tried. Its
 * aliases are taken from it first, for it has to prove itself again; only where they are known, to be given back.
 */
export function startPrevious(
  desired: Desired,
  previous: ObservedContainer,
  because: string,
  slot: SlotView,
): Decision {
  const { spec } = desired;
  const bad = inRole(slot.containers, "active");
  const strategy = strategyOf(spec, slot);
  const intents: Intent[] = [];
  const tried = isUp(previous) || previous.startError !== "";
  if (!tried) {
    if (previous.specHash === desired.specHash) intents.push(...leaveAliases(previous, spec.networks));
    if (bad !== undefined && strategy.order === "stop-first")
      intents.push(...retire(bad, spec, `stop-first: the service ${strategy.because}`));
    intents.push({ kind: "start", one: previous, because: `roll back: ${because}` });
  }
  intents.push(nameAs(previous, "next", "it is to take its old place"));
  return { intents, outcome: { kind: "continue", reason: "RollingBack", because } };
}
