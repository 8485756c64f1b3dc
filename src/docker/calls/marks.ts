import { createdVolume, listedVolumes } from "../client/answers.js";
import type { Connection } from "../client/connection.js";
import { Refusal } from "../client/refusal.js";
import type { ListedVolume } from "../client/schema.js";

/*
 * A mark is an empty volume, its text a label. The engine makes a volume in one step under its name; a second creation
 * answers what is there, with the labels of the first. It needs no image and no container, and outlives the engine.
 */

const prefix = "fairlead-lease.";
const textLabel = "fairlead.lease";

/** Of no project and no service: nothing that looks at volumes is to see it. */
export function isMark(volume: string): boolean {
  return volume.startsWith(prefix);
}

export async function listMarks(
  connection: Connection,
  begin: string,
): Promise<ReadonlyMap<string, string | undefined>> {
  // Drivers that are plugins are not asked: some of them ask a distant store.
  const filters = JSON.stringify({ driver: ["local"], name: [`${prefix}${begin}`] });
  const call = { method: "GET", path: "/volumes", task: "see who controls it", timeoutMs: 10_000 } as const;
  const { Volumes } = (await connection.ask({ ...call, query: { filters } }, listedVolumes)) as {
    readonly Volumes?: readonly ListedVolume[] | null;
  };
  // The engine looks for the text anywhere in a name.
  const ours = (Volumes ?? []).filter(({ Name }) => Name.startsWith(`${prefix}${begin}`));
  return new Map(ours.map(({ Name, Labels }) => [Name.slice(prefix.length), Labels?.[textLabel]]));
}

export async function putMark(connection: Connection, name: string, text: string): Promise<string> {
  const body = { Name: prefix + name, Driver: "local", Labels: { [textLabel]: text } };
  const task = "write down who controls it";
  try {
    const call = { method: "POST", path: "/volumes/create", body, task, timeoutMs: 10_000 } as const;
    return ((await connection.ask(call, createdVolume)) as ListedVolume).Labels?.[textLabel] ?? "";
  } catch (error) {
    // Some engines refuse a second creation instead.
    const standing = error instanceof Refusal ? (await listMarks(connection, name)).get(name) : undefined;
    if (standing === undefined) throw error;
    return standing;
  }
}

export async function removeMark(connection: Connection, name: string): Promise<void> {
  const call = { method: "DELETE", path: `/volumes/${prefix}${name}`, task: "take back who controls it" } as const;
  try {
    await connection.tell({ ...call, timeoutMs: 10_000 });
  } catch (error) {
    if (!(error instanceof Refusal) || error.status !== 404) throw error;
  }
}
