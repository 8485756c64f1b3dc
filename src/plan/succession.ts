import type { ServiceSpec } from "../compose/model/service.js";
import { baseOf } from "./names.js";
import type { ObservedContainer } from "./observed.js";
import type { Outcome, Plan } from "./outcome.js";
import type { Step } from "./step.js";
import { strategyOf } from "./strategy.js";
import { isUnderWay } from "./under-way.js";
import { healthDeadlineMs } from "./verdict.js";
import type { Verdict } from "./verdict.js";
import { isUp } from "./view.js";
import type { SlotView, View } from "./view.js";

/*
 * How a helper gives way. A new controller has its trial before the old one's container is gone for good: once it has
 * proved itself in all else it is given the office while it is still `.next`, and what is left of the rollout it does
 * itself. If it dies of that, it has failed like any other container, and whoever takes over takes the service back.
 */

const pollMs = 1_000;
/** Beyond what its own health takes. */
const showsItselfMs = 60_000;
const tries = { name: "on-failure", maximumRetryCount: 2 } as const;

/** Only of a helper: what it leaves to the next one. */
export function givingWay(plan: Plan, view: View): Plan {
  const { self } = view;
  if (self === undefined) return plan;
  const promoted = view.containers.find((container) => isPromoted(container, plan) && standsBy(container.id, view));
  if (promoted !== undefined) return onTrial(promoted, plan, view);
  if (!(view.helpers ?? []).includes(self)) return plan;
  if (isUnderWay(plan, view)) return self.lifeline === "controller" ? triedAgain(plan, view) : plan;
  const heir = heirOf(view);
  if (heir !== undefined && plan.steps.length === 0)
    return handOver(heir, "what this helper was made for is done", view);
  const because = `this helper waits for a controller that stands by (${plan.outcome.because})`;
  return { ...plan, outcome: { kind: "wait", until: view.now + pollMs, reason: "HandingOver", because } };
}

/** Nothing of the service is to be ended before somebody else is in charge. Undefined: this is no helper of it. */
export function leavingAlone(view: View, because: string): Plan | undefined {
  const { self, helpers = [] } = view;
  if (self === undefined || !helpers.includes(self)) return undefined;
  const heir = heirOf(view);
  if (heir !== undefined) return handOver(heir, because, view);
  return { steps: [], outcome: { kind: "wait", until: view.now + pollMs, reason: "HandingOver", because } };
}

/**
 * A controller that is killed before it has proved itself comes back a few times: what has ended it may not have been its
 * own doing, and one that is bad ends as often as it is tried.
 */
function triedAgain(plan: Plan, { containers }: View): Plan {
  const { steps } = plan;
  const start = steps.find((step) => step.kind === "start-container" && step.container.endsWith(".next"));
  if (start?.kind !== "start-container") return plan;
  const { container } = start;
  const { name, maximumRetryCount: most } = tries;
  const found = containers.find((one) => one.name === container)?.restartPolicy;
  if (found?.name === name && found.maximumRetryCount === most) return plan;
  const because = `the engine starts it again up to ${most} times if it is killed`;
  const again: Step = { kind: "set-restart-policy", container, policy: tries, because };
  // Nothing that can be done before is to stand between the end of the one and the start of the other.
  const end = steps.findIndex((step) => step.kind === "stop-container" && step.container !== container);
  const at = end < 0 ? steps.indexOf(start) : end;
  return { ...plan, steps: [...steps.slice(0, at), again, ...steps.slice(at)] };
}

/** It answers to the service's names first: it could not take them itself without leaving its networks. */
function onTrial(next: ObservedContainer, plan: Plan, view: View): Plan {
  const naming = plan.steps.filter(
    (step) => (step.kind === "connect-network" || step.kind === "disconnect-network") && step.container === next.name,
  );
  const because = "it has proved itself in all but the office";
  if (naming.length === 0) return handOver(next.id, because, view);
  return { steps: naming, outcome: { kind: "continue", reason: "Promoting", because } };
}

function handOver(heir: string, because: string, view: View): Plan {
  const name = nameOf(heir, view);
  const step: Step = { kind: "hand-over", heir, name, because };
  const outcome: Outcome = {
    kind: "wait",
    until: undefined,
    reason: "HandingOver",
    because: `${name} takes over: ${because}`,
  };
  return { steps: [step], outcome };
}

function nameOf(heir: string, { containers, neighbours, foreign }: View): string {
  return [...containers, ...neighbours, ...foreign].find(({ id }) => id === heir)?.name ?? heir.slice(0, 12);
}

function isPromoted(container: ObservedContainer, { steps }: Plan): boolean {
  const base = baseOf(container);
  return (
    container.role === "next" &&
    steps.some((step) => step.kind === "rename-container" && step.container === container.name && step.to === base)
  );
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
  return { kind: "failed", reason: "NotStandingBy", because: `${what}, though it has been well for long enough` };
}
