import { createHash } from "node:crypto";
import { isDigest, type Digest } from "../../compose/values/image.js";
import type { Answer } from "../client/transport.js";
import { distrusted, headerOf, unsupported, type Subject } from "../faults/failure.js";

const indexTypes = [
  "application/vnd.oci.image.index.v1+json",
  "application/vnd.docker.distribution.manifest.list.v2+json",
] as const;

const imageTypes = [
  "application/vnd.oci.image.manifest.v1+json",
  "application/vnd.docker.distribution.manifest.v2+json",
] as const;

const known: ReadonlySet<string> = new Set([...indexTypes, ...imageTypes]);

/** All four, always: asked for less, Distribution 2.8 converts to schema 1, whose digest belongs to nothing pullable. */
export const manifestAccept = [...known].join(", ");

export function isIndexType(mediaType: string): boolean {
  return mediaType === indexTypes[0] || mediaType === indexTypes[1];
}

/** The media type without its parameters; throws UnsupportedManifest for any but the four that are asked for. */
export function mediaTypeOf(answer: Answer, subject: Subject): string {
  const mediaType = bareType(answer);
  if (known.has(mediaType)) return mediaType;
  throw unsupported(
    subject,
    `its manifest has the media type ${mediaType === "" ? "(none)" : mediaType.slice(0, 100)}`,
    "Push the image again with a current tool: OCI or Docker schema 2 is understood.",
  );
}

/** The digest of a HEAD answer; undefined where the registry leaves it, or the media type, to a GET. */
export function announcedDigest(answer: Answer): Digest | undefined {
  const digest = headerOf(answer, "docker-content-digest") ?? "";
  return isDigest(digest) && bareType(answer) !== "" ? digest : undefined;
}

/** The hash of the body's bytes, which must agree with what the registry announces, if it does. */
export function computedDigest(answer: Answer, subject: Subject): Digest {
  const encoding = headerOf(answer, "content-encoding")?.toLowerCase() ?? "identity";
  if (encoding !== "identity") {
    throw distrusted(
      subject,
      `the manifest came encoded (${encoding.slice(0, 20)}) though identity was asked for`,
      proxyRemedy,
    );
  }
  const digest = `sha256:${createHash("sha256").update(answer.body).digest("hex")}` as Digest;
  const announced = announcedDigest(answer);
  if (announced !== undefined && announced !== digest) throw corrupted(subject, announced, digest);
  return digest;
}

/** A body that was asked for by digest is that content or nothing. */
export function verifyBody(answer: Answer, expected: Digest, subject: Subject): void {
  const digest = computedDigest(answer, subject);
  if (digest !== expected) throw corrupted(subject, expected, digest);
}

export function parseManifest(answer: Answer, subject: Subject): unknown {
  try {
    return JSON.parse(answer.body.toString("utf8"));
  } catch {
    throw unsupported(subject, "its manifest is not JSON", "Push the image again.");
  }
}

const proxyRemedy = "A proxy or cache on the way changes what the registry sends: correct or bypass it.";

function corrupted(subject: Subject, expected: Digest, got: Digest): Error {
  return distrusted(subject, `the manifest ${expected} arrived as ${got}`, proxyRemedy);
}

function bareType(answer: Answer): string {
  return (headerOf(answer, "content-type")?.split(";")[0] ?? "").trim().toLowerCase();
}
