/*
 * The port `Engine` over a Swarm lives here: what the controller asks of containers becomes updates of services. Which of
 * them are to be made is for the planner to say.
 */

import type { Clock } from "../../control/ports/clock.js";
import type { Claim, Engine } from "../../control/ports/engine.js";
import type { Marks } from "../../control/ports/marks.js";
import { FairleadError } from "../../errors.js";
import { roleOf } from "../../plan/model/host/names.js";
import type { HostSnapshot } from "../../plan/model/host/host-snapshot.js";
import type { CreateContainerStep } from "../../plan/model/step.js";
import { asDigest, pinnedImage } from "../../compose/values/image.js";
import type { ImageName } from "../../compose/values/image.js";
import { Mutex } from "../../tools/sharing/mutex.js";
import { draftOf } from "../draft/draft.js";
import type { ServiceBody } from "../model/body.js";
import type { Cluster, ClusterView, SwarmService } from "../model/cluster.js";
import type { PulledBy } from "../model/credentials.js";
import { Alterations } from "./alterations.js";
import { again, asMade, isBefore, nothingOf, tokenFor } from "./bodies.js";
import { containersIn, KnownImages, networksIn } from "./appearance.js";
import type { Drafted } from "./appearance.js";
import { clearContents, writeContents } from "./contents.js";
import * as generations from "./generation.js";
import type { Generation } from "./generation.js";
import { foreignFrom, foundIn, isMerelyFound, keepFound } from "./found.js";
import { differencesFrom } from "./differences.js";
import { likenessOf, platformOf } from "./likeness.js";
import { logOf } from "./logs.js";
import { marksIn } from "./marks.js";
import { overlayOf } from "./networks.js";
import { standingOf } from "./standing.js";
import { isLively, watchSwarm } from "./watch.js";

export interface SwarmOptions {
  readonly cluster: Cluster;
  /** Of the controller; its services bear it. */
  readonly lease: string;
  /** For the nodes' pulls, by registry host; undefined: anonymous. */
  readonly credentials: (registry: string) => Promise<PulledBy>;
  readonly clock: Pick<Clock, "now">;
}

export interface SwarmEngine extends Engine {
  readonly marks: Marks;
  /** Whether Fairlead has made this for a service. */
  isOurs(container: string): Promise<boolean>;
  /** Refused: no manager can do that on another node. */
  run(): Promise<never>;
}

/** Swarm's own services as the controller's containers. Throws FairleadError only. */
export function connectSwarm({ cluster, lease, credentials, clock }: SwarmOptions): SwarmEngine {
  const drafts = new Map<string, ServiceBody>();
  const images = new KnownImages();
  const alterations = new Alterations();
  /** What others have made and the file asks for just so: the hash of its spec, by the service's id. */
  const equals = new Map<string, string>();
  // What is written for a new generation and not named by it yet must not be taken for unused.
  const contents = new Mutex();
  let last: ClusterView | undefined;

  const look = async (): Promise<ClusterView> => {
    last = await cluster.look();
    return last;
  };

  /** Undefined: it is gone, or its text is not ours. */
  const draftFor = async (generation: Generation): Promise<ServiceBody | undefined> => {
    const { id } = generation.config;
    const known = drafts.get(id);
    if (known !== undefined) return known;
    const text = (await cluster.readConfig(id))?.toString("utf8");
    if (text === undefined) return undefined;
    const draft = JSON.parse(text) as ServiceBody;
    drafts.set(id, draft);
    return draft;
  };

  const draftedIn = async (view: ClusterView): Promise<readonly Drafted[]> => {
    const found = generations.generationsIn(view);
    const ids = new Set(found.map(({ config }) => config.id));
    for (const id of drafts.keys()) if (!ids.has(id)) drafts.delete(id);
    const drafted = await Promise.all(
      found.map(async (generation) => ({ generation, draft: await draftFor(generation) })),
    );
    return drafted.flatMap(({ generation, draft }) => (draft === undefined ? [] : [{ generation, draft }]));
  };

  /** Throws `ContainerGone`. */
  const find = async (id: string): Promise<Found> => {
    const view = await look();
    const found = foundIn(view).find((one) => generations.idOf(one.generation) === id);
    const generation = generations.generationsIn(view).find((one) => generations.idOf(one) === id) ?? found?.generation;
    const draft = found?.draft ?? (generation === undefined ? undefined : await draftFor(generation));
    if (generation === undefined || draft === undefined)
      throw new FairleadError("ContainerGone", `the Swarm has no generation ${id} any more`);
    return { view, generation, draft, service: generations.serviceOf(view, generation) };
  };

  /** The same of what is about to be changed: what others have made of a service is written down first. */
  const own = async (id: string): Promise<Found> => {
    const found = await find(id);
    if (!isMerelyFound(found.generation)) return found;
    await keepFound(cluster, found, lease, equals.get(id));
    return find(id);
  };

  const label = (generation: Generation, labels: Generation["labels"]) =>
    cluster.labelConfig(generation.config, labels);

  const bring = async (service: SwarmService | undefined, generation: Generation, body: ServiceBody): Promise<void> => {
    const by = await credentials(generation.registry);
    if (service === undefined) await cluster.createService(body, by);
    else await cluster.updateService(service, body, by);
    alterations.sent(generation, service);
  };

  const start = async (id: string): Promise<void> => {
    const { view, generation, draft, service } = await own(id);
    const runs = generations.isCurrent(service, generation);
    const { state } = standingOf(generation, draft, view);
    const isAsMade = alterations.of(generation, draft, view).length === 0;
    if (!runs || service === undefined || !isAsMade)
      await bring(service, generation, asMade(draft, generation, service));
    else if (state !== "running") await bring(service, generation, again(draft, service));
    else return;
    await label(generation, generations.started(generation, clock.now()));
  };

  /** What does not run any more leaves its service to what served before it; where nothing did, to nobody. */
  const giveWay = async (found: Found): Promise<void> => {
    const { view, generation, draft, service } = found;
    if (service === undefined || !generations.isCurrent(service, generation)) return;
    const before = generations.generationsIn(view).find((one) => isBefore(one, generation));
    const back = before === undefined ? undefined : await draftFor(before);
    if (before !== undefined && back !== undefined) await bring(service, before, asMade(back, before, service));
    else if ("Replicated" in draft.Mode) await bring(service, generation, nothingOf(draft, service));
    else await cluster.removeService(service.id);
  };

  const stop = async (id: string): Promise<void> => {
    const found = await own(id);
    await giveWay(found);
    await label(found.generation, generations.stopped(found.generation, clock.now()));
  };

  const create = async (step: CreateContainerStep): Promise<string> => {
    const view = await look();
    if (generations.generationsIn(view).some(({ container }) => container === step.name))
      throw new FairleadError("NameConflict", `the Swarm has a generation ${step.name} already`);
    const token = tokenFor(step);
    const { body, configs, secrets } = draftOf(step, generations.draftMarks(step, token, lease));
    await cluster.check(body);
    for (const found of foundIn(view))
      if (found.draft.Name === body.Name)
        await keepFound(cluster, found, lease, equals.get(generations.idOf(found.generation)));
    return contents.run(async () => {
      await writeContents(cluster, { configs, secrets });
      const labels = generations.firstLabels(step, { lease, swarmService: body.Name });
      return cluster.createConfig({ name: token, labels, content: Buffer.from(JSON.stringify(body)) });
    });
  };

  const rename = async (id: string, name: string): Promise<void> => {
    const found = await own(id);
    const { view, generation } = found;
    const taken = generations.generationsIn(view).some((one) => one.container === name && generations.idOf(one) !== id);
    if (taken) throw new FairleadError("NameConflict", `the Swarm has a generation ${name} already`);
    const role = roleOf(name, generation.base);
    // It may have ended by itself, and Swarm would go on trying.
    if (role !== "active" && role !== "next") await giveWay(found);
    await label(generation, generations.renamed(generation, name));
  };

  const remove = async (id: string): Promise<void> => {
    const found = await own(id);
    const { view, generation, service } = found;
    if (service !== undefined && generations.isCurrent(service, generation)) {
      if (generations.generationsIn(view).some((one) => isBefore(one, generation))) await giveWay(found);
      else await cluster.removeService(service.id);
    }
    await cluster.removeConfig(generation.config.id);
    drafts.delete(generation.config.id);
    await contents.run(async () => {
      const view = await look();
      await clearContents(cluster, view, await draftedIn(view), generation.project);
    });
  };

  const snapshot = async (claim?: Claim): Promise<HostSnapshot> => {
    const view = await look();
    const drafted = await draftedIn(view);
    const found = foundIn(view);
    alterations.keep(drafted.map(({ generation }) => generation));
    return {
      takenAt: clock.now(),
      containers: containersIn(view, drafted, alterations),
      foreign: found.map((one) => foreignFrom(one, view, claim)),
      networks: networksIn(view),
      volumes: new Map(),
      images: images.seen([...drafted, ...found]),
      engineOutage: undefined,
    };
  };

  return {
    marks: marksIn(cluster),
    snapshot,
    isOurs: async (id) => generations.generationsIn(await look()).some((one) => generations.idOf(one) === id),
    differences: async (id, step) => {
      const { draft } = await find(id);
      const { body } = draftOf({ ...step, from: imageOf(step) }, { labels: {}, generation: {} });
      const fields = differencesFrom(draft, body).map(({ field }) => field);
      if (fields.length === 0) equals.set(id, step.specHash);
      else equals.delete(id);
      return [...new Set(fields)];
    },
    likeness: async (id, step) => {
      const { draft } = await find(id);
      if (step === undefined) return { is: likenessOf(draft) };
      const { body } = draftOf(step, { labels: {}, generation: {} });
      return { is: likenessOf(draft), wanted: likenessOf(body) };
    },
    createNetwork: async ({ network, project }) => {
      await cluster.createNetwork(overlayOf(network, project));
    },
    removeNetwork: (id) => cluster.removeNetwork(id),
    // A node makes a volume when the first task there mounts it.
    createVolume: () => Promise.resolve(),
    pull: (reference) => {
      images.asked(reference);
      return Promise.resolve();
    },
    build: () => Promise.reject(notHere("build an image")),
    tagImage: (source, tag) => {
      images.tag(source, tag);
      return Promise.resolve();
    },
    removeImage: (reference) => {
      images.remove(reference);
      return Promise.resolve();
    },
    createContainer: create,
    createHelper: () => Promise.reject(notHere("run a helper")),
    statMounted: () => Promise.resolve(undefined),
    // They have come with the draft, as configs and secrets.
    writeFiles: () => Promise.resolve(),
    connectNetwork: () => Promise.resolve(),
    disconnectNetwork: () => Promise.resolve(),
    rehearse: () => Promise.resolve(),
    startContainer: start,
    stopContainer: stop,
    signalContainer: () => Promise.reject(notHere("signal a process")),
    setRestartPolicy: async (id, policy) => {
      const { generation } = await own(id);
      await label(generation, generations.withPolicy(generation, policy));
    },
    renameContainer: rename,
    removeContainer: remove,
    logTail: async (id, lines) => {
      const { view, generation, service } = await find(id);
      const own = view.tasks.filter(
        (task) => task.service === service?.id && generations.isLabelled(task.labels, generation),
      );
      const telling = own.find(({ state }) => state === "failed") ?? own[0];
      return telling === undefined ? [] : cluster.taskLog(telling.id, lines);
    },
    logs: async (id, query, signal) => {
      const { view, generation, draft, service } = await find(id);
      if (service === undefined) return nothing();
      return logOf({ cluster, generation, mode: draft.Mode, service, view }, query, signal);
    },
    locate: () => Promise.resolve(undefined),
    run: () => Promise.reject(notHere("run a command in a container")),
    exec: () => Promise.reject(notHere("run a command in a container")),
    platform: async () => platformOf(last ?? (await look())),
    doubt: () => undefined,
    watch: (onEvent, signal) =>
      watchSwarm({ cluster, view: () => last, lively: () => isLively(last), onEvent, signal }),
  };
}

/** A generation, with what there is of it. */
interface Found extends Drafted {
  readonly view: ClusterView;
  readonly service: SwarmService | undefined;
}

function imageOf({ spec: { image }, digest }: CreateContainerStep): ImageName {
  return pinnedImage(image, asDigest(digest));
}

async function* nothing(): AsyncGenerator<never> {}

function notHere(what: string): FairleadError {
  return new FairleadError("EngineRefused", `on a Swarm, Fairlead cannot ${what}`, { retry: "never" });
}
