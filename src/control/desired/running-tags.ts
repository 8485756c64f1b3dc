import type { ServiceSpec } from "../../compose/model/service.js";
import type { ImageVersion } from "../../compose/values/image.js";
import type { ObservedContainer } from "../../plan/model/observed.js";

/** A tag that serves, as its container's label says, and its digest. */
export interface RunningTag {
  readonly tag: string;
  readonly digest: ImageVersion;
}

/** The tags of the declared repository that the service's containers serve, those of the newest revision first. */
export function runningOf(
  { project, name, image }: Pick<ServiceSpec, "project" | "name" | "image">,
  containers: readonly ObservedContainer[],
): readonly RunningTag[] {
  const repository = `${image.registry}/${image.repository}:`;
  return containers
    .filter((one) => one.project === project && one.service === name && one.role === "active")
    .filter((one) => one.image.startsWith(repository))
    .sort((one, other) => other.revision - one.revision)
    .map((one) => ({ tag: one.image.slice(repository.length).replace(/@.*/, ""), digest: one.digest }));
}
