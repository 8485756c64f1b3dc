import { familiarName, parseImage } from "../../compose/values/image.js";
import type { ImageReference } from "../../compose/values/image.js";
import { FairleadError } from "../../errors.js";
import type { Subject } from "./survey.js";

/** `repository:tag`; undefined, and noted, where the image has no name any more. */
export function draftImage({ image, tags, digests }: Subject, note: (text: string) => void): string | undefined {
  const named = /^(sha256:)?[0-9a-f]{12,64}$/.test(image) ? undefined : parse(image);
  if (named?.digest === undefined && named !== undefined) return image;
  const repository = named === undefined ? undefined : familiarName(named);
  const tag = [...tags].sort().find((one) => repository === undefined || one.startsWith(`${repository}:`));
  if (tag !== undefined) {
    note(`it was made from ${named === undefined ? "an image id" : "a digest"}; the file follows ${tag}`);
    return tag;
  }
  const pinned = named === undefined ? digests[0] : image;
  if (pinned === undefined) note("it is left out: its image has no name any more");
  return pinned;
}

function parse(text: string): ImageReference | undefined {
  try {
    return parseImage(text);
  } catch (thrown) {
    if (thrown instanceof FairleadError) return undefined;
    throw thrown;
  }
}
