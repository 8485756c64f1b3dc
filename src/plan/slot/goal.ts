import type { NetworkAttachment } from "../../compose/model/network.js";
import type { ImageVersion } from "../../compose/values/image.js";
import { withoutJobs } from "../jobs/job-need.js";
import type { Desired, Memory } from "../model/desired.js";
import type { ObservedContainer } from "../model/host/observed.js";

/** What a slot on its way back is to become: the very container that is being started there. */
export function goalOf(desired: Desired, next: ObservedContainer): Desired {
  const { spec } = desired;
  // The roll-back of a roll-back is no more than the container that served until now.
  const update = { ...(spec.rollback ?? spec.update), failureAction: "rollback" as const };
  const target = { known: true as const, digest: next.digest, sameContent: [] };
  const networks = next.specHash === desired.specHash ? spec.networks : ownNetworks(next, spec.networks);
  return { spec: { ...spec, update, networks }, specHash: next.specHash, target };
}

/** It was made for another spec: it stays on the networks of that, under the names it has. */
function ownNetworks(container: ObservedContainer, declared: readonly NetworkAttachment[]): NetworkAttachment[] {
  return declared.flatMap((attachment) => {
    const { name } = attachment.network;
    const joined = container.networks.find(({ network }) => network === name);
    // It may have been cut off between leaving a network and joining it again under its names.
    if (joined === undefined) return container.declaredNetworks?.includes(name) === false ? [] : [attachment];
    // One that left before it was stopped, or gave its names up for its trial, has to answer to some again.
    return [joined.aliases.length === 0 ? attachment : { ...attachment, aliases: joined.aliases }];
  });
}

/** What a container is to become that goes on although something else is wanted by now: the same, as forward as ever. */
export function ownGoalOf(desired: Desired, container: ObservedContainer): Desired {
  const { spec, ...identity } = goalOf(desired, container);
  return { ...identity, spec: { ...spec, update: desired.spec.update } };
}

/** The last stable digest where its container is gone: its spec went with it, and if today's is another one that is told. */
export function lastStable(
  desired: Desired,
  digest: ImageVersion,
  { stableSpec }: Pick<Memory, "stableSpec">,
): Desired {
  const wanted: Desired = { ...withoutJobs(desired), target: { known: true, digest, sameContent: [] } };
  if (stableSpec === undefined || stableSpec === desired.specHash) return wanted;
  return { ...wanted, note: "it has today's spec, as no container is left of the one that it proved itself with" };
}
