import type { ServiceSpec } from "../../compose/model/service.js";
import type { ImageVersion } from "../../compose/values/image.js";
import type { ObservedContainer } from "../../plan/model/host/observed.js";
import type { ServiceRecord } from "../journal/record.js";

/** A tag that serves, as its container's label says, and its digest. */
export interface RunningTag {
  readonly tag: string;
  readonly digest: ImageVersion;
}

type Named = Pick<ServiceSpec, "project" | "name" | "image">;

/** The tags of the declared repository that the service's containers serve, those of the newest revision first. */
export function runningOf(spec: Named, containers: readonly ObservedContainer[]): readonly RunningTag[] {
  return containers
    .filter((one) => one.project === spec.project && one.service === spec.name && one.role === "active")
    .sort((one, other) => other.revision - one.revision)
    .flatMap(({ image, digest }) => tagged(spec, image, digest));
}

/** The same; where no container serves, what was the last to prove itself, as far as that is remembered. */
export function followedOf(
  spec: Named,
  containers: readonly ObservedContainer[],
  { rollouts, memory: { stableDigest: digest } }: Pick<ServiceRecord, "rollouts" | "memory">,
): readonly RunningTag[] {
  const running = runningOf(spec, containers);
  if (running.length > 0 || digest === undefined) return running;
  const last = rollouts.findLast(({ to, image }) => to === digest && image !== undefined);
  return last?.image === undefined ? [] : tagged(spec, last.image, digest);
}

function tagged({ image }: Named, name: string, digest: ImageVersion): readonly RunningTag[] {
  const repository = `${image.registry}/${image.repository}:`;
  return name.startsWith(repository) ? [{ tag: name.slice(repository.length).replace(/@.*/, ""), digest }] : [];
}
