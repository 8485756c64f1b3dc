import { serviceKey } from "../../compose/model/service.js";
import { specHash } from "../../compose/model/hash.js";
import type { ServiceKey, ServiceSpec } from "../../compose/model/service.js";
import { formatPolicy } from "../../compose/model/policy/tag-policy.js";
import { formatImage } from "../../compose/values/image.js";
import type { Provenance, SourceSnapshot } from "../ports/source.js";
import type { Catalog } from "./catalog.js";

/** The services that a commit has changed since: a project that no commit has touched is the same object. */
export function committedIn(
  { projects, provenance }: SourceSnapshot,
  { snapshot: before, specs }: Pick<Catalog, "snapshot" | "specs">,
): readonly (readonly [ServiceKey, Provenance])[] {
  if (before.generation === 0) return [];
  return projects.flatMap(({ name: project, services }) => {
    const from = provenance?.get(project);
    if (from === undefined || before.provenance?.get(project)?.commit.id === from.commit.id) return [];
    const changed = services.filter((spec) => isChanged(spec, specs.get(serviceKey(project, spec.name))));
    return changed.map(({ name }) => [serviceKey(project, name), from] as const);
  });
}

function isChanged(now: ServiceSpec, before: ServiceSpec | undefined): boolean {
  if (before === undefined || specHash(now) !== specHash(before)) return true;
  if (contentsOf(now) !== contentsOf(before)) return true;
  const followed = ({ image, policy }: ServiceSpec) => [
    formatImage(image),
    ...(policy === undefined ? [] : [formatPolicy(policy)]),
  ];
  return followed(now).join() !== followed(before).join() || now.replicas !== before.replicas;
}

/** Of files that are brought up to date where it has them mounted. */
function contentsOf({ reload }: ServiceSpec): string {
  return (reload?.tended ?? []).map(({ path, content }) => `${path} ${content}`).join();
}
