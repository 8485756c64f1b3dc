import type { Labels } from "../../swarm/model/body.js";
import type { NamedContent, SwarmObject } from "../../swarm/model/cluster.js";
import type { Connection } from "../client/connection.js";
import { Refusal } from "../client/refusal.js";
import { createdObject, inspectedContent } from "./answers.js";
import type { ListedContent } from "./answers.js";
import type { Contents } from "./lists.js";
import { swarmPath } from "./paths.js";

export async function readConfig(connection: Connection, id: string): Promise<Buffer | undefined> {
  const call = { method: "GET", path: swarmPath("configs", id), task: `read config ${id}` } as const;
  try {
    const { Spec } = (await connection.ask(call, inspectedContent)) as ListedContent;
    return Buffer.from(Spec.Data ?? "", "base64");
  } catch (error) {
    if (error instanceof Refusal && error.status === 404) return undefined;
    throw error;
  }
}

export async function createContent(
  connection: Connection,
  what: Contents,
  { name, labels, content }: NamedContent,
): Promise<string> {
  const body = { Name: name, Labels: labels, Data: content.toString("base64") };
  const task = `create ${what.slice(0, -1)} ${name}`;
  const call = { method: "POST", path: `/${what}/create`, body, task } as const;
  return ((await connection.ask(call, createdObject)) as { readonly ID: string }).ID;
}

export async function labelConfig(
  connection: Connection,
  { id, version, name }: Pick<SwarmObject, "id" | "version" | "name">,
  labels: Labels,
): Promise<void> {
  const body = { Name: name, Labels: labels };
  const path = swarmPath("configs", id, "/update");
  await connection.tell({ method: "POST", path, body, query: { version }, task: `label config ${name}` });
}

/** One that is gone is success; one that a service names is refused. */
export async function removeContent(connection: Connection, what: Contents, id: string): Promise<void> {
  const task = `remove ${what.slice(0, -1)} ${id}`;
  try {
    await connection.tell({ method: "DELETE", path: swarmPath(what, id), task });
  } catch (error) {
    if (!(error instanceof Refusal) || error.status !== 404) throw error;
  }
}
