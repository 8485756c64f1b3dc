import type { HostSnapshot, ObservedImage, ObservedNetwork } from "../../plan/model/host/host-snapshot.js";
import { roleOf } from "../../plan/model/host/names.js";
import type { ObservedContainer, ObservedHealthcheck } from "../../plan/model/host/observed.js";
import { parseImage, pinnedImage } from "../../compose/values/image.js";
import type { ImageId } from "../../compose/values/image.js";
import { readOrigin } from "../../docker/create/labels.js";
import { given } from "../../tools/present.js";
import type { ServiceBody } from "../model/body.js";
import type { ClusterView, SwarmNetwork } from "../model/cluster.js";
import type { Alterations } from "./alterations.js";
import type { Difference } from "./differences.js";
import { idOf, serves } from "./generation.js";
import type { Generation } from "./generation.js";
import { placesOf } from "./places.js";
import { standingOf } from "./standing.js";

/** Kubernetes' `progressDeadlineSeconds`: Swarm itself waits for ever for a node that could take a task. */
const patienceMs = 600_000;

/** A generation, and what it was made of. */
export interface Drafted {
  readonly generation: Generation;
  readonly draft: ServiceBody;
}

/** Each generation as a container. */
export function containersIn(
  view: ClusterView,
  drafted: readonly Drafted[],
  alterations: Alterations,
): readonly ObservedContainer[] {
  return drafted.map((one) => containerOf(one, view, alterations.of(one.generation, one.draft, view)));
}

export function containerOf(
  { generation, draft }: Drafted,
  view: ClusterView,
  altered: readonly Difference[],
): ObservedContainer {
  const { base, gateOf: _gateOf, container, policy, createdAt, ...known } = generation;
  const { project, service, slot, specHash, image, digest, lease, revision, returns } = known;
  const { declaredRestart, declaredNetworks, job, after, onRollback } = known;
  const role = roleOf(container, base);
  const standing = standingOf(generation, draft, view);
  const identity = { project, service, slot, specHash, image, digest, revision, declaredRestart };
  return {
    ...identity,
    ...given({ lease, returns, declaredNetworks, job, after, onRollback }),
    ...{ id: idOf(generation), name: container, role, createdAt },
    ...(role === "stray" ? { base } : {}),
    imageId: digest as ImageId,
    healthcheck: patienceFor(draft),
    oomKilled: false,
    startError: "",
    restartCount: 0,
    restartPolicy: policy,
    networks: (draft.TaskTemplate.Networks ?? []).map(({ Target: network }) => ({
      ...{ network, aliases: [] },
      ...given({ networkId: view.networks.get(network)?.id }),
    })),
    ...standing,
    ...(standing.tasks === undefined ? {} : { tasks: { ...standing.tasks, ...placesOf(generation, view) } }),
    ...whatOthersMade(generation, altered),
  };
}

/**
 * What serves shows in what it is altered. What is on trial is not itself any more where its tasks are another's: as one that
 * was stopped by somebody it is started again, and nothing of that is held against it.
 */
function whatOthersMade(generation: Generation, altered: readonly Difference[]): Partial<ObservedContainer> {
  if (altered.length === 0) return {};
  if (serves(generation)) return { altered: [...new Set(altered.map(({ field }) => field))] };
  if (!altered.some(({ ofTasks }) => ofTasks)) return {};
  return { state: "exited", health: "none", healthySince: undefined, endedByRequest: true };
}

/** How long it may take until all tasks of an update run: Swarm does one batch after the other. */
function patienceFor({ TaskTemplate, Mode, UpdateConfig }: ServiceBody): ObservedHealthcheck {
  const { Healthcheck } = TaskTemplate.ContainerSpec;
  const check = Healthcheck?.Test?.[0] === "NONE" ? undefined : Healthcheck;
  const ms = (ns: number | undefined, or: number) => (ns === undefined || ns === 0 ? or : ns / 1e6);
  // The image's own check, if any, is known to its node alone.
  const usualMs = check === undefined ? 0 : 30_000;
  const [intervalMs, timeoutMs] = [ms(check?.Interval, usualMs), ms(check?.Timeout, usualMs)];
  const retries = check === undefined ? 0 : check.Retries || 3;
  const count = "Replicated" in Mode ? Mode.Replicated.Replicas : 1;
  const atOnce = UpdateConfig?.Parallelism === 0 ? count : (UpdateConfig?.Parallelism ?? 1);
  const batches = Math.max(1, Math.ceil(count / Math.max(1, atOnce)));
  const batchMs =
    ms(check?.StartPeriod, 0) +
    retries * (intervalMs + timeoutMs) +
    ms(UpdateConfig?.Delay, 0) +
    ms(UpdateConfig?.Monitor, 5_000);
  return { intervalMs, timeoutMs, retries, startPeriodMs: patienceMs + batches * batchMs };
}

/** Networks that services can join. */
export function networksIn({ networks }: ClusterView): HostSnapshot["networks"] {
  return new Map([...networks].map(([name, network]) => [name, observedNetwork(network)] as const));
}

function observedNetwork({ id, driver, options, internal, attachable, labels }: SwarmNetwork): ObservedNetwork {
  return {
    ...{ id, driver, options, internal, attachable, labels, ipv6: false, ipam: { config: [] }, foreign: [] },
    ...readOrigin(labels),
  };
}

/** Images are the nodes' own affair: one that has been asked for, or that a generation is made of, counts as there. */
export class KnownImages {
  readonly #tags = new Map<string, Set<string>>();

  asked(reference: string): void {
    if (!this.#tags.has(reference)) this.#tags.set(reference, new Set());
  }

  tag(source: string, tag: string): void {
    for (const [reference, tags] of this.#tags) {
      if (reference === source || reference.endsWith(`@${source}`)) tags.add(tag);
    }
  }

  remove(reference: string): void {
    for (const tags of this.#tags.values()) tags.delete(reference);
  }

  seen(drafted: readonly Drafted[]): readonly ObservedImage[] {
    const used = drafted.flatMap((one) => {
      const reference = asPulled(one.draft.TaskTemplate.ContainerSpec.Image);
      return reference === undefined ? [] : [{ reference, by: idOf(one.generation) }];
    });
    for (const { reference } of used) this.asked(reference);
    return [...this.#tags].map(([reference, tags]) => ({
      id: digestIn(reference),
      tags: [...tags],
      digests: [reference as `${string}@${string}`],
      usedBy: used.filter((one) => one.reference === reference).map(({ by }) => by),
    }));
  }
}

/** As Fairlead asks for it, whoever has named it; undefined: which one it is nobody has written down. */
function asPulled(image: string): string | undefined {
  try {
    const parsed = parseImage(image);
    return parsed.digest === undefined ? undefined : pinnedImage(parsed, parsed.digest);
  } catch {
    return undefined;
  }
}

function digestIn(reference: string): ImageId {
  return reference.slice(reference.lastIndexOf("@") + 1) as ImageId;
}
