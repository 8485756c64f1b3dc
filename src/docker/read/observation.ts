/*
 * Answers of the engine in the planner's words live here, pure. The calls that bring them do not.
 */

import type { RestartPolicy } from "../../compose/model/service.js";
import type { ImageId } from "../../compose/values/image.js";
import { roleOf } from "../../plan/model/host/names.js";
import type {
  ContainerFacts,
  ObservedContainer,
  ObservedEndpoint,
  ObservedHealthcheck,
} from "../../plan/model/host/observed.js";
import { given } from "../../tools/present.js";
import { printable } from "../../tools/printable.js";
import type { InspectedCheck, InspectedContainer, InspectedHealth, InspectedHealthcheck } from "../client/schema.js";
import { readIdentity } from "../create/labels.js";
import { ownersIn } from "../create/owners.js";
import { currentOf, heldBy } from "./held.js";
import { locationOf } from "./location.js";
import { mountsIn } from "./mounts-in.js";

const longestOutput = 200;

/** One inspected container of ours; undefined if its labels do not say so. */
export function observe(inspected: InspectedContainer): ObservedContainer | undefined {
  const identity = readIdentity(inspected.Config?.Labels ?? {});
  if (identity === undefined) return undefined;
  const { base, gateOf, ...labelled } = identity;
  const facts = factsOf(inspected);
  const gate = gateOf === undefined ? {} : { gate: { of: gateOf } };
  const role = roleOf(facts.name, base);
  return { ...labelled, ...facts, ...gate, role, ...(role === "stray" ? { base } : {}) };
}

/** One inspected container, whoever made it. `healthySince` is what the engine's own log proves. */
export function factsOf(inspected: InspectedContainer): ContainerFacts {
  const state = stateOf(inspected.State?.Status);
  const ended = state === "exited" || state === "dead";
  const health = state === "running" || state === "paused" ? healthOf(inspected.State?.Health) : "none";
  const startedAt = instant(inspected.State?.StartedAt);
  const finishedAt = instant(inspected.State?.FinishedAt);
  const mounts = mountsIn(inspected);
  const owners = ownersIn(inspected);
  const logDriver = inspected.HostConfig?.LogConfig?.Type || undefined;
  return {
    id: inspected.Id,
    name: (inspected.Name ?? "").replace(/^\//, ""),
    imageId: (inspected.Image ?? "") as ImageId,
    state,
    health,
    healthySince: health === "healthy" ? provenHealthySince(inspected.State?.Health, startedAt) : undefined,
    ...(health === "unhealthy" ? problemOf(inspected.State?.Health) : {}),
    ...(health === "unhealthy" || health === "starting" ? failedCheck(inspected.State?.Health, startedAt) : {}),
    ...(health === "starting" ? { checkedAt: lastCheck(inspected.State?.Health, startedAt) } : {}),
    healthcheck: healthcheckOf(inspected.Config?.Healthcheck),
    createdAt: instant(inspected.Created) ?? 0,
    startedAt,
    // A start that the engine refused ends nothing: the instant is an earlier run's.
    finishedAt: ended ? finishedAt : undefined,
    exitCode: ended ? inspected.State?.ExitCode : undefined,
    oomKilled: inspected.State?.OOMKilled ?? false,
    startError: printable(inspected.State?.Error ?? ""),
    restartCount: inspected.RestartCount ?? 0,
    restartPolicy: restartOf(inspected),
    networks: endpointsOf(inspected),
    ...(mounts.length === 0 ? {} : { mounts }),
    ...(Object.keys(owners).length === 0 ? {} : { owners }),
    ...(publishes(inspected) ? { publishes: true } : {}),
    ...heldBy(inspected),
    ...(logDriver === undefined ? {} : { logDriver }),
    ...(state === "running" ? { location: locationOf(inspected) } : {}),
  };
}

function publishes({ HostConfig }: InspectedContainer): boolean {
  return Object.values(HostConfig?.PortBindings ?? {}).some((bindings) => (bindings ?? []).length > 0);
}

const states: readonly string[] = ["created", "running", "restarting", "paused", "exited", "dead", "removing"];

function stateOf(status: string | undefined): ObservedContainer["state"] {
  return status !== undefined && states.includes(status) ? (status as ObservedContainer["state"]) : "dead";
}

function healthOf(health: InspectedHealth | null | undefined): ObservedContainer["health"] {
  const status = health?.Status;
  return status === "starting" || status === "healthy" || status === "unhealthy" ? status : "none";
}

/** The end of the last probe of this run, or else the start of the run. */
function lastCheck(health: InspectedHealth | null | undefined, startedAt: number | undefined): number | undefined {
  return instant(probesSince(health, startedAt).at(-1)?.End) ?? startedAt;
}

/** The end of the first probe of the unbroken run of good ones. */
function provenHealthySince(health: InspectedHealth | null | undefined, startedAt = 0): number | undefined {
  const probes = probesSince(health, startedAt);
  const firstGood = probes.findLastIndex((probe) => probe.ExitCode !== 0) + 1;
  return instant(probes[firstGood]?.End);
}

/** Those of an earlier run of the container do not count. */
function probesSince(health: InspectedHealth | null | undefined, startedAt = 0): readonly InspectedCheck[] {
  return (health?.Log ?? []).filter((probe) => (instant(probe.Start) ?? 0) >= startedAt);
}

/** What the check that failed last has put out, or how it ended where it said nothing. */
function problemOf(health: InspectedHealth | null | undefined): Pick<ContainerFacts, "healthProblem"> {
  const failed = health?.Log?.findLast((probe) => probe.ExitCode !== 0);
  if (failed === undefined) return {};
  const output = printable(failed.Output ?? "", longestOutput).trim();
  return { healthProblem: output === "" ? `exit code ${failed.ExitCode ?? "?"}` : output };
}

function failedCheck(
  health: InspectedHealth | null | undefined,
  startedAt: number | undefined,
): Pick<ContainerFacts, "lastFailedCheck"> {
  const failed = probesSince(health, startedAt).findLast((probe) => probe.ExitCode !== 0);
  if (failed === undefined) return {};
  const output = printable(failed.Output ?? "", longestOutput).trim();
  return { lastFailedCheck: { ...given({ exitCode: failed.ExitCode }), output } };
}

/** The engine has merged the image's check into the container's; its zeros mean its defaults. */
function healthcheckOf(check: InspectedHealthcheck | null | undefined): ObservedHealthcheck | undefined {
  const kind = check?.Test?.[0];
  if (check === null || check === undefined || kind === undefined || kind === "" || kind === "NONE") return undefined;
  return {
    intervalMs: (check.Interval ?? 0) / 1e6 || 30_000,
    timeoutMs: (check.Timeout ?? 0) / 1e6 || 30_000,
    retries: (check.Retries ?? 0) || 3,
    startPeriodMs: (check.StartPeriod ?? 0) / 1e6,
  };
}

function restartOf({ HostConfig }: InspectedContainer): RestartPolicy {
  const name = HostConfig?.RestartPolicy?.Name;
  const maximumRetryCount = HostConfig?.RestartPolicy?.MaximumRetryCount ?? 0;
  return name === "always" || name === "unless-stopped" || name === "on-failure"
    ? { name, maximumRetryCount }
    : { name: "no", maximumRetryCount: 0 };
}

function endpointsOf(inspected: InspectedContainer): ObservedEndpoint[] {
  const shortId = inspected.Id.slice(0, 12);
  const endpoints = Object.entries(inspected.NetworkSettings?.Networks ?? {});
  const joined = endpoints.filter(([network]) => !isLeftBehind(inspected, network));
  return joined.map(([network, endpoint]) => ({
    network,
    // Empty before the first start; of Podman, only the name.
    ...(endpoint?.NetworkID && endpoint.NetworkID !== network ? { networkId: endpoint.NetworkID } : {}),
    aliases: (endpoint?.Aliases ?? []).filter((alias) => alias !== shortId),
  }));
}

/**
 * The engine keeps an endpoint that it could not give its address to: the container runs, and is not on that network.
 * Podman names the id of no endpoint: one that has an address is joined.
 */
export function isLeftBehind({ State, NetworkSettings }: InspectedContainer, network: string): boolean {
  const endpoint = NetworkSettings?.Networks?.[network];
  return State?.Status === "running" && endpoint?.EndpointID === "" && currentOf(network, endpoint).length === 0;
}

/** Epoch ms of an RFC 3339 time; undefined for the engine's year 1. */
export function instant(text: string | undefined): number | undefined {
  const time = Date.parse(text ?? "");
  return Number.isNaN(time) || time <= 0 ? undefined : time;
}
