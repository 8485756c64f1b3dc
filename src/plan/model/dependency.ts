import type { Dependency } from "../../compose/model/service.js";
import { isTarget } from "./desired.js";
import type { Desired } from "./desired.js";
import type { ObservedContainer } from "./host/observed.js";
import type { Awaits, Outcome } from "./outcome.js";

/** How a service stands that another one depends on. Of several replicas, one that is well will do. */
export interface DependencyState {
  readonly running: boolean;
  /** One that has proved itself has been started, whether it runs or has ended. */
  readonly started: boolean;
  readonly health: ObservedContainer["health"];
  /** All of its replicas, as they are wanted now, have ended with exit code 0. */
  readonly completed: boolean;
  /** It is on its way. */
  readonly pending: boolean;
  /** Why it is not well, where that can be told. */
  readonly fault: string | undefined;
  /** When the newest of its serving containers was created: a later one than we knew is another one. */
  readonly createdAt: number | undefined;
  /** The proven container of its first slot: the one that others share with. */
  readonly owner: ObservedContainer | undefined;
}

/** What no snapshot shows of a service: what is wanted of it, and how its own last look ended. */
export interface KnownDependency {
  /** Only of what has to complete. `asking`: the registry has not answered yet. */
  readonly desired?: Desired | "asking";
  readonly pending: boolean;
  readonly fault?: string | undefined;
}

export function dependencyState(
  containers: readonly ObservedContainer[],
  known: KnownDependency | undefined,
): DependencyState {
  const actives = containers.filter(({ role }) => role === "active");
  const candidates = [...actives, ...containers.filter(({ role }) => role === "next")];
  const running = candidates.filter(({ state }) => state === "running");
  const best = running.find(({ health }) => health === "healthy") ?? running[0] ?? candidates[0];
  const serving = actives.filter(({ state }) => state === "running");
  return {
    running: running.length > 0,
    started: actives.some(({ startedAt }) => startedAt !== undefined),
    health: best?.health ?? "none",
    completed: hasCompleted(containers, known?.desired),
    pending: known?.pending ?? false,
    fault: known?.fault ?? (best === undefined ? undefined : faultOf(best)),
    createdAt: serving.length === 0 ? undefined : Math.max(...serving.map(({ createdAt }) => createdAt)),
    owner: actives.find(({ slot }) => slot === 1),
  };
}

/** Once is not enough: a newer digest or spec has to complete anew. */
function hasCompleted(containers: readonly ObservedContainer[], desired: KnownDependency["desired"]): boolean {
  if (desired === "asking") return false;
  const actives = containers.filter(({ role }) => role === "active");
  const isWanted = ({ specHash, digest }: ObservedContainer) =>
    desired === undefined ||
    (specHash === desired.specHash && (!desired.target.known || isTarget(desired.target, digest)));
  const done = actives.filter((one) => isComplete(one) && isWanted(one));
  return done.length === actives.length && done.length >= (desired?.spec.replicas ?? 1);
}

/**
 * `seen`: how its own last look ended. Only of what has to complete it matters whether that was for today's digest;
 * `wanted` undefined: nobody knows that yet, and an old completion does not count.
 */
export function knownOf(
  { condition }: Pick<Dependency, "condition">,
  wanted: Desired | undefined,
  seen: { readonly onItsWay: boolean; readonly fault: string | undefined },
): KnownDependency {
  const state = { pending: seen.onItsWay, fault: seen.onItsWay ? undefined : seen.fault };
  if (condition !== "service_completed_successfully") return state;
  return wanted === undefined ? { desired: "asking", pending: true } : { desired: wanted, ...state };
}

const onItsWay: Readonly<Record<Awaits, boolean>> = {
  turn: true,
  health: true,
  completion: true,
  job: true,
  dependency: true,
  registry: true,
  build: true,
  time: false,
  reload: false,
  person: false,
  host: false,
};

/** What the planner says of a service is no lasting state: it may soon be what others wait for. */
export function isOnItsWay(outcome: Outcome): boolean {
  return outcome.kind === "continue" || (outcome.kind === "wait" && onItsWay[outcome.awaits]);
}

/** It was meant to end, and ended well. */
export function isComplete({ state, exitCode }: ObservedContainer): boolean {
  return state === "exited" && exitCode === 0;
}

function faultOf({ name, state, exitCode, health }: ObservedContainer): string | undefined {
  if (state === "exited") return `${name} ended with exit code ${exitCode ?? "?"}`;
  if (state === "restarting") return `${name} ends and restarts`;
  return state === "running" && health === "unhealthy" ? `${name} is unhealthy` : undefined;
}
