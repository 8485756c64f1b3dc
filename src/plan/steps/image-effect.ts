import type { ImageName } from "../../compose/values/image.js";
import type { HostSnapshot } from "../model/host/host-snapshot.js";

/** An image has the tag, and no other one does. */
export function tagged(host: HostSnapshot, source: ImageName, tag: string): HostSnapshot {
  const images = host.images.map((image) => {
    const tags = image.tags.filter((other) => other !== tag);
    return image.id === source || image.digests.some((name) => name === source)
      ? { ...image, tags: [...tags, tag] }
      : { ...image, tags };
  });
  return { ...host, images };
}

/** The last reference takes the image along, unless a container needs it: then nothing changes. */
export function untagged(host: HostSnapshot, reference: string): HostSnapshot {
  const images = host.images.flatMap((image) => {
    if (!image.tags.includes(reference) && !image.digests.some((name) => name === reference)) return [image];
    const tags = image.tags.filter((tag) => tag !== reference);
    const digests = image.digests.filter((digest) => digest !== reference);
    if (tags.length + digests.length > 0) return [{ ...image, tags, digests }];
    return image.usedBy.length > 0 ? [image] : [];
  });
  return { ...host, images };
}
