import { jobImages } from "../../compose/model/policy/job.js";
import type { ServiceSpec } from "../../compose/model/service.js";
import { formatImage, parseImage } from "../../compose/values/image.js";
import type { ImageReference } from "../../compose/values/image.js";
import type { Memory, Target, UnknownTarget } from "../../plan/model/desired.js";
import { signatureFault } from "../../plan/model/signatures.js";
import type { SeenSignatures } from "../../plan/model/signatures.js";
import type { ObservedContainer } from "../../plan/model/host/observed.js";
import type { Candidate, Signatures } from "./signatures.js";

/** What a service may come to run besides what is wanted now. */
export interface Remembered {
  readonly containers: readonly ObservedContainer[];
  readonly memory: Pick<Memory, "pin" | "stableDigest" | "underWay">;
}

export interface Looked {
  /** Absent: nothing of it has to be signed. */
  readonly signatures?: SeenSignatures;
  readonly retryAfterMs: number;
}

/** The digest that is wanted, and all that a repair or a way back may create. */
export async function lookAtSignatures(
  signatures: Signatures,
  spec: ServiceSpec,
  target: Target,
  { containers, memory }: Remembered,
): Promise<Looked> {
  const { pin, stableDigest, underWay } = memory;
  const first: Candidate[] = target.known ? [{ image: spec.image, digest: target.digest }] : [];
  if (pin !== undefined) first.push({ image: parseImage(pin.image), digest: pin.digest });
  const others = containers.flatMap(({ image, digest }) =>
    image === "" ? [] : [{ image: parseImage(image), digest }],
  );
  const known = [stableDigest, underWay?.digest].filter((digest) => digest !== undefined);
  const kept = [...others, ...known.map((digest) => ({ image: spec.image, digest }))];
  const [wanted, rest] = await Promise.all([signatures.look(spec, first), signatures.look(spec, kept)]);
  // That of what is only remembered is nobody's to wait for.
  const { retryAfterMs = 0 } = wanted ?? {};
  const seen = together(together(signatures.unasked(spec, imagesOf(spec)), wanted?.seen), rest?.seen);
  return seen.demanded.size === 0 ? { retryAfterMs } : { signatures: seen, retryAfterMs };
}

/** An image that a job names, and what is behind it. */
export interface JobImage {
  readonly image: ImageReference;
  readonly target: Target;
}

/** The images of jobs as far as they may be run, and what is known of all signatures by then. */
export async function lookAtJobs(
  signatures: Signatures,
  spec: ServiceSpec,
  images: readonly JobImage[],
  seen: SeenSignatures | undefined,
): Promise<{ readonly jobImages: ReadonlyMap<string, Target> } & Looked> {
  const known = images.flatMap(({ image, target }) => (target.known ? [{ image, digest: target.digest }] : []));
  const looked = await signatures.look(spec, known);
  const all = seen === undefined ? looked?.seen : together(seen, looked?.seen);
  const jobImages = new Map(
    images.map(({ image, target }) => [formatImage(image), verifiedTarget(target, image, all)] as const),
  );
  return { jobImages, ...(all === undefined ? {} : { signatures: all }), retryAfterMs: looked?.retryAfterMs ?? 0 };
}

/** What has to be signed, where nobody could be asked yet. */
export function unasked(
  signatures: Signatures,
  spec: ServiceSpec,
  { containers, memory: { pin } }: Remembered,
): Pick<Looked, "signatures"> {
  const others = containers.flatMap(({ image }) => (image === "" ? [] : [image]));
  const images = [...others, ...(pin === undefined ? [] : [pin.image])].map(parseImage);
  const seen = signatures.unasked(spec, [...imagesOf(spec), ...images]);
  return seen.demanded.size === 0 ? {} : { signatures: seen };
}

/** The same target, unless it is one that may not be run. */
export function verifiedTarget<T extends Target>(
  target: T,
  image: ImageReference,
  seen: SeenSignatures | undefined,
): T | UnknownTarget {
  if (!target.known) return target;
  const fault = signatureFault(seen, image, target.digest);
  return fault === undefined ? target : { known: false, reason: fault.reason, message: fault.message };
}

function together(one: SeenSignatures, other: SeenSignatures | undefined): SeenSignatures {
  if (other === undefined) return one;
  return {
    demanded: new Set([...one.demanded, ...other.demanded]),
    verdicts: new Map([...one.verdicts, ...other.verdicts]),
  };
}

function imagesOf(spec: ServiceSpec): readonly ImageReference[] {
  return [spec.image, ...jobImages(spec)];
}
