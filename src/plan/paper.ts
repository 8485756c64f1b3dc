import type { ServiceSpec } from "../compose/model/service.js";
import { failedRun, withRun } from "./jobs/job-news.js";
import type { Desired, Memory } from "./model/desired.js";
import { noted, ranPostStart } from "./model/run-memory.js";
import type { HostSnapshot } from "./model/host/host-snapshot.js";
import type { GateState, ObservedContainer } from "./model/host/observed.js";
import { withReload, withReloadEnd } from "./model/reload-memory.js";
import type { Step } from "./model/step.js";
import { isUp } from "./model/view.js";

/*
 * What a forecast takes for granted: what time does to containers that do well, and what the journal keeps of a step.
 */

/** What is remembered after a step. */
export function remembering(memory: Memory, step: Step, { containers, takenAt }: HostSnapshot): Memory {
  const id = "container" in step ? containers.find(({ name }) => name === step.container)?.id : undefined;
  if (id === undefined) return memory;
  if (step.kind === "keep-logs") {
    const run = failedRun(step, id, takenAt);
    return run === undefined ? memory : { ...memory, jobs: withRun(memory.jobs, run) };
  }
  if (step.kind === "post-start") {
    return { ...memory, postStarts: ranPostStart(memory.postStarts ?? new Map(), id, { startedAt: step.startedAt }) };
  }
  if (step.kind === "signal-container") {
    const reload = { ...step, name: step.container, container: id, at: takenAt };
    return { ...memory, reloads: withReload(memory.reloads ?? [], reload) };
  }
  if (step.kind === "note-reload") {
    return { ...memory, reloads: withReloadEnd(memory.reloads ?? [], id, step.failure) };
  }
  if (step.kind !== "note-leaving") return memory;
  return { ...memory, leaving: noted(memory.leaving, step, id, takenAt) };
}

export function whenWell(host: HostSnapshot, monitorMs: number): HostSnapshot {
  const takenAt = host.takenAt + monitorMs;
  const isStarting = ({ health }: ObservedContainer) => health === "starting";
  return { ...change(host, isStarting, () => ({ health: "healthy", healthySince: host.takenAt })), takenAt };
}

export function whenCompleted(host: HostSnapshot, spec: ServiceSpec): HostSnapshot {
  return change(host, (one) => isOf(one, spec) && one.role === "next", endedWell(host));
}

export function whenJobsEnded(host: HostSnapshot, spec: ServiceSpec): HostSnapshot {
  return change(host, (one) => isOf(one, spec) && one.job !== undefined && isUp(one), endedWell(host));
}

/** All that was under way behind gates. */
export function whenWorkEnded(host: HostSnapshot): HostSnapshot {
  const idle = (state: GateState) => ({ ...state, routes: state.routes.map((route) => ({ ...route, sessions: 0 })) });
  return change(
    host,
    ({ gate }) => gate?.state !== undefined,
    ({ gate }) => (gate?.state === undefined ? {} : { gate: { ...gate, state: idle(gate.state) } }),
  );
}

/** A gate that has been started on paper answers, and sends its work to whatever serves. */
export function gatesAnswer(
  host: HostSnapshot,
  { containers: before }: HostSnapshot,
  services: readonly { readonly desired: Desired }[],
): HostSnapshot {
  const isNew = ({ id, gate, state }: ObservedContainer) =>
    gate !== undefined &&
    gate.state === undefined &&
    state === "running" &&
    !before.some((one) => one.id === id && one.state === "running");
  if (!host.containers.some(isNew)) return host;
  return change(host, isNew, (one) => {
    const { spec } = services.find(({ desired }) => isOf(one, desired.spec))?.desired ?? {};
    return one.gate === undefined
      ? {}
      : { gate: { ...one.gate, state: { config: spec?.rewritable?.config ?? "", routes: [] } } };
  });
}

function isOf({ project, service }: ObservedContainer, spec: ServiceSpec): boolean {
  return project === spec.project && service === spec.name;
}

function endedWell({ takenAt: finishedAt }: HostSnapshot): () => Partial<ObservedContainer> {
  return () => ({ state: "exited", exitCode: 0, finishedAt });
}

function change(
  host: HostSnapshot,
  isMeant: (container: ObservedContainer) => boolean,
  patch: (container: ObservedContainer) => Partial<ObservedContainer>,
): HostSnapshot {
  return { ...host, containers: host.containers.map((one) => (isMeant(one) ? { ...one, ...patch(one) } : one)) };
}
