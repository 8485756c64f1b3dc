import type { LeavePolicy, PreStop } from "../../compose/model/policy/leave.js";
import type { ServiceSpec } from "../../compose/model/service.js";
import { given } from "../../tools/present.js";
import { formatMs } from "../judge/verdict.js";
import type { Desired, Memory } from "../model/desired.js";
import type { Intent } from "../model/intent.js";
import { endOf, leavingOf } from "../model/run-memory.js";
import { runOf } from "../model/host/observed.js";
import type { ObservedContainer } from "../model/host/observed.js";
import { waitFor } from "../model/outcome.js";
import type { Decision } from "../model/outcome.js";
import type { StepOf } from "../model/step.js";
import { isUp } from "../model/view.js";
import type { View } from "../model/view.js";
import { endedBy, withhold } from "../steps/fates.js";
import { connection, join, joining, leaveAliases, startAnew, whereItIs } from "../steps/steps.js";
import { isUngated } from "./ungated.js";

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
 * What is owed to the clients of a container that serves and that would be stopped: first it leaves. Its successor answers
 * to the service's names; then it is told, gives up its own names, has time to finish, and is stopped. Each of that is one
 * look's decision, and the next look goes on from what it sees and what the journal says; without the journal it leaves
 * once more. Behind a gate the gate does all of that but the telling.
 */
export function withDraining(decision: Decision, { spec }: Desired, view: View, memory: Memory): Decision {
  if (spec.oneShot === true) return decision;
  if (spec.gate !== undefined || isUngated(spec, view)) return toldBeforeStop(decision, spec);
  const { intents } = decision;
  const scene: Scene = { spec, view, memory, ended: endedBy(intents), heirs: heirsIn(intents) };
  const serving = view.containers.filter(serves);
  const departures = serving.flatMap((container) => departureOf(container, scene) ?? []);
  const leaving = new Set(departures.map(({ container }) => container));
  const staying = serving.flatMap((container) => stay(container, scene));
  const allowed = [...staying, ...endedWithoutNames(withhold(intents, leaving), scene)];
  if (departures.length === 0) return { ...decision, intents: allowed };
  const begun = [...allowed, ...departures.flatMap((departure) => departure.intents)];
  const because = departures.map((departure) => departure.because).join("; ");
  if (begun.length > 0)
    return { ...decision, intents: begun, outcome: { kind: "continue", reason: "Draining", because } };
  const until = Math.min(...departures.map((departure) => departure.until));
  const others = (spec.replicas ?? 1) > 1 ? view.now + pollMs : Infinity;
  const waited = decision.outcome.kind === "wait" ? (decision.outcome.until ?? Infinity) : Infinity;
  return {
    ...decision,
    intents: [],
    outcome: waitFor("time", "Draining", because, Math.min(until, others, waited)),
  };
}

interface Scene {
  readonly spec: ServiceSpec;
  readonly view: View;
  readonly memory: Memory;
  /** Those that run and are to stop for good. */
  readonly ended: ReadonlySet<ObservedContainer>;
  /** Those that run and are about to get the service's names. */
  readonly heirs: readonly ObservedContainer[];
}

function heirsIn(intents: readonly Intent[]): readonly ObservedContainer[] {
  return intents.flatMap((intent) => {
    if (intent.kind !== "join" || !intent.named || intent.one.state !== "running") return [];
    const getsNames = intent.ends.some((end) => end.kind === "connect-network" && end.aliases.length > 0);
    return getsNames ? [intent.one] : [];
  });
}

/** What stands between a container and its end. */
interface Departure {
  readonly container: ObservedContainer;
  readonly intents: readonly Intent[];
  readonly until: number;
  readonly because: string;
}

/** Undefined: it may be stopped, or is not to be. */
function departureOf(container: ObservedContainer, scene: Scene): Departure | undefined {
  const { view, memory, ended, heirs } = scene;
  if (!ended.has(container)) return undefined;
  const { name } = container;
  const known = leavingOf(memory.leaving, container);
  const until = known === undefined ? undefined : endOf(known, view.now);
  if (until !== undefined) {
    const stage =
      known?.stage === "left" ? `${name} finishes what is under way` : `${name} and its successor both answer`;
    return { container, intents: [], until, because: `${stage}, for ${formatMs(known?.forMs ?? 0)}` };
  }
  if (known?.stage === "left") return undefined;
  if (known === undefined && heirs.some((heir) => heir !== container)) {
    const because = `its successor takes over its names`;
    const intents = [note(container, "replaced", bothAnswerMs, because)];
    return { container, intents, until: view.now, because: `${name} is about to leave: ${because}` };
  }
  return leave(container, scene);
}

/** Told, without its names, and given time; undefined where none of that is to be. */
function leave(container: ObservedContainer, scene: Scene): Departure | undefined {
  const { spec, view } = scene;
  const { preStop, drainMs = 0 }: LeavePolicy = spec.leave ?? {};
  const because = "it leaves: another answers in its place";
  const names = othersAnswer(container, scene) ? withoutNames(container, spec, view, because) : [];
  if (names.length === 0 && preStop === undefined && drainMs === 0) return undefined;
  const forMs = Math.max(drainMs, names.length === 0 ? 0 : settleMs);
  const intents: Intent[] = [
    ...(preStop ?? []).map((hook) => tell(container, hook)),
    ...names,
    note(container, "left", forMs, `it may finish what is under way, within ${formatMs(forMs)}`),
  ];
  return { container, intents, until: view.now, because: `${container.name} leaves before it is stopped` };
}

/** Cut off in between, it is on none of its networks: it joins that as one that has left. */
function withoutNames(
  container: ObservedContainer,
  { networks }: ServiceSpec,
  view: View,
  because: string,
): readonly Intent[] {
  const apart = networks.filter(
    ({ network }) =>
      view.networks.has(network.name) &&
      container.declaredNetworks?.includes(network.name) !== false &&
      !container.networks.some((joined) => joined.network === network.name),
  );
  const back = apart.map(({ network: { name: network }, settings }) => {
    const own = given({ settings: whereItIs(container, network, settings) });
    return connection(container.name, { network, aliases: [], ...own }, because);
  });
  return [...leaveAliases(container, networks, because), ...joining(container, false, back)];
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

function answers({ state, networks }: ObservedContainer): boolean {
  return state === "running" && networks.some(({ aliases }) => aliases.length > 0);
}

function othersAnswer(container: ObservedContainer, { view, ended }: Scene): boolean {
  return view.containers.some((other) => other !== container && answers(other) && !ended.has(other));
}

/**
 * It had begun to leave, and what was to take its place is gone: it answers again, whether the journal knows of that or
 * not. What it was told, only a new start takes back.
 */
function stay(container: ObservedContainer, { spec, view, memory, ended }: Scene): readonly Intent[] {
  const heir = view.containers.some(
    (other) => other.slot === container.slot && other.role === "next" && isUp(other) && !ended.has(other),
  );
  if (heir || ended.has(container)) return [];
  const nameless = spec.networks.filter(({ network }) =>
    container.networks.some((joined) => joined.network === network.name && joined.aliases.length === 0),
  );
  const names = join(container, nameless, true);
  const known = leavingOf(memory.leaving, container);
  if (known === undefined) return names;
  const because = "it had begun to leave, and is to stay";
  const forgotten = note(container, "stays", 0, because);
  if (known.stage === "replaced" || spec.leave?.preStop === undefined) return [...names, forgotten];
  return [...names, startAnew(container, spec, "only a new start takes back what it was told"), forgotten];
}

/** One that was about to serve and is ended gives up its names first, where another has them. */
function endedWithoutNames(intents: readonly Intent[], { spec, view, ended }: Scene): readonly Intent[] {
  const because = "it is ended: another answers in its place";
  return intents.flatMap((intent) => {
    const one = intent.kind === "end" ? intent.one : undefined;
    if (one?.role !== "next" || !view.containers.includes(one) || !answers(one)) return [intent];
    // One that has its names, or gets them back.
    const others = view.containers.some((other) => other !== one && serves(other) && !ended.has(other));
    return others ? [...withoutNames(one, spec, view, because), intent] : [intent];
  });
}

/** By the time its stop comes, the gate has turned away. */
function toldBeforeStop(decision: Decision, { leave: policy }: ServiceSpec): Decision {
  const told = policy?.preStop ?? [];
  const intents = decision.intents.flatMap((intent): readonly Intent[] => {
    const isTold = intent.kind === "end" && serves(intent.one);
    return isTold ? [...told.map((hook) => tell(intent.one, hook)), intent] : [intent];
  });
  return { ...decision, intents };
}

function serves({ role, state }: ObservedContainer): boolean {
  return role === "active" && state === "running";
}
