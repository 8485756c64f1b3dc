/*
 * Calls to the engine live here, one or a few for each step of a plan. Which step is due is planned.
 */

import type { ContainerSpec, RestartPolicy } from "../../compose/model/service.js";
import { FairleadError } from "../../errors.js";
import { causeOf } from "../../plan/judge/start-refusal.js";
import type { Interval } from "../../plan/model/host/observed.js";
import type { NetworkLocation } from "../../plan/model/host/location.js";
import type { CreateContainerStep } from "../../plan/model/step.js";
import { withoutValues } from "../../tools/mask.js";
import { checkAbilities } from "../client/abilities.js";
import { created, inspectedContainer, listedContainers } from "../client/answers.js";
import type { Connection } from "../client/connection.js";
import { containerPath, shortId } from "../client/ids.js";
import { lacksCall } from "../client/podman.js";
import { quotable, Refusal } from "../client/refusal.js";
import type { InspectedContainer, ListedContainer } from "../client/schema.js";
import { creationBody } from "../create/creation.js";
import { locationOf } from "../read/location.js";
import { isUnreadable } from "./log-stream.js";
import { logLines } from "./logs.js";

export interface DatedList {
  readonly containers: readonly ListedContainer[];
  /** What the engine's clock said meanwhile, to a second. */
  readonly engine: Interval | undefined;
}

export async function listContainers(connection: Connection, timeoutMs = 60_000): Promise<DatedList> {
  const call = { method: "GET", path: "/containers/json", query: { all: 1 }, task: "list containers" } as const;
  const { answer, date } = await connection.askDated({ ...call, timeoutMs }, listedContainers);
  const from = Date.parse(date ?? "");
  const engine = Number.isNaN(from) ? undefined : { from, to: from + 1_000 };
  return { containers: answer as readonly ListedContainer[], engine };
}

/** Undefined: it is gone. */
export async function inspectContainer(connection: Connection, id: string): Promise<InspectedContainer | undefined> {
  const call = { method: "GET", path: containerPath(id, "/json"), task: `inspect container ${shortId(id)}` } as const;
  try {
    return (await connection.ask(call, inspectedContainer)) as InspectedContainer;
  } catch (error) {
    if (error instanceof Refusal && error.status === 404) return undefined;
    throw error;
  }
}

/** What the engine warns of, or has to leave out. */
export type OnWarning = (container: string, message: string) => void;

/**
 * Answers the new container's id. Throws `NameConflict`, `ImageNotFound`, and `EngineRefused` for what an old engine
 * lacks; no environment value gets into a message.
 */
export async function createContainer(
  connection: Connection,
  step: CreateContainerStep,
  lease: string,
  onWarning: OnWarning,
): Promise<string> {
  const task = `create container ${step.name}`;
  const api = await connection.version();
  const lacking = checkAbilities(step, api);
  const { platform, environment } = step.spec.container;
  const call = {
    method: "POST",
    path: "/containers/create",
    query: { name: step.name, ...(platform === undefined ? {} : { platform }) },
    body: creationBody(step, api, lease),
    task,
  } as const;
  try {
    const answer = (await connection.ask({ ...call, timeoutMs: 120_000 }, created)) as CreationAnswer;
    const told = (answer.Warnings ?? []).map((warning) => quotable(withoutVariables(warning, environment)));
    for (const warning of [...lacking, ...told]) onWarning(step.name, warning);
    return answer.Id;
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    if (isTaken(error)) throw nameConflict(step.name);
    if (/bind source path does not exist/i.test(error.message)) throw missingSource(task, error);
    throw new Refusal(task, error.status, withoutVariables(error.message, environment));
  }
}

interface CreationAnswer {
  readonly Id: string;
  readonly Warnings?: readonly string[] | null;
}

/** Variables may hold secrets, and the engine quotes what it refuses. */
function withoutVariables(message: string, environment: ContainerSpec["environment"]): string {
  const values = Object.values(environment).flatMap((value) => (value === null ? [] : [value.reveal()]));
  return withoutValues(message, values, { shortest: 4, by: "…" });
}

function missingSource(task: string, { message }: Refusal): FairleadError {
  const path = /does not exist: (\S.*)$/.exec(message)?.[1] ?? "a host path that it mounts";
  return new FairleadError("EngineRefused", `cannot ${task}: ${path} does not exist on the host`, {
    remedy: "create it, correct the path in the file, or let the engine make a folder with bind.create_host_path",
  });
}

/** Podman says 500, and says why. */
function isTaken({ status, message }: Refusal): boolean {
  return status === 409 || (status === 500 && /\bname\b.*\bis already in use|\bname \S+ already in use/i.test(message));
}

function nameConflict(name: string): FairleadError {
  return new FairleadError("NameConflict", `the container name ${name} is taken`, {
    remedy: `rename or remove the container ${name}, or give the service another container_name`,
  });
}

/** Throws `PortConflict` or `AddressConflict` where another has what it needs; the engine keeps its reason in the container's state too. */
export async function startContainer(connection: Connection, id: string): Promise<void> {
  const task = `start container ${shortId(id)}`;
  try {
    await connection.tell({ method: "POST", path: containerPath(id, "/start"), task, timeoutMs: 120_000 });
  } catch (error) {
    throw error instanceof Refusal ? (contested(error) ?? error) : error;
  }
}

/** Undefined: not because another has what it needs. */
export function contested(refusal: Refusal): FairleadError | undefined {
  const cause = causeOf(refusal.message);
  if (cause !== "port" && cause !== "address") return undefined;
  const code = cause === "port" ? "PortConflict" : "AddressConflict";
  const remedy =
    cause === "port" ? "free the port, or publish another one" : "free the address, or give it another one";
  return new FairleadError(code, `cannot ${refusal.task}: ${refusal.message}`, { remedy, cause: refusal });
}

export async function stopContainer(connection: Connection, id: string, graceMs: number): Promise<void> {
  const call = { method: "POST", path: containerPath(id, "/stop"), task: `stop container ${shortId(id)}` } as const;
  const seconds = Math.ceil(graceMs / 1000);
  await connection.tell({ ...call, query: { t: seconds }, timeoutMs: seconds * 1000 + 60_000 });
}

export async function signalContainer(connection: Connection, id: string, signal: string): Promise<void> {
  const task = `signal container ${shortId(id)}`;
  await connection.tell({ method: "POST", path: containerPath(id, "/kill"), query: { signal }, task });
}

export async function setRestartPolicy(connection: Connection, id: string, policy: RestartPolicy): Promise<void> {
  const MaximumRetryCount = policy.name === "on-failure" ? policy.maximumRetryCount : 0;
  const task = `set the restart policy of container ${shortId(id)}`;
  const body = { RestartPolicy: { Name: policy.name, MaximumRetryCount } };
  try {
    await connection.tell({ method: "POST", path: containerPath(id, "/update"), body, task });
  } catch (error) {
    if (!(error instanceof Refusal) || !lacksCall(error)) throw error;
    throw new FairleadError("EngineRefused", `cannot ${task} to ${policy.name}: this engine cannot change one`, {
      remedy: "re-create the container with `restart: no` and leave starting it to Fairlead, or update the engine",
      cause: error,
    });
  }
}

/** Throws `NameConflict`. */
export async function renameContainer(connection: Connection, id: string, name: string): Promise<void> {
  const task = `rename container ${shortId(id)} to ${name}`;
  try {
    await connection.tell({ method: "POST", path: containerPath(id, "/rename"), query: { name }, task });
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    if (/same name as its current name/.test(error.message)) return;
    throw isTaken(error) ? nameConflict(name) : error;
  }
}

/** Never forced: the engine refuses to remove what runs. */
export async function removeContainer(connection: Connection, id: string, withVolumes = false): Promise<void> {
  const call = { method: "DELETE", path: containerPath(id, ""), task: `remove container ${shortId(id)}` } as const;
  try {
    await connection.tell({ ...call, query: withVolumes ? { v: true } : {}, timeoutMs: 120_000 });
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    const underWay = error.status === 409 && /already in progress/.test(error.message);
    if (error.status !== 404 && !underWay) throw error;
  }
}

export async function logTail(connection: Connection, id: string, lines: number): Promise<readonly string[]> {
  const call = {
    method: "GET",
    path: containerPath(id, "/logs"),
    task: `read the logs of container ${shortId(id)}`,
  } as const;
  try {
    const body = await connection.read({ ...call, query: { stdout: true, stderr: true, tail: lines } });
    return logLines(body).slice(-lines);
  } catch (error) {
    if (isUnreadable(error)) return [];
    throw error;
  }
}

/** Undefined: there is no such container, or it does not run. */
export async function locateContainer(connection: Connection, id: string): Promise<NetworkLocation | undefined> {
  const inspected = await inspectContainer(connection, id);
  return inspected?.State?.Status === "running" ? locationOf(inspected) : undefined;
}
