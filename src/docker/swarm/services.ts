import type { ServiceBody } from "../../swarm/model/body.js";
import type { SwarmService } from "../../swarm/model/cluster.js";
import type { PulledBy } from "../../swarm/model/credentials.js";
import { FairleadError } from "../../errors.js";
import { given } from "../../tools/present.js";
import type { Connection } from "../client/connection.js";
import { Refusal } from "../client/refusal.js";
import { createdObject } from "./answers.js";
import type { Memory } from "./memory.js";
import { swarmPath } from "./paths.js";

/** A manager that has no majority any more answers late. */
const timeoutMs = 60_000;

/** What a manager is told, and with what its nodes pull. */
export interface Wanted {
  readonly body: ServiceBody;
  readonly by: PulledBy;
}

export async function createService(connection: Connection, memory: Memory, { body, by }: Wanted): Promise<string> {
  const task = `create service ${body.Name}`;
  const whole = await withIds(memory, body);
  const call = { method: "POST", path: "/services/create", body: whole, credentials: by, task, timeoutMs } as const;
  try {
    return ((await connection.ask(call, createdObject)) as { readonly ID: string }).ID;
  } catch (error) {
    throw missingNetwork(error);
  }
}

export async function updateService(
  connection: Connection,
  memory: Memory,
  { id, version }: Pick<SwarmService, "id" | "version">,
  { body, by }: Wanted,
): Promise<void> {
  const task = `update service ${body.Name}`;
  const whole = await withIds(memory, body);
  const path = swarmPath("services", id, "/update");
  try {
    await connection.tell({
      ...({ method: "POST", path, body: whole, credentials: by, task, timeoutMs } as const),
      query: { version },
    });
  } catch (error) {
    throw gone(error, body.Name) ?? missingNetwork(error);
  }
}

/** One that is gone is success. */
export async function removeService(connection: Connection, id: string): Promise<void> {
  const call = { method: "DELETE", path: swarmPath("services", id), task: `remove service ${id}`, timeoutMs } as const;
  try {
    await connection.tell(call);
  } catch (error) {
    if (!(error instanceof Refusal) || error.status !== 404) throw error;
  }
}

/** Networks the API finds by their names itself; of configs and secrets it wants ids beside the names. */
async function withIds(memory: Memory, body: ServiceBody): Promise<ServiceBody> {
  const { ContainerSpec } = body.TaskTemplate;
  const { Configs = [], Secrets = [] } = ContainerSpec;
  if (Configs.length === 0 && Secrets.length === 0) return body;
  const [configs, secrets] = await Promise.all([
    memory.ids(
      "configs",
      Configs.map(({ ConfigName }) => ConfigName),
    ),
    memory.ids(
      "secrets",
      Secrets.map(({ SecretName }) => SecretName),
    ),
  ]);
  return {
    ...body,
    TaskTemplate: {
      ...body.TaskTemplate,
      ContainerSpec: {
        ...ContainerSpec,
        Configs: Configs.map((reference) => ({
          ...reference,
          ...given({ ConfigID: configs.get(reference.ConfigName) }),
        })),
        Secrets: Secrets.map((reference) => ({
          ...reference,
          ...given({ SecretID: secrets.get(reference.SecretName) }),
        })),
      },
    },
  };
}

/** Whoever looks again sees that it is not there. */
function gone(error: unknown, name: string): FairleadError | undefined {
  if (!(error instanceof Refusal) || error.status !== 404 || !/^service/i.test(error.message)) return undefined;
  return new FairleadError("SwarmConflict", `cannot update service ${name}: it is gone`, { cause: error });
}

function missingNetwork(error: unknown): unknown {
  if (!(error instanceof Refusal)) return error;
  const name = /network (\S+) not found/i.exec(error.message)?.[1];
  if (name === undefined) return error;
  return new FairleadError(
    "EngineRefused",
    `cannot ${error.task}: there is no network ${name} that a service can join`,
    {
      remedy: `create it (docker network create --driver overlay ${name}), or correct its name in the file`,
      cause: error,
    },
  );
}
