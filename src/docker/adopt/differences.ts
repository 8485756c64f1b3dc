import { FairleadError } from "../../errors.js";
import type { CreateContainerStep } from "../../plan/model/step.js";
import { inspectContainer } from "../calls/containers.js";
import { anything } from "../client/answers.js";
import type { Connection } from "../client/connection.js";
import { imagePath, shortId } from "../client/ids.js";
import type { InspectedContainer } from "../client/schema.js";
import type { ImageConfig, Peer, Surroundings } from "../create/body.js";
import { ownersIn } from "../create/owners.js";
import { differencesOf } from "./comparison.js";

/** Throws FairleadError ContainerGone. */
export async function findDifferences(
  connection: Connection,
  id: string,
  step: CreateContainerStep,
): Promise<readonly string[]> {
  const inspected = await inspectContainer(connection, id);
  if (inspected === undefined) throw new FairleadError("ContainerGone", `container ${shortId(id)} is gone`);
  const [image, around] = await Promise.all([
    imageOf(connection, inspected.Image ?? ""),
    surroundings(connection, inspected),
  ]);
  return differencesOf({ inspected, image: image.Config ?? {} }, step, around, await connection.version());
}

interface InspectedImage {
  readonly Config?: ImageConfig | null;
  readonly RepoTags?: readonly string[] | null;
  readonly RepoDigests?: readonly string[] | null;
}

/** `id` is the engine's own. */
export async function imageOf(connection: Connection, id: string): Promise<InspectedImage> {
  const call = { method: "GET", path: imagePath(id, "/json"), task: `inspect image ${id.slice(0, 19)}` } as const;
  return (await connection.ask(call, anything)) as InspectedImage;
}

interface Info {
  readonly LoggingDriver?: string;
  readonly DefaultRuntime?: string;
  readonly CgroupVersion?: string;
}

export async function surroundings(connection: Connection, inspected: InspectedContainer): Promise<Surroundings> {
  const info = (await connection.ask({ method: "GET", path: "/info", task: "ask its defaults" }, anything)) as Info;
  return {
    loggingDriver: info.LoggingDriver ?? "json-file",
    runtime: info.DefaultRuntime ?? "runc",
    cgroupns: info.CgroupVersion === "2" ? "private" : "host",
    containerId: inspected.Id,
    peers: await peersOf(connection, inspected),
  };
}

async function peersOf(connection: Connection, inspected: InspectedContainer): Promise<readonly Peer[]> {
  const ids = new Set(Object.values(ownersIn(inspected)).flat());
  const found = await Promise.all([...ids].map((id) => inspectContainer(connection, id)));
  return found.flatMap((peer) => {
    if (peer === undefined) return [];
    const labels = peer.Config?.Labels ?? {};
    const service = labels["fairlead.service"] ?? labels["com.docker.compose.service"];
    return [{ id: peer.Id, name: (peer.Name ?? "").replace(/^\//, ""), service }];
  });
}
