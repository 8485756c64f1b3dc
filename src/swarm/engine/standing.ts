import type { ObservedContainer } from "../../plan/model/host/observed.js";
import { printable } from "../../tools/printable.js";
import type { ModeBody, ServiceBody } from "../model/body.js";
import type { ClusterView, SwarmService, SwarmTask } from "../model/cluster.js";
import { isCurrent, isLabelled, serves, serviceOf } from "./generation.js";
import type { Generation } from "./generation.js";

type Standing = Pick<ObservedContainer, "state" | "health" | "healthySince" | "startedAt" | "finishedAt" | "exitCode"> &
  Partial<Pick<ObservedContainer, "healthProblem" | "restartCount" | "startError" | "tasks" | "endedByRequest">>;

const idle = { health: "none", healthySince: undefined, exitCode: undefined, finishedAt: undefined } as const;
/** Nothing of a service ends by itself: somebody has scaled it to nothing, or removed it. */
const endedByOthers = { endedByRequest: true } as const;
const failures: readonly SwarmTask["state"][] = ["failed", "rejected", "orphaned"];
/** One that is to run for ever has failed too where it ends well: Swarm ends one so whose health check fails. */
const ends: readonly SwarmTask["state"][] = [...failures, "complete"];

/**
 * How a generation stands, as one container would: `running` once all its tasks do and Swarm has ended its update, `starting`
 * until then, `exited` where its tasks end before it has proved itself, or Swarm has given its update up.
 */
export function standingOf(generation: Generation, draft: ServiceBody, view: ClusterView): Standing {
  const service = serviceOf(view, generation);
  const isIt = isCurrent(service, generation);
  const { startedAt } = generation;
  if (service === undefined || !isIt) return behind(generation, service, view);
  const begun = startedAt ?? service.updatedAt;
  const all = view.tasks.filter((task) => task.service === service.id);
  const own = all.filter(({ labels }) => isLabelled(labels, generation));
  if ("ReplicatedJob" in draft.Mode || "GlobalJob" in draft.Mode) return ofJob(draft.Mode, own, begun);
  const wanted = wantedOf(service.spec.Mode, all);
  if (wanted === 0 && "Replicated" in service.spec.Mode) {
    const last = own.find(({ exitCode }) => exitCode !== undefined);
    const { stoppedAt = service.updatedAt } = generation;
    const byOthers = serves(generation) && generation.stoppedAt === undefined && sizeOf(draft.Mode) > 0;
    return {
      ...{ ...idle, state: "exited", startedAt: begun, finishedAt: stoppedAt, exitCode: last?.exitCode ?? 0 },
      ...(byOthers ? endedByOthers : {}),
    };
  }
  const running = own.filter(({ state, desired }) => state === "running" && desired === "running");
  const tasks = { wanted, running: running.length };
  const failed = own.filter(({ state, since }) => ends.includes(state) && since >= begun);
  const onTrial = !serves(generation);
  const worst = failed[0];
  const isGivenUp = service.update?.state === "paused" || service.update?.state === "rollback_paused";
  const isUpdating = service.update?.state === "updating";
  if (onTrial && (isGivenUp || (worst !== undefined && !isUpdating && running.length < wanted)))
    return { ...exited(worst, service, begun), tasks };
  if (running.length >= wanted && !isUpdating && !isGivenUp) {
    const since = Math.max(begun, ...running.map((task) => task.since));
    const checked = isChecked(draft);
    return {
      ...{ ...idle, state: "running", startedAt: since, tasks },
      ...(checked ? { health: "healthy", healthySince: since } : {}),
    };
  }
  const problem = problemOf(own, tasks);
  if (onTrial || isUpdating)
    return { ...idle, state: "running", health: "starting", startedAt: begun, tasks, ...problem };
  if (running.length === 0 && worst !== undefined) {
    const exitCode = worst.exitCode;
    return { ...idle, state: "restarting", startedAt: begun, exitCode, restartCount: failed.length, tasks, ...problem };
  }
  return {
    ...idle,
    state: "running",
    health: running.length === 0 ? "starting" : "unhealthy",
    startedAt: begun,
    tasks,
    ...problem,
  };
}

/** Another generation is what Swarm is to run, or nothing is. While any task of the service runs, it is served. */
function behind(
  { startedAt, stoppedAt, container, base }: Generation,
  service: SwarmService | undefined,
  view: ClusterView,
): Standing {
  if (startedAt === undefined) return { ...idle, state: "created", startedAt: undefined };
  if (serves({ container, base }) && service !== undefined && stoppedAt === undefined) {
    const all = view.tasks.filter((task) => task.service === service.id);
    const running = all.filter(({ state, desired }) => state === "running" && desired === "running").length;
    const tasks = { wanted: wantedOf(service.spec.Mode, all), running };
    // It is about to be up: nothing but Swarm itself brings it there.
    return { ...idle, state: running > 0 ? "running" : "restarting", startedAt, tasks };
  }
  const byOthers = serves({ container, base }) && stoppedAt === undefined;
  const finishedAt = stoppedAt ?? startedAt;
  return { ...idle, state: "exited", startedAt, finishedAt, exitCode: 0, ...(byOthers ? endedByOthers : {}) };
}

function ofJob(mode: ModeBody, own: readonly SwarmTask[], startedAt: number): Standing {
  const total = "ReplicatedJob" in mode ? mode.ReplicatedJob.TotalCompletions : Math.max(1, own.length);
  const complete = own.filter(({ state }) => state === "complete");
  const failed = own.find(({ state }) => failures.includes(state));
  const finishedAt = own[0]?.since ?? startedAt;
  if (complete.length >= total) return { ...idle, state: "exited", startedAt, finishedAt, exitCode: 0 };
  const goesOn = own.some(({ state }) => state !== "complete" && !failures.includes(state));
  if (failed === undefined || goesOn) return { ...idle, state: "running", startedAt };
  return { ...idle, state: "exited", startedAt, finishedAt, exitCode: failed.exitCode ?? 1, ...refusalOf(failed) };
}

function exited(worst: SwarmTask | undefined, service: SwarmService, startedAt: number): Standing {
  const finishedAt = worst?.since ?? service.update?.completedAt ?? service.updatedAt;
  const exitCode = worst?.exitCode ?? 1;
  return {
    ...idle,
    state: "exited",
    startedAt,
    finishedAt,
    exitCode,
    ...(worst === undefined ? {} : refusalOf(worst)),
  };
}

/** A node would not start it. */
function refusalOf({ state, error, exitCode }: SwarmTask): Pick<Standing, "startError"> {
  return state === "rejected" || exitCode === undefined ? { startError: printable(error, 200) } : {};
}

function problemOf(
  own: readonly SwarmTask[],
  { wanted, running }: { readonly wanted: number; readonly running: number },
) {
  const telling = own.find(({ error, state }) => error !== "" && state !== "shutdown");
  const share = `${running} of ${wanted} tasks run`;
  return { healthProblem: telling === undefined ? share : `${share}; ${printable(telling.error, 200)}` };
}

/** Of a global service: as many as Swarm wants at this moment. */
function wantedOf(mode: ModeBody, tasks: readonly SwarmTask[]): number {
  if ("Replicated" in mode) return mode.Replicated.Replicas;
  return tasks.filter(({ desired }) => desired === "running").length;
}

function sizeOf(mode: ModeBody): number {
  return "Replicated" in mode ? mode.Replicated.Replicas : 1;
}

function isChecked({ TaskTemplate }: ServiceBody): boolean {
  const { Test } = TaskTemplate.ContainerSpec.Healthcheck ?? {};
  return Test !== undefined && Test[0] !== "NONE";
}
