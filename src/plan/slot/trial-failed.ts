import { jobsHash } from "../../compose/model/hash.js";
import type { ServiceSpec } from "../../compose/model/service.js";
import { replacedFiles } from "../files/unread.js";
import { awaitFirstHealth } from "../judge/first-start.js";
import { spareProven } from "../judge/proven.js";
import { strategyOf } from "../judge/strategy.js";
import { isUnchecked } from "../judge/unchecked.js";
import type { Verdict } from "../judge/verdict.js";
import type { SlotMemory } from "../model/desired.js";
import type { Intent } from "../model/intent.js";
import { runOf } from "../model/host/observed.js";
import type { ObservedContainer } from "../model/host/observed.js";
import type { Decision } from "../model/outcome.js";
import type { StepOf } from "../model/step.js";
import { inRole, isUp } from "../model/view.js";
import type { SlotView } from "../model/view.js";
import { discard, nameAs, restore, retire } from "../steps/steps.js";
import { canComeBack } from "./upkeep/come-back.js";
import { holdShownBy } from "./upkeep/held.js";
import { isSameAs, planPromotion, putAway } from "./trial.js";
import type { Trial } from "./trial.js";

type Failure = Extract<Verdict, { kind: "failed" }>;

export function planFailure(trial: Trial, failure: Failure): Decision {
  const { desired, next, active, view, memory } = trial;
  const { spec, specHash } = desired;
  const because = failure.because;
  // The host is at fault, not the digest, and another try hurts nobody: nothing serves, or it goes on serving.
  if (failure.fault === "host") return planAnother(trial, failure);
  const judgement = { desired, next, active, failure, memory };
  const awaited = awaitFirstHealth(judgement, view);
  if (failure.fault === "deadline" && awaited === undefined && isUnchecked(next, view))
    return planUnchecked(spec, next, view);
  if (spec.update.failureAction === "continue" && isUp(next)) {
    return planPromotion(trial, `${because}, and failure_action is continue`);
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
function planAnother({ desired, next, active, view, memory }: Trial, failure: Failure): Decision {
  const { spec, specHash } = desired;
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
