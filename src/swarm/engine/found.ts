/*
 * Services that `docker stack deploy` has made, before and after they are adopted, live here. Whether they are is for the
 * controller to say.
 */

import { createHash } from "node:crypto";
import { parseImage } from "../../compose/values/image.js";
import type { Claim } from "../../control/ports/engine.js";
import { FairleadError } from "../../errors.js";
import type { ForeignContainer } from "../../plan/model/host/observed.js";
import type { Cluster, ClusterView, SwarmService } from "../model/cluster.js";
import { containerOf } from "./appearance.js";
import type { Drafted } from "./appearance.js";
import { foundLabels, generationsIn, idOf, namespaceLabel, readGeneration } from "./generation.js";
import type { Generation } from "./generation.js";

/** Those of which nothing is Fairlead's yet, as the generation that each would be. */
export function foundIn(view: ClusterView): readonly Drafted[] {
  const ours = new Set(generationsIn(view).map(({ swarmService }) => swarmService));
  return view.services.flatMap((service) => {
    const { Name, Labels } = service.spec;
    if (ours.has(Name) || Labels["fairlead.project"] !== undefined) return [];
    const generation = generationOf(service);
    return generation === undefined ? [] : [{ generation, draft: service.spec }];
  });
}

/** Undefined: its name is none that a stack gives. */
function generationOf(service: SwarmService): Generation | undefined {
  const { id, version, createdAt, spec } = service;
  const project = spec.Labels[namespaceLabel] ?? "";
  if (project === "" || !spec.Name.startsWith(`${project}_`)) return undefined;
  const { Image } = spec.TaskTemplate.ContainerSpec;
  const known = {
    project,
    service: spec.Name.slice(project.length + 1),
    digest: digestOf(Image),
    registry: registryOf(Image),
  };
  return readGeneration({ id, version, name: "", labels: foundLabels(service, known), createdAt });
}

/** Of an image that was deployed by a tag alone nobody knows what its nodes have: that is no digest of a registry. */
function digestOf(image: string): string {
  return /@(sha256:[0-9a-f]{64})$/.exec(image)?.[1] ?? `sha256:${createHash("sha256").update(image).digest("hex")}`;
}

function registryOf(image: string): string {
  try {
    return parseImage(image).registry;
  } catch {
    // Nodes that have it need no login.
    return "";
  }
}

/** It has no place in the Swarm's store yet. */
export function isMerelyFound({ config, found }: Generation): boolean {
  return found === config.id;
}

/** As a container that others have made; `claim` says whether it may be adopted. */
export function foreignFrom(found: Drafted, view: ClusterView, claim: Claim | undefined): ForeignContainer {
  const { generation, draft } = found;
  const { project, service, container: name } = generation;
  const compose = { project, service, slot: 1, by: "docker stack deploy" };
  const container = { id: idOf(generation), name, image: draft.TaskTemplate.ContainerSpec.Image, compose };
  const isClaimed = typeof claim?.(container) === "object";
  return {
    ...container,
    make: String(generation.config.version),
    facts: isClaimed ? containerOf(found, view, []) : undefined,
  };
}

/**
 * Writes down what it is, before anything is made of its service: it is what a rollback goes back to. The service is not
 * touched. `specHash`: of the file that it equals.
 */
export async function keepFound(
  cluster: Pick<Cluster, "createConfig">,
  { generation, draft }: Drafted,
  lease: string,
  specHash: string | undefined,
): Promise<void> {
  const end = `.r0.${idOf(generation).slice(0, 8)}`;
  const hash = specHash === undefined ? {} : { "fairlead.spec-hash": specHash };
  try {
    await cluster.createConfig({
      name: draft.Name.slice(0, 64 - end.length) + end,
      labels: { ...generation.labels, "fairlead.lease": lease, ...hash },
      content: Buffer.from(JSON.stringify(draft)),
    });
  } catch (error) {
    if (!(error instanceof FairleadError) || error.code !== "NameTaken") throw error;
  }
}
