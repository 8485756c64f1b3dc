import type { ImageId, PinnedImage } from "../../compose/values/image.js";
import type { ObservedImage } from "../../plan/model/host/host-snapshot.js";
import { listedImages } from "../client/answers.js";
import type { Connection } from "../client/connection.js";
import { imagePath } from "../client/ids.js";
import { Refusal } from "../client/refusal.js";
import type { ListedContainer, ListedImage } from "../client/schema.js";

export async function listImages(connection: Connection): Promise<readonly ListedImage[]> {
  const call = { method: "GET", path: "/images/json", task: "list images", timeoutMs: 60_000 } as const;
  return (await connection.ask(call, listedImages)) as readonly ListedImage[];
}

/** The containerd store shows an image pulled by digest as one with a tag `repository@sha256:…`: that is a digest. */
export function observeImages(images: readonly ListedImage[], containers: readonly ListedContainer[]): ObservedImage[] {
  const users = new Map<string, string[]>();
  for (const { Id, ImageID = "" } of containers) users.set(ImageID, [...(users.get(ImageID) ?? []), Id]);
  return images.map(({ Id, RepoTags, RepoDigests, Size }) => {
    const names = [...(RepoTags ?? []), ...(RepoDigests ?? [])]
      .filter((name) => !name.startsWith("<none>"))
      .map(withoutHub);
    return {
      id: Id as ImageId,
      tags: names.filter((name) => !name.includes("@")),
      digests: [...new Set(names.filter(isPinned))],
      ...(Size === undefined ? {} : { bytes: Size }),
      usedBy: users.get(Id) ?? [],
    };
  });
}

function isPinned(name: string): name is PinnedImage {
  return name.includes("@");
}

/** Podman names Docker Hub in full. */
function withoutHub(name: string): string {
  return name.replace(/^docker\.io\/(library\/)?/, "");
}

export async function tagImage(connection: Connection, source: string, tag: string): Promise<void> {
  const colon = tag.lastIndexOf(":");
  const query = { repo: tag.slice(0, colon), tag: tag.slice(colon + 1) };
  await connection.tell({
    method: "POST",
    path: imagePath(source, "/tag"),
    query,
    task: `tag image ${source} as ${tag}`,
  });
}

/** An image in use stays: the engine answers 409, and that is as good. */
export async function removeImage(connection: Connection, reference: string): Promise<void> {
  const call = { method: "DELETE", path: imagePath(reference, ""), task: `remove image ${reference}` } as const;
  try {
    await connection.tell({ ...call, timeoutMs: 120_000 });
  } catch (error) {
    if (!(error instanceof Refusal) || (error.status !== 404 && error.status !== 409)) throw error;
  }
}
