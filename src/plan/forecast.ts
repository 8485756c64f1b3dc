import type { ServiceSpec } from "../compose/model/service.js";
import type { Desired, Memory } from "./desired.js";
import { effect } from "./effect.js";
import { giveWay } from "./give-way.js";
import { failedRun, withRun } from "./job-news.js";
import { noted } from "./leaving.js";
import type { HostSnapshot } from "./observed.js";
import type { Outcome, Plan } from "./outcome.js";
import { plan } from "./plan.js";
import { ranPostStart } from "./post-start-memory.js";
import { withReload, withReloadEnd } from "./reload-memory.js";
import { renderStep, shorten } from "./render.js";
import type { ResourceClaim } from "./resources.js";
import type { Step } from "./step.js";
import { isUp, viewOf } from "./view.js";

export interface Forecast {
  /** Steps and waits in order, one a line. */
  readonly lines: readonly string[];
  readonly changes: boolean;
  readonly end: Plan["outcome"];
}

/** More passes than the rollout of one replica needs; a plan that does not settle by then says so. */
const longest = 20;
const passesOfJob = 3;

/**
 * The whole way from here, if every container does well and every other service does as its file says: plans, carried out
 * on paper, until nothing is left to do.
 */
export function forecast(
  desired: Desired,
  host: HostSnapshot,
  memory: Memory,
  claims: readonly ResourceClaim[] = [],
): Forecast {
  const lines: string[] = [];
  let world = host;
  let known = memory;
  let changes = false;
  const { replicas = 1, before = [], after = [] } = desired.spec;
  const most = longest * Math.max(1, replicas) + passesOfJob * (before.length + after.length);
  for (let pass = 0; ; pass += 1) {
    const { steps, outcome } = plan(desired, { ...viewOf(world, desired.spec, new Map()), claims }, known);
    changes ||= steps.length > 0;
    lines.push(...steps.map((step) => shorten(renderStep(step))));
    for (const step of steps) {
      known = afterNote(known, step, world);
      world = effect(world, step, world.takenAt);
    }
    const pulling = steps.some((step) => step.kind === "pull-image");
    const goesOn = outcome.kind === "continue" || pulling || (outcome.kind === "wait" && passes(outcome));
    if (!goesOn || pass === most) {
      if (outcome.kind !== "converged") lines.push(shorten(`then: ${outcome.because}`));
      return { lines, changes, end: outcome };
    }
    if (outcome.kind === "wait" && isTimed(outcome)) {
      lines.push(shorten(`wait: ${outcome.because}`));
      world = { ...giveWay(relieve(world), claims), takenAt: outcome.until ?? world.takenAt };
    } else if (outcome.kind === "wait" && outcome.reason === "WaitingForCompletion") {
      lines.push("wait until it has completed");
      world = complete(world, desired.spec);
    } else if (outcome.kind === "wait" && outcome.reason === "WaitingForJob") {
      lines.push("wait until it has ended well");
      world = endJobs(world, desired.spec);
    } else if (outcome.kind === "wait" && !pulling) {
      lines.push(`wait until it has been well for ${desired.spec.update.monitorMs / 1_000}s`);
      world = recover(world, desired.spec.update.monitorMs);
    }
  }
}

/** It ends by itself: when a container has been well for long enough, or when the time has come. */
function passes(outcome: Extract<Outcome, { kind: "wait" }>): boolean {
  return (
    outcome.reason === "WaitingForHealth" ||
    outcome.reason === "WaitingForCompletion" ||
    outcome.reason === "WaitingForJob" ||
    (isTimed(outcome) && outcome.until !== undefined)
  );
}

const timed: ReadonlySet<string> = new Set([
  ...(["WaitingForTurn", "Draining", "WaitingForWindow", "WaitingForAge", "Reloading"] as const),
]);

/** Time alone brings what is waited for. */
function isTimed({ reason }: Outcome): boolean {
  return timed.has(reason);
}

function afterNote(memory: Memory, step: Step, { containers, takenAt }: HostSnapshot): Memory {
  const id = "container" in step ? containers.find(({ name }) => name === step.container)?.id : undefined;
  if (id === undefined) return memory;
  const run = step.kind === "keep-logs" ? failedRun(step, id, takenAt) : undefined;
  if (run !== undefined) return { ...memory, jobs: withRun(memory.jobs, run) };
  if (step.kind === "post-start") {
    return { ...memory, postStarts: ranPostStart(memory.postStarts ?? new Map(), id, { startedAt: step.startedAt }) };
  }
  if (step.kind === "signal-container") {
    return {
      ...memory,
      reloads: withReload(memory.reloads ?? [], { ...step, name: step.container, container: id, at: takenAt }),
    };
  }
  if (step.kind === "note-reload") {
    return { ...memory, reloads: withReloadEnd(memory.reloads ?? [], id, step.failure) };
  }
  if (step.kind !== "note-leaving") return memory;
  return { ...memory, leaving: noted(memory.leaving, step, id, takenAt) };
}

function complete(host: HostSnapshot, { project, name }: ServiceSpec): HostSnapshot {
  const containers = host.containers.map((container) =>
    container.project === project && container.service === name && container.role === "next"
      ? { ...container, state: "exited" as const, exitCode: 0, finishedAt: host.takenAt }
      : container,
  );
  return { ...host, containers };
}

/** All that was under way behind gates has ended. */
function relieve(host: HostSnapshot): HostSnapshot {
  const containers = host.containers.map((container): HostSnapshot["containers"][number] => {
    const { gate } = container;
    if (gate?.state === undefined) return container;
    const routes = gate.state.routes.map((route) => ({ ...route, sessions: 0 }));
    return { ...container, gate: { ...gate, state: { ...gate.state, routes } } };
  });
  return { ...host, containers };
}

function endJobs(host: HostSnapshot, { project, name }: ServiceSpec): HostSnapshot {
  const containers = host.containers.map((container) =>
    container.project === project && container.service === name && container.job !== undefined && isUp(container)
      ? { ...container, state: "exited" as const, exitCode: 0, finishedAt: host.takenAt }
      : container,
  );
  return { ...host, containers };
}

function recover(host: HostSnapshot, monitorMs: number): HostSnapshot {
  const takenAt = host.takenAt + monitorMs;
  const containers = host.containers.map((container) =>
    container.health === "starting"
      ? { ...container, health: "healthy" as const, healthySince: host.takenAt }
      : container,
  );
  return { ...host, takenAt, containers };
}
