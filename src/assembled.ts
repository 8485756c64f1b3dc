import type { Config } from "./config/config.js";
import { Controller } from "./control/controller.js";
import type { ControllerOptions } from "./control/controller.js";
import type { Journal } from "./control/journal/journal.js";
import { fenced, fencedGates, fencedRegistry } from "./control/office/fenced.js";
import { OtherLeases } from "./control/office/other-leases.js";
import type { Term } from "./control/office/term.js";
import type { Log } from "./control/ports/log.js";
import { defaultBackoff } from "./control/queue/backoff.js";
import { systemClock } from "./control/time/clock.js";
import { cronMinutes } from "./control/time/schedule.js";
import type { DockerEngine } from "./docker/engine.js";
import { hostFiles } from "./hostfiles/files.js";
import type { Metrics } from "./metrics/metrics.js";
import { connectProber } from "./probe/prober.js";
import type { Environment } from "./process/environment.js";
import type { RegistryConnection } from "./registry/connect.js";
import type { Shares } from "./shares.js";
import { given } from "./tools/present.js";
import type { OpenTracing } from "./tracing/tracing.js";
import { readVersion } from "./version.js";
import { contextsOf, gatesIn, type sourceOf } from "./wiring.js";

const resyncJitterMs = 20_000;

export interface AssembledOptions extends Pick<ControllerOptions, "heard" | "onDeclared" | "concerns"> {
  readonly config: Config;
  readonly environment: Environment;
  readonly log: Log;
  readonly shares: Shares;
  readonly tracing: OpenTracing | undefined;
  readonly metrics: Metrics;
  readonly registry: RegistryConnection;
  readonly engine: DockerEngine;
  readonly journal: Journal;
  readonly source: ReturnType<typeof sourceOf>;
  readonly office: Term;
}

/** A controller with all its adapters, in office: whatever it changes, it changes only while that is known to be held. */
export function controllerOf(options: AssembledOptions): Controller {
  const { config, environment, log, shares, tracing, metrics, registry, engine, journal, source } = options;
  const { office, standbys, handOver } = options.office;
  const others = new OtherLeases({ marks: engine.marks, lease: config.lease, clock: systemClock });
  const { heard, onDeclared, concerns } = options;
  return new Controller({
    host: {
      engine: fenced(engine, office.assertHeld),
      gates: fencedGates(gatesIn(engine), office.assertHeld),
      prober: connectProber({ engine, version: readVersion() }),
      files: hostFiles,
    },
    desired: {
      source,
      registry: fencedRegistry(registry, office.assertHeld),
      contexts: contextsOf(config, environment),
      signatures: config.signatureDemands(),
    },
    journal,
    telemetry: metrics,
    ...given({ tracing: tracing?.updates, heard, onDeclared, concerns }),
    clock: systemClock,
    log,
    office: { since: systemClock.monotonic(), standbys, others, handOver },
    backoff: defaultBackoff,
    prune: config.prune,
    atOnce: shares,
    resync: { cron: config.resync, minutes: cronMinutes, jitterMs: resyncJitterMs },
  });
}
