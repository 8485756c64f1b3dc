import { isJobName } from "./names.js";
import type { Outcome, Plan } from "./outcome.js";
import { shorten } from "./render.js";
import type { Step } from "./step.js";
import { inRole, isUp } from "./view.js";
import type { SlotView } from "./view.js";

/** One plan out of one for each slot: what several need is done once, and the most pressing outcome is the service's. */
export function together(slots: readonly SlotView[], plans: readonly Plan[]): Plan {
  const steps = once(plans.flatMap((plan) => plan.steps));
  const heals = plans.flatMap((plan) => plan.heals ?? []);
  const outcome = outcomeOf(
    slots,
    plans.map((plan) => plan.outcome),
  );
  return { steps, outcome, ...(heals.length === 0 ? {} : { heals }) };
}

/** Two slots of one service lack the same network, volume, image or tag. */
function once(steps: readonly Step[]): readonly Step[] {
  const seen = new Set<string>();
  return steps.filter((step) => {
    const subject = sharedSubject(step);
    if (subject === undefined) return true;
    const key = `${step.kind} ${subject}`;
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}

function sharedSubject(step: Step): string | undefined {
  if (step.kind === "create-container") return step.job === undefined ? undefined : step.name;
  if ("container" in step) return isJobName(step.container) ? JSON.stringify(step) : undefined;
  if (step.kind === "create-network") return step.network.name;
  if (step.kind === "create-volume") return step.volume.name;
  if (step.kind === "tag-image") return step.tag;
  return step.kind === "pull-image" || step.kind === "remove-image" ? step.reference : undefined;
}

function outcomeOf(slots: readonly SlotView[], outcomes: readonly Outcome[]): Outcome {
  const ranks = outcomes.map(rankOf);
  const first = Math.min(...ranks);
  const decisive = outcomes.filter((_, index) => ranks[index] === first);
  const [outcome] = [...decisive].sort((one, other) => untilOf(one) - untilOf(other));
  if (outcome === undefined) throw new RangeError("a service without a slot has no outcome");
  const because = outcome.reason === "Converged" ? allRun(slots, outcomes) : told(outcomes, outcome);
  return outcome.kind === "wait" ? { ...outcome, because, until: earliest(outcomes) } : { ...outcome, because };
}

/** What must be looked at soonest comes first; of what only waits to be told, that which says why. */
function rankOf(outcome: Outcome): number {
  const turn = outcome.reason === "WaitingForTurn";
  switch (outcome.kind) {
    case "continue":
      return 0;
    case "wait":
      if (outcome.until !== undefined) return turn ? 2 : 1;
      return turn ? 7 : 4;
    case "failed":
      return 3;
    case "blocked":
      return outcome.reason === "RollbackFailed" ? 5 : 6;
    case "converged":
      return outcome.reason === "Converged" ? 9 : 8;
  }
}

function untilOf(outcome: Outcome): number {
  return outcome.kind === "wait" && outcome.until !== undefined ? outcome.until : Infinity;
}

function earliest(outcomes: readonly Outcome[]): number | undefined {
  const until = Math.min(...outcomes.map(untilOf));
  return until === Infinity ? undefined : until;
}

/** The cause, and of which slots it is true unless it is of all. */
function told(outcomes: readonly Outcome[], { because, kind }: Outcome): string {
  const numbers = outcomes.flatMap((one, index) => (one.because === because && one.kind === kind ? [index + 1] : []));
  if (numbers.length === outcomes.length) return because;
  return `slot${numbers.length === 1 ? "" : "s"} ${numbers.join(", ")} of ${outcomes.length}: ${because}`;
}

function allRun(slots: readonly SlotView[], outcomes: readonly Outcome[]): string {
  const actives = slots.flatMap(({ containers }) => inRole(containers, "active") ?? []);
  const digests = new Set(actives.map(({ digest }) => digest));
  const [digest] = digests;
  if (digests.size === 1 && actives.every(isUp) && digest !== undefined)
    return `all ${slots.length} replicas run ${digest}`;
  return shorten(outcomes.map(({ because }) => because).join("; "));
}
