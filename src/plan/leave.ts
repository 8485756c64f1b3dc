import type { LeavePolicy, PreStop } from "../compose/model/leave.js";
import type { ServiceSpec } from "../compose/model/service.js";
import type { Desired, Memory } from "./desired.js";
import { endOf, leavingOf } from "./leaving.js";
import { runOf } from "./observed.js";
import type { ObservedContainer } from "./observed.js";
import type { Plan } from "./outcome.js";
import type { Step, StepOf } from "./step.js";
import { join, leaveAliases, whereItIs } from "./steps.js";
import { isUngated } from "./ungated.js";
import { formatMs } from "./verdict.js";
import { isUp } from "./view.js";
import type { View } from "./view.js";
import { isEnded, isEndOf, withhold } from "./withhold.js";

/** The successor has just joined its networks anew: for so long both answer, and it shows whether it is still well. */
const bothAnswerMs = 1_000;
/**
 * A client that asked for its address a moment ago finds it still there; one whose first packet was lost while it was
 * off the network sends another after 1 s.
 */
const settleMs = 2_000;
/** How often the other replicas are looked at meanwhile. */
const pollMs = 1_000;

/**
 * What any plan owes the clients of a container that serves and that it would stop: first it leaves. Its successor
 * answers to the service's names; then it is told, gives up its own names, has time to finish, and is stopped. Each of
 * that is one look's plan, and the next look goes on from what it sees and what the journal says; without the journal
 * it leaves once more. Behind a gate the gate does all of that but the telling.
 */
export function withLeaving(plan: Plan, { spec }: Desired, view: View, memory: Memory): Plan {
  if (spec.oneShot === true) return plan;
  if (spec.gate !== undefined || isUngated(spec, view)) return toldBeforeStop(plan, spec, view);
  const serving = view.containers.filter(({ role, state }) => role === "active" && state === "running");
  const returns = serving.flatMap((container) => stay(container, plan, spec, view, memory));
  const steps = [...returns, ...endedWithoutNames(plan, spec, view)];
  const departures = serving.flatMap((container) => departureOf(container, plan, spec, view, memory) ?? []);
  if (departures.length === 0) return { ...plan, steps };
  const allowed = departures.reduce<readonly Step[]>((left, { container }) => withhold(left, container, view), steps);
  const begun = [...allowed, ...departures.flatMap((departure) => departure.steps)];
  const because = departures.map((departure) => departure.because).join("; ");
  if (begun.length > 0) return { ...plan, steps: begun, outcome: { kind: "continue", reason: "Draining", because } };
  const until = Math.min(...departures.map((departure) => departure.until));
  const others = (spec.replicas ?? 1) > 1 ? view.now + pollMs : Infinity;
  const waited = plan.outcome.kind === "wait" ? (plan.outcome.until ?? Infinity) : Infinity;
  return {
    ...plan,
    steps: [],
    outcome: { kind: "wait", until: Math.min(until, others, waited), reason: "Draining", because },
  };
}

/** What stands between a container and its end. */
interface Departure {
  readonly container: ObservedContainer;
  readonly steps: readonly Step[];
  readonly until: number;
  readonly because: string;
}

/** Undefined: it may be stopped, or is not to be. */
function departureOf(
  container: ObservedContainer,
  plan: Plan,
  spec: ServiceSpec,
  view: View,
  memory: Memory,
): Departure | undefined {
  if (!isEnded(container, plan)) return undefined;
  const { name } = container;
  const known = leavingOf(memory.leaving, container);
  const until = known === undefined ? undefined : endOf(known, view.now);
  if (until !== undefined) {
    const stage =
      known?.stage === "left" ? `${name} finishes what is under way` : `${name} and its successor both answer`;
    return { container, steps: [], until, because: `${stage}, for ${formatMs(known?.forMs ?? 0)}` };
  }
  if (known?.stage === "left") return undefined;
  if (known === undefined && hasHeir(container, plan, view)) {
    const because = `its successor takes over its names`;
    const steps = [note(container, "replaced", bothAnswerMs, because)];
    return { container, steps, until: view.now, because: `${name} is about to leave: ${because}` };
  }
  return leave(container, plan, spec, view);
}

/** Told, without its names, and given time; undefined where none of that is to be. */
function leave(container: ObservedContainer, plan: Plan, spec: ServiceSpec, view: View): Departure | undefined {
  const { preStop, drainMs = 0 }: LeavePolicy = spec.leave ?? {};
  const because = "it leaves: another answers in its place";
  const names = othersAnswer(container, plan, view) ? withoutNames(container, spec, view, because) : [];
  if (names.length === 0 && preStop === undefined && drainMs === 0) return undefined;
  const forMs = Math.max(drainMs, names.length === 0 ? 0 : settleMs);
  const steps: Step[] = [
    ...(preStop ?? []).map((hook) => tell(container, hook)),
    ...names,
    note(container, "left", forMs, `it may finish what is under way, within ${formatMs(forMs)}`),
  ];
  return { container, steps, until: view.now, because: `${container.name} leaves before it is stopped` };
}

/** Cut off in between, it is on none of its networks: it joins that as one that has left. */
function withoutNames(
  container: ObservedContainer,
  { networks }: ServiceSpec,
  view: View,
  because: string,
): readonly Step[] {
  const apart = networks.filter(
    ({ network }) =>
      view.networks.has(network.name) &&
      container.declaredNetworks?.includes(network.name) !== false &&
      !container.networks.some((joined) => joined.network === network.name),
  );
  const back = apart.map(({ network, settings }): Step => {
    const asked = whereItIs(container, network.name, settings);
    const own = asked === undefined ? {} : { settings: asked };
    return { kind: "connect-network", container: container.name, network: network.name, aliases: [], ...own, because };
  });
  return [...leaveAliases(container, networks, because), ...back];
}

function tell({ name: container }: ObservedContainer, hook: PreStop): StepOf<"pre-stop"> {
  const because = "whatever routes to it is to look elsewhere before it is stopped";
  return { kind: "pre-stop", container, ...hook, because };
}

function note(
  leaver: ObservedContainer,
  stage: StepOf<"note-leaving">["stage"],
  forMs: number,
  because: string,
): StepOf<"note-leaving"> {
  return { kind: "note-leaving", container: leaver.name, startedAt: runOf(leaver), stage, forMs, because };
}

/** In this very plan one that runs gets the service's names. */
function hasHeir(container: ObservedContainer, { steps }: Plan, { containers }: View): boolean {
  return steps.some(
    (step) =>
      step.kind === "connect-network" &&
      step.aliases.length > 0 &&
      containers.some((heir) => heir !== container && heir.name === step.container && heir.state === "running"),
  );
}

function answers({ state, networks }: ObservedContainer): boolean {
  return state === "running" && networks.some(({ aliases }) => aliases.length > 0);
}

function othersAnswer(container: ObservedContainer, plan: Plan, { containers }: View): boolean {
  return containers.some((other) => other !== container && answers(other) && !isEnded(other, plan));
}

/**
 * It had begun to leave, and what was to take its place is gone: it answers again, whether the journal knows of that or
 * not. What it was told, only a new start takes back.
 */
function stay(
  container: ObservedContainer,
  plan: Plan,
  spec: ServiceSpec,
  view: View,
  memory: Memory,
): readonly Step[] {
  const heir = view.containers.some(
    (other) => other.slot === container.slot && other.role === "next" && isUp(other) && !isEnded(other, plan),
  );
  if (heir || isEnded(container, plan)) return [];
  const nameless = spec.networks.filter(({ network }) =>
    container.networks.some((joined) => joined.network === network.name && joined.aliases.length === 0),
  );
  const names = join(container, nameless, true);
  const known = leavingOf(memory.leaving, container);
  if (known === undefined) return names;
  const because = "it had begun to leave, and is to stay";
  const { name } = container;
  const startedAt = runOf(container);
  const forgotten: Step = { kind: "note-leaving", container: name, startedAt, stage: "stays", forMs: 0, because };
  if (known.stage === "replaced" || spec.leave?.preStop === undefined) return [...names, forgotten];
  const graceMs = spec.container.stopGracePeriodMs;
  const why = "only a new start takes back what it was told";
  return [
    ...names,
    { kind: "stop-container", container: name, graceMs, because: why },
    { kind: "start-container", container: name, because: why },
    forgotten,
  ];
}

/** One that was about to serve and is ended gives up its names first, where another has them. */
function endedWithoutNames(plan: Plan, spec: ServiceSpec, view: View): readonly Step[] {
  const doomed = view.containers.filter((one) => one.role === "next" && answers(one) && isEnded(one, plan));
  return doomed.reduce<readonly Step[]>((steps, container) => {
    if (!othersServe(container, plan, view)) return steps;
    const end = steps.findIndex((step) => isEndOf(step, container));
    const because = "it is ended: another answers in its place";
    return [...steps.slice(0, end), ...withoutNames(container, spec, view, because), ...steps.slice(end)];
  }, plan.steps);
}

/** One that has its names, or gets them back in this plan. */
function othersServe(container: ObservedContainer, plan: Plan, { containers }: View): boolean {
  return containers.some(
    (other) => other !== container && other.role === "active" && other.state === "running" && !isEnded(other, plan),
  );
}

/** By the time its stop comes, the gate has turned away. */
function toldBeforeStop(plan: Plan, { leave: policy }: ServiceSpec, view: View): Plan {
  const told = policy?.preStop;
  if (told === undefined) return plan;
  const serving = view.containers.filter(
    (one) => one.role === "active" && one.state === "running" && isEnded(one, plan),
  );
  const steps = serving.reduce<readonly Step[]>((left, container) => {
    const end = left.findIndex((step) => isEndOf(step, container));
    return [...left.slice(0, end), ...told.map((hook) => tell(container, hook)), ...left.slice(end)];
  }, plan.steps);
  return { ...plan, steps };
}
