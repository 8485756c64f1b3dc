import { z } from "zod";
import type { Digest } from "../compose/values/image.js";

/** What was signed, before anybody has looked whether it was. */
export interface Claim {
  readonly kind: "statement" | "payload";
  readonly text: string;
}

const signed = "https://sigstore.dev/cosign/sign/v1";
const cosignType = "cosign container image signature";

const statement = z.object({
  _type: z.string().startsWith("https://in-toto.io/Statement/"),
  predicateType: z.string(),
  subject: z.array(z.object({ digest: z.record(z.string(), z.string()) })),
});

/** The name of the image that may be in it is anybody's word: images are mirrored. */
const payload = z.object({
  critical: z.object({ type: z.string(), image: z.object({ "docker-manifest-digest": z.string() }) }),
});

/** Why it does not say of this image that it is signed; undefined: it does. */
export function claimFault({ kind, text }: Claim, digest: Digest): string | undefined {
  if (kind === "payload") {
    const { type, image } = payload.parse(JSON.parse(text)).critical;
    if (type !== cosignType) return `it is a ${type}, and no signature of an image`;
    return image["docker-manifest-digest"] === digest ? undefined : "it is of another image";
  }
  const { predicateType, subject } = statement.parse(JSON.parse(text));
  // An attestation says something of an image, and be it that it has failed its tests.
  if (predicateType !== signed) return `it is an attestation (${predicateType}), and no signature`;
  const hex = digest.slice("sha256:".length);
  return subject.some((one) => one.digest["sha256"] === hex) ? undefined : "it is of another image";
}
