import { containerBondsOf, dependenciesOf } from "../../compose/model/relations.js";
import type { ServiceSpec } from "../../compose/model/service.js";
import { familiarName } from "../../compose/values/image.js";
import { foreignOf } from "../model/host/foreign-index.js";
import { containersOf, gatesFor } from "../model/host/host-index.js";
import type { HostSnapshot } from "../model/host/host-snapshot.js";
import { aheadTags, builtTags, imageById, imagesOf, keptTags } from "../model/host/image-index.js";

/**
 * What a plan that changes nothing rests on, of all that a look shows: as long as each of these is the very same as before, in
 * looks that keep what has not changed, the plan is too. What other services have is theirs: it concerns one that is well
 * only where both share something.
 */
export function groundsOf(spec: ServiceSpec, host: HostSnapshot): readonly unknown[] {
  const { project, name, networks, volumes, gateOf, image } = spec;
  const { engineOutage: outage } = host;
  const own = containersOf(host.containers, { project, service: name });
  const others = [...dependenciesOf(spec).map(({ service }) => service), ...(gateOf === undefined ? [] : [gateOf])];
  const namesContainers = containerBondsOf(spec).length > 0;
  return [
    ...[host.own, host.helpers?.length ?? 0, outage?.from, outage?.to],
    ...(namesContainers ? [host.containers, host.foreign] : []),
    ...[own.length, ...own],
    ...others.flatMap((service) => containersOf(host.containers, { project, service })),
    ...gatesFor(host.containers, { project, name }),
    ...foreignOf(host.foreign, spec),
    ...networks.map(({ network }) => host.networks.get(network.name)),
    ...volumes.map((volume) => host.volumes.get(volume.name)),
    ...imagesOf(host.images, familiarName(image)),
    ...own.map(({ imageId }) => imageById(host.images, imageId)),
    ...[keptTags, aheadTags, builtTags].flatMap((tags) => tags(host.images, spec).map((tag) => tag.image)),
  ];
}

export function isSameGround(one: readonly unknown[], other: readonly unknown[]): boolean {
  return one.length === other.length && one.every((part, at) => part === other[at]);
}
