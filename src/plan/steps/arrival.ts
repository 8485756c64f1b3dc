import type { ServiceSpec } from "../../compose/model/service.js";
import { asDigest, pinnedImage } from "../../compose/values/image.js";
import type { ImageVersion } from "../../compose/values/image.js";
import type { Intent } from "../model/intent.js";
import type { Outcome, Decision } from "../model/outcome.js";
import { signatureFault } from "../model/signatures.js";
import { localName } from "../model/view.js";
import type { View } from "../model/view.js";

/** Brings the image to this host, if a container may be made of it. Undefined: it is there. */
export function awaitImage(spec: ServiceSpec, version: ImageVersion, view: View): Decision | undefined {
  const { image } = spec;
  const fault = signatureFault(view.signatures, image, version);
  if (fault !== undefined) {
    return { intents: [], outcome: { kind: "failed", reason: fault.reason, because: fault.message } };
  }
  if (localName(view, image, version) !== undefined) return undefined;
  const reference = pinnedImage(image, asDigest(version));
  if (!mayPull(spec)) {
    const because = `${version} is not on this host any more, and nothing is pulled for this service`;
    return { intents: [], outcome: { kind: "failed", reason: "ImageNotFound", because } };
  }
  const pull = view.pulls.get(reference);
  if (pull?.state === "failed") {
    const because = `${reference} could not be pulled: ${pull.message}`;
    return { intents: [], outcome: { kind: "failed", reason: pull.reason, because } };
  }
  const outcome: Outcome = {
    kind: "wait",
    until: undefined,
    awaits: "registry",
    reason: "Pulling",
    because: `${reference} is being pulled`,
  };
  if (pull?.state === "running") return { intents: [], outcome };
  const { platform } = spec.container;
  const because = "the image is not on this host yet";
  const step: Intent = { kind: "pull-image", reference, ...(platform === undefined ? {} : { platform }), because };
  return { intents: [step], outcome };
}

/** Whether a registry may be asked for what is missing. */
export function mayPull({ build, pullPolicy }: ServiceSpec): boolean {
  return build === undefined && pullPolicy?.kind !== "never";
}
