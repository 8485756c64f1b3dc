import type { Config } from "./config/config.js";
import type { Log } from "./control/ports/log.js";
import { systemClock } from "./control/time/clock.js";
import type { Metrics } from "./metrics/metrics.js";
import { helperEnvironment } from "./process/child-environment.js";
import type { Environment } from "./process/environment.js";
import { systemProxy } from "./process/system-proxy.js";
import { connectRegistry, type RegistryConnection } from "./registry/connect.js";
import type { RegistryTelemetry } from "./registry/faults/reporter.js";
import { readVersion } from "./version.js";

/** For a controller, which asks again and again. */
export function registryOf(
  config: Config,
  environment: Environment,
  atOnce: number,
  audience: Audience,
): RegistryConnection {
  return connectRegistry({
    ...ways(config, environment),
    atOnce,
    userAgent: `fairlead/${readVersion()}`,
    telemetry: tellingOf(audience),
  });
}

/** For a verb that asks once, while somebody waits. */
export function previewRegistry(config: Config, environment: Environment): RegistryConnection {
  return connectRegistry({
    ...ways(config, environment),
    telemetry: { requested: () => undefined },
    hurried: true,
  });
}

function ways(config: Config, environment: Environment) {
  return {
    settings: config.registries,
    dockerConfig: config.docker.config,
    helperEnvironment: helperEnvironment(environment),
    proxyFor: systemProxy(environment),
    clock: systemClock,
  };
}

interface Audience {
  readonly metrics: Metrics;
  readonly log: Log;
}

function tellingOf({ metrics, log }: Audience): RegistryTelemetry {
  return {
    requested: (registry, method, code) => {
      metrics.registryRequested(registry, method, code);
    },
    pullsRemaining: (registry, count) => {
      metrics.pullsRemaining(registry, count);
    },
    circuit: (registry, isOpen, news) => {
      metrics.registryCircuit(registry, isOpen);
      if (news === undefined) return;
      if (isOpen) log.warn({ registry }, `registry ${registry} ${news}`);
      else log.info({ registry }, `registry ${registry} ${news}`);
    },
    paced: (registry, gapMs, reason) => {
      metrics.registryPaced(registry, gapMs / 1000);
      if (reason !== undefined) log.warn({ registry }, `registry ${registry}: ${reason}`);
    },
    passedOver: (registry, mirror, reason) => {
      log.debug({ registry, mirror, reason }, "a mirror has not had what was asked for; the next one is asked");
    },
    warned: (registry, text) => {
      log.warn({ registry, notice: text }, "the registry's operators say");
    },
  };
}
