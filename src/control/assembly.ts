import PQueue from "p-queue";
import type { ServiceKey } from "../compose/model/service.js";
import type { ImageVersion } from "../compose/values/image.js";
import { Catalog } from "./desired/catalog.js";
import { Digests } from "./desired/digests.js";
import { patient } from "./desired/patience.js";
import { patientFiles } from "./desired/patient-files.js";
import { Resolutions } from "./desired/resolutions.js";
import { Tags } from "./desired/tags.js";
import { Targets } from "./desired/targets.js";
import type { Journal } from "./journal/journal.js";
import { Adoption } from "./observed/adoption.js";
import { GateWatch } from "./observed/gate-watch.js";
import { Lookout } from "./observed/lookout.js";
import { MountWatch } from "./observed/mount-watch.js";
import { Probes } from "./observed/probes.js";
import type { OwnOffice } from "./office/own-office.js";
import type { Contexts } from "./ports/builds.js";
import type { Clock } from "./ports/clock.js";
import type { Engine } from "./ports/engine.js";
import type { Gates } from "./ports/gates.js";
import type { HostFiles } from "./ports/host-files.js";
import type { Log } from "./ports/log.js";
import type { Prober } from "./ports/prober.js";
import type { Registry } from "./ports/registry.js";
import type { Source } from "./ports/source.js";
import type { Telemetry } from "./ports/telemetry.js";
import type { BackoffOptions } from "./queue/backoff.js";
import { Bursts } from "./queue/bursts.js";
import { KeyedQueue } from "./queue/queue.js";
import { boundedLogs } from "./surface/bounded-logs.js";
import { Deliveries } from "./surface/deliveries.js";
import { EngineLine } from "./surface/engine-line.js";
import { Forecasts } from "./surface/forecasts.js";
import { openLogs } from "./surface/logs.js";
import { Operations } from "./surface/operations.js";
import { Releases } from "./surface/releases.js";
import { Requests } from "./surface/requests.js";
import type { Surface } from "./surface/surface.js";
import { TagSurveys } from "./surface/tag-surveys.js";
import { Triggers } from "./surface/triggers.js";
import { Timeline } from "./time/timeline.js";
import { Builds } from "./work/beside/builds.js";
import { Pulls } from "./work/beside/pulls.js";
import { Convergence } from "./work/convergence.js";
import { Leftovers } from "./work/leftovers.js";
import { Failures } from "./work/memory/failures.js";
import { Ledger } from "./work/memory/ledger.js";
import { Rollouts } from "./work/memory/rollouts.js";
import { Reconciler } from "./work/reconcile.js";
import { Removal } from "./work/removal.js";
import { Reports } from "./work/reports.js";
import { Executor } from "./work/steps/executor.js";

export interface ControlParts {
  /** What runs, and how it is acted on. */
  readonly host: {
    readonly engine: Engine;
    readonly gates: Gates;
    readonly prober: Prober;
    readonly files: HostFiles;
  };
  /** What should run. */
  readonly desired: { readonly source: Source; readonly registry: Registry; readonly contexts: Contexts };
  readonly journal: Journal;
  readonly telemetry: Telemetry;
  readonly clock: Clock;
  readonly log: Log;
  readonly office: OwnOffice;
  readonly backoff: BackoffOptions;
  readonly prune: boolean;
  readonly atOnce: AtOnce;
}

export interface AtOnce {
  /** Services that are worked on. */
  readonly services: number;
  readonly pulls: number;
  readonly probes: number;
  /** Containers whose logs are read. */
  readonly logs: number;
}

/** Each may take the whole host. */
const buildsAtOnce = 1;

/** Everything of a controller but its beginning and its end. Nothing is under way yet. */
export interface Assembly {
  readonly catalog: Catalog;
  readonly timeline: Timeline;
  readonly line: EngineLine;
  readonly lookout: Lookout;
  readonly mountWatch: MountWatch;
  readonly queue: KeyedQueue;
  readonly triggers: Triggers;
  readonly surface: Surface;
  /** A service that no file declares any more. */
  forget(key: ServiceKey): void;
  /** What goes on beside the runs ends. */
  stop(): Promise<void>;
}

export function assemble(parts: ControlParts, ready: () => boolean): Assembly {
  const { host, desired, journal, telemetry, log, office, prune, atOnce } = parts;
  const { engine, gates } = host;
  const catalog = new Catalog();
  const timeline = new Timeline(parts.clock);
  const clock = timeline.time;
  const line = new EngineLine({
    ...{ catalog, events: journal.events, telemetry, clock },
    skewMs: () => timeline.skewMs,
  });

  const ledger = new Ledger({ journal, clock, recall: (memory) => timeline.recall(memory) });
  const provenance = (project: string) => catalog.snapshot.provenance?.get(project);
  const rollouts = new Rollouts({ journal, telemetry, clock, provenance });
  const failures = new Failures({ journal, engine, clock, rollouts });

  const adoption = new Adoption({
    engine,
    specs: () => catalog.specs.values(),
    others: office.others,
    record: (key) => journal.record(key),
    remember: (key, container, adopted) => ledger.adopted({ key, log }, container, adopted),
  });
  const probes = new Probes({
    prober: host.prober,
    clock,
    log,
    concurrency: atOnce.probes,
    declared: (key) => catalog.specs.get(key),
    onChange: (key) => {
      triggers.probeAnswered(key);
    },
  });
  const gateWatch = new GateWatch({ gates, clock, log });
  const mountWatch = new MountWatch({
    files: patientFiles(host.files, clock),
    engine,
    journal,
    clock,
    declared: (key) => catalog.specs.get(key),
    onChange: (key) => {
      queue.add(key);
    },
  });
  const lookout = new Lookout({ engine, timeline, adoption, probes, gateWatch, mountWatch });
  const invalidate = () => {
    lookout.invalidate();
  };

  const pulls = new Pulls({
    pull: (reference, signal, platform) => engine.pull(reference, signal, platform),
    concurrency: atOnce.pulls,
    clock,
    telemetry,
    onEnd: (reference) => {
      triggers.pullEnded(reference);
    },
  });
  const builds = new Builds({
    engine,
    contexts: desired.contexts,
    journal,
    clock,
    log,
    telemetry,
    concurrency: buildsAtOnce,
    onEnd: (key) => {
      triggers.buildEnded(key);
    },
  });
  const registry = patient(desired.registry, clock);
  const digests = new Digests(registry, engine);
  const targets = new Targets({
    digests,
    tags: new Tags(registry, digests),
    contexts: desired.contexts,
    builds: builds.states,
    recordOf: (key) => journal.record(key),
    append: async (entry) => {
      await journal.append(entry);
    },
    clock,
  });
  const resolutions = new Resolutions({
    targets,
    journal,
    clock,
    catalog,
    wake: (key) => {
      queue.add(key);
    },
  });

  const reports = new Reports({
    ...{ catalog, events: journal.events, telemetry, clock },
    shown: (status) => line.shown(status),
    onChange: (key, before, now) => {
      triggers.statusChanged(key, before, now);
    },
  });
  const { handOver } = office;
  const control = {
    engine,
    journal,
    clock,
    pulls,
    builds,
    ledger,
    failures,
    catalog,
    handOver,
    source: desired.source,
  };
  const executor = new Executor({ control, gates, gateWatch, invalidate, ledger, failures, telemetry });
  const removal = new Removal({ catalog, executor, reports, office, clock, prune });
  const convergence = new Convergence({
    ...{ resolutions, catalog, ledger, rollouts, failures, beside: { pulls, builds } },
    ...{ executor, reports, office, clock },
    proved: ({ project, service }, proven) => {
      const source = provenance(project)?.source;
      if (source !== undefined) desired.source.proved?.({ source, project, service }, proven);
    },
    queue: {
      add: (key) => {
        queue.add(key);
      },
      hold: (key) => queue.hold(key),
    },
  });
  const reconciler = new Reconciler({ catalog, lookout, convergence, removal, reports, telemetry, clock, log });
  const workers = new PQueue({ concurrency: atOnce.services });
  const queue: KeyedQueue = new KeyedQueue({
    run: (key) => workers.add(() => reconciler.run(key as ServiceKey)),
    onDue: invalidate,
    clock,
    backoff: parts.backoff,
    telemetry,
  });
  const leftovers = new Leftovers({
    engine,
    host: lookout,
    source: () => catalog.snapshot,
    tidy: async (mounted) => desired.source.tidy?.(mounted),
    telemetry,
    clock,
    log,
    prune,
  });
  const triggers = new Triggers({ catalog, queue, host: lookout, targets, leftovers, log });

  const bursts = new Bursts(clock, (key) => {
    triggers.asked(key);
  });
  const logs = boundedLogs((...query) => engine.logs(...query), atOnce.logs);
  const releases = new Releases({
    journal,
    clock,
    log,
    look: () => lookout.look(),
    digestOf: (key) => catalog.statuses.get(key)?.desiredDigest as ImageVersion | undefined,
    specOf: (key) => catalog.specs.get(key),
    forgive: async (paths) => (await desired.source.forgive?.(paths)) ?? false,
  });
  const surface = new Operations({
    ...{ catalog, releases, lookout, builds, journal, source: desired.source },
    requests: new Requests({ catalog, targets, rollouts, bursts, triggers, log }),
    surveys: new TagSurveys({ catalog, targets, look: () => lookout.get() }),
    forecasts: new Forecasts({ catalog, lookout, targets, record: (key) => journal.record(key), prune }),
    deliveries: new Deliveries({ events: journal.events, clock, log }),
    openLogs: (wish, signal) => openLogs({ engine: { logs }, clock, look: () => lookout.get() }, wish, signal),
    sight: { ready, engine: () => line.state() },
  });
  return {
    ...{ catalog, timeline, line, lookout, mountWatch, queue, triggers, surface },
    forget: (key) => {
      for (const part of [ledger, rollouts, failures, builds, queue]) part.forget(key);
    },
    stop: async () => {
      await Promise.all([pulls.stop(), builds.stop(), probes.stop()]);
    },
  };
}
