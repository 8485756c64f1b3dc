import type { ContainerFile } from "../../compose/model/container/container-file.js";
import { FairleadError } from "../../errors.js";
import type { CreateHelperStep } from "../../plan/model/step.js";
import { Secret } from "../../tools/secret.js";
import { anything, created } from "../client/answers.js";
import type { Connection } from "../client/connection.js";
import { containerPath, shortId } from "../client/ids.js";
import { Refusal } from "../client/refusal.js";
import type { Body } from "../create/body.js";
import { lifelineOf } from "../read/lifeline.js";
import type { Standing } from "../read/lifeline.js";
import { factsOf } from "../read/observation.js";
import { inspectContainer, listContainers, removeContainer } from "./containers.js";
import { writeFiles } from "./files.js";
import { helperBody } from "./helper-body.js";
import type { HelperOptions, Original } from "./helper-body.js";
import { connectNetwork } from "./networks.js";

/**
 * Copies the controller's own container, which has proved itself, but for what only one can have: names, addresses and
 * ports. Answers the new one's id. What is cut off before the end leaves one that was never started.
 */
export async function createHelper(
  connection: Connection,
  step: CreateHelperStep,
  standing: Standing,
  options: HelperOptions,
): Promise<string> {
  const original = (await connection.ask(
    { method: "GET", path: containerPath(step.of, "/json"), task: `inspect container ${shortId(step.of)}` },
    anything,
  )) as Original;
  const named = await networksOfLine(connection, standing);
  const { body, further } = helperBody(step, original, named, options);
  const id = await create(connection, step, body);
  try {
    for (const endpoint of further) await connectNetwork(connection, id, endpoint);
    if (step.files.length > 0) await writeFiles(connection, id, await ownFiles(step.files, options));
    return id;
  } catch (error) {
    await removeContainer(connection, id).catch(() => undefined);
    throw error;
  }
}

async function create(connection: Connection, step: CreateHelperStep, body: Body): Promise<string> {
  const task = `create the helper ${step.name}`;
  const call = { method: "POST", path: "/containers/create", query: { name: step.name }, body, task } as const;
  try {
    return ((await connection.ask({ ...call, timeoutMs: 120_000 }, created)) as { readonly Id: string }).Id;
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    if (error.status === 409) {
      throw new FairleadError("NameConflict", `the container name ${step.name} is taken`, {
        remedy: `remove the container ${step.name}: it is to be a helper of Fairlead's`,
      });
    }
    if (step.socket === undefined || error.status !== 403) throw error;
    throw new FairleadError("EngineRefused", `cannot ${task} with the engine's socket: ${error.message}`, {
      remedy:
        "let the socket proxy pass containers that mount its socket, or replace the proxy by hand and outside of the services file",
    });
  }
}

/** A socket proxy may know who comes by the names that it has there. */
async function networksOfLine(connection: Connection, standing: Standing): Promise<ReadonlySet<string>> {
  if (standing.remote === undefined) return new Set();
  const { containers } = await listContainers(connection);
  const self = containers.find(({ Id }) => Id === standing.own);
  const joined = networksIn(self);
  const named = new Set<string>();
  for (const listed of containers) {
    const shared = networksIn(listed).filter((network) => joined.includes(network));
    if (shared.length === 0 || listed.Id === standing.own) continue;
    const inspected = await inspectContainer(connection, listed.Id);
    if (inspected === undefined || lifelineOf(factsOf(inspected), containers, standing) === undefined) continue;
    for (const network of shared) named.add(network);
  }
  return named;
}

function networksIn(listed: { readonly NetworkSettings?: { readonly Networks?: object | null } | null } | undefined) {
  return Object.keys(listed?.NetworkSettings?.Networks ?? {});
}

/** As the controller has them, which has worked with them; what it cannot read itself, as the file says. */
function ownFiles(files: readonly ContainerFile[], { readFile }: HelperOptions): Promise<readonly ContainerFile[]> {
  return Promise.all(
    files.map(async (file) => {
      const own = await readFile(file.path);
      return own === undefined ? file : { ...file, content: new Secret(own) };
    }),
  );
}
