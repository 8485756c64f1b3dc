import type { z } from "zod";
import type { Connection } from "../client/connection.js";
import { networkPath } from "../client/ids.js";
import { Refusal } from "../client/refusal.js";
import { listedContents, listedNodes, listedServices, listedTasks, seenNetwork, seenNetworks } from "./answers.js";
import type { ListedContent, ListedNode, ListedService, ListedTask, SeenNetwork } from "./answers.js";

/** A manager answers what it has in memory; a list of thousands takes it a moment to write. */
const timeoutMs = 60_000;

async function list<T>(connection: Connection, what: string, shape: z.ZodType<T>): Promise<T> {
  return (await connection.ask(
    { method: "GET", path: `/${what}`, task: `list the ${what} of the Swarm`, timeoutMs },
    shape,
  )) as T;
}

export function listNodes(connection: Connection): Promise<ListedNode[]> {
  return list(connection, "nodes", listedNodes);
}

/** All of them: the API can filter by one label and another, not by one or another. */
export function listServices(connection: Connection): Promise<ListedService[]> {
  return list(connection, "services", listedServices);
}

export function listTasks(connection: Connection): Promise<ListedTask[]> {
  return list(connection, "tasks", listedTasks);
}

export type Contents = "configs" | "secrets";

/** Of configs the API sends what they contain too, which is not kept here. */
export async function listContents(connection: Connection, what: Contents): Promise<ListedContent[]> {
  const listed = await list(connection, what, listedContents);
  return listed.map(({ Spec: { Data: _, ...spec }, ...content }) => ({ ...content, Spec: spec }));
}

export function listNetworks(connection: Connection): Promise<SeenNetwork[]> {
  return list(connection, "networks", seenNetworks);
}

/** Undefined: there is none of this id. */
export async function seeNetwork(connection: Connection, id: string): Promise<SeenNetwork | undefined> {
  const call = { method: "GET", path: networkPath(id, ""), task: "look at a network" } as const;
  try {
    return (await connection.ask(call, seenNetwork)) as SeenNetwork;
  } catch (error) {
    if (error instanceof Refusal && error.status === 404) return undefined;
    throw error;
  }
}
