import { given } from "../../tools/present.js";
import type { Intent } from "../model/intent.js";
import type { Outcome, Decision } from "../model/outcome.js";
import { inRole, isUp } from "../model/view.js";
import type { SlotView } from "../model/view.js";
import { shorten } from "../steps/render.js";

/** One plan out of one for each slot: what several need is done once, and the most pressing outcome is the service's. */
export function combine(slots: readonly SlotView[], plans: readonly Decision[]): Decision {
  const intents = once(plans.flatMap((plan) => plan.intents));
  const heals = plans.flatMap((plan) => plan.heals ?? []);
  const outcome = outcomeOf(
    slots,
    plans.map((plan) => plan.outcome),
  );
  return { intents, outcome, ...(heals.length === 0 ? {} : { heals }) };
}

/** Two slots of one service lack the same network, volume, image or tag, or wait for the same job. */
function once(intents: readonly Intent[]): readonly Intent[] {
  const seen = new Set<string>();
  return intents.filter((intent) => {
    const subject = sharedSubject(intent);
    if (subject === undefined) return true;
    const key = `${intent.kind} ${subject}`;
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}

/** Of what concerns one container only jobs are shared. */
function sharedSubject(intent: Intent): string | undefined {
  if (intent.kind === "create") return intent.step.job === undefined ? undefined : intent.step.name;
  if ("one" in intent) return intent.one.job === undefined ? undefined : intent.one.name;
  if (intent.kind === "create-network") return intent.network.name;
  if (intent.kind === "create-volume") return intent.volume.name;
  if (intent.kind === "tag-image") return intent.tag;
  if (intent.kind === "write-files") return intent.container;
  return intent.kind === "pull-image" || intent.kind === "remove-image" ? intent.reference : undefined;
}

function outcomeOf(slots: readonly SlotView[], outcomes: readonly Outcome[]): Outcome {
  const ranks = outcomes.map(rankOf);
  const first = Math.min(...ranks);
  const decisive = outcomes.filter((_, index) => ranks[index] === first);
  const [outcome] = [...decisive].sort((one, other) => untilOf(one) - untilOf(other));
  if (outcome === undefined) throw new RangeError("a service without a slot has no outcome");
  const because =
    outcome.kind === "converged" && outcome.flawed !== true ? allRun(slots, outcomes) : told(outcomes, outcome);
  const { lasts, ...rest } = outcome;
  const whole = { ...rest, because, ...given({ lasts: outcomes.every(isLasting) ? lasts : undefined }) };
  return whole.kind === "wait" ? { ...whole, until: earliest(outcomes) } : whole;
}

/** Of what others say that is less pressing nothing is told, but it may change. */
function isLasting(outcome: Outcome): boolean {
  return outcome.lasts === true || (outcome.kind === "converged" && outcome.flawed !== true);
}

/** What must be looked at soonest comes first; of what only waits to be told, that which says why. */
function rankOf(outcome: Outcome): number {
  switch (outcome.kind) {
    case "continue":
      return 0;
    case "wait": {
      const turn = outcome.awaits === "turn";
      if (outcome.until !== undefined) return turn ? 2 : 1;
      return turn ? 7 : 4;
    }
    case "failed":
      return 3;
    case "blocked":
      return outcome.standing === "stuck" ? 5 : 6;
    case "converged":
      return outcome.flawed === true ? 8 : 9;
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
