import type { ServiceSpec } from "../../compose/model/service.js";
import { familiarName } from "../../compose/values/image.js";
import type { Hold } from "../model/desired.js";
import type { HostSnapshot, ObservedImage } from "../model/host/host-snapshot.js";
import { aheadTag, keptBy } from "../model/host/names.js";
import type { ObservedContainer, Role } from "../model/host/observed.js";

/** An image of a service that is on this host. */
export interface KeptImage {
  readonly id: string;
  /** By which its registry knows it. Absent: it was built or loaded here. */
  readonly digest?: string;
  /** As the engine counts it, layers that other images have too included. Absent: the engine does not say. */
  readonly bytes?: number;
  /** The revisions that a tag of ours keeps it for, the newest first. */
  readonly revisions: readonly number[];
  /** Why it is here, each a sentence's end; never empty. */
  readonly why: readonly string[];
  /** No container has been made of it: it could go, and with it at most its bytes. */
  readonly isSpare: boolean;
}

type Named = Pick<ServiceSpec, "project" | "name" | "image" | "keep">;

interface Known {
  readonly host: Pick<HostSnapshot, "containers" | "images">;
  readonly holds: readonly Hold[];
  /** What is wanted, as far as that is known. */
  readonly wanted: string | undefined;
}

const roles: Readonly<Record<Role, string>> = {
  active: "runs",
  next: "is on trial",
  previous: "is the way back",
  failed: "has failed, and is kept for inspection",
  stray: "is left over",
};

/** Pure: the images that the service's containers, its keep tags and its repository account for; the newest revision first. */
export function keptImages(service: Named, { host, holds, wanted }: Known): readonly KeptImage[] {
  const own = host.containers.filter(
    ({ project, service: name }) => project === service.project && name === service.name,
  );
  return host.images
    .flatMap((image): KeptImage[] => {
      const made = own.filter(({ imageId }) => imageId === image.id);
      const revisions = image.tags.flatMap((tag) => keptRevision(service, tag) ?? []).sort((one, other) => other - one);
      const digest = digestOf(service, image);
      if (made.length + revisions.length === 0 && digest === undefined) return [];
      const why = whyOf(service, image, { made, revisions, holds, wanted, digest });
      const { id, bytes } = image;
      const more = { ...(digest === undefined ? {} : { digest }), ...(bytes === undefined ? {} : { bytes }) };
      return [{ id, ...more, revisions, why, isSpare: image.usedBy.length === 0 }];
    })
    .sort((one, other) => (other.revisions[0] ?? 0) - (one.revisions[0] ?? 0));
}

interface Facts {
  readonly made: readonly ObservedContainer[];
  readonly revisions: readonly number[];
  readonly holds: readonly Hold[];
  readonly wanted: string | undefined;
  readonly digest: string | undefined;
}

function whyOf(
  service: Named,
  image: ObservedImage,
  { made, revisions, holds, wanted, digest }: Facts,
): readonly string[] {
  const ofContainers = made.map(
    ({ name, role, job }) => `${name} ${job === undefined ? roles[role] : "is one of its jobs"}`,
  );
  const others = image.usedBy.length - made.length;
  const ahead = aheadTag(service);
  const foreignTags = image.tags.filter(
    (tag) => keptRevision(service, tag) === undefined && tag !== ahead && !tag.includes("@sha256:"),
  );
  const isWanted = wanted !== undefined && (digest === wanted || image.id === wanted);
  const why = [
    ...ofContainers,
    ...(others > 0 ? [`${others} ${others === 1 ? "container" : "containers"} of others`] : []),
    ...(holds.some((hold) => hold.digest === digest || hold.digest === image.id) ? ["held: it has failed"] : []),
    ...(isWanted && made.length === 0 ? ["wanted, and not begun yet"] : []),
    ...(image.tags.includes(ahead) ? ["here ahead of its rollout"] : []),
    ...(revisions.length > 0 ? [`kept to go back to (revision ${revisions.join(", ")}; keep: ${service.keep})`] : []),
    ...(foreignTags.length > 0 ? [`tagged ${foreignTags.join(", ")}`] : []),
  ];
  return why.length === 0 ? ["nothing of this service needs it: docker image prune may take it"] : why;
}

function digestOf({ image: reference }: Named, { digests }: ObservedImage): string | undefined {
  const prefix = `${familiarName(reference)}@`;
  return digests.find((name) => name.startsWith(prefix))?.slice(prefix.length);
}

function keptRevision({ project, name }: Pick<ServiceSpec, "project" | "name">, tag: string): number | undefined {
  const kept = keptBy(tag);
  return kept?.service === `${project}.${name}` ? kept.revision : undefined;
}
