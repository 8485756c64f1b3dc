import type { ServiceSpec } from "../../../compose/model/service.js";
import { asDigest, pinnedImage } from "../../../compose/values/image.js";
import type { ImageVersion } from "../../../compose/values/image.js";
import type { Desired } from "../../model/desired.js";
import type { ObservedImage } from "../../model/host/host-snapshot.js";
import { aheadTags } from "../../model/host/image-index.js";
import type { OwnTag } from "../../model/host/image-index.js";
import type { Intent } from "../../model/intent.js";
import { aheadTag } from "../../model/host/names.js";
import type { Decision, Outcome } from "../../model/outcome.js";
import { imageName } from "../../model/view.js";
import type { View } from "../../model/view.js";
import { awaitImage } from "../../steps/arrival.js";
import { referencesOf } from "./cleanup.js";

/*
 * The image of a rollout that may not begin yet is brought to this host ahead, so that the rollout itself pulls nothing. It
 * bears a tag of ours meanwhile, for nothing else would keep it from an image prune. There is one such image for each
 * service at most, and it goes when something else is wanted.
 */

/** What is done ahead, and how far that has come where it is not done: what the rollout waits for stays the outcome. */
export function fetchAhead(heldBack: Outcome, { spec, target, comesAhead }: Desired, view: View): Decision {
  const version = target.known ? target.digest : undefined;
  const cleared = clearAhead(spec, version, view);
  if (version === undefined || comesAhead !== true) return { intents: cleared, outcome: heldBack };
  const missing = awaitImage(spec, version, view);
  if (missing === undefined) return { intents: [...cleared, ...mark(spec, version, view)], outcome: heldBack };
  const { lasts: _lasts, ...outcome } = heldBack;
  const because = `${heldBack.because}; ahead of that ${missing.outcome.because}`;
  const intents = missing.intents.map((intent) => ({ ...intent, because: "it is to be here when the rollout begins" }));
  return { intents: [...cleared, ...intents], outcome: { ...outcome, because } };
}

/** What came ahead and is not wanted any more, or serves by now. */
export function clearAhead(spec: ServiceSpec, wanted: ImageVersion | undefined, view: View): Intent[] {
  const doomed = aheadTags(view.images, spec).filter(({ image }) => wanted === undefined || !is(image, spec, wanted));
  const because = wanted === undefined ? "nothing waits for it any more" : "something newer is wanted";
  return forgo(doomed, because);
}

/** What came ahead for a service that no file declares any more. */
export function forgoAhead(service: Pick<ServiceSpec, "project" | "name">, because: string, view: View): Intent[] {
  return forgo(aheadTags(view.images, service), because);
}

function forgo(doomed: readonly OwnTag[], because: string): Intent[] {
  return doomed
    .flatMap(({ image, tag }) => referencesOf(image, new Set([tag])))
    .map((reference) => ({ kind: "remove-image", reference, because }));
}

function mark(spec: ServiceSpec, version: ImageVersion, view: View): Intent[] {
  if (aheadTags(view.images, spec).some(({ image }) => is(image, spec, version))) return [];
  const because = "a tagged image survives an image prune until its rollout begins";
  return [{ kind: "tag-image", source: imageName(view, spec.image, version), tag: aheadTag(spec), because }];
}

function is({ id, digests }: ObservedImage, { image }: ServiceSpec, version: ImageVersion): boolean {
  return id === version || digests.includes(pinnedImage(image, asDigest(version)));
}
