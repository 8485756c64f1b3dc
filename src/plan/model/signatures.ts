import { asDigest, pinnedImage } from "../../compose/values/image.js";
import type { ImageReference, ImageVersion } from "../../compose/values/image.js";
import type { Reason } from "./condition.js";

/** What is known of the signatures of the images that a service may come to run. */
export interface SeenSignatures {
  /** The repositories whose images have to be signed, by `repositoryOf`. */
  readonly demanded: ReadonlySet<string>;
  /** By `repository@sha256:…`. */
  readonly verdicts: ReadonlyMap<string, SignatureVerdict>;
}

export type SignatureVerdict = { readonly verified: true } | SignatureFault;

export interface SignatureFault {
  readonly verified: false;
  readonly reason: Extract<Reason, "SignatureInvalid" | "SignatureMissing" | "SignatureUnavailable">;
  /** With what to do. */
  readonly message: string;
}

export function repositoryOf({ registry, repository }: ImageReference): string {
  return `${registry}/${repository}`;
}

/** Why nothing may be created from this image; undefined: as far as signatures go it may. What nobody has looked at yet may not. */
export function signatureFault(
  seen: SeenSignatures | undefined,
  image: ImageReference,
  version: ImageVersion,
): SignatureFault | undefined {
  if (seen?.demanded.has(repositoryOf(image)) !== true) return undefined;
  const reference = pinnedImage(image, asDigest(version));
  const verdict = seen.verdicts.get(reference) ?? unasked(reference);
  return verdict.verified ? undefined : verdict;
}

function unasked(reference: string): SignatureFault {
  const message = `the signature of ${reference} has not been looked at yet`;
  return { verified: false, reason: "SignatureUnavailable", message };
}
