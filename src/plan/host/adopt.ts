import type { RestartPolicy, ServiceSpec } from "../../compose/model/service.js";
import type { ImageReference, ImageVersion } from "../../compose/values/image.js";
import type { Desired } from "../model/desired.js";
import { containersOf } from "../model/host/host-index.js";
import type { HostSnapshot, ObservedImage } from "../model/host/host-snapshot.js";
import type { ContainerFacts, ForeignContainer, ObservedContainer } from "../model/host/observed.js";
import { digestsOf, isUp } from "../model/view.js";
import { matchOf } from "./match.js";
import type { Match } from "./match.js";

/** A container made by others that may be taken over, and the part it would play. */
export interface Candidate extends Match {
  readonly container: ForeignContainer & { readonly facts: ContainerFacts };
}

/** What is remembered of a container that was taken over: later the engine may not be able to tell. */
export interface Adopted {
  /** The policy it was found with; a roll-back gives it back. */
  readonly restart: RestartPolicy;
  readonly digest: ImageVersion;
}

/** The spec hash of an adopted container that is not what the file asks for: no hash of a spec looks like it. */
const otherwise = "adopted";

/** At most one for each role of each slot: the one with our very name first. None where a container of ours plays it. */
export function candidatesFor(spec: ServiceSpec, host: HostSnapshot): readonly Candidate[] {
  const ours = containersOf(host.containers, { project: spec.project, service: spec.name });
  const found = host.foreign
    .flatMap((container): Candidate[] => {
      const { facts } = container;
      const match = facts === undefined ? undefined : matchOf(spec, container);
      if (facts === undefined || match === undefined || match.slot > (spec.replicas ?? 1)) return [];
      return [{ ...match, container: { ...container, facts } }];
    })
    .filter(({ slot, role }) => !ours.some((container) => container.slot === slot && container.role === role))
    .sort(
      (one, other) => Number(other.exact) - Number(one.exact) || (one.container.name < other.container.name ? -1 : 1),
    );
  return found.filter(
    ({ slot, role }, index) => index === found.findIndex((first) => first.slot === slot && first.role === role),
  );
}

/** What Docker Compose runs of the declared projects and nobody declares: services of no file, replicas beyond the number. */
export function leftAlone(specs: readonly ServiceSpec[], host: HostSnapshot): readonly ForeignContainer[] {
  const projects = new Set(specs.map(({ project }) => project));
  return host.foreign.filter((container) => {
    const { compose } = container;
    if (compose === undefined || !projects.has(compose.project)) return false;
    const spec = specs.find(({ project, name }) => project === compose.project && name === compose.service);
    return spec === undefined || compose.slot > (spec.replicas ?? 1);
  });
}

/** What is worth remembering of a candidate at the moment it is taken over. */
export function adoptionOf({ container: { facts } }: Candidate, spec: ServiceSpec, host: HostSnapshot): Adopted {
  // One that has ended without a policy may have lost it to a rollout of ours that nobody remembers.
  const suspended = facts.restartPolicy.name === "no" && !isUp(facts);
  return {
    restart: suspended ? spec.container.restart : facts.restartPolicy,
    digest: digestOf(facts, spec.image, host.images),
  };
}

/** The candidate as the planner sees a container of ours; `differences` are those of an active one from the spec. */
export function takeOver(
  candidate: Candidate,
  { spec, specHash }: Pick<Desired, "spec" | "specHash">,
  { restart, digest }: Adopted,
  differences: readonly string[],
): ObservedContainer {
  const { container, slot, role } = candidate;
  const { facts, name, image } = container;
  return {
    ...facts,
    project: spec.project,
    service: spec.name,
    role,
    slot,
    specHash: role === "active" && differences.length === 0 ? specHash : otherwise,
    digest,
    image,
    revision: 0,
    declaredRestart: restart,
    differences,
    // It answers to its own name on every network of its own, as to an alias.
    networks: facts.networks.map(({ network, aliases }) => ({ network, aliases: [...new Set([...aliases, name])] })),
  };
}

/**
 * The digest that its image is known by in the declared repository; one of several, the others are found to be of equal
 * content later. Without any, the engine's own id of the image stands for it.
 */
function digestOf(facts: ContainerFacts, reference: ImageReference, images: readonly ObservedImage[]): ImageVersion {
  const image = images.find(({ id }) => id === facts.imageId);
  const digests = image === undefined ? [] : digestsOf(image, reference);
  return [...digests].sort()[0] ?? facts.imageId;
}
