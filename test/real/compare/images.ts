import type Docker from "dockerode";
import type { ProjectSpec, ServiceSpec } from "../../../src/compose/model/service.js";
import {
  familiarImage,
  familiarName,
  parseImage,
  type Digest,
  type ImageReference,
} from "../../../src/compose/values/image.js";
import { publishImage } from "../../sandbox/registry/image.js";
import { pull } from "../sandbox/docker.js";

/** The image that stands in for all of the corpus's: none of those is ever pulled. */
export interface StandIn {
  readonly reference: ImageReference;
  readonly digest: Digest;
  /** The engine's id. */
  readonly id: string;
  /** The names it has been given. */
  readonly names: Set<string>;
}

export async function publishStandIn(docker: Docker, registryUrl: string): Promise<StandIn> {
  const reference = parseImage(`${new URL(registryUrl).host}/corpus/app:latest`);
  const { digest } = await publishImage(registryUrl, reference.repository, "latest");
  const pinned = `${familiarName(reference)}@${digest}`;
  await pull(docker, pinned);
  const { Id } = await docker.getImage(pinned).inspect();
  return { reference, digest, id: Id, names: new Set() };
}

/** Gives it the names that the project's services ask for, so that Docker Compose finds them on the host. */
export async function nameStandIn(docker: Docker, { id, names }: StandIn, project: ProjectSpec): Promise<void> {
  const images = project.services.map(({ image }) => familiarImage(image));
  const built = project.services.flatMap(({ name }) => [`${project.name}-${name}`, `${project.name}_${name}`]);
  const wanted = new Set([...images, ...built.map((name) => `${name}:latest`)]);
  await Promise.all([...wanted].map((name) => docker.getImage(id).tag(split(name))));
  for (const name of wanted) names.add(name);
}

/** Several projects share names: they go together, when nobody needs them any more. */
export async function removeStandIn(docker: Docker, { reference, digest, id, names }: StandIn): Promise<void> {
  const pinned = `${familiarName(reference)}@${digest}`;
  // A slow engine may still make what a client that has given up asked for, after the project was removed.
  const late = await docker.listContainers({ all: true, filters: { ancestor: [id] } });
  await Promise.all(late.map(({ Id }) => docker.getContainer(Id).remove({ force: true, v: true })));
  for (const name of [...names, pinned]) await docker.getImage(name).remove({ noprune: true });
}

/** Registry and digest cannot be those of the file's image where nothing is pulled from there. */
export function withStandIn(service: ServiceSpec, { reference }: StandIn): ServiceSpec {
  // A hook's container is none of the project's: it is made where it runs, and goes.
  const { build: _built, preStart: _hooks, ...rest } = service;
  return { ...rest, image: reference };
}

function split(name: string): { repo: string; tag: string } {
  const colon = name.lastIndexOf(":");
  return { repo: name.slice(0, colon), tag: name.slice(colon + 1) };
}
