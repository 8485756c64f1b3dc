import { jobsHash } from "../../compose/model/hash.js";
import { formatImage } from "../../compose/values/image.js";
import type { Memory } from "../model/desired.js";
import type { Intent } from "../model/intent.js";
import type { Refusal } from "../model/host/observed.js";
import type { Decision } from "../model/outcome.js";
import type { CreateContainerStep } from "../model/step.js";
import { inEverySlot } from "../model/view.js";
import type { View } from "../model/view.js";

const ofImage = [
  /no command (?:specified|or entrypoint provided)/i,
  /unable to find (?:user|group)/i,
  /cannot mount volume over existing file/i,
  /cannot mkdir: .* is not a directory|working directory .* is invalid/i,
  /cannot be used on this platform|does not match the specified platform/i,
];

/** Undefined: the host is at fault, or nobody knows, and another try may go well. */
export function refusalOf(step: CreateContainerStep, message: string): Refusal | undefined {
  if (!ofImage.some((pattern) => pattern.test(message))) return undefined;
  const { name: container, digest, specHash, revision, slot, job } = step;
  const image = formatImage(step.spec.image);
  return {
    container,
    digest: job?.target ?? digest,
    specHash,
    revision,
    slot,
    image,
    message,
    ...(job === undefined ? {} : { job }),
    ...(step.spec.onRollback === undefined ? {} : { onRollback: jobsHash(step.spec.onRollback) }),
  };
}

/**
 * A refused creation leaves no container that could be seen: it is remembered before anything else happens, and ends the
 * rollout. What has proved itself with this very spec is not to blame.
 */
export function planRefusals(view: View, memory: Memory): Decision | undefined {
  const refusal = view.refusals?.find(
    ({ digest, specHash, job }) =>
      job !== undefined || digest !== memory.stableDigest || specHash !== memory.stableSpec,
  );
  if (refusal === undefined) return undefined;
  const from = inEverySlot(view.containers, "active").find(({ revision }) => revision !== refusal.revision)?.digest;
  const because = refusal.message;
  const step: Intent = { kind: "note-refusal", refusal, ...(from === undefined ? {} : { from }), because };
  const reason = refusal.job === undefined ? "StartFailed" : "JobFailed";
  return { intents: [step], outcome: { kind: "continue", reason, because } };
}
