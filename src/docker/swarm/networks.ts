import type { NetworkBody } from "../../swarm/model/cluster.js";
import type { Connection } from "../client/connection.js";
import { networkPath, shortId } from "../client/ids.js";
import { Refusal } from "../client/refusal.js";
import { createdNetwork } from "./answers.js";

/** Old engines would make a second network of the same name unless asked to look. */
export async function createNetwork(connection: Connection, network: NetworkBody): Promise<string> {
  const body = { ...network, CheckDuplicate: true };
  const task = `create network ${network.Name}`;
  const call = { method: "POST", path: "/networks/create", body, task } as const;
  return ((await connection.ask(call, createdNetwork)) as { readonly Id: string }).Id;
}

/** One that is gone is success; one that a service is on is refused. */
export async function removeNetwork(connection: Connection, id: string): Promise<void> {
  const call = { method: "DELETE", path: networkPath(id, ""), task: `remove network ${shortId(id)}` } as const;
  try {
    await connection.tell(call);
  } catch (error) {
    if (!(error instanceof Refusal) || error.status !== 404) throw error;
  }
}
