import PQueue from "p-queue";
import { asFairleadError } from "../errors.js";
import type { ServiceStatus } from "../plan/condition.js";
import type { HostSnapshot } from "../plan/observed.js";
import { orphansOf } from "../plan/orphans.js";
import type { Orphan } from "../plan/orphans.js";
import { familiarName } from "../spec/image.js";
import type { Digest, ImageReference } from "../spec/image.js";
import { jobImages } from "../spec/job.js";
import type { Problem } from "../spec/problem.js";
import { formatProblem } from "../spec/problem.js";
import { serviceKey } from "../spec/service.js";
import type { ServiceKey } from "../spec/service.js";
import { Adoption } from "./adoption.js";
import type { BackoffOptions } from "./backoff.js";
import { Builds } from "./builds.js";
import { Bursts } from "./bursts.js";
import { Cached } from "./cached.js";
import { Catalog } from "./catalog.js";
import type { Dependant } from "./catalog.js";
import { Digests } from "./digests.js";
import type { Journal } from "./journal.js";
import { GateWatch } from "./gate-watch.js";
import { Ledger } from "./ledger.js";
import { Leftovers } from "./leftovers.js";
import type {
  Clock,
  Contexts,
  Engine,
  EngineEvent,
  Gates,
  Log,
  Prober,
  Registry,
  Source,
  SourceSnapshot,
} from "./ports.js";
import { patient } from "./patience.js";
import { forecastAll } from "./preview.js";
import { Probes } from "./probes.js";
import { Pulls } from "./pulls.js";
import { Releases } from "./releases.js";
import { KeyedQueue } from "./queue.js";
import { Reconciler } from "./reconcile.js";
import { startSchedule } from "./schedule.js";
import type { Approval, BuildOutput, History, Rollback, ServicePlan, Surface } from "./surface.js";
import { Targets } from "./targets.js";
import type { Telemetry } from "./telemetry.js";

/** Each may take the whole host. */
const concurrentBuilds = 1;

export interface ControllerOptions {
  readonly engine: Engine;
  readonly gates: Gates;
  readonly registry: Registry;
  readonly contexts: Contexts;
  readonly source: Source;
  readonly prober: Prober;
  readonly journal: Journal;
  readonly telemetry: Telemetry;
  readonly clock: Clock;
  readonly log: Log;
  readonly backoff: BackoffOptions;
  readonly prune: boolean;
  /** Cron expression of the resync. */
  readonly resync: string;
  readonly resyncJitterMs: number;
  readonly concurrentPulls: number;
  /** Services that are worked on at once. */
  readonly concurrentServices: number;
}

/** Ties sources, events and the schedule to the queue, and answers what the surface asks. */
export class Controller implements Surface {
  readonly #adoption: Adoption;
  readonly #host: Cached<HostSnapshot>;
  readonly #targets: Targets;
  readonly #pulls: Pulls;
  readonly #releases: Releases;
  readonly #probes: Probes;
  readonly #gateWatch: GateWatch;
  readonly #builds: Builds;
  readonly #ledger: Ledger;
  readonly #queue: KeyedQueue;
  readonly #workers: PQueue;
  readonly #bursts: Bursts;
  readonly #leftovers: Leftovers;
  readonly #abort = new AbortController();
  readonly #catalog = new Catalog();
  #ready = false;
  #stopSchedule: () => void = () => undefined;
  #watching: Promise<void> = Promise.resolve();

  constructor(private readonly options: ControllerOptions) {
    const { engine, gates, registry, contexts, journal, telemetry, clock, log, prune } = options;
    this.#adoption = new Adoption({
      engine,
      specs: () => this.#catalog.specs.values(),
      record: (key) => journal.record(key),
      remember: (key, container, adopted) => this.#ledger.adopted(key, container, adopted, log),
    });
    this.#host = new Cached(() => this.#adoption.look());
    this.#ledger = new Ledger({ journal, engine, telemetry, clock });
    this.#pulls = new Pulls({
      pull: (reference, signal, platform) => engine.pull(reference, signal, platform),
      concurrency: options.concurrentPulls,
      onEnd: (reference) => {
        this.#pullEnded(reference);
      },
    });
    this.#probes = new Probes({
      prober: options.prober,
      clock,
      log,
      declared: (key) => this.#catalog.specs.get(key),
      onChange: (key) => {
        if (this.#catalog.specs.has(key)) this.#queue.add(key);
        this.#noticeDependants(key, () => false);
      },
    });
    this.#builds = new Builds({
      engine,
      contexts,
      journal,
      clock,
      log,
      concurrency: concurrentBuilds,
      onEnd: (key) => {
        this.#host.invalidate();
        if (this.#catalog.specs.has(key)) this.#queue.add(key);
      },
    });
    this.#targets = new Targets({
      digests: new Digests(patient(registry, clock), engine),
      contexts,
      builds: this.#builds.states,
      recordOf: (key) => journal.record(key),
      append: (entry) => journal.append(entry),
      clock,
    });
    this.#bursts = new Bursts(clock, (key) => {
      this.#lookAfresh(key);
    });
    const source = () => this.#catalog.snapshot;
    this.#leftovers = new Leftovers({ engine, host: this.#host, source, telemetry, clock, log, prune });
    this.#releases = new Releases({
      journal,
      clock,
      log,
      look: () => this.#look(),
      digestOf: (key) => this.#catalog.statuses.get(key)?.desiredDigest as Digest | undefined,
      specOf: (key) => this.#catalog.specs.get(key),
    });
    this.#workers = new PQueue({ concurrency: options.concurrentServices });
    this.#gateWatch = new GateWatch({ gates, clock, log });
    const reconciler = new Reconciler({
      engine,
      gates,
      gateWatch: this.#gateWatch,
      host: {
        get: () => this.#look(),
        invalidate: () => {
          this.#host.invalidate();
        },
      },
      targets: this.#targets,
      pulls: this.#pulls,
      builds: this.#builds,
      ledger: this.#ledger,
      journal,
      telemetry,
      clock,
      log,
      prune,
      declared: (key) => this.#catalog.declared(key),
      wake: (key) => {
        this.#queue.add(key);
      },
      status: (key) => this.#catalog.statuses.get(key),
      publish: (key, status) => {
        this.#publish(key, status);
      },
    });
    this.#queue = new KeyedQueue({
      run: (key) => this.#workers.add(() => reconciler.run(key as ServiceKey)),
      clock,
      backoff: options.backoff,
      telemetry,
    });
  }

  /** Resolves when the host has been seen whole for the first time; until then nothing is changed on it. */
  async start(): Promise<void> {
    const { source, engine, clock, log, resync, resyncJitterMs } = this.options;
    this.#adopt(await source.load());
    source.watch((snapshot) => {
      this.#adopt(snapshot);
    }, this.#abort.signal);
    const firstLook = new Promise<void>((resolve) => {
      const onEvent = (event: EngineEvent) => {
        this.#host.invalidate();
        if (this.#ready) this.#react(event);
        else if (event.kind === "resync") void this.#lookFirst().then(resolve);
        else if (event.kind === "lost")
          log.warn({ error: event.message }, "the engine cannot be reached; waiting for it");
      };
      this.#watching = engine.watch(onEvent, this.#abort.signal);
    });
    const random = this.options.backoff.random;
    this.#stopSchedule = startSchedule({
      cron: resync,
      jitterMs: resyncJitterMs,
      clock,
      random,
      onTick: () => {
        this.#resync();
      },
    });
    await firstLook;
  }

  /** Takes nothing new, lets the runs under way end, ends the pulls. */
  async stop(): Promise<void> {
    this.#abort.abort();
    this.#stopSchedule();
    await Promise.all([
      this.#queue.drain(),
      this.#pulls.stop(),
      this.#builds.stop(),
      this.#probes.stop(),
      this.#watching,
    ]);
  }

  ready(): boolean {
    return this.#ready;
  }

  problems(): readonly Problem[] {
    return this.#catalog.snapshot.problems;
  }

  services(): readonly ServiceStatus[] {
    return [...this.#catalog.statuses.values()].sort(
      (one, other) => compare(one.project, other.project) || compare(one.service, other.service),
    );
  }

  service(key: ServiceKey): ServiceStatus | undefined {
    return this.#catalog.statuses.get(key);
  }

  keysForImage(image: ImageReference): readonly ServiceKey[] {
    return this.#catalog.keysForImage(image);
  }

  keysForName(name: string): readonly ServiceKey[] {
    return this.#catalog.keysForName(name);
  }

  reconcile(keys: readonly ServiceKey[], cause: string): void {
    for (const key of keys) {
      this.options.log.debug({ key, cause }, "asked to look again");
      this.#ledger.asked(key);
      this.#bursts.hit(key);
    }
  }

  keysForContainer(name: string): readonly ServiceKey[] {
    return this.#catalog.keysForContainer(name);
  }

  async rebuild(keys: readonly ServiceKey[], cause: string): Promise<readonly ServiceKey[]> {
    const built = keys.filter((key) => this.#catalog.specs.get(key)?.build !== undefined);
    await Promise.all(built.map((key) => this.#builds.ask(key)));
    this.reconcile(built, cause);
    return built;
  }

  buildOutput(key: ServiceKey): BuildOutput | undefined {
    return this.#builds.output(key);
  }

  async retry(key: ServiceKey): Promise<void> {
    await this.options.journal.append({ type: "retry", at: this.options.clock.now(), key });
    this.options.log.info({ key }, "asked to try again what had failed");
    this.#lookAfresh(key);
  }

  async adopt(key: ServiceKey): Promise<readonly string[]> {
    this.#host.invalidate();
    const adopted = await this.#adoption.ask(key, this.#catalog.specs.get(key), await this.#host.get());
    this.#lookAfresh(key);
    return adopted;
  }

  async rollback(key: ServiceKey, to: string | undefined): Promise<Rollback> {
    const rollback = await this.#releases.rollback(key, to);
    this.#lookAfresh(key);
    return rollback;
  }

  async pause(key: ServiceKey): Promise<void> {
    await this.#releases.pause(key);
    this.#lookAfresh(key);
  }

  async resume(key: ServiceKey): Promise<void> {
    await this.#releases.resume(key);
    this.#lookAfresh(key);
  }

  async approve(key: ServiceKey, digest: string | undefined): Promise<Approval> {
    const approval = await this.#releases.approve(key, digest);
    this.#lookAfresh(key);
    return approval;
  }

  history(key: ServiceKey): Promise<History> {
    return this.#releases.history(key);
  }

  async plan(): Promise<readonly ServicePlan[]> {
    return forecastAll({
      specs: [...this.#catalog.specs.values()],
      host: await this.#gateWatch.look(await this.#look()),
      supposed: async () => this.#probes.overlay(await this.#adoption.look(true)),
      targets: this.#targets,
      record: (key) => this.options.journal.record(key),
    });
  }

  async orphans(): Promise<readonly Orphan[]> {
    return orphansOf(this.#catalog.snapshot.projects, await this.#host.get());
  }

  /** The host, with the word of the probes. */
  async #look(): Promise<HostSnapshot> {
    return this.#probes.overlay(await this.#host.get());
  }

  /** Nothing that was known of the host or the tag counts. */
  #lookAfresh(key: ServiceKey): void {
    const spec = this.#catalog.specs.get(key);
    if (spec !== undefined) this.#targets.invalidate(spec);
    this.#host.invalidate();
    this.#queue.add(key);
  }

  async #lookFirst(): Promise<void> {
    try {
      await this.#host.get();
    } catch (thrown) {
      this.options.log.warn(
        { error: asFairleadError(thrown).message },
        "the first look at the host failed; it is tried again",
      );
      await new Promise<void>((resolve) => void this.options.clock.after(1_000, resolve));
      if (!this.#abort.signal.aborted) await this.#lookFirst();
      return;
    }
    this.#ready = true;
    this.options.log.info({ services: this.#catalog.specs.size }, "the host has been seen whole; reconciling");
    this.#resync();
  }

  #react(event: EngineEvent): void {
    switch (event.kind) {
      case "resync":
        this.options.log.info({}, "connected to the engine again; looking at everything");
        this.#resync();
        return;
      case "lost":
        this.options.log.warn({ error: event.message }, "the engine cannot be reached; what runs there is left to it");
        return;
      case "container":
        this.#noticeService(serviceKey(event.project, event.service));
        return;
      case "other":
        for (const [key, status] of this.#catalog.statuses) if (isObstructed(status)) this.#queue.notice(key);
        return;
    }
  }

  #noticeService(key: ServiceKey): void {
    const { specs, statuses } = this.#catalog;
    if (specs.has(key) || statuses.has(key)) this.#queue.notice(key);
    this.#noticeDependants(key, ({ isBound }) => isBound);
  }

  /** Those that wait for it, and others that `concerns` them. */
  #noticeDependants(key: ServiceKey, concerns: (dependant: Dependant) => boolean): void {
    for (const dependant of this.#catalog.dependantsOf(key)) {
      const waits = reasonOfReady(this.#catalog.statuses.get(dependant.key)) === "WaitingForDependency";
      if (waits || concerns(dependant)) this.#queue.notice(dependant.key);
    }
  }

  /** Everything is looked at again: one container list, one question per image. */
  #resync(): void {
    this.#host.invalidate();
    this.#targets.invalidateAll();
    for (const key of this.#catalog.specs.keys()) this.#queue.add(key);
    void this.#queueOrphans();
    void this.#leftovers.look();
  }

  async #queueOrphans(): Promise<void> {
    const snapshot = await this.#host.get().catch(() => undefined);
    const projects = new Set(this.#catalog.snapshot.projects.map((project) => project.name));
    for (const { project, service } of snapshot?.containers ?? []) {
      const key = serviceKey(project, service);
      if (projects.has(project) && !this.#catalog.specs.has(key)) this.#queue.add(key);
    }
  }

  #adopt(snapshot: SourceSnapshot): void {
    const { telemetry, log, clock } = this.options;
    const first = this.#catalog.snapshot.generation === 0;
    const { files } = this.#catalog.snapshot;
    for (const file of files.keys()) if (!snapshot.files.has(file)) telemetry.fileForgotten(file);
    for (const [file, problems] of snapshot.files) telemetry.fileProblems(file, problems.length);
    for (const problem of snapshot.problems) log.error({ file: problem.file }, formatProblem(problem));
    if (snapshot.problems.length > 0) {
      log.error({ problems: snapshot.problems.length }, "the services file is not in force; the last good one stays");
    } else if (!first) log.info({ generation: snapshot.generation }, "the services file has changed");
    const { added, removed } = this.#catalog.adopt(snapshot, clock.now());
    for (const key of removed) {
      telemetry.serviceRemoved(key);
      this.#ledger.forget(key);
      this.#builds.forget(key);
      this.#queue.forget(key);
    }
    for (const key of added) telemetry.serviceDeclared(key);
    if (!this.#ready) return;
    // What is adopted, and whether it equals the file, is the file's word too.
    this.#host.invalidate();
    for (const key of this.#catalog.specs.keys()) this.#queue.add(key);
    void this.#queueOrphans();
    void this.#leftovers.look();
  }

  #publish(key: ServiceKey, status: ServiceStatus | undefined): void {
    const before = reasonOfReady(this.#catalog.statuses.get(key));
    this.#catalog.publish(key, status);
    // What a dependency waits for, or fails of, no event of its containers may tell.
    if (reasonOfReady(status) !== before) this.#noticeDependants(key, () => false);
    // Its networks may be nobody's now.
    if (status === undefined) void this.#leftovers.look();
    if (status !== undefined && this.#catalog.specs.has(key)) this.options.telemetry.status(key, status);
  }

  #pullEnded(reference: string): void {
    this.#host.invalidate();
    for (const [key, spec] of this.#catalog.specs) {
      const images = [spec.image, ...jobImages(spec)];
      if (images.some((image) => reference.startsWith(`${familiarName(image)}@`))) this.#queue.add(key);
    }
  }
}

function reasonOfReady(status: ServiceStatus | undefined): string | undefined {
  return status?.conditions.find((condition) => condition.type === "Ready")?.reason;
}

const obstructions: ReadonlySet<string | undefined> = new Set([
  ...["NameConflict", "PortConflict", "StartFailed", "StartRefused"],
  ...["NetworkConflict", "NetworkInUse", "NetworkChanging"],
]);

/** Something foreign stands in the way, or others have to act first: any change on the host may have been that. */
function isObstructed(status: ServiceStatus): boolean {
  return obstructions.has(reasonOfReady(status));
}

function compare(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}
