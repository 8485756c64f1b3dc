import { familiarImage, familiarName } from "../spec/image.js";
import type { Digest, ImageReference } from "../spec/image.js";
import type { Target } from "./desired.js";
import type { ObservedImage } from "./observed.js";

/**
 * The image that bears the declared tag on this host. A container made of it may name it by its id or by a digest of its
 * repository: all of them are the same.
 */
export function localTarget(image: ImageReference, images: readonly ObservedImage[]): Target | undefined {
  const found = images.find(({ tags }) => tags.includes(familiarImage(image)));
  if (found === undefined) return undefined;
  const prefix = `${familiarName(image)}@`;
  const pulled = found.digests
    .filter((digest) => digest.startsWith(prefix))
    .map((digest) => digest.slice(prefix.length));
  const [digest = found.id, ...others] = [...new Set([...pulled, found.id])] as Digest[];
  return { known: true, digest: digest as Digest, sameContent: others, local: true };
}
