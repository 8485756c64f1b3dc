import { jobsHash } from "../../compose/model/hash.js";
import type { ServiceSpec } from "../../compose/model/service.js";
import { fits, isDetached } from "../bonds/bonds.js";
import { awaitNamespaceOwner } from "../bonds/namespace-owner.js";
import { contestFor, contestOutcome, isOpen } from "../contest/contention.js";
import type { Contest } from "../contest/contention.js";
import { replacedFiles } from "../files/unread.js";
import { assess } from "../judge/assess.js";
import { awaitFirstHealth } from "../judge/first-start.js";
import { spareProven } from "../judge/proven.js";
import { causeOf } from "../judge/start-refusal.js";
import { strategyOf } from "../judge/strategy.js";
import { isUnchecked } from "../judge/unchecked.js";
import type { Verdict } from "../judge/verdict.js";
import { describeWedge, hasRemains, isWedged } from "../judge/wedged.js";
import { isTarget } from "../model/desired.js";
import type { Desired, SlotMemory } from "../model/desired.js";
import type { Intent } from "../model/intent.js";
import { baseOf } from "../model/names.js";
import { runOf } from "../model/observed.js";
import type { ObservedContainer } from "../model/observed.js";
import type { Decision } from "../model/outcome.js";
import { failureOf } from "../model/post-start-memory.js";
import { needsOf, resourcesOf } from "../model/resources.js";
import type { StepOf } from "../model/step.js";
import { inRole, isReturning, isUp, othersServe } from "../model/view.js";
import type { SlotView } from "../model/view.js";
import { withSuccession } from "../self/succession.js";
import { planPostStart } from "../steps/post-start.js";
import {
  discard,
  join,
  keepImage,
  letTryAgain,
  nameAs,
  remove,
  restorePolicy,
  restore,
  retire,
} from "../steps/steps.js";
import { canComeBack, canRunBeside } from "./come-back.js";
import type { Seen } from "./come-back.js";
import { heldBy, holdShownBy } from "./held.js";
import { awaitStart } from "./launch.js";

type Failure = Extract<Verdict, { kind: "failed" }>;

/** A rollout is under way, ours or one that was cut off: go on with it, end it, or give way to a newer one. */
export function planCandidate(desired: Desired, next: ObservedContainer, view: SlotView, memory: SlotMemory): Decision {
  const active = inRole(view.containers, "active");
  if (isWedged(next, memory)) return planWedged(desired, next);
  const assessed = withSuccession(assess(next, desired.spec, view, memory), next, desired.spec, view);
  const verdict = withPostStart(assessed, next, memory);
  if (isSuperseded(desired, next, view, memory) && !isBetweenNames(next, active, view))
    return planSuperseded(desired, next, active, verdict, view, memory);
  const bound = awaitNamespaceOwner(desired.spec, next, verdict, view);
  if (bound !== undefined) return bound;
  const begun = verdict.kind === "failed" ? undefined : planPostStart(desired.spec, next, memory);
  if (begun !== undefined) return begun;
  switch (verdict.kind) {
    case "not-started":
      return planLaunch(desired, next, active, verdict.because, { view, memory });
    case "waiting": {
      const intents = isUp(next) ? join(next, desired.spec.networks, false) : [];
      return { intents, outcome: { ...awaited(desired.spec), until: verdict.until, because: verdict.because } };
    }
    case "proven":
      return planPromotion(desired, next, active, verdict.because, view);
    case "failed":
      return isLent(desired.spec, next, view)
        ? planLaunch(desired, next, active, verdict.because, { view, memory })
        : planFailure(desired, next, active, verdict, view, memory);
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
function planSuperseded(
  desired: Desired,
  next: ObservedContainer,
  active: ObservedContainer | undefined,
  verdict: Verdict,
  view: SlotView,
  memory: SlotMemory,
): Decision {
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

/** An old one on its way back stays as what could be gone back to. */
export function putAway(next: ObservedContainer, because: string, view: SlotView): Intent[] {
  const keeps = isReturning(next, view.containers) && inRole(view.containers, "previous") === undefined;
  return [keeps ? nameAs(next, "previous", because) : remove(next, because)];
}

function wantsActive(desired: Desired, active: ObservedContainer | undefined, view: SlotView): boolean {
  return active !== undefined && fits(desired, active, view);
}

function readyToLaunch(desired: Desired, view: SlotView, memory: SlotMemory): boolean {
  if (!desired.target.known || awaitStart(desired, desired.target.digest, view, memory) !== undefined) return false;
  return !isOpen(contestFor(resourcesOf(desired.spec), desired.spec, view));
}

function planLaunch(
  desired: Desired,
  next: ObservedContainer,
  active: ObservedContainer | undefined,
  because: string,
  { view, memory }: Seen,
): Decision {
  const { spec } = desired;
  const contest = contestFor(needsOf(next), spec, view);
  if (isOpen(contest)) return awaitTurn(contest, spec, next, active, { view, memory });
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
function awaitTurn(
  contest: Contest,
  spec: ServiceSpec,
  next: ObservedContainer,
  active: ObservedContainer | undefined,
  seen: Seen,
): Decision {
  const outcome = contestOutcome(contest, seen.view);
  if (active === undefined) return { intents: [], outcome };
  if (contest.isReady) return { intents: retire(active, spec, outcome.because), outcome };
  // It had stopped for a turn that does not come.
  const comesBack = canComeBack(spec, active, next, seen);
  return { intents: comesBack ? restore(active, `it serves until ${next.name} can start`) : [], outcome };
}

/**
 * The new one takes the old one's place: first its aliases, then the old one leaves, then the names change hands. What
 * is left behind on a way back is no roll-back target: it is kept as what failed. Nor is one of the same spec and digest:
 * it goes, and the one before it stays what could be gone back to.
 */
function planPromotion(
  desired: Desired,
  next: ObservedContainer,
  active: ObservedContainer | undefined,
  because: string,
  view: SlotView,
): Decision {
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

function planFailure(
  desired: Desired,
  next: ObservedContainer,
  active: ObservedContainer | undefined,
  failure: Failure,
  view: SlotView,
  memory: SlotMemory,
): Decision {
  const { spec, specHash } = desired;
  const because = failure.because;
  // The host is at fault, not the digest, and another try hurts nobody: nothing serves, or it goes on serving.
  if (failure.fault === "host") return planAnother(desired, next, active, failure, view, memory);
  const judgement = { desired, next, active, failure, memory };
  const awaited = awaitFirstHealth(judgement, view);
  if (failure.fault === "deadline" && awaited === undefined && isUnchecked(next, view))
    return planUnchecked(spec, next, view);
  if (spec.update.failureAction === "continue" && isUp(next)) {
    return planPromotion(desired, next, active, `${because}, and failure_action is continue`, view);
  }
  const spared = spareProven(judgement);
  if (spared !== undefined) return spared;
  if (awaited !== undefined) return { intents: [], outcome: awaited };
  const known = memory.holds.some(
    (hold) => hold.specHash === specHash && hold.digest === next.digest && (hold.slot ?? 1) === next.slot,
  );
  const isSecond = active !== undefined && isSecondOf(next, active, spec);
  const remember = known ? [] : [rememberFailure(next, specHash, failure, isSecond)];
  if (spec.update.failureAction === "pause") {
    const retried = next.createdAt < (memory.retriedAt ?? 0);
    if (retried)
      return {
        intents: discard(next, spec, "a retry was asked for"),
        outcome: { kind: "continue", reason: "RolloutStarted", because },
      };
    return {
      intents: remember,
      outcome: {
        kind: "blocked",
        standing: "paused",
        reason: "Paused",
        because: `${because}, and failure_action is pause`,
      },
    };
  }
  const failed = inRole(view.containers, "failed");
  const intents: Intent[] = [...remember, ...retire(next, spec, because)];
  const isBack = active !== undefined && canComeBack(spec, active, next, { view, memory });
  if (isBack && !isUndoneFirst(spec, next, view)) intents.push(...restore(active, `roll back: ${because}`));
  if (failed !== undefined) {
    intents.push(...keepEarlier(failed, next, memory), ...discard(failed, spec, "a newer failure takes its place"));
  }
  intents.push(nameAs(next, "failed", `${because}; it is kept for inspection`));
  return { intents, outcome: { kind: "continue", reason: failure.reason, because } };
}

function planUnchecked(spec: ServiceSpec, next: ObservedContainer, view: SlotView): Decision {
  const because = "the engine was away and does not check its health any more: it begins anew";
  const intents = [...retire(next, spec, because), ...putAway(next, because, view)];
  return { intents, outcome: { kind: "continue", reason: "WaitingForHealth", because } };
}

/** Its jobs run while nothing of the service does. */
function isUndoneFirst(spec: ServiceSpec, { onRollback }: ObservedContainer, view: SlotView): boolean {
  const isListed = onRollback !== undefined && onRollback === jobsHash(spec.onRollback ?? []);
  return isListed && strategyOf(spec, view).order === "stop-first";
}

/** The same digest failed with another spec, and only the container still tells of that. */
function keepEarlier(failed: ObservedContainer, next: ObservedContainer, { holds }: SlotMemory): readonly Intent[] {
  const { name: container, specHash, digest, slot } = failed;
  const isKnown = holds.some((hold) => hold.specHash === specHash && hold.digest === digest);
  if (digest !== next.digest || specHash === next.specHash || isKnown) return [];
  const { reason, message } = holdShownBy(failed);
  const because = "the journal does not know of its failure";
  return [{ kind: "keep-logs", container, digest, specHash, slot, reason, message, because }];
}

/** The host is at fault, not the digest. What served comes back first, and the host is given time. */
function planAnother(
  { spec, specHash }: Desired,
  next: ObservedContainer,
  active: ObservedContainer | undefined,
  failure: Failure,
  view: SlotView,
  memory: SlotMemory,
): Decision {
  const { reason, because } = failure;
  const intents = discard(next, spec, `${because}; it is tried again from the start`);
  const outcome = { kind: "failed", reason, because } as const;
  if (active === undefined || strategyOf(spec, view).order === "start-first") return { intents, outcome };
  const noted = { ...rememberFailure(next, specHash, failure), again: true, because: "nothing is held" } as const;
  const back = canComeBack(spec, active, next, { view, memory }) ? restore(active, `roll back: ${because}`) : [];
  return { intents: [noted, ...intents, ...back], outcome };
}

/** Of the very spec and digest of what serves, and made for files that were replaced: those failed, and not the digest. */
function isSecondOf(next: ObservedContainer, active: ObservedContainer, spec: ServiceSpec): boolean {
  return isSameAs(next, active) && replacedFiles(spec, active).length > 0;
}

function isSameAs(next: ObservedContainer, active: ObservedContainer): boolean {
  return next.specHash === active.specHash && next.digest === active.digest;
}

function rememberFailure(
  { name: container, digest, slot, revision, onRollback, ...ran }: ObservedContainer,
  specHash: string,
  { reason, because: message }: Failure,
  isSecond = false,
): StepOf<"keep-logs"> {
  const held = isSecond ? "the files as they are" : "its digest";
  const because = `the journal keeps its last log lines and holds ${held}`;
  const undo = onRollback === undefined ? {} : { onRollback };
  const anew = isSecond ? { ranAnewAt: runOf(ran) ?? ran.createdAt } : {};
  const what = { container, digest, specHash, slot, reason, message, revision, ...undo, ...anew };
  return { kind: "keep-logs", ...what, because };
}
