import { jobsOf } from "../../../src/plan/jobs/job-need.js";
import { failedRun, jobNews, withRun } from "../../../src/plan/jobs/job-news.js";
import { isJob } from "../../../src/plan/jobs/job-verdict.js";
import type { JobContainer } from "../../../src/plan/jobs/job-verdict.js";
import { volumeNews } from "../../../src/plan/model/anonymous.js";
import type { KnownVolume } from "../../../src/plan/model/anonymous.js";
import { emptyMemory } from "../../../src/plan/model/desired.js";
import type { Desired, Memory } from "../../../src/plan/model/desired.js";
import { noted, ranPostStart, withStop } from "../../../src/plan/model/run-memory.js";
import type { HostSnapshot } from "../../../src/plan/model/host/host-snapshot.js";
import type { ObservedContainer } from "../../../src/plan/model/host/observed.js";
import type { Outcome } from "../../../src/plan/model/outcome.js";
import { withReload, withReloadEnd } from "../../../src/plan/model/reload-memory.js";
import type { ReloadMemory } from "../../../src/plan/model/reload-memory.js";
import type { Step } from "../../../src/plan/model/step.js";
import { viewOf } from "../../../src/plan/model/view.js";
import { plan } from "../../../src/plan/plan.js";
import { effect } from "../../../src/plan/steps/effect.js";
import { given } from "../../../src/tools/present.js";

/** How the containers of an image do. */
export type Behaviour =
  | "good"
  | "checked"
  | "exits"
  | "never-healthy"
  | "dies-early"
  | "refused"
  /** With exit code 0: at once, or when it has been trusted. */
  | "completes"
  | "completes-late";
export const bad: readonly Behaviour[] = ["exits", "never-healthy", "dies-early", "refused"];

export interface Drive {
  readonly desired: Desired;
  readonly start: HostSnapshot;
  /** By the digest's letter. */
  readonly behaviours: Readonly<Record<string, Behaviour>>;
  /** Only in these slots; elsewhere they are good. Absent: in all. */
  readonly slots?: ReadonlySet<number>;
  /** By the first word of the command; 0: it ends well, another number: with that code, `hangs`: never. Default 0. */
  readonly jobs?: Readonly<Record<string, number | "hangs">>;
  /** The controller dies before its n-th step, or right after it; counted over the whole drive. */
  readonly crashes: ReadonlySet<number>;
  /** What is remembered at the start. Default nothing. */
  readonly memory?: Memory;
  /** A crash takes the journal along. */
  readonly forgetful: boolean;
  /** What else is seen of the host, before each look. */
  readonly seen?: (host: HostSnapshot) => HostSnapshot;
  readonly onStep: (step: Step, before: HostSnapshot, after: HostSnapshot) => void;
}

export interface Arrival {
  readonly host: HostSnapshot;
  readonly memory: Memory;
  readonly outcome: Outcome;
  readonly steps: readonly Step[];
}

const mostRounds = 400;

/** Plays planner, executor and engine against each other until nothing is left to do. */
export function drive(trip: Drive): Arrival {
  let host = trip.start;
  let memory: Memory = trip.memory ?? emptyMemory;
  const done: Step[] = [];
  for (let round = 0; round < mostRounds; round += 1) {
    host = behave(host, trip);
    host = trip.seen?.(host) ?? host;
    const view = viewOf(host, trip.desired.spec, new Map());
    memory = { ...memory, jobs: jobNews(view, memory.jobs).reduce(withRun, memory.jobs) };
    const known = memory.volumes ?? new Map<number, readonly KnownVolume[]>();
    memory = { ...memory, volumes: new Map([...known, ...volumeNews(view, known)]) };
    const { steps, outcome } = plan(trip.desired, view, memory);
    let crashed = false;
    for (const step of steps) {
      if (trip.crashes.has(2 * done.length)) crashed = true;
      if (crashed) break;
      if (step.kind === "stop-container" && trip.desired.spec.mayEnd === true) {
        const found = host.containers.find(({ name }) => name === step.container);
        const stops = withStop(memory.stops ?? new Map(), found?.id ?? "", found?.startedAt);
        memory = { ...memory, stops };
      }
      const after = carryOut(host, step, trip);
      trip.onStep(step, host, after);
      if (step.kind === "note-leaving") {
        const id = host.containers.find(({ name }) => name === step.container)?.id ?? "";
        memory = { ...memory, leaving: noted(memory.leaving, step, id, host.takenAt) };
      }
      if (step.kind === "post-start") {
        const id = host.containers.find(({ name }) => name === step.container)?.id ?? "";
        memory = { ...memory, postStarts: ranPostStart(memory.postStarts ?? new Map(), id, step) };
      }
      memory = { ...memory, reloads: afterReload(memory.reloads ?? [], step, host) };
      if (step.kind === "create-container") {
        const id = after.containers.find(({ name }) => name === step.name)?.id ?? "";
        memory = { ...memory, made: new Set([...(memory.made ?? []), id]) };
      }
      if (step.kind === "keep-logs") memory = remember(memory, step, host);
      done.push(step);
      host = { ...after, takenAt: after.takenAt + 1 };
      if (trip.crashes.has(2 * done.length - 1)) crashed = true;
      if (crashed) break;
    }
    if (crashed) {
      if (trip.forgetful) memory = emptyMemory;
      host = { ...host, takenAt: host.takenAt + 10 };
      // Each death happens once.
      done.push({ kind: "remove-image", reference: "death", because: "" });
      continue;
    }
    if (steps.length > 0 || outcome.kind === "continue") continue;
    if (outcome.kind !== "wait") return { host, memory, outcome, steps: done };
    host = { ...host, takenAt: outcome.until ?? host.takenAt + 1_000 };
  }
  throw new Error(`not settled: ${done.map((step) => step.kind).join(" ")}`);
}

function afterReload(before: ReloadMemory, step: Step, { containers, takenAt }: HostSnapshot): ReloadMemory {
  if (step.kind !== "signal-container" && step.kind !== "note-reload") return before;
  const id = containers.find(({ name }) => name === step.container)?.id ?? "";
  if (step.kind === "note-reload") return withReloadEnd(before, id, step.failure);
  return withReload(before, { ...step, container: id, name: step.container, at: takenAt });
}

function remember(memory: Memory, step: Extract<Step, { kind: "keep-logs" }>, host: HostSnapshot): Memory {
  const container = host.containers.find(({ name }) => name === step.container)?.id ?? "";
  const run = failedRun(step, container, host.takenAt);
  if (run !== undefined) return { ...memory, jobs: withRun(memory.jobs, run) };
  return { ...memory, holds: [...memory.holds, holdOf(step, host.takenAt)] };
}

function holdOf(step: Extract<Step, { kind: "keep-logs" }>, at: number) {
  const { specHash, digest, reason, message, slot = 1, ranAnewAt } = step;
  return { specHash, digest, reason, message, at, slot, ...given({ ranAnewAt }) };
}

function behaviourOf(container: ObservedContainer, trip: Drive): Behaviour {
  if (trip.slots?.has(container.slot) === false) return "good";
  return trip.behaviours[container.digest.slice(7, 8)] ?? "good";
}

function carryOut(host: HostSnapshot, step: Step, trip: Drive): HostSnapshot {
  const starting =
    step.kind === "start-container" ? host.containers.find(({ name }) => name === step.container) : undefined;
  if (starting !== undefined && behaviourOf(starting, trip) === "refused") {
    const refused = host.containers.map((one) =>
      one === starting ? { ...one, startError: "OCI runtime create failed: no such file" } : one,
    );
    return { ...host, containers: refused };
  }
  return effect(host, step, host.takenAt, `id-${host.takenAt}`);
}

const check = { intervalMs: 1_000, timeoutMs: 1_000, retries: 3, startPeriodMs: 0 };

/** What time has done to the containers. */
function behave(host: HostSnapshot, trip: Drive): HostSnapshot {
  const containers = host.containers.map((container): ObservedContainer => {
    if (isJob(container)) return work(container, host, trip);
    const behaviour = behaviourOf(container, trip);
    const healthcheck = behaviour === "checked" || behaviour === "never-healthy" ? check : undefined;
    if (container.state !== "running" || container.startedAt === undefined) return { ...container, healthcheck };
    const age = host.takenAt - container.startedAt;
    const end = (after: number, exitCode = 1): ObservedContainer => {
      if (age < after || (container.role === "active" && exitCode !== 0)) return container;
      return { ...container, state: "exited", exitCode, finishedAt: container.startedAt! + after };
    };
    switch (behaviour) {
      case "good":
      case "refused":
        return container;
      case "exits":
        return end(100);
      case "completes":
        return end(100, 0);
      case "completes-late":
        return end(trip.desired.spec.update.monitorMs + 1_000, 0);
      case "dies-early":
        return end(trip.desired.spec.update.monitorMs - 1);
      case "checked":
        return age < 1_000
          ? { ...container, healthcheck, health: "starting" }
          : { ...container, healthcheck, health: "healthy", healthySince: container.startedAt + 1_000 };
      case "never-healthy":
        return { ...container, healthcheck, health: age < 3_000 ? "starting" : "unhealthy" };
    }
  });
  return { ...host, containers };
}

/** A job takes half a second. */
function work(container: JobContainer, { takenAt }: HostSnapshot, { desired, jobs = {} }: Drive): ObservedContainer {
  const { phase, index } = container.job;
  const end = jobs[jobsOf(desired.spec, phase)[index - 1]?.spec.command?.[0] ?? ""] ?? 0;
  const finishedAt = (container.startedAt ?? takenAt) + 500;
  if (container.state !== "running" || end === "hangs" || takenAt < finishedAt) return container;
  return { ...container, state: "exited", exitCode: end, finishedAt };
}
