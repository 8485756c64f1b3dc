import { isSignal } from "../../src/compose/container/signals.js";
import { specHash } from "../../src/compose/model/hash.js";
import { holds } from "../../src/compose/model/policy/reload-policy.js";
import type { ServiceSpec } from "../../src/compose/model/service.js";
import { familiarImage, pinnedImage } from "../../src/compose/values/image.js";
import { asDigest } from "../../src/compose/values/image.js";
import type { Digest, ImageName, PinnedImage } from "../../src/compose/values/image.js";
import type { Engine } from "../../src/control/ports/engine.js";
import type { EngineEvent } from "../../src/control/ports/events.js";
import { FairleadError } from "../../src/errors.js";
import type { ErrorCode } from "../../src/errors.js";
import { activeName, roleOf } from "../../src/plan/model/host/names.js";
import type { ClockReading, HostSnapshot, ObservedHelper } from "../../src/plan/model/host/host-snapshot.js";
import type { ContainerFacts, ForeignContainer, ObservedContainer } from "../../src/plan/model/host/observed.js";
import { addressesOf } from "../../src/plan/model/host/resources.js";
import type { Step, StepOf } from "../../src/plan/model/step.js";
import { commandBehaviour } from "./behaviour.js";
import type { Behaviour } from "./behaviour.js";
import { simulateBuild } from "./builder.js";
import { ManualClock } from "./clock.js";
import { SimulatedFiles } from "./files.js";
import { World } from "./world.js";

/** The engine's calls by the names of its methods, and what each look cost. */
export interface Counts {
  lists: number;
  inspections: number;
  otherLists: number;
  readonly calls: Map<keyof Engine, number>;
}

/** One event stream. */
interface Stream {
  isSilent: boolean;
  /** Something has happened that it has not told. */
  missed: boolean;
}

const because = "asked by the executor";
const beatMs = 5_000;
/** How long an engine may take to answer a beat. */
const patienceMs = 10_000;
/** The file can say what an image does not. */
const noCommand = "No command specified";

/** A pull that lasts comes in so many parts of so many bytes. */
const pullParts = 4;
const layerPart = 1_000;

/** An `Engine` without an engine: passes the engine's own contract, on time that passes when told to. */
export class SimulatedEngine implements Engine {
  readonly world: World;
  /** Of the host. */
  readonly files: SimulatedFiles;
  readonly counts: Counts = { lists: 0, inspections: 0, otherLists: 0, calls: new Map() };
  /** Called before and after each call that changes something; may throw, as if the caller had died there. */
  onChange: (call: keyof Engine, moment: "before" | "after") => void = () => undefined;
  /** What the host does not have at this moment for such a container, in the engine's words. */
  lacks: (spec: ServiceSpec) => string | undefined = () => undefined;
  readonly #registry = new Map<string, Behaviour>();
  /** Bare names that are taken, with the network each belongs to. */
  readonly #foreign = new Map<string, { readonly id: string; readonly network: string | undefined }>();
  /** Containers that others made, by id. */
  readonly #strangers = new Map<string, Pick<ForeignContainer, "image" | "compose">>();
  /** Those of a controller, by id. */
  readonly #helpers = new Map<string, StepOf<"create-helper">>();
  readonly #bases = new Map<string, string>();
  readonly #streams = new Set<Stream>();
  #reachable = true;
  #listsChanged = true;

  constructor(readonly clock: ManualClock = new ManualClock()) {
    this.world = new World(clock);
    this.files = new SimulatedFiles(clock);
  }

  /** The registry has it from now on, under `repository@sha256:…`. */
  publish(reference: string, behaviour: Behaviour): void {
    this.#registry.set(reference, behaviour);
  }

  /** A container that is not ours, on a network or on none. Answers a way to remove it. */
  addForeign(name: string, network?: string): () => void {
    const id = this.world.freshId();
    this.#foreign.set(name, { id, network });
    return () => {
      this.#foreign.delete(name);
      this.world.emit({ kind: "foreign", subject: { id, names: [name] }, unblocks: true });
    };
  }

  /** As somebody else makes a container of a service, with Compose's labels or without; it does not run yet. */
  addStranger(name: string, spec: ServiceSpec, digest: Digest, { labelled = true } = {}): string {
    const behaviour = this.#registry.get(pinnedImage(spec.image, digest)) ?? {};
    const id = this.world.freshId();
    const from = pinnedImage(spec.image, digest);
    const made = { spec, specHash: "", digest, from, revision: 0, slot: 1, attach: undefined, because };
    this.world.apply({ kind: "create-container", name, ...made }, id);
    this.world.adopt(id, spec, behaviour);
    const networks = spec.networks.map(({ network, aliases }) => ({ network: network.name, aliases }));
    this.world.patch(id, { networks, restartPolicy: spec.container.restart });
    const compose = labelled ? { project: spec.project, service: spec.name, slot: 1 } : undefined;
    this.#strangers.set(id, { image: familiarImage(spec.image), compose });
    this.world.unclaimed.add(id);
    return id;
  }

  /** As in a crash. */
  kill(id: string): void {
    if (this.world.find(id)?.state === "running") this.world.die(id, 137);
  }

  /** As an engine that died in the middle of a start of this container: what it has left makes every other one fail. */
  wedge(id: string): void {
    if (this.world.find(id)?.state === "running") this.world.end(id, 128);
    this.world.wedged.add(id);
  }

  /** A person's `docker stop`. */
  stopByHand(id: string): void {
    if (this.world.find(id)?.state !== "running") return;
    this.world.end(id, 0);
    this.world.patch(id, this.world.listeners.size > 0 ? { endedByRequest: true } : {});
  }

  /** A person's `docker rm -f`. */
  removeByHand(id: string): void {
    const found = this.world.find(id);
    if (found === undefined) return;
    if (found.state === "running") this.world.end(id, 137);
    this.#discard(found);
  }

  /** The next event of this action is delivered to nobody, as if the listener had been too slow for it. */
  loseEvent(action: string): void {
    const { world } = this;
    const before = world.isLost;
    world.isLost = (event) => {
      const isIt = event.kind === "container" && event.action === action;
      if (isIt) world.isLost = before;
      return isIt || before(event);
    };
  }

  /** The streams that are open stay open, and say nothing any more. */
  silence(): void {
    for (const stream of this.#streams) stream.isSilent = true;
  }

  /** The engine stands still for so long, as by SIGSTOP: it is connected, and answers nothing. */
  freeze(ms: number): void {
    if (this.world.frozen !== undefined) return;
    const frozen = { sinceMs: this.clock.monotonic(), waiting: [] as (() => void)[] };
    this.world.frozen = frozen;
    if (ms > patienceMs) {
      this.clock.after(patienceMs, () => {
        this.world.emit({ kind: "lost", message: "the simulated engine does not answer" });
      });
    }
    this.clock.after(ms, () => {
      this.world.frozen = undefined;
      for (const run of frozen.waiting) run();
      if (ms > patienceMs) this.world.emit({ kind: "resync" });
    });
  }

  /**
   * Out of reach for so long. `restart`: its containers end with it, and those whose policy says so come back; `forgets`:
   * they run on, and it does not check their health any more.
   */
  interrupt(ms: number, { restart = false, forgets = false } = {}): void {
    if (!this.#reachable) return;
    const from = this.clock.monotonic();
    const watched = this.world.listeners.size > 0;
    this.world.emit({ kind: "lost", message: "the simulated engine is out of reach" });
    this.#reachable = false;
    if (forgets) this.world.forgetChecks();
    const running = this.world.host.containers.filter(({ state }) => state === "running" || state === "restarting");
    if (restart) for (const { id } of running) this.world.end(id, 0);
    const back = () => {
      this.#reachable = true;
      this.#listsChanged = true;
      const outage = { from, to: this.clock.monotonic() };
      if (watched) this.world.outage = outage;
      if (restart) this.world.restart = outage;
      for (const { id } of this.world.host.containers) {
        this.world.changed.add(id);
        const before = restart ? running.find((container) => container.id === id) : undefined;
        const found = this.world.find(id);
        const returns = before?.restartPolicy.name === "always" || before?.restartPolicy.name === "unless-stopped";
        if (found !== undefined && returns) this.world.run(found, true);
      }
      this.world.emit({ kind: "resync" });
    };
    this.clock.after(ms, () => {
      if (this.world.frozen === undefined) back();
      else this.world.frozen.waiting.push(back);
    });
  }

  snapshot: Engine["snapshot"] = (claim = () => undefined) =>
    this.#call("snapshot", () => {
      const { host, changed, listeners, unclaimed } = this.world;
      const watched = listeners.size > 0;
      const containers = host.containers.filter(({ id }) => !this.#strangers.has(id));
      const foreign = [...this.#foreign].map(([name, { id }]): ForeignContainer => ({
        id,
        name,
        image: "",
        compose: undefined,
        facts: undefined,
      }));
      for (const { project: _project, service: _service, ...facts } of host.containers) {
        const stranger = this.#strangers.get(facts.id);
        if (stranger === undefined) continue;
        const seen = { id: facts.id, name: facts.name, ...stranger, ...this.#heldBy(facts) };
        const claimed = claim(seen);
        if (typeof claimed === "object") unclaimed.delete(facts.id);
        else unclaimed.add(facts.id);
        foreign.push({ ...seen, facts: claimed === undefined ? undefined : facts });
      }
      const inspected = host.containers.filter(({ id }) => !unclaimed.has(id));
      this.counts.lists += 1;
      this.counts.inspections += inspected.filter(({ id }) => !watched || changed.has(id)).length;
      this.counts.otherLists += !watched || this.#listsChanged ? 3 : 0;
      changed.clear();
      this.#listsChanged = false;
      const located = containers.map((one) =>
        one.state === "running" ? { ...this.world.checked(one), ...this.#placeOf(one) } : one,
      );
      const networks = this.#peopled(host.networks);
      const helpers = this.helpers();
      return {
        ...host,
        containers: located,
        networks,
        foreign,
        helpers,
        takenAt: this.world.now(),
        reading: this.#reading(),
      };
    });

  #placeOf(container: ObservedContainer): Pick<ContainerFacts, "location" | "chosenAddresses"> {
    const { addresses } = this.world;
    const chosenAddresses = addresses.chosen(container);
    return {
      location: addresses.locationOf(container),
      ...(chosenAddresses.length === 0 ? {} : { chosenAddresses }),
    };
  }

  #heldBy({ id, state, ports = [] }: ContainerFacts): Pick<ForeignContainer, "ports" | "addresses"> {
    const location = this.world.addresses.locationOf({ id });
    return {
      ...(state === "running" && ports.length > 0 ? { ports } : {}),
      ...(location.kind === "networks" ? { addresses: location.addresses } : {}),
    };
  }

  /** Those that there are, whoever looks. */
  helpers(): readonly ObservedHelper[] {
    return [...this.#helpers].flatMap(([id, { project, service, lifeline, of }]) => {
      const { name, state, createdAt } = this.world.find(id) ?? {};
      if (name === undefined || state === undefined || createdAt === undefined) return [];
      const originalRuns = this.world.find(of)?.state === "running";
      return [{ id, name, project, service, lifeline, of, originalRuns, state, createdAt }];
    });
  }

  /** As an HTTP answer dates itself: to a second. */
  #reading(): ClockReading {
    const at = this.clock.monotonic();
    const from = Math.floor(this.world.now() / 1_000) * 1_000;
    return { askedAt: at, answeredAt: at, engine: { from, to: from + 1_000 }, outage: this.world.outage };
  }

  differences: Engine["differences"] = (id, { spec: wanted }) =>
    this.#call("differences", () => {
      const spec = this.world.specOf(this.#get(id).id);
      if (
        spec === undefined ||
        specHash({ ...spec, container: { ...spec.container, restart: wanted.container.restart } }) === specHash(wanted)
      )
        return [];
      const [is, file] = [spec.container, wanted.container];
      const fields = ["command", "entrypoint", "ports", "user"] as const;
      return [
        ...(["environment", "labels"] as const).flatMap((field) => {
          const keys = new Set([...Object.keys(is[field]), ...Object.keys(file[field])]);
          return [...keys].filter((key) => is[field][key] !== file[field][key]).map((key) => `${field}.${key}`);
        }),
        ...fields.filter((field) => JSON.stringify(is[field]) !== JSON.stringify(file[field])),
      ].sort();
    });

  likeness: Engine["likeness"] = (id, step) =>
    this.#call("likeness", () => {
      const spec = this.world.specOf(this.#get(id).id);
      if (spec === undefined) return { is: {} };
      const is = likenessOf(spec);
      if (step === undefined) return { is };
      return { is, wanted: likenessOf(step.spec, spec.container.environment) };
    });

  createNetwork: Engine["createNetwork"] = (step) =>
    this.#change("createNetwork", () => {
      if (this.world.host.networks.has(step.network.name)) return;
      this.#list(step, this.world.freshId());
    });

  removeNetwork: Engine["removeNetwork"] = (id) =>
    this.#change("removeNetwork", () => {
      const { networks, containers } = this.world.host;
      const [network] = [...networks].find(([, found]) => found.id === id) ?? [];
      if (network === undefined) return;
      const holder = containers.find(
        ({ state, networks: joined }) => state === "running" && joined.some((one) => one.network === network),
      );
      if (holder !== undefined) throw fault("EngineRefused", `network ${network} has active endpoints`);
      this.#list({ kind: "remove-network", network, id, because });
    });

  createVolume: Engine["createVolume"] = (step) =>
    this.#change("createVolume", () => {
      this.#list(step);
    });

  pull: Engine["pull"] = (reference, signal, _platform, onNews) =>
    this.#changeAsync("pull", async () => {
      const behaviour = this.#registry.get(reference);
      const interrupted = () => fault("PullFailed", `the pull of ${reference} was interrupted`);
      if (signal.aborted) throw interrupted();
      const id = reference.slice(-12);
      const isThere = this.world.host.images.some(({ digests }) => digests.some((digest) => digest === reference));
      const lasts = behaviour?.pullMs ?? 0;
      for (let part = 0; lasts > 0 && part < pullParts; part += 1) {
        onNews?.({ id, state: "downloading", bytes: part * layerPart, total: pullParts * layerPart });
        await new Promise<void>((resolve, reject) => {
          const cancel = this.clock.after(lasts / pullParts, resolve);
          signal.addEventListener(
            "abort",
            () => {
              cancel();
              reject(interrupted());
            },
            { once: true },
          );
        });
      }
      if (behaviour === undefined) throw fault("ImageNotFound", `cannot pull ${reference}: manifest unknown`);
      if (behaviour.pullFault !== undefined) throw fault(behaviour.pullFault, `cannot pull ${reference}`);
      onNews?.({ id, state: isThere ? "there" : "done" });
      this.#list({ kind: "pull-image", reference: reference as PinnedImage, because });
    });

  build: Engine["build"] = (order, signal) =>
    this.#changeAsync("build", async () => {
      if (signal.aborted) throw fault("BuildFailed", "the build was interrupted");
      const { id, behaviour } = await simulateBuild(order);
      if ((behaviour.pullMs ?? 0) > 0) {
        await new Promise<void>((resolve) => void this.clock.after(behaviour.pullMs ?? 0, resolve));
      }
      this.#registry.set(id, behaviour);
      const { host } = this.world;
      if (!host.images.some((image) => image.id === id)) {
        this.world.host = { ...host, images: [...host.images, { id, tags: [], digests: [], usedBy: [] }] };
      }
      for (const tag of order.tags) this.#list({ kind: "tag-image", source: id, tag, because });
      return id;
    });

  tagImage: Engine["tagImage"] = (source, tag) =>
    this.#change("tagImage", () => {
      const { images } = this.world.host;
      if (!images.some((image) => image.id === source || image.digests.some((one) => one === source)))
        throw fault("ImageNotFound", `no such image: ${source}`);
      this.#list({ kind: "tag-image", source: source as ImageName, tag, because });
    });

  removeImage: Engine["removeImage"] = (reference) =>
    this.#change("removeImage", () => {
      this.#list({ kind: "remove-image", reference, because });
    });

  createContainer: Engine["createContainer"] = (step) =>
    this.#change("createContainer", () => {
      this.#refuseTakenName(step.name);
      const reference = step.from;
      const behaviour = this.#registry.get(reference);
      const isLocal = this.world.host.images.some(
        ({ id, digests }) => id === reference || digests.some((name) => name === reference),
      );
      if (behaviour === undefined || !isLocal) throw fault("ImageNotFound", `no such image: ${reference}`);
      const { command, entrypoint } = step.spec.container;
      const isMended = behaviour.refusedAtCreate === noCommand && (command ?? entrypoint) !== undefined;
      if (behaviour.refusedAtCreate !== undefined && !isMended)
        throw fault(
          "EngineRefused",
          `the engine refused to create container ${step.name}: ${behaviour.refusedAtCreate}`,
        );
      const id = this.world.freshId();
      this.world.apply(step, id);
      const isJob = step.job !== undefined;
      this.world.adopt(
        id,
        step.spec,
        isJob ? commandBehaviour(behaviour, step.spec.container.command ?? []) : behaviour,
      );
      this.#bases.set(id, activeName(step.spec, step.slot));
      this.world.tell(id, "create");
      return id;
    });

  createHelper: Engine["createHelper"] = (step) =>
    this.#change("createHelper", () => {
      this.#refuseTakenName(step.name);
      const { digest, networks } = this.#get(step.of);
      const original = this.world.specOf(step.of);
      if (original === undefined) throw fault("ContainerGone", `no such container: ${step.of}`);
      const spec = { ...original, container: { ...original.container, ports: [] } };
      const id = this.addStranger(step.name, spec, asDigest(digest), { labelled: false });
      const joined = networks.map((endpoint) => ({ ...endpoint, aliases: [] }));
      const { mounts = [] } = this.#get(step.of);
      this.world.patch(id, { mounts, networks: joined, restartPolicy: { name: "always", maximumRetryCount: 0 } });
      for (const file of step.files) this.world.writeFile(id, file);
      this.#helpers.set(id, step);
      return id;
    });

  statMounted: Engine["statMounted"] = (id, path) =>
    this.#call("statMounted", () => {
      const mount = this.#get(id).mounts?.find(({ type, target }) => type === "bind" && holds(target, path));
      return mount === undefined ? undefined : this.files.stat(mount.source + path.slice(mount.target.length));
    });

  writeFiles: Engine["writeFiles"] = (id, files) =>
    this.#change("writeFiles", () => {
      this.#get(id);
      for (const file of files) this.world.writeFile(id, file);
    });

  connectNetwork: Engine["connectNetwork"] = (id, endpoint) =>
    this.#change("connectNetwork", () => {
      const found = this.#get(id);
      const { network, aliases } = endpoint;
      const joined = found.networks.find((one) => one.network === network);
      if (joined !== undefined) {
        if ([...joined.aliases].sort().join() === [...aliases].sort().join()) return;
        throw fault("EngineRefused", "it is connected under other names");
      }
      if (!this.world.host.networks.has(network)) throw fault("EngineRefused", `network ${network} not found`);
      const isRunning = found.state === "running";
      const fixedAddresses = addressesOf(endpoint);
      if (isRunning && this.world.addresses.taken({ ...found, fixedAddresses }) !== undefined)
        throw fault("AddressConflict", "Address already in use");
      this.world.apply({ kind: "connect-network", container: found.name, ...endpoint, because });
      if (isRunning) this.world.addresses.take(this.#get(id), this.world.host.networks);
      this.world.tell(id, "connect");
    });

  disconnectNetwork: Engine["disconnectNetwork"] = (id, network) =>
    this.#change("disconnectNetwork", () => {
      const found = this.#get(id);
      if (!found.networks.some((endpoint) => endpoint.network === network)) return;
      this.world.apply({ kind: "disconnect-network", container: found.name, network, because });
      this.world.addresses.release(id, network);
      this.world.tell(id, "disconnect");
    });

  rehearse: Engine["rehearse"] = ({ spec }) =>
    this.#change("rehearse", () => {
      const lack = this.lacks(spec);
      if (lack !== undefined) throw fault("EngineRefused", `the host could not start it: ${lack}`);
    });

  startContainer: Engine["startContainer"] = (id) =>
    this.#change("startContainer", () => {
      const found = this.#get(id);
      if (found.state === "running") return;
      const refusal = this.#obstacle(found);
      if (refusal === undefined) {
        this.world.run(found, true);
        return;
      }
      this.world.patch(id, { startError: refusal.message });
      throw refusal;
    });

  stopContainer: Engine["stopContainer"] = (id) =>
    this.#change("stopContainer", () => {
      const found = this.#get(id);
      if (found.state === "running" || found.state === "restarting") this.world.end(id, 0);
    });

  signalContainer: Engine["signalContainer"] = (id, signal) =>
    this.#change("signalContainer", () => {
      const found = this.#get(id);
      if (!isSignal(signal)) throw fault("EngineRefused", `Invalid signal: ${signal}`);
      if (found.state !== "running") throw fault("EngineRefused", `${found.name} is not running`);
      this.world.signal(found, signal);
    });

  setRestartPolicy: Engine["setRestartPolicy"] = (id, policy) =>
    this.#change("setRestartPolicy", () => {
      this.#get(id);
      this.world.patch(id, { restartPolicy: policy });
      this.world.tell(id, "update");
    });

  renameContainer: Engine["renameContainer"] = (id, name) =>
    this.#change("renameContainer", () => {
      if (this.#get(id).name === name) return;
      this.#refuseTakenName(name);
      const oldName = this.#get(id).name;
      const base = this.#bases.get(id) ?? "";
      const role = roleOf(name, base);
      this.world.patch(id, { name, role, ...(role === "stray" ? { base } : {}) });
      this.world.tell(id, "rename", [name, oldName]);
    });

  removeContainer: Engine["removeContainer"] = (id, withVolumes = false) =>
    this.#change("removeContainer", () => {
      const found = this.world.find(id);
      if (found === undefined) return;
      if (found.state === "running" || found.state === "restarting") {
        throw fault("EngineRefused", `cannot remove ${found.name}: it is running`);
      }
      this.#discard(found, withVolumes);
    });

  logTail: Engine["logTail"] = (id, lines) =>
    this.#call("logTail", () => {
      this.#get(id);
      return this.world.logOf(id)?.texts.slice(-lines) ?? [];
    });

  logs: Engine["logs"] = (id, query, signal) =>
    this.#call("logs", () => {
      this.#get(id);
      const book = this.world.logOf(id);
      if (book === undefined || this.world.specOf(id)?.container.logging?.driver === "none") {
        throw fault("LogUnreadable", `the log of container ${id} cannot be read`);
      }
      return book.read(query, () => this.world.find(id)?.state === "running", signal);
    });

  locate: Engine["locate"] = (id) =>
    this.#call("locate", () => {
      const found = this.world.find(id);
      return found?.state === "running" ? this.world.addresses.locationOf(found) : undefined;
    });

  exec: Engine["exec"] = (id, command, timeoutMs, settings) =>
    this.#callAsync("exec", async () => {
      const found = this.#get(id);
      if (found.state !== "running") throw fault("EngineRefused", `${found.name} is not running`);
      return await this.world.command(id, command, timeoutMs, settings);
    });

  doubt: Engine["doubt"] = (project, service) => {
    for (const { id, ...container } of this.world.host.containers)
      if (container.project === project && container.service === service) this.world.changed.add(id);
  };

  platform: Engine["platform"] = () =>
    this.#call("platform", () => ({ os: "linux", architecture: "amd64", variant: undefined }));

  watch: Engine["watch"] = async (onEvent, signal) => {
    if (signal.aborted) return;
    const stream: Stream = { isSilent: false, missed: false };
    // As from a socket: never inside the call that caused it.
    const deliver = (event: EngineEvent) => {
      queueMicrotask(() => {
        onEvent(event);
      });
    };
    const listener = (event: EngineEvent) => {
      const isTold = event.kind === "container" || event.kind === "other";
      if (isTold && (stream.isSilent || this.world.isLost(event))) stream.missed = true;
      else if (this.#reachable || event.kind === "lost") deliver(event);
    };
    listener(this.#reachable ? { kind: "resync" } : { kind: "lost", message: "the simulated engine is out of reach" });
    this.world.listeners.add(listener);
    this.#streams.add(stream);
    const stopBeat = this.#beat(stream, deliver);
    await new Promise<void>((resolve) => {
      signal.addEventListener(
        "abort",
        () => {
          resolve();
        },
        { once: true },
      );
    });
    stopBeat();
    this.#streams.delete(stream);
    this.world.listeners.delete(listener);
  };

  /** A stream that has kept something to itself is opened anew. */
  #beat(stream: Stream, deliver: (event: EngineEvent) => void): () => void {
    const beat = { cancel: (): void => undefined };
    const next = () => {
      beat.cancel = this.clock.after(beatMs, () => {
        next();
        if (!this.#reachable || this.world.frozen !== undefined) return;
        const hasMissed = stream.missed;
        [stream.isSilent, stream.missed] = [stream.isSilent && !hasMissed, false];
        deliver({ kind: hasMissed ? "resync" : "beat" });
      });
    };
    next();
    return () => {
      beat.cancel();
    };
  }

  #peopled(networks: HostSnapshot["networks"]): HostSnapshot["networks"] {
    const foreign = [...this.#foreign];
    const on = (network: string) =>
      foreign.flatMap(([name, joined]) => (joined.network === network ? [name] : [])).sort();
    return new Map([...networks].map(([name, network]) => [name, { ...network, foreign: on(name) }]));
  }

  #obstacle(found: ObservedContainer): FairleadError | undefined {
    const { host, wedged } = this.world;
    if (wedged.has(found.id)) return fault("EngineRefused", `task ${found.id}: already exists`);
    const missing = found.networks.find(({ network, networkId }) => {
      const now = host.networks.get(network)?.id;
      return now === undefined || (networkId ?? now) !== now;
    });
    if (missing !== undefined) return fault("EngineRefused", `network ${missing.network} not found`);
    const { network = [], ipc = [], pid = [] } = found.owners ?? {};
    const owner = [...network, ...ipc, ...pid].find((id) => this.world.find(id)?.state !== "running");
    if (owner !== undefined) {
      return fault("EngineRefused", `cannot join a namespace of a non running container: ${owner}`);
    }
    const spec = this.world.specOf(found.id);
    const lack = spec === undefined ? undefined : this.lacks(spec);
    const refusal = lack ?? this.world.behaviourOf(found.id)?.refusedAtStart;
    if (refusal !== undefined) return fault("EngineRefused", refusal);
    const shortage = this.world.shortageOf(found);
    if (shortage === undefined) return undefined;
    return fault(shortage.of === "port" ? "PortConflict" : "AddressConflict", shortage.message);
  }

  #refuseTakenName(name: string): void {
    const taken = this.#foreign.has(name) || this.world.host.containers.some((container) => container.name === name);
    if (taken) throw fault("NameConflict", `the container name ${name} is taken`);
  }

  #discard(found: ObservedContainer, withVolumes = false): void {
    this.world.tell(found.id, "destroy");
    const volumes = withVolumes ? { volumes: true as const } : {};
    this.world.apply({ kind: "remove-container", container: found.name, ...volumes, because });
    this.world.forget(found.id);
    this.#bases.delete(found.id);
    this.#strangers.delete(found.id);
    this.#helpers.delete(found.id);
  }

  /** Networks, volumes and images: those lists are stale now. */
  #list(step: Step, id?: string): void {
    this.world.apply(step, id);
    this.#listsChanged = true;
    this.world.emit({ kind: "other" });
  }

  #get(id: string): ObservedContainer {
    const found = this.world.find(id);
    if (found === undefined) throw fault("ContainerGone", `no such container: ${id}`);
    return found;
  }

  #change<T>(name: keyof Engine, work: () => T): Promise<T> {
    return this.#changeAsync(name, () => Promise.resolve(work()));
  }

  async #changeAsync<T>(name: keyof Engine, work: () => Promise<T>): Promise<T> {
    this.onChange(name, "before");
    const answer = await this.#callAsync(name, work);
    this.onChange(name, "after");
    return answer;
  }

  #call<T>(name: keyof Engine, work: () => T): Promise<T> {
    return this.#callAsync(name, () => Promise.resolve(work()));
  }

  async #callAsync<T>(name: keyof Engine, work: () => Promise<T>): Promise<T> {
    this.counts.calls.set(name, (this.counts.calls.get(name) ?? 0) + 1);
    await Promise.resolve();
    const { frozen } = this.world;
    if (frozen !== undefined) await new Promise<void>((resolve) => frozen.waiting.push(resolve));
    if (!this.#reachable) throw fault("EngineUnreachable", "the simulated engine is out of reach");
    return await work();
  }
}

function fault(code: ErrorCode, message: string): FairleadError {
  return new FairleadError(code, message);
}

/** As far as tests change it. */
function likenessOf({ container, networks }: ServiceSpec, other: Readonly<Record<string, unknown>> = {}) {
  const { environment, labels, command, user, restart } = container;
  const hidden = Object.keys(environment)
    .sort()
    .map((name) => {
      const differs = Object.hasOwn(other, name) && other[name] !== environment[name];
      return [name, differs ? "[hidden, another one]" : "[hidden]"] as const;
    });
  const all = {
    ...{ command, user },
    environment: hidden.length === 0 ? undefined : Object.fromEntries(hidden),
    labels: Object.keys(labels).length === 0 ? undefined : labels,
    restart: restart.name === "no" ? undefined : restart.name,
    networks: networks.map(({ network }) => network.name),
  };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
}
