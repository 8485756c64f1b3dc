import type { ObservedVolume } from "../../plan/model/host/host-snapshot.js";
import type { StepOf } from "../../plan/model/step.js";
import { listedVolumes } from "../client/answers.js";
import type { Connection } from "../client/connection.js";
import type { ListedVolume } from "../client/schema.js";
import { readOrigin, volumeLabels } from "../create/labels.js";
import { isMark } from "./marks.js";

export async function listVolumes(connection: Connection): Promise<ReadonlyMap<string, ObservedVolume>> {
  const call = { method: "GET", path: "/volumes", task: "list volumes" } as const;
  const { Volumes } = (await connection.ask(call, listedVolumes)) as {
    readonly Volumes?: readonly ListedVolume[] | null;
  };
  const seen = (Volumes ?? []).filter(({ Name }) => !isMark(Name));
  return new Map(seen.map((volume) => [volume.Name, observeVolume(volume)]));
}

function observeVolume({ Driver = "local", Options, Labels }: ListedVolume): ObservedVolume {
  const labels = Labels ?? {};
  return { driver: Driver, options: Options ?? {}, labels, project: readOrigin(labels).project };
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
  await connection.tell({ method: "POST", path: "/volumes/create", body, task: `create volume ${volume.name}` });
}
