import type { ServiceSpec } from "../spec/service.js";
import { keepTag, keptRevision } from "./names.js";
import type { ObservedContainer, ObservedImage } from "./observed.js";
import type { Step } from "./step.js";
import { retire } from "./steps.js";
import { inRole } from "./view.js";
import type { View } from "./view.js";

/** What the serving container has outlived: a failed one, a previous one beyond `keep`, images beyond `keep`. */
export function cleanUp(spec: ServiceSpec, active: ObservedContainer, view: View): Step[] {
  const steps: Step[] = [];
  const failed = inRole(view.containers, "failed");
  const previous = inRole(view.containers, "previous");
  if (failed !== undefined) {
    const because = "the service is well with what is wanted; the journal keeps its log lines";
    steps.push(...retire(failed, spec, because), { kind: "remove-container", container: failed.name, because });
  }
  if (previous !== undefined && spec.keep === 0) {
    const because = "keep is 0";
    steps.push(...retire(previous, spec, because), { kind: "remove-container", container: previous.name, because });
  } else if (previous !== undefined) {
    steps.push(...retire(previous, spec, `${active.name} has taken over`));
  }
  return [...steps, ...clearImages(spec, active, view)];
}

/** Images that no container of the service uses any more and nobody rolls back to. */
export function clearImages(spec: ServiceSpec, active: ObservedContainer, view: View): Step[] {
  const revisions = view.images
    .flatMap((image) => image.tags.map((tag) => keptRevision(spec, tag)))
    .filter((revision) => revision !== undefined)
    .sort((one, other) => other - one);
  // What stands between the previous one and the active one failed or was superseded: nobody rolls back to it.
  const stable = inRole(view.containers, "previous")?.revision ?? active.revision - 1;
  const older = revisions.filter((revision) => revision <= stable);
  const kept = new Set([...older.slice(0, spec.keep), ...view.containers.map((container) => container.revision)]);
  const because = `beyond keep: ${spec.keep}`;
  return revisions
    .filter((revision) => !kept.has(revision))
    .flatMap((revision) => {
      const tag = keepTag(spec, revision);
      const image = view.images.find(({ tags }) => tags.includes(tag));
      return image === undefined
        ? []
        : referencesOf(image, tag).map((reference): Step => ({ kind: "remove-image", reference, because }));
    });
}

/**
 * Our own tag always; the digest it was pulled by only where no other tag and no container needs the image. The digest
 * goes first: removing the last reference removes the image, and the engine refuses that while it is in use.
 */
function referencesOf(image: ObservedImage, tag: string): string[] {
  const shared = image.usedBy.length > 0 || image.tags.some((other) => other !== tag && !other.includes("@sha256:"));
  return shared ? [tag] : [...image.digests.filter((digest) => !digest.startsWith("fairlead/keep@")), tag];
}
