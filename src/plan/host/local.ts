import { familiarImage } from "../../compose/values/image.js";
import type { ImageVersion, ImageReference } from "../../compose/values/image.js";
import type { LocalTarget } from "../model/desired.js";
import type { ObservedImage } from "../model/host/host-snapshot.js";
import type { ObservedContainer } from "../model/host/observed.js";
import { digestsOf } from "../model/view.js";

/**
 * The image that bears the declared tag on this host. A container made of it may name it by its id or by a digest of its
 * repository: all of them are the same.
 */
export function localTarget(image: ImageReference, images: readonly ObservedImage[]): LocalTarget | undefined {
  const found = images.find(({ tags }) => tags.includes(familiarImage(image)));
  if (found === undefined) return undefined;
  const names: readonly ImageVersion[] = [...digestsOf(found, image), found.id];
  const [digest = found.id, ...others] = new Set(names);
  return { known: true, digest, sameContent: others, local: true };
}

/** A container made by others may name its image by a tag or another digest; what the engine says it is made of counts. */
export function withContainersOf(target: LocalTarget, containers: readonly ObservedContainer[]): LocalTarget {
  const names = [target.digest, ...target.sameContent];
  const others = containers.filter(({ imageId }) => names.some((name) => name === imageId)).map(({ digest }) => digest);
  return { ...target, sameContent: [...new Set([...target.sameContent, ...others])] };
}
