import { serviceHash } from "../../../compose/model/hash.js";
import type { ServiceSpec } from "../../../compose/model/service.js";
import type { JobPhase, ObservedContainer, Role } from "./observed.js";

const suffixes = { active: "", next: ".next", previous: ".previous", failed: ".failed" } as const;

/** The name of the container that serves: Compose's `project-service-1`, or the file's `container_name`. */
export function activeName(spec: Pick<ServiceSpec, "project" | "name" | "containerName">, slot = 1): string {
  return spec.containerName ?? `${spec.project}-${spec.name}-${slot}`;
}

export function nameInRole(base: string, role: Exclude<Role, "stray">): string {
  return base + suffixes[role];
}

/** Never a replica's name: those end in their slot's number after a dash, or are the file's own choice. */
export function jobName(
  { project, name }: { readonly project: string; readonly name: string },
  phase: JobPhase,
  index: number,
): string {
  return `${project}-${name}.${phase}.${index}`;
}

/** The role that a name plays for a container whose active name is `base`. */
export function roleOf(name: string, base: string): Role {
  if (!name.startsWith(base)) return "stray";
  const suffix = name.slice(base.length);
  const found = Object.entries(suffixes).find(([, known]) => known === suffix);
  return found === undefined ? "stray" : (found[0] as Role);
}

/** Whether a rollout keeps a container under this name beside the one that serves, whoever made it. */
export function isKeptName(name: string): boolean {
  return Object.values(suffixes).some((suffix) => suffix !== "" && name.endsWith(suffix));
}

/** The active name that this container was made for; it survives a changed `container_name`. */
export function baseOf(container: Pick<ObservedContainer, "name" | "role" | "base">): string {
  if (container.role === "stray") return container.base ?? container.name;
  const suffix = suffixes[container.role];
  return container.name.slice(0, container.name.length - suffix.length);
}

/** The repository that holds our own tags on images, so that `docker image prune` leaves a roll-back target alone. */
export const keepRepository = "fairlead/keep";

export function keepTag(service: { readonly project: string; readonly name: string }, revision: number): string {
  return `${keepRepository}:${service.project}.${service.name}.r${revision}`;
}

/** The tag of ours on the image that is there ahead of its rollout. */
export function aheadTag(service: { readonly project: string; readonly name: string }): string {
  return `${aheadRepository}:${service.project}.${service.name}`;
}

/** The service, as `project.service`, for whose rollout such a tag keeps an image; undefined for any other tag. */
export function awaitedBy(tag: string): string | undefined {
  return tag.startsWith(`${aheadRepository}:`) ? tag.slice(aheadRepository.length + 1) : undefined;
}

const aheadRepository = "fairlead/ahead";

/** The repository of our marks on what was built here: the mark tells what an image was made of. */
export const builtRepository = "fairlead/built";

/** `inputs` and the service's own short hash are hexadecimal: a tag has room for no project's and service's names. */
export function builtMark(service: { readonly project: string; readonly name: string }, inputs: string): string {
  return `${builtRepository}:${serviceHash(service)}.${inputs}`;
}

/** The service's own short hash that such a mark bears; undefined for any other tag. */
export function builtFor(tag: string): string | undefined {
  return tag.startsWith(`${builtRepository}:`) ? builtPattern.exec(tag)?.[1] : undefined;
}

/** The service, as `project.service`, and the revision that one of our tags keeps; undefined for any other tag. */
export function keptBy(tag: string): { readonly service: string; readonly revision: number } | undefined {
  if (!tag.startsWith(`${keepRepository}:`)) return undefined;
  const [, service, revision] = keptPattern.exec(tag) ?? [];
  return service === undefined ? undefined : { service, revision: Number(revision) };
}

const keptPattern = /:(.+)\.r([0-9]+)$/;
const builtPattern = /:([0-9a-f]+)\./;
