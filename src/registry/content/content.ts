import { z } from "zod";
import { isDigest, type Digest } from "../../compose/values/image.js";
import type { ImageContent, Platform } from "../../control/ports/registry.js";
import type { Answer } from "../client/transport.js";
import { unsupported, type Subject } from "../faults/failure.js";
import { isIndexType, mediaTypeOf, parseManifest } from "./manifest.js";
import { choosePlatform, formatPlatform, runsOn } from "./platform.js";

const digest = z.custom<Digest>((value) => typeof value === "string" && isDigest(value));

const platform = z
  .object({ os: z.string(), architecture: z.string(), variant: z.string().optional() })
  .transform(({ os, architecture, variant }): Platform => ({ os, architecture, variant }));

const index = z.object({ manifests: z.array(z.object({ digest, platform: platform.optional() })) });
const manifest = z.object({ config: z.object({ digest }) });

/** A manifest, and who has given it. */
export interface Found {
  readonly answer: Answer;
  readonly subject: Subject;
}

/**
 * What `wanted` amounts to on `host`. `read` gives a manifest by digest, already verified; it is called once for a plain
 * image and twice for an index.
 */
export async function findContent(
  read: (digest: Digest) => Promise<Found>,
  wanted: Digest,
  host: Platform,
): Promise<ImageContent> {
  const { answer, subject } = await read(wanted);
  if (!isIndexType(mediaTypeOf(answer, subject))) return { manifest: wanted, config: configOf({ answer, subject }) };

  const { manifests } = readAs(index, answer, subject);
  const chosen = choosePlatform(manifests, host);
  if (chosen === undefined) {
    const offered = new Set(
      manifests.flatMap((entry) => (entry.platform === undefined ? [] : [formatPlatform(entry.platform)])),
    );
    offered.delete("unknown/unknown");
    throw unsupported(
      subject,
      `it has nothing for ${formatPlatform(host)}, only for ${[...offered].slice(0, 20).join(", ") || "no platform at all"}`,
      "Build and push the image for this host's platform too, or name another image.",
    );
  }
  return { manifest: chosen.digest, config: configOf(await read(chosen.digest)) };
}

/** The entries of an index that an engine on `host` might take; of a plain image none. */
export async function findParts(
  read: (digest: Digest) => Promise<Found>,
  wanted: Digest,
  host: Platform,
): Promise<readonly Digest[]> {
  const { answer, subject } = await read(wanted);
  if (!isIndexType(mediaTypeOf(answer, subject))) return [];
  const { manifests } = readAs(index, answer, subject);
  // One without a platform says itself what it is for.
  const mayRun = manifests.filter((entry) => entry.platform === undefined || runsOn(entry.platform, host));
  return [...new Set(mayRun.map((entry) => entry.digest))];
}

function configOf({ answer, subject }: Found): Digest {
  if (isIndexType(mediaTypeOf(answer, subject))) {
    throw unsupported(subject, "its index holds another index", "Push the image as one index of image manifests.");
  }
  return readAs(manifest, answer, subject).config.digest;
}

function readAs<T>(schema: z.ZodType<T>, answer: Answer, subject: Subject): T {
  const parsed = schema.safeParse(parseManifest(answer, subject));
  if (parsed.success) return parsed.data;
  throw unsupported(subject, "its manifest lacks what the image specification requires", "Push the image again.");
}
