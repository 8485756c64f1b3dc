import type { ServiceSpec } from "../../compose/model/service.js";
import type { ImageVersion } from "../../compose/values/image.js";
import { lostShares, ownersOf } from "../bonds/bonds.js";
import { lacking, awaitHost } from "../bonds/prerequisites.js";
import { contestFor, contestOutcome, isOpen } from "../contest/contention.js";
import type { Contest } from "../contest/contention.js";
import { fixedFirst } from "../contest/fixed-first.js";
import { isOutdated, replacement } from "../files/unread.js";
import { revisionFor } from "../history/numbering.js";
import { awaitBefore, awaitPreStart } from "../jobs/before.js";
import type { Occasion } from "../jobs/job-need.js";
import { strategyOf } from "../judge/strategy.js";
import { describeWedge, hasRemains } from "../judge/wedged.js";
import type { Desired, SlotMemory } from "../model/desired.js";
import type { Intent } from "../model/intent.js";
import type { ObservedContainer } from "../model/host/observed.js";
import { waitFor } from "../model/outcome.js";
import type { Decision, Outcome } from "../model/outcome.js";
import { resourcesOf } from "../model/host/resources.js";
import { isUp, othersServe } from "../model/view.js";
import type { SlotView } from "../model/view.js";
import { awaitImage } from "../steps/arrival.js";
import { create, letTryAgain, newborn, retire } from "../steps/steps.js";
import { inheritedBy } from "../volumes/inheritance.js";
import { pauseAfter } from "./attempts.js";
import type { Seen } from "./upkeep/come-back.js";
import { keepRunning } from "./upkeep/keep.js";

/** What wakes it is an event, or what becomes of that one; this is for one that was lost. */
const fixedPollMs = 5_000;

/** The way to a new container: its image first, while whatever runs keeps running; then what it depends on; then itself. */
export function planRollout(
  desired: Desired,
  digest: ImageVersion,
  active: ObservedContainer | undefined,
  seen: Seen,
): Decision {
  const { view, memory } = seen;
  const obstacle = awaitStart(desired, digest, view, memory);
  if (obstacle !== undefined) return active === undefined ? obstacle : withRepair(obstacle, desired.spec, active, seen);
  const strategy = strategyOf(desired.spec, view);
  if (active !== undefined && isUp(active) && strategy.order === "stop-first") {
    const pause = pauseAfter(desired, digest, view, memory);
    if (pause !== undefined) return withRepair({ intents: [], outcome: pause }, desired.spec, active, seen);
  }
  const occasion = { desired, digest, revision: revisionFor(desired, digest, view, memory) };
  const hooks = awaitPreStart(occasion, view, memory);
  if (hooks !== undefined) {
    if (active === undefined) return hooks.decision;
    return hooks.isTurn && strategy.order === "stop-first"
      ? afterLeaving(active, desired.spec, hooks.decision, strategy.because)
      : withRepair(hooks.decision, desired.spec, active, seen);
  }
  const contest = contestFor(resourcesOf(desired.spec), desired.spec, view);
  if (isOpen(contest)) return awaitTurn(contest, occasion, active, seen);
  const because = `rolling out ${digest}, ${strategy.order}: the service ${strategy.because}${lacking(desired.spec, view)}`;
  return {
    intents: launch(occasion, active, seen),
    outcome: { kind: "continue", reason: "RolloutStarted", because },
  };
}

/** Where old and new never run at once, nor do the old one and what prepares the start of the new one: it may have to drain. */
function afterLeaving(active: ObservedContainer, spec: ServiceSpec, hooks: Decision, why: string): Decision {
  const because = `stop-first: the service ${why}, and \`pre_start\` comes next`;
  const intents = retire(active, spec, because);
  if (intents.length === 0) return hooks;
  return { intents, outcome: { kind: "continue", reason: "RolloutStarted", because } };
}

/** What it needs is another's, which is to give way: what serves goes on, and the new one is made ready. */
function awaitTurn(contest: Contest, occasion: Occasion, active: ObservedContainer | undefined, seen: Seen): Decision {
  const outcome = { ...contestOutcome(contest, seen.view), kind: "continue" } as const;
  const plan: Decision = { intents: birth(occasion, active, seen), outcome };
  return active === undefined ? plan : withRepair(plan, occasion.desired.spec, active, seen);
}

/** What has to be there or done before the container is created. Undefined: nothing stands in the way. */
export function awaitStart(
  desired: Desired,
  digest: ImageVersion,
  view: SlotView,
  memory: SlotMemory,
): Decision | undefined {
  return (
    awaitImage(desired.spec, digest, view) ??
    awaitHost(desired, view) ??
    awaitKeeper(desired, view) ??
    awaitFixed(desired, view) ??
    awaitBefore({ desired, digest, revision: revisionFor(desired, digest, view, memory) }, view, memory)
  );
}

/** What another one has and keeps is waited for before anything is done, its jobs too. */
function awaitKeeper({ spec }: Desired, view: SlotView): Decision | undefined {
  const contest = contestFor(resourcesOf(spec), spec, view);
  return contest?.kind === "kept" ? { intents: [], outcome: contestOutcome(contest, view) } : undefined;
}

/** Before anything of it runs, those that can have but one address: the engine would give that to whoever comes first. */
function awaitFixed({ spec }: Desired, view: SlotView): Decision | undefined {
  if (view.containers.some(isUp)) return undefined;
  const because = fixedFirst(spec, view);
  if (because === undefined) return undefined;
  return { intents: [], outcome: waitFor("turn", "WaitingForTurn", because, view.now + fixedPollMs) };
}

/** What serves is kept running, whatever stands in the way of the new one. */
export function withRepair(
  obstacle: Decision,
  spec: ServiceSpec,
  active: ObservedContainer,
  { view, memory }: Seen,
): Decision {
  const repair = keepRunning(spec, active, view, memory);
  if (repair.outcome.kind === "converged") return { ...obstacle, intents: [...repair.intents, ...obstacle.intents] };
  const outcome = earlier(obstacle.outcome, repair.outcome);
  return { ...repair, intents: [...repair.intents, ...obstacle.intents], outcome };
}

/** Both must be looked at again: whichever comes first, under the name of the obstacle. */
function earlier(obstacle: Outcome, repair: Outcome): Outcome {
  if (repair.kind === "wait" && obstacle.kind === "wait") {
    const until = Math.min(repair.until ?? Infinity, obstacle.until ?? Infinity);
    return { ...obstacle, until: until === Infinity ? undefined : until };
  }
  return repair.kind === "continue" ? { ...obstacle, kind: "continue" } : obstacle;
}

function birth(
  { desired, digest, revision }: Occasion,
  active: ObservedContainer | undefined,
  { view, memory }: Seen,
): Intent[] {
  const { spec, specHash } = desired;
  const strategy = strategyOf(spec, view);
  const serving = active !== undefined && isUp(active);
  return create(
    {
      spec,
      specHash,
      digest,
      revision,
      ...(desired.returns === true ? { returns: true as const } : {}),
      aliased: (strategy.order === "stop-first" || !serving) && !othersServe(view),
      owners: ownersOf(spec, view),
      inherited: inheritedBy(spec, view, memory),
      because: causeOf(desired, digest, active, view),
    },
    view,
  );
}

function launch(occasion: Occasion, active: ObservedContainer | undefined, seen: Seen): Intent[] {
  const { view } = seen;
  const { spec } = occasion.desired;
  const strategy = strategyOf(spec, view);
  const serving = active !== undefined && isUp(active);
  const intents = birth(occasion, active, seen);
  if (active !== undefined && strategy.order === "stop-first") {
    intents.push(...retire(active, spec, `stop-first: the service ${strategy.because}`));
  }
  const one = newborn(spec, view.slot);
  intents.push(...letTryAgain(spec, one));
  const because =
    serving && strategy.order === "start-first"
      ? "it proves itself beside the one that serves"
      : spec.oneShot === true
        ? "it is to run to its end"
        : "it is to serve";
  intents.push({ kind: "start", one, because });
  return intents;
}

function causeOf(
  desired: Desired,
  digest: ImageVersion,
  active: ObservedContainer | undefined,
  view: SlotView,
): string {
  const causes = desired.note === undefined ? [] : [desired.note];
  if (active !== undefined && hasRemains(active)) causes.push(describeWedge(active));
  if (active === undefined) return ["nothing of this service exists", ...causes].join(", and ");
  if (active.digest !== digest) causes.push(`the image is now ${digest}`);
  if (active.differences !== undefined) causes.push(...differing(active.differences));
  else if (active.specHash !== desired.specHash) causes.push("the spec has changed");
  const files = isOutdated(desired, active) ? replacement(desired.spec, active) : undefined;
  if (files !== undefined) causes.push(files);
  return [...causes, ...lostShares(desired.spec, active, view)].join(", and ");
}

function differing(fields: readonly string[]): string[] {
  return fields.length === 0 ? [] : [`what was adopted differs from the file in ${fields.join(", ")}`];
}
