import type { ImageVersion } from "../../compose/values/image.js";
import { isOutdated } from "../files/unread.js";
import { beginningOf } from "../jobs/job-need.js";
import { isWedged } from "../judge/wedged.js";
import type { Desired, Memory, SlotMemory } from "../model/desired.js";
import { keptTags } from "../model/host/image-index.js";
import type { ObservedContainer } from "../model/host/observed.js";
import type { SlotView, View } from "../model/view.js";

type Numbered = Pick<View, "images" | "jobs"> & { readonly siblings: readonly ObservedContainer[] };

/**
 * The number of the rollout that a new container belongs to. All slots of one rollout bear one: that of a slot which has
 * or gets this very spec and digest, unless this slot is ahead of it. A rollout that the journal has open goes on under
 * its own. Else one more than anything that the journal or the host still knows: no number is given twice, and a lost
 * journal cannot make two rollouts look the same.
 */
export function revisionFor(desired: Desired, digest: ImageVersion, view: SlotView, memory: SlotMemory): number {
  const active = view.containers.find(({ role }) => role === "active");
  // One that is re-created is what it was.
  if (active?.specHash === desired.specHash && active.digest === digest) {
    if (isWedged(active, memory) || isOutdated(desired, active)) return active.revision;
  }
  const shared = sharedWithPeers(desired, digest, view, memory);
  if (shared !== undefined) return shared;
  const ofSlot = Math.max(0, ...view.containers.map(({ revision }) => revision));
  const { underWay, lastRevision = 0 } = memory;
  if (underWay?.specHash === desired.specHash && underWay.digest === digest && underWay.revision >= ofSlot) {
    return underWay.revision;
  }
  const begun = beginningOf(desired, digest, view);
  const ofContainers = Math.max(0, ...view.siblings.map(({ revision }) => revision));
  // It has begun with its jobs, and nobody knows of its end.
  if (begun > ofContainers && begun > lastRevision) return begun;
  return Math.max(highestOnHost(desired.spec, view), lastRevision) + 1;
}

function sharedWithPeers(
  desired: Desired,
  digest: ImageVersion,
  view: SlotView,
  memory: SlotMemory,
): number | undefined {
  const own = view.containers.find(({ role }) => role === "active")?.revision ?? 0;
  const isPart = ({ slot, role, createdAt }: ObservedContainer) =>
    slot !== view.slot &&
    (role === "active" || role === "next" || (role === "failed" && createdAt >= (memory.retriedAt ?? 0)));
  const alike = view.siblings
    .filter(isPart)
    .filter((peer) => peer.specHash === desired.specHash && peer.digest === digest);
  const shared = Math.max(...alike.map(({ revision }) => revision));
  return shared >= own ? shared : undefined;
}

/** Of a service's containers, the containers of its jobs, and the tags that keep its images. */
export function highestOnHost(
  service: { readonly project: string; readonly name: string },
  { images, jobs, siblings }: Numbered,
): number {
  const ofTags = keptTags(images, service).map(({ revision }) => revision);
  return Math.max(0, ...[...siblings, ...jobs].map(({ revision }) => revision), ...ofTags);
}

/** What a rollout's id says of its number. */
export function revisionIn(id: string): number {
  return Number(id.slice(id.lastIndexOf("@") + 1));
}

/** The journal's part: the highest number that it has ever seen. */
export function withRevision<M extends Pick<Memory, "lastRevision">>(memory: M, revision: number): M {
  return revision > (memory.lastRevision ?? 0) ? { ...memory, lastRevision: revision } : memory;
}
