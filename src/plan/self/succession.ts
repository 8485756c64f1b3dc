import type { ServiceSpec } from "../../compose/model/service.js";
import { strategyOf } from "../judge/strategy.js";
import { isUnderWay } from "../judge/under-way.js";
import { healthDeadlineMs } from "../judge/verdict.js";
import type { Verdict } from "../judge/verdict.js";
import type { Intent } from "../model/intent.js";
import type { ObservedContainer } from "../model/host/observed.js";
import { waitFor } from "../model/outcome.js";
import type { Decision, Outcome, Plan } from "../model/outcome.js";
import type { Step } from "../model/step.js";
import { isUp } from "../model/view.js";
import type { SlotView, View } from "../model/view.js";
import { promotedBy } from "../steps/fates.js";

/*
 * How a helper gives way. A new controller has its trial before the old one's container is gone for good: once it has
 * proved itself in all else it is given the office while it is still `.next`, and what is left of the rollout it does
 * itself. If it dies of that, it has failed like any other container, and whoever takes over takes the service back.
 */

const pollMs = 1_000;
/** Beyond what its own health takes. */
const showsItselfMs = 60_000;
const tries = { name: "on-failure", maximumRetryCount: 2 } as const;

/** Only of a helper: what it leaves to the next one. `decision`: what the plan was compiled from. */
export function givingWay(plan: Plan, { intents }: Decision, view: View): Plan {
  const { self } = view;
  if (self === undefined) return plan;
  const promoted = promotedIn(intents, view);
  if (promoted !== undefined) return onTrial(promoted, intents, view);
  if (!(view.helpers ?? []).includes(self) || isUnderWay(plan, view)) return plan;
  const heir = heirOf(view);
  if (heir !== undefined && plan.steps.length === 0)
    return handOver(heir, "what this helper was made for is done", view);
  const because = `this helper waits for a controller that stands by (${plan.outcome.because})`;
  return {
    ...plan,
    outcome: waitFor("host", "HandingOver", because, view.now + pollMs),
  };
}

/** Nothing of the service is to be ended before somebody else is in charge. Undefined: this is no helper of it. */
export function leavingAlone(view: View, because: string): Plan | undefined {
  const { self, helpers = [] } = view;
  if (self === undefined || !helpers.includes(self)) return undefined;
  const heir = heirOf(view);
  if (heir !== undefined) return handOver(heir, because, view);
  return {
    steps: [],
    outcome: waitFor("host", "HandingOver", because, view.now + pollMs),
  };
}

/**
 * A controller that is killed before it has proved itself comes back a few times: what has ended it may not have been its
 * own doing, and one that is bad ends as often as it is tried.
 */
export function triedAgain(decision: Decision, view: View): Decision {
  const { self, helpers = [] } = view;
  if (self?.lifeline !== "controller" || !helpers.includes(self) || !isUnderWay(decision, view)) return decision;
  const { intents } = decision;
  const start = intents.findIndex((intent) => intent.kind === "start" && intent.one.role === "next");
  const begun = intents[start];
  if (begun?.kind !== "start" || promotedIn(intents, view) !== undefined) return decision;
  const { one } = begun;
  const { name, maximumRetryCount: most } = tries;
  const found = view.containers.find((container) => container === one)?.restartPolicy;
  if (found?.name === name && found.maximumRetryCount === most) return decision;
  const because = `the engine starts it again up to ${most} times if it is killed`;
  const again = { kind: "policy", one, policy: tries, because } as const;
  // Nothing that can be done before is to stand between the end of the one and the start of the other.
  const at = intents.findIndex(({ kind }) => kind === "end");
  const end = intents[at];
  if (end?.kind !== "end") return { ...decision, intents: intents.toSpliced(start, 0, again) };
  return { ...decision, intents: intents.with(at, { ...end, last: again }) };
}

/** It answers to the service's names first: it could not take them itself without leaving its networks. */
function onTrial(next: ObservedContainer, intents: readonly Intent[], view: View): Plan {
  const steps = intents.flatMap((intent) => (intent.kind === "join" && intent.one === next ? intent.ends : []));
  const because = "it has proved itself in all but the office";
  if (steps.length === 0) return handOver(next.id, because, view);
  return { steps, outcome: { kind: "continue", reason: "Promoting", because } };
}

function handOver(heir: string, because: string, view: View): Plan {
  const name = nameOf(heir, view);
  const step: Step = { kind: "hand-over", heir, name, because };
  const outcome: Outcome = {
    kind: "wait",
    until: undefined,
    awaits: "host",
    reason: "HandingOver",
    because: `${name} takes over: ${because}`,
  };
  return { steps: [step], outcome };
}

function nameOf(heir: string, { containers, neighbours, foreign }: View): string {
  return [...containers, ...neighbours, ...foreign].find(({ id }) => id === heir)?.name ?? heir.slice(0, 12);
}

/** One that is to serve from now on and stands by as the next controller. */
function promotedIn(intents: readonly Intent[], view: View): ObservedContainer | undefined {
  return [...promotedBy(intents)].find(({ role, id }) => role === "next" && standsBy(id, view));
}

function standsBy(id: string, { office }: View): boolean {
  return office?.standbys.has(id) === true;
}

/** By id. Through a new line it has to have come first. */
function heirOf(view: View): string | undefined {
  const { self, containers, neighbours, office } = view;
  const serving = containers.filter(({ role }) => role === "active");
  if (self?.lifeline !== "line") return serving.find((one) => isUp(one) && standsBy(one.id, view))?.id;
  const since = Math.max(0, ...serving.map(({ startedAt = 0 }) => startedAt));
  const hasCome = (id: string) => (office?.standbys.get(id) ?? -Infinity) > since;
  if (self.originalRuns) return hasCome(self.of) ? self.of : undefined;
  return [...containers, ...neighbours].find((one) => isUp(one) && hasCome(one.id))?.id;
}

/**
 * A controller, or the line to the engine, that is well in all else has not proved itself before a controller stands by in
 * it, or behind it. Where that cannot be asked for, its health has to do.
 */
export function withSuccession(verdict: Verdict, next: ObservedContainer, spec: ServiceSpec, view: SlotView): Verdict {
  if (view.self === undefined) return verdict;
  if (verdict.kind === "failed" && next.state === "restarting" && next.restartPolicy.name === tries.name) {
    const because = `it ended with exit code ${next.exitCode ?? "?"} and is tried again`;
    return { kind: "waiting", until: view.now + pollMs, because };
  }
  if (verdict.kind !== "proven") return verdict;
  const helper = (view.helpers ?? []).find(({ lifeline }) => lifeline === "controller") ?? view.helpers?.[0];
  if (helper === undefined) return verdict;
  const { startedAt = view.now } = next;
  const isLine = helper.lifeline === "line";
  // Beside the old line nobody can tell which one the controller has come through.
  if (isLine && (!helper.originalRuns || strategyOf(spec, view).order === "start-first")) return verdict;
  const shown = view.office?.standbys.get(isLine ? helper.of : next.id);
  if (shown !== undefined && (!isLine || shown > startedAt)) return verdict;
  const what = isLine ? "no controller has come through it" : "it does not stand by as the next controller";
  const deadline = startedAt + healthDeadlineMs(next) + spec.update.monitorMs + showsItselfMs;
  if (view.now < deadline) return { kind: "waiting", until: view.now + pollMs, because: `${what} yet` };
  return {
    kind: "failed",
    fault: "container",
    reason: "NotStandingBy",
    because: `${what}, though it has been well for long enough`,
  };
}
