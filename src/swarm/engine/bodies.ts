import { randomBytes } from "node:crypto";
import type { CreateContainerStep } from "../../plan/model/step.js";
import type { ServiceBody } from "../model/body.js";
import type { SwarmService } from "../model/cluster.js";
import { isLabelled, serves } from "./generation.js";
import type { Generation } from "./generation.js";

/** It served until the other one came. */
export function isBefore(one: Generation, { config, swarmService }: Generation): boolean {
  if (!serves(one) || one.swarmService !== swarmService || one.config.id === config.id) return false;
  return one.startedAt !== undefined && one.stoppedAt === undefined;
}

/** The same tasks' spec once more: Swarm makes new tasks of it. */
export function again(draft: ServiceBody, { spec }: SwarmService): ServiceBody {
  const ForceUpdate = (spec.TaskTemplate.ForceUpdate ?? 0) + 1;
  return { ...draft, TaskTemplate: { ...draft.TaskTemplate, ForceUpdate } };
}

/** No task of it. */
export function nothingOf(draft: ServiceBody, service: SwarmService): ServiceBody {
  return { ...again(draft, service), Mode: { Replicated: { Replicas: 0 } } };
}

/** Its tasks go on where they are of it: how often they were made anew is part of their spec. */
export function asMade(draft: ServiceBody, generation: Generation, service: SwarmService | undefined): ServiceBody {
  const known = [service?.spec, service?.previous].find(
    (body) => body !== undefined && isLabelled(body.TaskTemplate.ContainerSpec.Labels, generation),
  );
  const { ForceUpdate = 0 } = known?.TaskTemplate ?? {};
  return ForceUpdate === 0 ? draft : { ...draft, TaskTemplate: { ...draft.TaskTemplate, ForceUpdate } };
}

/** A config's name is short, and names what it is for to whoever lists them. */
export function tokenFor({ spec, job, revision }: CreateContainerStep): string {
  const what = job === undefined ? "" : `.${job.phase}`;
  const end = `${what}.r${revision}.${randomBytes(4).toString("hex")}`;
  return `${spec.project}_${spec.name}`.slice(0, 64 - end.length) + end;
}
