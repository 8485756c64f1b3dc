import { familiarImage, familiarName } from "../../compose/values/image.js";
import type { Digest, ImageReference } from "../../compose/values/image.js";
import type { Target } from "../model/desired.js";
import type { ObservedContainer, ObservedImage } from "../model/observed.js";

type KnownTarget = Extract<Target, { readonly known: true }>;

/**
 * The image that bears the declared tag on this host. A container made of it may name it by its id or by a digest of its
 * repository: all of them are the same.
 */
export function localTarget(image: ImageReference, images: readonly ObservedImage[]): KnownTarget | undefined {
  const found = images.find(({ tags }) => tags.includes(familiarImage(image)));
  if (found === undefined) return undefined;
  const prefix = `${familiarName(image)}@`;
  const pulled = found.digests
    .filter((digest) => digest.startsWith(prefix))
    .map((digest) => digest.slice(prefix.length));
  const [digest = found.id, ...others] = [...new Set([...pulled, found.id])] as Digest[];
  return { known: true, digest: digest as Digest, sameContent: others, local: true };
}

/** A container made by others may name its image by a tag or another digest; what the engine says it is made of counts. */
export function withContainersOf(target: KnownTarget, containers: readonly ObservedContainer[]): KnownTarget {
  const names = [target.digest, ...target.sameContent];
  const others = containers.filter(({ imageId }) => names.some((name) => name === imageId)).map(({ digest }) => digest);
  return { ...target, sameContent: [...new Set([...target.sameContent, ...others])] };
}
