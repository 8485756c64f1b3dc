import { isDigest, type Digest } from "../../compose/values/image.js";
import type { TagMove } from "../../control/ports/registry.js";
import { asFairleadError } from "../../errors.js";
import { distrusted, headerOf, refusal, type Subject } from "../faults/failure.js";
import { pushRefused, wordsOf } from "../faults/push.js";
import { mediaTypeOf, verifyBody } from "./manifest.js";
import type { Reader } from "./reader.js";

/** Puts the bytes of a manifest under one more tag, unless that means it already. `subject` is the repository. */
export async function moveTag(
  reader: Reader,
  { tag, digest }: { readonly tag: string; readonly digest: Digest },
  subject: Subject,
  now: number,
): Promise<TagMove> {
  const named = (part: Pick<Subject["image"], "tag" | "digest">): Subject => ({
    ...subject,
    image: { ...subject.image, ...part },
  });
  const target = named({ tag, digest: undefined });
  const source = named({ tag: undefined, digest });
  const from = await meaningOf(reader, tag, target);
  if (from === digest) return { from };
  const manifest = await reader.get(digest, source);
  verifyBody(manifest, digest, source);
  const content = { type: mediaTypeOf(manifest, source), body: manifest.body };
  const pushing: Subject = { ...target, about: "push" };
  const answer = await reader.put(tag, content, pushing);
  if (answer.status < 200 || answer.status > 299) {
    const isPassing = answer.status === 408 || answer.status === 429 || answer.status >= 500;
    const isReadOnly = answer.status === 501;
    throw isPassing && !isReadOnly ? refusal(answer, pushing, now) : pushRefused(answer, pushing);
  }
  const announced = headerOf(answer, "docker-content-digest");
  const got = announced !== undefined && isDigest(announced) ? announced : await meaningOf(reader, tag, target);
  if (got === digest) return { from };
  const why = `it has put ${got ?? "nothing"} under ${tag} in place of ${digest}${wordsOf(answer)}`;
  throw distrusted(pushing, why, "The registry, or a proxy in front of it, changes what is pushed: look at its log.");
}

/** Whatever kind of manifest it is. Undefined: the repository has no such tag, or its digest is not told without a pull. */
async function meaningOf(reader: Reader, tag: string, subject: Subject): Promise<Digest | undefined> {
  try {
    const head = await reader.head(tag, subject);
    const digest = head === undefined ? undefined : headerOf(head, "docker-content-digest");
    return digest !== undefined && isDigest(digest) ? digest : undefined;
  } catch (thrown) {
    if (asFairleadError(thrown).code === "ImageNotFound") return undefined;
    throw thrown;
  }
}
