import type { ExecSettings } from "../../src/compose/model/policy/hooks.js";
import type { ContainerSpec, Healthcheck } from "../../src/compose/model/service.js";
import type { ErrorCode } from "../../src/errors.js";
import type { ObservedHealthcheck } from "../../src/plan/model/host/observed.js";

/** What an image is, and what its containers do after each start. */
export interface Behaviour {
  /** The image's HEALTHCHECK. Default: every second, timeout 1 s, 2 retries. */
  readonly check?: ObservedHealthcheck | "none";
  /** The image's VOLUME: absolute paths. */
  readonly volumes?: readonly string[];
  /** From when on probes succeed, in ms after the start; `never`. Default 0. */
  readonly healthyAfterMs?: number | "never";
  /** From when on probes fail again, in ms after the start. */
  readonly sickAfterMs?: number;
  /** When it ends by itself, in ms after the start. */
  readonly exitsAfterMs?: number;
  /** Default 1. */
  readonly exitCode?: number;
  /** How long its pull takes (default 0), and how it ends. */
  readonly pullMs?: number;
  readonly pullFault?: ErrorCode;
  /** What the engine says to a creation, or to every start, for a reason that lies in the image. */
  readonly refusedAtCreate?: string;
  readonly refusedAtStart?: string;
  /** What it logs as it starts. */
  readonly output?: readonly string[];
  /** And after that on its error stream. */
  readonly errors?: readonly string[];
  /** What its process does on signals; without a word for one it takes no notice. */
  readonly signals?: Readonly<Record<string, Answer>>;
  /** What commands within it do, by their words joined with spaces; any other one is not found. */
  readonly commands?: Readonly<Record<string, Command>>;
}

export interface Answer {
  readonly output?: string;
  /** Its check fails from then on, until it starts again. */
  readonly sickAfterMs?: number;
  readonly exitsAfterMs?: number;
  /** Default 129. */
  readonly exitCode?: number;
}

export interface Command {
  /** Default 0. */
  readonly exitCode?: number;
  readonly output?: string | ((settings: ExecSettings, own: ContainerSpec["environment"]) => string);
  /** Default 0. */
  readonly lastsMs?: number;
}

const usual: ObservedHealthcheck = { intervalMs: 1000, timeoutMs: 1000, retries: 2, startPeriodMs: 0 };

/** A container that runs one of the image's commands, and no more. */
export function commandBehaviour({ commands }: Behaviour, command: readonly string[]): Behaviour {
  const { exitCode = 0, output: said = "", lastsMs = 0 } = commands?.[command.join(" ")] ?? { exitCode: 127 };
  const output = typeof said === "string" ? said : said({}, {});
  return { check: "none", exitsAfterMs: lastsMs, exitCode, output: output === "" ? [] : [output] };
}

/** The file's check over the image's, as the engine merges them. */
export function effectiveCheck(
  { check = usual }: Behaviour,
  own: Healthcheck | undefined,
): ObservedHealthcheck | undefined {
  const image = check === "none" ? undefined : check;
  if (own === undefined) return image;
  if (own.disabled || (own.test === undefined && image === undefined)) return undefined;
  return {
    intervalMs: own.intervalMs ?? image?.intervalMs ?? 30_000,
    timeoutMs: own.timeoutMs ?? image?.timeoutMs ?? 30_000,
    retries: own.retries ?? image?.retries ?? 3,
    startPeriodMs: own.startPeriodMs ?? image?.startPeriodMs ?? 0,
  };
}

export interface HealthChange {
  /** After the start. */
  readonly atMs: number;
  readonly to: "healthy" | "unhealthy";
}

/** When the health of a run changes: probes take no time and come every interval, the first one interval after the start. */
export function healthChanges(
  behaviour: Behaviour,
  { intervalMs, retries, startPeriodMs }: ObservedHealthcheck,
): HealthChange[] {
  const { healthyAfterMs = 0, sickAfterMs } = behaviour;
  const probeFrom = (ms: number) => Math.max(Math.ceil(ms / intervalMs), 1) * intervalMs;
  const patience = (retries - 1) * intervalMs;
  const changes: HealthChange[] = [];
  const healthyAt = healthyAfterMs === "never" ? Infinity : probeFrom(healthyAfterMs);
  const givenUpAt = probeFrom(startPeriodMs) + patience;
  if (givenUpAt < healthyAt) changes.push({ atMs: givenUpAt, to: "unhealthy" });
  if (healthyAt < Infinity) changes.push({ atMs: healthyAt, to: "healthy" });
  if (sickAfterMs !== undefined) changes.push({ atMs: probeFrom(sickAfterMs) + patience, to: "unhealthy" });
  return changes;
}
