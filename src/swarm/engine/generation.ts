/*
 * A Swarm service as the containers that the controller knows lives here: each draft of it that Fairlead keeps is one, a
 * generation. What a draft is made of, and the calls of the Swarm API, do not live here.
 */

import { containerLabels, readIdentity } from "../../docker/create/labels.js";
import type { Identity } from "../../docker/create/labels.js";
import type { RestartPolicy } from "../../compose/model/service.js";
import type { CreateContainerStep } from "../../plan/model/step.js";
import type { Labels } from "../model/body.js";
import type { ClusterView, SwarmObject, SwarmService } from "../model/cluster.js";

/** One draft of a service, kept as a config of the Swarm; its name and what has become of it stand in labels, which can change. */
export interface Generation extends Identity {
  readonly config: Pick<SwarmObject, "id" | "version" | "name">;
  /** All of the config's. */
  readonly labels: Labels;
  /** The container's name to the controller, which says its role. */
  readonly container: string;
  /** The Swarm service that it is for. */
  readonly swarmService: string;
  /** The registry that its image comes from. */
  readonly registry: string;
  readonly createdAt: number;
  /** What the controller has set last. */
  readonly policy: RestartPolicy;
  /** Epoch ms. Absent: it has not been asked to run, or was not stopped since. */
  readonly startedAt?: number;
  readonly stoppedAt?: number;
  /** Of what others had deployed before it was adopted: the id of its service then, by which it goes on being known. */
  readonly found?: string;
}

const kind = "fairlead.swarm";
const marks = {
  container: "fairlead.swarm.container",
  service: "fairlead.swarm.service",
  registry: "fairlead.swarm.registry",
  policy: "fairlead.swarm.policy",
  started: "fairlead.swarm.started",
  stopped: "fairlead.swarm.stopped",
  found: "fairlead.swarm.found",
} as const;

/** Of a service and its tasks: the generation that they are of, by the name of its config. */
export const generationLabel = "fairlead.generation";
/** By which `docker stack services` and `docker stack ps` find what belongs to a project. */
export const namespaceLabel = "com.docker.stack.namespace";

/** What a task's container is told of itself, and what its service is. */
export function draftMarks(step: CreateContainerStep, token: string, lease: string) {
  const own = ownLabels(step, lease);
  const shared = { ...own, [generationLabel]: token, [namespaceLabel]: step.spec.project };
  return { labels: shared, generation: shared };
}

export function firstLabels(
  step: CreateContainerStep,
  { lease, swarmService }: { readonly lease: string; readonly swarmService: string },
): Labels {
  return {
    ...ownLabels(step, lease),
    [namespaceLabel]: step.spec.project,
    [kind]: "generation",
    [marks.container]: step.name,
    [marks.service]: swarmService,
    [marks.registry]: step.spec.image.registry,
    [marks.policy]: "no",
  };
}

/** The file's own labels are no matter of whoever reads back what a generation is. */
function ownLabels(step: CreateContainerStep, lease: string): Labels {
  return Object.fromEntries(
    Object.entries(containerLabels(step, lease)).filter(([key]) => key.startsWith("fairlead.")),
  );
}

/** Of a service that others have deployed: what `readGeneration` needs, and nothing that its tasks would have to bear. */
export function foundLabels(
  { id, createdAt, spec: { Name } }: SwarmService,
  known: { readonly project: string; readonly service: string; readonly digest: string; readonly registry: string },
): Labels {
  return {
    "fairlead.project": known.project,
    "fairlead.service": known.service,
    "fairlead.slot": "1",
    "fairlead.name": Name,
    "fairlead.spec-hash": "adopted",
    "fairlead.digest": known.digest,
    "fairlead.revision": "0",
    "fairlead.restart": "no",
    [namespaceLabel]: known.project,
    [kind]: "generation",
    [marks.container]: Name,
    [marks.service]: Name,
    [marks.registry]: known.registry,
    [marks.policy]: "no",
    [marks.started]: String(createdAt),
    [marks.found]: id,
  };
}

/** By what the controller knows it. */
export function idOf({ config, found }: Pick<Generation, "config" | "found">): string {
  return found ?? config.id;
}

/** What its service and its tasks bear; undefined: they bear nothing of ours. */
function tokenOf({ config, found }: Pick<Generation, "config" | "found">): string | undefined {
  return found === undefined ? config.name : undefined;
}

/** Whether something bears these labels for it: a task of its service, or a spec. */
export function isLabelled(labels: Labels, generation: Pick<Generation, "config" | "found">): boolean {
  return labels[generationLabel] === tokenOf(generation);
}

export function isGeneration({ labels }: Pick<SwarmObject, "labels">): boolean {
  return labels[kind] === "generation";
}

/** Undefined: no generation, or its labels are not as we write them. */
export function readGeneration(config: SwarmObject): Generation | undefined {
  const identity = isGeneration(config) ? readIdentity(config.labels) : undefined;
  const container = config.labels[marks.container];
  const swarmService = config.labels[marks.service];
  if (identity === undefined || container === undefined || swarmService === undefined) return undefined;
  const startedAt = instantOf(config.labels[marks.started]);
  const stoppedAt = instantOf(config.labels[marks.stopped]);
  const found = config.labels[marks.found];
  return {
    ...identity,
    ...{ config, labels: config.labels, container, swarmService, createdAt: config.createdAt },
    registry: config.labels[marks.registry] ?? "",
    policy: readPolicy(config.labels[marks.policy]),
    ...(startedAt === undefined ? {} : { startedAt }),
    ...(stoppedAt === undefined ? {} : { stoppedAt }),
    ...(found === undefined ? {} : { found }),
  };
}

export function generationsIn(view: Pick<ClusterView, "configs">): readonly Generation[] {
  return view.configs.flatMap((config) => readGeneration(config) ?? []);
}

export function renamed({ labels }: Generation, container: string): Labels {
  return { ...labels, [marks.container]: container };
}

export function withPolicy({ labels }: Generation, { name, maximumRetryCount }: RestartPolicy): Labels {
  return { ...labels, [marks.policy]: `${name}:${maximumRetryCount}` };
}

export function started({ labels }: Generation, at: number): Labels {
  const { [marks.stopped]: _stopped, ...rest } = labels;
  return { ...rest, [marks.started]: String(at) };
}

export function stopped({ labels }: Generation, at: number): Labels {
  return { ...labels, [marks.stopped]: String(at) };
}

/** The Swarm service that runs a generation, or another one of the same service. */
export function serviceOf(
  { services }: Pick<ClusterView, "services">,
  { swarmService }: Pick<Generation, "swarmService">,
): SwarmService | undefined {
  return services.find(({ spec }) => spec.Name === swarmService);
}

export function isCurrent(service: SwarmService | undefined, generation: Generation): boolean {
  return service !== undefined && isLabelled(service.spec.Labels, generation);
}

/** It has proved itself, and is what the service is to run. */
export function serves({ container, base }: Pick<Generation, "container" | "base">): boolean {
  return container === base;
}

function instantOf(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,16}$/.test(text) ? Number(text) : undefined;
}

function readPolicy(text = "no"): RestartPolicy {
  const match = /^(no|always|unless-stopped|on-failure)(?::(\d{1,9}))?$/.exec(text);
  const name = (match?.[1] ?? "no") as RestartPolicy["name"];
  return { name, maximumRetryCount: Number(match?.[2] ?? 0) };
}
