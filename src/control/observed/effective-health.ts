import { serviceKey } from "../../compose/model/service.js";
import type { ProbeSpec, ServiceSpec } from "../../compose/model/service.js";
import { healthDeadlineMs } from "../../plan/judge/verdict.js";
import type { HostSnapshot } from "../../plan/model/host/host-snapshot.js";
import type { ObservedContainer, ObservedHealthcheck } from "../../plan/model/host/observed.js";
import { unasked } from "./probe-state.js";
import type { ProbeState } from "./probe-state.js";

/**
 * The container as the planner is to see it: unhealthy if the probe or Docker's own check says so, healthy once all that
 * there are say so. `askedSince`: when the probe of this run began, epoch ms.
 */
export function withProbe(
  container: ObservedContainer,
  probe: ProbeSpec,
  state: ProbeState,
  askedSince: number,
): ObservedContainer {
  const health = combine(container.health, state.health);
  const healthySince = Math.max(state.since, container.healthySince ?? state.since);
  const own = state.health !== "healthy" && state.problem !== undefined;
  return {
    ...container,
    health,
    healthySince: health === "healthy" ? healthySince : undefined,
    healthcheck: longer(container, asHealthcheck(container, probe, askedSince)),
    ...(own ? { healthProblem: state.problem } : {}),
  };
}

function combine(docker: ObservedContainer["health"], probe: ProbeState["health"]): ProbeState["health"] {
  if (docker === "unhealthy" || probe === "unhealthy") return "unhealthy";
  return probe === "healthy" && (docker === "healthy" || docker === "none") ? "healthy" : "starting";
}

/** A container that had started before anybody asked it has its whole time from then on. */
function asHealthcheck({ startedAt }: ObservedContainer, probe: ProbeSpec, askedSince: number): ObservedHealthcheck {
  const { intervalMs, timeoutMs, retries } = probe;
  const unasked = Math.max(0, askedSince - (startedAt ?? askedSince));
  return { intervalMs, timeoutMs, retries, startPeriodMs: Math.max(probe.startPeriodMs, unasked) };
}

/** Both checks have to pass: the one that may take longer sets the deadline. */
function longer(container: ObservedContainer, healthcheck: ObservedHealthcheck): ObservedHealthcheck {
  const { healthcheck: docker } = container;
  if (docker === undefined) return healthcheck;
  return healthDeadlineMs(container) > healthDeadlineMs({ ...container, healthcheck }) ? docker : healthcheck;
}

/** The host for one who only looks and probes nothing: what serves has passed, what is on trial has not yet. */
export function withoutAnswers(host: HostSnapshot, specs: readonly ServiceSpec[]): HostSnapshot {
  const probes = new Map(specs.map(({ project, name, probe }) => [serviceKey(project, name), probe]));
  const containers = host.containers.map((one) => {
    const probe = probes.get(serviceKey(one.project, one.service));
    if (probe === undefined || !isProbed(one)) return one;
    const state = unasked(one.startedAt ?? host.takenAt, probe, host.takenAt);
    return withProbe(one, probe, one.role === "active" ? { ...state, health: "healthy" } : state, host.takenAt);
  });
  return { ...host, containers };
}

/** What serves, and what is on trial. */
export function isProbed({ role, state }: ObservedContainer): boolean {
  return (role === "active" || role === "next") && state === "running";
}
