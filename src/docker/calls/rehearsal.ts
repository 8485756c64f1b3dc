import { randomBytes } from "node:crypto";
import { FairleadError } from "../../errors.js";
import { lacksOnHost } from "../../plan/judge/start-refusal.js";
import type { StepOf } from "../../plan/model/step.js";
import { created, listedContainers } from "../client/answers.js";
import type { Connection } from "../client/connection.js";
import { containerPath } from "../client/ids.js";
import { quotable, Refusal } from "../client/refusal.js";
import type { ListedContainer } from "../client/schema.js";
import type { Body } from "../create/body.js";
import { creationBody } from "../create/creation.js";
import { removeContainer } from "./containers.js";

const label = "fairlead.rehearsal";
/** No image has it. The engine looks for it last of all: after the log, the devices, and the user. */
const nothing = "/fairlead/rehearsal";

/** Of no project and no service: what looks at containers is not to see it. */
export function isRehearsal(labels: Readonly<Record<string, string>> | null | undefined): boolean {
  return labels?.[label] !== undefined;
}

/**
 * Has the engine prepare a container like that one, up to the program, which is not there; what it refuses before that for
 * reasons of the host is thrown. Such a container removes itself, with the volumes that were made for it.
 */
export async function rehearse(connection: Connection, step: StepOf<"rehearse-start">): Promise<void> {
  const api = await connection.version();
  await clear(connection, step.container);
  const id = await create(connection, step, rehearsalBody(step, api));
  if (id === undefined) return;
  try {
    const task = `rehearse the start of ${step.container}`;
    await connection.tell({ method: "POST", path: containerPath(id, "/start"), task, timeoutMs: 120_000 });
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    if (lacksOnHost(error.message)) throw lacking(step, error);
  } finally {
    await removeContainer(connection, id, true).catch(() => undefined);
  }
}

function lacking({ container }: StepOf<"rehearse-start">, error: Refusal): FairleadError {
  return new FairleadError("EngineRefused", `the host could not start ${container}: ${quotable(error.message)}`, {
    remedy: "nothing was stopped for it, and it is tried again",
    cause: error,
  });
}

/** Undefined: the engine does not want to make it, which says nothing. */
async function create(
  connection: Connection,
  { container, spec }: StepOf<"rehearse-start">,
  body: Body,
): Promise<string | undefined> {
  // The engine may still be removing the one before.
  const name = `${container}.rehearsal-${randomBytes(3).toString("hex")}`;
  const { platform } = spec.container;
  const query = { name, ...(platform === undefined ? {} : { platform }) };
  const task = `make ready to rehearse the start of ${container}`;
  const call = { method: "POST", path: "/containers/create", query, body, task, timeoutMs: 120_000 } as const;
  try {
    return ((await connection.ask(call, created)) as { readonly Id: string }).Id;
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return undefined;
  }
}

/** What an earlier one has left that was cut off before its start. */
async function clear(connection: Connection, container: string): Promise<void> {
  const filters = JSON.stringify({ label: [`${label}=${container}`] });
  const task = "look for what an earlier rehearsal has left";
  const call = { method: "GET", path: "/containers/json", query: { all: 1, filters }, task } as const;
  const left = (await connection.ask(call, listedContainers)) as readonly ListedContainer[];
  for (const { Id } of left) await removeContainer(connection, Id, true).catch(() => undefined);
}

/** What it needs of the host but what the one that serves may still have: ports, addresses, volumes, other containers. */
export function rehearsalBody(
  { container: name, spec, digest, from, because }: StepOf<"rehearse-start">,
  api: string,
): Body {
  const { networkMode: _mode, container: whole, ...rest } = spec;
  const {
    volumesFrom: _from,
    namespaces: { ipc: _ipc, pid: _pid, ...namespaces } = {},
    expose: _expose,
    ...own
  } = whole;
  const container = {
    ...own,
    healthcheck: undefined,
    ports: [],
    mounts: [],
    command: [],
    entrypoint: [nothing],
    namespaces,
  };
  const step: StepOf<"create-container"> = {
    kind: "create-container",
    name,
    spec: { ...rest, container: { ...container, execution: { ...whole.execution, init: false } } },
    ...{ specHash: "", digest, from, revision: 0, slot: 1, attach: undefined },
    because,
  };
  const body = creationBody(step, api) as Body & { readonly HostConfig: object };
  return {
    ...body,
    Labels: { [label]: name },
    Healthcheck: { Test: ["NONE"] },
    HostConfig: { ...body.HostConfig, AutoRemove: true },
  };
}
