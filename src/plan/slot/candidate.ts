import type { ServiceSpec } from "../../compose/model/service.js";
import { fits, isDetached } from "../bonds/bonds.js";
import { awaitNamespaceOwner } from "../bonds/namespace-owner.js";
import { contestFor, contestOutcome, isOpen } from "../contest/contention.js";
import type { Contest } from "../contest/contention.js";
import { assess } from "../judge/assess.js";
import { causeOf } from "../judge/start-refusal.js";
import { strategyOf } from "../judge/strategy.js";
import type { Verdict } from "../judge/verdict.js";
import { describeWedge, isWedged } from "../judge/wedged.js";
import { isTarget } from "../model/desired.js";
import type { Desired, SlotMemory } from "../model/desired.js";
import type { Intent } from "../model/intent.js";
import type { ObservedContainer } from "../model/host/observed.js";
import type { Decision } from "../model/outcome.js";
import { failureOf } from "../model/run-memory.js";
import { needsOf, resourcesOf } from "../model/host/resources.js";
import { inRole, isReturning, isUp, othersServe } from "../model/view.js";
import type { SlotView } from "../model/view.js";
import { withSuccession } from "../self/succession.js";
import { planPostStart } from "../steps/post-start.js";
import { discard, join, keepImage, letTryAgain, restore, retire } from "../steps/steps.js";
import { canComeBack, canRunBeside } from "./upkeep/come-back.js";
import { heldBy } from "./upkeep/held.js";
import { awaitStart } from "./launch.js";
import { planFailure } from "./trial-failed.js";
import { planPromotion, putAway } from "./trial.js";
import type { Trial } from "./trial.js";

/** A rollout is under way, ours or one that was cut off: go on with it, end it, or give way to a newer one. */
export function planCandidate(desired: Desired, next: ObservedContainer, view: SlotView, memory: SlotMemory): Decision {
  const active = inRole(view.containers, "active");
  const trial = { desired, next, active, view, memory };
  if (isWedged(next, memory)) return planWedged(desired, next);
  const assessed = withSuccession(assess(next, desired.spec, view, memory), next, desired.spec, view);
  const verdict = withPostStart(assessed, next, memory);
  if (isSuperseded(desired, next, view, memory) && !isBetweenNames(next, active, view))
    return planSuperseded(trial, verdict);
  const bound = awaitNamespaceOwner(desired.spec, next, verdict, view);
  if (bound !== undefined) return bound;
  const begun = verdict.kind === "failed" ? undefined : planPostStart(desired.spec, next, memory);
  if (begun !== undefined) return begun;
  switch (verdict.kind) {
    case "not-started":
      return planLaunch(trial, verdict.because);
    case "waiting": {
      const intents = isUp(next) ? join(next, desired.spec.networks, false) : [];
      return { intents, outcome: { ...awaited(desired.spec), until: verdict.until, because: verdict.because } };
    }
    case "proven":
      return planPromotion(trial, verdict.because);
    case "failed":
      return isLent(desired.spec, next, view) ? planLaunch(trial, verdict.because) : planFailure(trial, verdict);
  }
}

/** Its address was given to another one of ours, which makes room now. */
function isLent(spec: ServiceSpec, next: ObservedContainer, view: SlotView): boolean {
  return causeOf(next.startError) === "address" && contestFor(needsOf(next), spec, view)?.kind === "lent";
}

function planWedged({ spec }: Desired, next: ObservedContainer): Decision {
  const because = describeWedge(next);
  const intents = discard(next, spec, `${because}; a new one takes its place`);
  return { intents, outcome: { kind: "continue", reason: "StartRefused", because } };
}

/** Whatever its health says, one whose `post_start` has failed did not start. */
function withPostStart(verdict: Verdict, next: ObservedContainer, memory: SlotMemory): Verdict {
  const because = next.state === "running" ? failureOf(memory.postStarts, next) : undefined;
  return because === undefined ? verdict : { kind: "failed", fault: "container", reason: "StartFailed", because };
}

function awaited({ oneShot }: ServiceSpec) {
  return oneShot === true
    ? ({ kind: "wait", awaits: "completion", reason: "WaitingForCompletion" } as const)
    : ({ kind: "wait", awaits: "health", reason: "WaitingForHealth" } as const);
}

function isSuperseded(desired: Desired, next: ObservedContainer, view: SlotView, memory: SlotMemory): boolean {
  if (next.specHash !== desired.specHash || isDetached(desired.spec, next, view)) return true;
  if (!desired.target.known || isTarget(desired.target, next.digest)) return false;
  // While the desired digest is held, the last stable one is the goal.
  return next.digest !== memory.stableDigest || heldBy(desired, view, memory) === undefined;
}

/** A promotion was cut off between its two renames: it alone serves, and it had proved itself. */
function isBetweenNames(next: ObservedContainer, active: ObservedContainer | undefined, view: SlotView): boolean {
  if (!isUp(next) || active !== undefined) return false;
  return inRole(view.containers, "previous") !== undefined || isReturning(next, view.containers);
}

/** Something else is wanted now. What serves meanwhile stays until the newer image is here. */
function planSuperseded({ desired, next, active, view, memory }: Trial, verdict: Verdict): Decision {
  const serves = isUp(next) && verdict.kind !== "failed" && (active === undefined || !isUp(active));
  if (
    serves &&
    strategyOf(desired.spec, view).order === "start-first" &&
    active !== undefined &&
    canComeBack(desired.spec, active, next, { view, memory }) &&
    canRunBeside(active, next)
  ) {
    const because = "it serves while what was to replace it is itself replaced";
    return { intents: restore(active, because), outcome: { kind: "continue", reason: "RolloutStarted", because } };
  }
  if (
    serves &&
    desired.target.known &&
    !wantsActive(desired, active, view) &&
    heldBy(desired, view, memory) === undefined
  ) {
    const obstacle = awaitStart(desired, desired.target.digest, view, memory);
    if (obstacle !== undefined) return obstacle;
  }
  const because = "something newer is wanted before it proved itself";
  const intents: Intent[] = [...retire(next, desired.spec, because), ...putAway(next, because, view)];
  const isNeeded = wantsActive(desired, active, view) || !readyToLaunch(desired, view, memory);
  if (active !== undefined && isNeeded && canComeBack(desired.spec, active, next, { view, memory })) {
    intents.push(...restore(active, "it serves until the newer one is ready"));
  }
  return { intents, outcome: { kind: "continue", reason: "RolloutStarted", because } };
}

function wantsActive(desired: Desired, active: ObservedContainer | undefined, view: SlotView): boolean {
  return active !== undefined && fits(desired, active, view);
}

function readyToLaunch(desired: Desired, view: SlotView, memory: SlotMemory): boolean {
  if (!desired.target.known || awaitStart(desired, desired.target.digest, view, memory) !== undefined) return false;
  return !isOpen(contestFor(resourcesOf(desired.spec), desired.spec, view));
}

function planLaunch(trial: Trial, because: string): Decision {
  const { desired, next, active, view } = trial;
  const { spec } = desired;
  const contest = contestFor(needsOf(next), spec, view);
  if (isOpen(contest)) return awaitTurn(contest, trial);
  const strategy = strategyOf(spec, view);
  const alone = strategy.order === "stop-first" || active === undefined || !isUp(active);
  const aliased = alone && !othersServe(view);
  const intents = [...join(next, spec.networks, aliased), ...keepImage(spec, next.digest, next.revision, view)];
  if (active !== undefined && strategy.order === "stop-first") {
    intents.push(...retire(active, spec, `stop-first: the service ${strategy.because}`));
  }
  intents.push(...letTryAgain(spec, next), { kind: "start", one: next, because });
  return { intents, outcome: { kind: "continue", reason: "RolloutStarted", because } };
}

/** It is made, and what it needs is another's. What serves goes on, unless they can only stop together. */
function awaitTurn(contest: Contest, { desired: { spec }, next, active, view, memory }: Trial): Decision {
  const outcome = contestOutcome(contest, view);
  if (active === undefined) return { intents: [], outcome };
  if (contest.isReady) return { intents: retire(active, spec, outcome.because), outcome };
  // It had stopped for a turn that does not come.
  const comesBack = canComeBack(spec, active, next, { view, memory });
  return { intents: comesBack ? restore(active, `it serves until ${next.name} can start`) : [], outcome };
}
