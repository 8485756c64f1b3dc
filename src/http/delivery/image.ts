import { type ImageHint, isDigest, parseImage } from "../../compose/values/image.js";
import { FairleadError } from "../../errors.js";
import { Refusal } from "../web/refusal.js";

/** Stands for the host that a sender does not name, while the rest is checked. */
const anyHost = "any.invalid";

/** How a sender words an image, in parts. */
export interface Named {
  /** The registry as it is pulled from, with its port. Absent: the sender does not know it. */
  readonly host?: string | undefined;
  /** Below the registry, such as `acme/shop`. */
  readonly repository: string;
  /** Absent: any tag. */
  readonly tag?: string | undefined;
}

/** An image in a stranger's words. Throws Refusal 400. */
export function hintOf({ host, repository, tag }: Named): ImageHint {
  // A tag or a digest inside the name would be taken for the push's own.
  if (/[:@]/.test(repository)) throw noImage("the repository must be named without tag and digest");
  if (tag !== undefined && /[:@/]/.test(tag)) throw noImage("what should be a tag is none");
  const { registry, ...rest } = imageFrom(`${host ?? anyHost}/${repository}${tag === undefined ? "" : `:${tag}`}`);
  return { registry: host === undefined ? undefined : registry, repository: rest.repository, tag };
}

/** As `host/repository:tag`, or without the tag. Throws Refusal 400. */
export function hintFrom(text: string): ImageHint {
  const { registry, repository, tag } = imageFrom(text);
  return { registry, repository, tag: text.endsWith(`:${tag ?? ""}`) ? tag : undefined };
}

/** Undefined: it is a digest, or nothing; no tag has moved. */
export function tagFrom(text: string | undefined): string | undefined {
  return text === undefined || isDigest(text) ? undefined : text;
}

/**
 * The images that the items of a list name. One that cannot be read does not stop the others, and no list is refused for it:
 * whoever has signed it would send it again.
 */
export function hintsIn<Item>(
  items: readonly Item[],
  read: (item: Item) => ImageHint | undefined,
): readonly ImageHint[] {
  return items.flatMap((item) => {
    try {
      return read(item) ?? [];
    } catch (thrown) {
      if (!(thrown instanceof Refusal)) throw thrown;
      return [];
    }
  });
}

/** An image as a stranger wrote it. Throws Refusal 400. */
export function imageFrom(text: string): ReturnType<typeof parseImage> {
  try {
    return parseImage(text);
  } catch (thrown) {
    if (thrown instanceof FairleadError) throw noImage(thrown.message, thrown.remedy);
    throw thrown;
  }
}

function noImage(message: string, remedy?: string): Refusal {
  return new Refusal(400, message, remedy, { logged: "what it names is no image" });
}
