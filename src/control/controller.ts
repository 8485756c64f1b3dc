import PQueue from "p-queue";
import type { ServiceKey } from "../compose/model/service.js";
import type { ImageVersion } from "../compose/values/image.js";
import { asFairleadError } from "../errors.js";
import type { ServiceStatus } from "../plan/model/condition.js";
import type { HostSnapshot } from "../plan/model/observed.js";
import { Cached } from "../tools/cached.js";
import { announce } from "./desired/announce.js";
import { committedIn } from "./desired/committed.js";
import { Catalog } from "./desired/catalog.js";
import { Digests } from "./desired/digests.js";
import { patient } from "./desired/patience.js";
import { patientFiles } from "./desired/patient-files.js";
import { Targets } from "./desired/targets.js";
import type { Journal } from "./journal/journal.js";
import { Adoption } from "./observed/adoption.js";
import { GateWatch } from "./observed/gate-watch.js";
import { MountWatch } from "./observed/mount-watch.js";
import { Probes } from "./observed/probes.js";
import type { OwnOffice } from "./office/own-office.js";
import type { Contexts } from "./ports/builds.js";
import type { Clock } from "./ports/clock.js";
import type { Engine } from "./ports/engine.js";
import type { EngineEvent } from "./ports/events.js";
import type { Gates } from "./ports/gates.js";
import type { HostFiles } from "./ports/host-files.js";
import type { Log } from "./ports/log.js";
import type { Prober } from "./ports/prober.js";
import type { Registry } from "./ports/registry.js";
import type { Source, SourceSnapshot } from "./ports/source.js";
import type { Telemetry } from "./ports/telemetry.js";
import type { BackoffOptions } from "./queue/backoff.js";
import { Bursts } from "./queue/bursts.js";
import { KeyedQueue } from "./queue/queue.js";
import { boundedLogs } from "./surface/bounded-logs.js";
import { EngineLine } from "./surface/engine-line.js";
import { Operations } from "./surface/operations.js";
import { Releases } from "./surface/releases.js";
import type { Surface } from "./surface/surface.js";
import { Triggers } from "./surface/triggers.js";
import { startSchedule } from "./time/schedule.js";
import type { ScheduleOptions } from "./time/schedule.js";
import { Timeline } from "./time/timeline.js";
import { Builds } from "./work/builds.js";
import { Ledger } from "./work/ledger.js";
import { Leftovers } from "./work/leftovers.js";
import { Pulls } from "./work/pulls.js";
import { Reconciler } from "./work/reconcile.js";

/** Each may take the whole host. */
const concurrentBuilds = 1;

export interface ControllerOptions {
  readonly engine: Engine;
  readonly gates: Gates;
  readonly registry: Registry;
  readonly contexts: Contexts;
  readonly source: Source;
  readonly prober: Prober;
  readonly hostFiles: HostFiles;
  readonly journal: Journal;
  readonly telemetry: Telemetry;
  readonly clock: Clock;
  readonly log: Log;
  readonly backoff: BackoffOptions;
  readonly prune: boolean;
  readonly office: OwnOffice;
  /** When everything is looked at again. */
  readonly schedule: Pick<ScheduleOptions, "cron" | "timezone" | "minutes">;
  readonly resyncJitterMs: number;
  readonly concurrentPulls: number;
  /** Services that are worked on at once. */
  readonly concurrentServices: number;
  readonly concurrentProbes: number;
  /** Containers whose logs are read at once. */
  readonly openLogs: number;
}

/** Ties the files, the engine's events and the schedule to the queue, from the first look to the last. */
export class Controller {
  readonly surface: Surface;
  readonly #timeline: Timeline;
  readonly #line: EngineLine;
  readonly #host: Cached<HostSnapshot>;
  readonly #targets: Targets;
  readonly #pulls: Pulls;
  readonly #probes: Probes;
  readonly #builds: Builds;
  readonly #ledger: Ledger;
  readonly #mountWatch: MountWatch;
  readonly #queue: KeyedQueue;
  readonly #triggers: Triggers;
  readonly #abort = new AbortController();
  readonly #catalog = new Catalog();
  #ready = false;
  #stopSchedule: () => void = () => undefined;
  #watching: Promise<void> = Promise.resolve();

  constructor(private readonly options: ControllerOptions) {
    const { engine, gates, registry, contexts, journal, telemetry, log, prune } = options;
    this.#timeline = new Timeline(options.clock);
    const clock = this.#timeline.time;
    this.#line = new EngineLine({
      ...{ catalog: this.#catalog, events: journal.events, telemetry, clock },
      skewMs: () => this.#timeline.skewMs,
    });
    const adoption = new Adoption({
      engine,
      specs: () => this.#catalog.specs.values(),
      record: (key) => journal.record(key),
      remember: (key, container, adopted) => this.#ledger.adopted(key, container, adopted, log),
    });
    this.#host = new Cached(() => this.#learn(adoption));
    const host = {
      get: () => this.#see(),
      invalidate: () => {
        this.#host.invalidate();
      },
    };
    this.#ledger = new Ledger({
      journal,
      engine,
      telemetry,
      clock,
      recall: (memory) => this.#timeline.recall(memory),
      provenance: (project) => this.#catalog.snapshot.provenance?.get(project),
    });
    this.#pulls = new Pulls({
      pull: (reference, signal, platform) => engine.pull(reference, signal, platform),
      concurrency: options.concurrentPulls,
      clock,
      telemetry,
      onEnd: (reference) => {
        this.#triggers.pullEnded(reference);
      },
    });
    this.#probes = new Probes({
      prober: options.prober,
      clock,
      log,
      concurrency: options.concurrentProbes,
      declared: (key) => this.#catalog.specs.get(key),
      onChange: (key) => {
        this.#triggers.probeAnswered(key);
      },
    });
    this.#builds = new Builds({
      engine,
      contexts,
      journal,
      clock,
      log,
      telemetry,
      concurrency: concurrentBuilds,
      onEnd: (key) => {
        this.#triggers.buildEnded(key);
      },
    });
    this.#targets = new Targets({
      digests: new Digests(patient(registry, clock), engine),
      contexts,
      builds: this.#builds.states,
      recordOf: (key) => journal.record(key),
      append: async (entry) => {
        await journal.append(entry);
      },
      clock,
    });
    const workers = new PQueue({ concurrency: options.concurrentServices });
    const gateWatch = new GateWatch({ gates, clock, log });
    this.#mountWatch = new MountWatch({
      files: patientFiles(options.hostFiles, clock),
      engine,
      journal,
      clock,
      declared: (key) => this.#catalog.specs.get(key),
      onChange: (key) => {
        this.#queue.add(key);
      },
    });
    const reconciler = new Reconciler({
      engine,
      gates,
      gateWatch,
      mountWatch: this.#mountWatch,
      host: { ...host, get: () => this.#look() },
      targets: this.#targets,
      pulls: this.#pulls,
      builds: this.#builds,
      ledger: this.#ledger,
      journal,
      telemetry,
      clock,
      log,
      prune,
      office: options.office,
      declared: (key) => this.#catalog.declared(key),
      claims: () => this.#catalog.claims,
      wake: (key) => {
        this.#queue.add(key);
      },
      hold: (key) => this.#queue.hold(key),
      status: (key) => this.#catalog.statuses.get(key),
      shown: (status) => this.#line.shown(status),
      isOnItsWay: (key) => this.#catalog.isOnItsWay(key),
      publish: (key, status, onItsWay) => {
        this.#publish(key, status, onItsWay);
      },
    });
    this.#queue = new KeyedQueue({
      run: (key) => workers.add(() => reconciler.run(key as ServiceKey)),
      onDue: () => {
        this.#host.invalidate();
      },
      clock,
      backoff: options.backoff,
      telemetry,
    });
    const leftovers = new Leftovers({
      engine,
      host,
      source: () => this.#catalog.snapshot,
      tidy: async (mounted) => options.source.tidy?.(mounted),
      telemetry,
      clock,
      log,
      prune,
    });
    this.#triggers = new Triggers({
      catalog: this.#catalog,
      queue: this.#queue,
      host,
      targets: this.#targets,
      leftovers,
      log,
    });
    const releases = new Releases({
      journal,
      clock,
      log,
      look: () => this.#look(),
      digestOf: (key) => this.#catalog.statuses.get(key)?.desiredDigest as ImageVersion | undefined,
      specOf: (key) => this.#catalog.specs.get(key),
    });
    this.surface = new Operations({
      engine: { logs: boundedLogs((...query) => engine.logs(...query), options.openLogs) },
      catalog: this.#catalog,
      host,
      adoption,
      builds: this.#builds,
      bursts: new Bursts(clock, (key) => {
        this.#triggers.asked(key);
      }),
      gateWatch,
      mountWatch: this.#mountWatch,
      journal,
      ledger: this.#ledger,
      probes: this.#probes,
      releases,
      targets: this.#targets,
      triggers: this.#triggers,
      source: options.source,
      clock,
      log,
      ready: () => this.#ready,
      engineState: () => this.#line.state(),
    });
  }

  /**
   * Resolves when the host has been seen whole for the first time; until then nothing is changed on it. What is declared is
   * known, and hooks for it are taken, even while this controller is not confirmed in office. Rejects as `confirmed` does.
   */
  async start(confirmed: Promise<void> = Promise.resolve()): Promise<void> {
    const { source, engine, telemetry, clock, log, schedule, resyncJitterMs } = this.options;
    this.#adopt(await source.load());
    source.watch((snapshot) => {
      this.#adopt(snapshot);
    }, this.#abort.signal);
    await confirmed;
    if (this.#abort.signal.aborted) return;
    const firstLook = new Promise<void>((resolve) => {
      const onEvent = (event: EngineEvent) => {
        if (event.kind === "lost") this.#timeline.lost();
        else this.#timeline.heard();
        telemetry.clockSkew(this.#timeline.skewMs / 1_000);
        if (event.kind === "beat") return;
        this.#host.invalidate();
        if (event.kind === "lost") this.#line.lost(wholeOf(event));
        if (event.kind === "resync") this.#line.found();
        if (this.#ready) this.#triggers.engineTold(event);
        else if (event.kind === "resync") void this.#lookFirst().then(resolve);
        else if (event.kind === "lost")
          log.warn({ error: event.message, remedy: event.remedy }, "the engine cannot be reached; waiting for it");
      };
      this.#watching = engine.watch(onEvent, this.#abort.signal);
    });
    const random = this.options.backoff.random;
    this.#stopSchedule = startSchedule({
      ...schedule,
      jitterMs: resyncJitterMs,
      clock,
      random,
      onDue: (inMs) => {
        log.debug({ inMs: Math.round(inMs) }, "the schedule is due");
      },
      onTick: () => {
        log.debug({}, "the schedule has everything looked at again");
        this.#triggers.resync();
      },
    });
    void this.#mountWatch.start(this.#abort.signal);
    await firstLook;
  }

  /** Takes nothing new, lets the runs under way end, ends the pulls. */
  async stop(): Promise<void> {
    this.#abort.abort();
    this.#stopSchedule();
    this.#line.stop();
    await Promise.all([
      this.#queue.drain(),
      this.#pulls.stop(),
      this.#builds.stop(),
      this.#probes.stop(),
      this.#watching,
    ]);
  }

  /** True after the first full observation of the host. */
  ready(): boolean {
    return this.#ready;
  }

  /** The host, with the word of the probes. */
  async #look(): Promise<HostSnapshot> {
    return this.#probes.overlay(await this.#see());
  }

  async #learn(adoption: Adoption): Promise<HostSnapshot> {
    const host = await adoption.look();
    this.#timeline.learn(host);
    return host;
  }

  /** The host, on the one line of time that everything is judged by. */
  async #see(): Promise<HostSnapshot> {
    return this.#timeline.place(await this.#host.get());
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
    this.#triggers.resync();
  }

  #adopt(snapshot: SourceSnapshot): void {
    const { telemetry, log, journal } = this.options;
    const now = this.#timeline.time.now();
    announce(snapshot, this.#catalog.snapshot, now, { telemetry, log, events: journal.events });
    for (const [key, from] of committedIn(snapshot, this.#catalog)) journal.events.committed(key, from, now);
    const { added, removed } = this.#catalog.adopt(snapshot, now);
    for (const key of removed) {
      telemetry.serviceRemoved(key);
      this.#ledger.forget(key);
      this.#builds.forget(key);
      this.#queue.forget(key);
    }
    for (const key of added) telemetry.serviceDeclared(key);
    this.#line.showAll();
    if (this.#ready) this.#triggers.declarationsChanged();
  }

  #publish(key: ServiceKey, status: ServiceStatus | undefined, onItsWay: boolean): void {
    const before = this.#catalog.statuses.get(key);
    this.#catalog.publish(key, status, onItsWay);
    this.#triggers.statusChanged(key, before, status);
    if (status !== undefined && this.#catalog.specs.has(key)) this.options.telemetry.status(key, status);
  }
}

function wholeOf({ message, remedy }: Extract<EngineEvent, { readonly kind: "lost" }>): string {
  return remedy === undefined ? message : `${message}; ${remedy}`;
}
