import type { ServiceKey } from "../compose/model/service.js";
import type { ImageVersion } from "../compose/values/image.js";
import { Catalog } from "./desired/catalog.js";
import { imagesOf } from "./images.js";
import { patientFiles } from "./desired/patient-files.js";
import { Resolutions } from "./desired/resolutions.js";
import { Adoption } from "./observed/adoption.js";
import { GateWatch } from "./observed/gate-watch.js";
import { Lookout } from "./observed/lookout.js";
import { MountWatch } from "./observed/mount-watch.js";
import { Probes } from "./observed/probes.js";
import { toldBoth, untraced } from "./ports/tracing.js";
import { Progresses } from "./progress/progress.js";
import { Bursts } from "./queue/bursts.js";
import { KeyedQueue } from "./queue/queue.js";
import type { ControlParts } from "./parts.js";
import { boundedLogs } from "./surface/bounded-logs.js";
import { Comparisons } from "./surface/compare/comparisons.js";
import { Deliveries } from "./surface/deliveries.js";
import { EngineLine } from "./surface/engine-line.js";
import { Forecasts } from "./surface/forecast/forecasts.js";
import { openLogs } from "./surface/logs.js";
import { Operations } from "./surface/operations.js";
import { Releases } from "./surface/releases.js";
import { Requests } from "./surface/requests.js";
import { SpecChanges } from "./surface/compare/spec-changes.js";
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
import { Resting } from "./work/resting.js";
import { Executor } from "./work/steps/executor.js";

/** What nobody has thought of is to be wrong for no longer. */
const mostRestMs = 3_600_000;
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

  const onRollout: SpecChanges["note"] = (...begun) => {
    specChanges.note(...begun);
  };
  const progresses = new Progresses({ clock, journal, onRollout });
  const tracing = toldBoth(parts.tracing ?? untraced, progresses);
  const ledger = new Ledger({ journal, clock, recall: (memory) => timeline.recall(memory) });
  const provenance = (project: string) => catalog.snapshot.provenance?.get(project);
  const courseOf = (key: ServiceKey) => progresses.courseOf(key);
  const rollouts = new Rollouts({ journal, telemetry, tracing, clock, provenance, courseOf });
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
    pull: (reference, signal, platform) => engine.pull(reference, signal, platform, progresses.pulling(reference)),
    concurrency: atOnce.pulls,
    clock,
    telemetry,
    onEnd: (reference) => {
      progresses.pullEnded(reference);
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
  const { signatures, promotions, targets } = imagesOf(parts, builds, (key) => {
    queue.add(key);
  });
  const resolutions = new Resolutions({
    targets,
    signatures,
    journal,
    clock,
    catalog,
    wake: (key, isRoutine) => {
      queue.add(key, isRoutine);
    },
  });

  const reports = new Reports({
    ...{ catalog, events: journal.events, telemetry, clock },
    shown: (status) => line.shown(status),
    onChange: (key, before, now) => {
      triggers.statusChanged(key, before, now);
    },
  });
  const resting = new Resting({
    ...{ catalog, clock, random: parts.backoff.random, longestMs: parts.mostRestMs ?? mostRestMs },
    recordOf: (key) => journal.record(key),
    movesOf: (key, { spec }) => promotions.standing(key, spec),
  });
  const { handOver } = office;
  const control = {
    ...{ engine, journal, clock, pulls, builds, ledger, failures, catalog },
    ...{ handOver, source: desired.source },
  };
  const executor = new Executor({ control, gates, gateWatch, invalidate, ledger, failures, telemetry, courseOf });
  const removal = new Removal({ catalog, executor, reports, office, clock, prune });
  const convergence = new Convergence({
    ...{ resolutions, catalog, ledger, rollouts, failures, beside: { pulls, builds, promotions } },
    ...{ executor, reports, progresses, resting, office, clock },
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
  const reconciler = new Reconciler({
    ...{ catalog, lookout, convergence, removal, reports },
    ...{ telemetry, tracing, clock, log },
  });
  const queue: KeyedQueue = new KeyedQueue({
    run: (key, occasion) =>
      parts.concerns?.(key as ServiceKey) === false
        ? Promise.resolve({ kind: "terminal" })
        : reconciler.run(key as ServiceKey, occasion),
    atOnce: atOnce.services,
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
    signatures,
    forgivePromotions: (key) => promotions.forgive(key),
    forgive: async (paths) => (await desired.source.forgive?.(paths)) ?? false,
  });
  const comparisons = new Comparisons({ catalog, targets, engine, look: () => lookout.get() });
  const specChanges = new SpecChanges({ comparisons, journal, clock });
  const surface = new Operations({
    ...{ catalog, releases, lookout, builds, progresses, journal, clock, source: desired.source },
    requests: new Requests({ catalog, targets, rollouts, bursts, triggers, tracing, log }),
    comparisons,
    surveys: new TagSurveys({
      catalog,
      targets,
      signatures,
      look: () => lookout.get(),
      record: (key) => journal.record(key),
    }),
    forecasts: new Forecasts({ catalog, lookout, targets, signatures, record: (key) => journal.record(key), prune }),
    deliveries: new Deliveries({ events: journal.events, clock, log, heard: parts.heard }),
    openLogs: (wish, signal) => openLogs({ engine: { logs }, clock, look: () => lookout.get() }, wish, signal),
    nextLook: (key) => queue.next(key),
    sight: { ready, engine: () => line.state() },
  });
  return {
    ...{ catalog, timeline, line, lookout, mountWatch, queue, triggers, surface },
    forget: (key) => {
      for (const part of [ledger, rollouts, failures, builds, promotions, resting, queue, tracing]) part.forget(key);
    },
    stop: async () => {
      await Promise.all([pulls.stop(), builds.stop(), promotions.stop(), probes.stop()]);
    },
  };
}
