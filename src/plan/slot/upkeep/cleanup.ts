import type { ServiceSpec } from "../../../compose/model/service.js";
import { isTarget } from "../../model/desired.js";
import type { Desired, SlotMemory } from "../../model/desired.js";
import type { Intent } from "../../model/intent.js";
import { keptTags } from "../../model/host/image-index.js";
import { keepRepository } from "../../model/host/names.js";
import type { ObservedImage } from "../../model/host/host-snapshot.js";
import type { ObservedContainer } from "../../model/host/observed.js";
import { inRole } from "../../model/view.js";
import type { SlotView } from "../../model/view.js";
import { discard, retire } from "../../steps/steps.js";

/** What the serving container has outlived: a failed one, a previous one beyond `keep`, images beyond `keep`. */
export function cleanUp(
  { spec, standIn }: Desired,
  active: ObservedContainer,
  view: SlotView,
  memory: SlotMemory,
): Intent[] {
  const intents: Intent[] = [];
  const failed = inRole(view.containers, "failed");
  const previous = inRole(view.containers, "previous");
  // As long as its digest is wanted it tells that it is held, with or without the journal.
  if (failed !== undefined && (standIn === undefined || !isTarget(standIn.over, failed.digest))) {
    const because = "the service is well with what is wanted; the journal keeps its log lines";
    intents.push(...discard(failed, spec, because));
  }
  if (previous !== undefined && spec.keep === 0) {
    const because = "keep is 0";
    intents.push(...discard(previous, spec, because));
  } else if (previous !== undefined) {
    intents.push(...retire(previous, spec, `${active.name} has taken over`));
  }
  return [...intents, ...clearImages(spec, active, view, memory)];
}

/** Images that no container of the service uses any more and nobody rolls back to. */
export function clearImages(
  spec: ServiceSpec,
  active: ObservedContainer,
  view: SlotView,
  { abandoned = [] }: SlotMemory,
): Intent[] {
  const tagged = [...keptTags(view.images, spec)].sort((one, other) => other.revision - one.revision);
  // What stands between the previous one and the active one failed or was superseded: nobody rolls back to it.
  const stable = inRole(view.containers, "previous")?.revision ?? active.revision - 1;
  const older = tagged
    .map(({ revision }) => revision)
    .filter((revision) => revision <= stable && !abandoned.includes(revision));
  const kept = new Set([...older.slice(0, spec.keep), ...view.siblings.map((container) => container.revision)]);
  const doomed = new Set(tagged.filter(({ revision }) => !kept.has(revision)).map(({ tag }) => tag));
  const because = `beyond keep: ${spec.keep}`;
  return [...new Set(keptTags(view.images, spec).map(({ image }) => image))]
    .flatMap((image) => referencesOf(image, doomed))
    .map((reference) => ({ kind: "remove-image", reference, because }));
}

/**
 * Our own tags always; the digests it was pulled by only where no other tag and no container needs the image. Digests go
 * first: removing the last reference removes the image, and the engine refuses that while it is in use.
 */
export function referencesOf(image: ObservedImage, doomed: ReadonlySet<string>): readonly string[] {
  const ours = image.tags.filter((tag) => doomed.has(tag));
  if (ours.length === 0) return [];
  const shared = image.usedBy.length > 0 || image.tags.some((tag) => !doomed.has(tag) && !tag.includes("@sha256:"));
  return shared ? ours : [...image.digests.filter((digest) => !digest.startsWith(`${keepRepository}@`)), ...ours];
}
