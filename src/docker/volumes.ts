import type { StepOf } from "../plan/step.js";
import type { Connection } from "./connection.js";
import { volumeLabels } from "./labels.js";

export async function listVolumes(connection: Connection): Promise<ReadonlySet<string>> {
  const listed = await connection.ask({ method: "GET", path: "/volumes", task: "list volumes" });
  const { Volumes } = (listed ?? {}) as { readonly Volumes?: readonly { readonly Name: string }[] | null };
  return new Set((Volumes ?? []).map(({ Name }) => Name));
}

/** The engine takes a second creation of the same volume for success; with another driver it refuses. */
export async function createVolume(
  connection: Connection,
  { volume, project }: StepOf<"create-volume">,
): Promise<void> {
  const body = {
    Name: volume.name,
    ...(volume.driver === undefined ? {} : { Driver: volume.driver }),
    DriverOpts: volume.driverOpts,
    Labels: volumeLabels(volume, project),
  };
  await connection.ask({ method: "POST", path: "/volumes/create", body, task: `create volume ${volume.name}` });
}
