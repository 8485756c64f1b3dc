import type { SignatureRule } from "../compose/model/policy/signature-rule.js";
import type { ServiceSpec } from "../compose/model/service.js";
import type { ImageReference } from "../compose/values/image.js";
import { covers } from "../policy/rules/images.js";

/** What the settings say of some images. */
export interface SignatureDemand {
  /** Registries, folders, repositories. Absent: all that come to it. */
  readonly images?: readonly string[];
  /** Absent: they need no signature. */
  readonly rule?: SignatureRule;
}

/**
 * All that has to hold of an image that a service runs, itself or in a job: what the settings say, of which the first that
 * fits counts, and what its file says besides. So no file can do with less than the settings ask for.
 */
export function rulesFor(
  image: ImageReference,
  { build, image: own, verify }: Pick<ServiceSpec, "build" | "image" | "verify">,
  demands: readonly SignatureDemand[],
): readonly SignatureRule[] {
  // Built here: no registry has it, and whether that may be is the policy's to say.
  if (build !== undefined && image.registry === own.registry && image.repository === own.repository) return [];
  const demand = demands.find(({ images }) => images === undefined || images.some((one) => covers(one, image)));
  return [demand?.rule, verify].filter((rule) => rule !== undefined);
}
