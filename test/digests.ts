import type { Digest, ImageId } from "../src/compose/values/image.js";

/** A digest people can tell apart: `digestOf("a")` is sha256:aaaa… */
export function digestOf(letter: string): Digest {
  return `sha256:${letter.repeat(64)}` as Digest;
}

/** The id of the image of that digest, on a host that calls it the same. */
export function imageIdOf(letter: string): ImageId {
  return `sha256:${letter.repeat(64)}` as ImageId;
}
