import { writeFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import type { ServiceKey } from "../../src/compose/model/service.js";
import { Controller } from "../../src/control/controller.js";
import { Journal } from "../../src/control/journal/journal.js";
import type { Clock } from "../../src/control/ports/clock.js";
import type { Engine } from "../../src/control/ports/engine.js";
import type { EngineEvent } from "../../src/control/ports/events.js";
import type { Gates } from "../../src/control/ports/gates.js";
import { untraced } from "../../src/control/ports/tracing.js";
import type { Tracing } from "../../src/control/ports/tracing.js";
import type { ReconcileResult } from "../../src/control/ports/telemetry.js";
import { defaultBackoff } from "../../src/control/queue/backoff.js";
import { hostFiles } from "../../src/hostfiles/files.js";
import { silentLog } from "../../src/console/log.js";
import { Metrics } from "../../src/metrics/metrics.js";
import { connectRegistry } from "../../src/registry/connect.js";
import { fileSource } from "../../src/source/file.js";
import { MemoryContexts } from "../simulator/contexts.js";

export interface InProcessOptions {
  /** Made for this one; its files go there. */
  readonly directory: string;
  readonly engine: Engine;
  readonly clock: Clock;
  /** Asked for Docker Hub's images. */
  readonly registryUrl: string;
  /** A Compose file's content. */
  readonly services: object;
  /** Lets time pass where the clock is not the machine's. */
  readonly passTime: () => Promise<void>;
}

const patienceMs = 600_000;

/** The controller as `src/wiring.ts` wires it, without its surface, and with a resync that is called instead of awaited. */
export interface InProcess {
  /** Resolves when every service is Ready. */
  converged(): Promise<void>;
  /** Causes a resync, and answers when each service has been looked at, with how often and how long that took. */
  resync(): Promise<{ readonly reconciles: number; readonly ms: number }>;
  /** Asks for a service as a hook does, and answers how long it took until its run began. */
  ask(key: ServiceKey): Promise<number>;
  stop(): Promise<void>;
}

export async function startInProcess(options: InProcessOptions): Promise<InProcess> {
  const { directory, clock, registryUrl, services, passTime } = options;
  const file = `${directory}/services.yaml`;
  await writeFile(file, JSON.stringify(services));
  const registry = connectRegistry({
    settings: { "docker.io": { mirror: registryUrl } },
    dockerConfig: directory,
    helperEnvironment: {},
    telemetry: { requested: () => undefined },
  });
  let resync: () => void = () => undefined;
  const engine: Engine = {
    ...bound(options.engine),
    watch: (onEvent: (event: EngineEvent) => void, signal) => {
      resync = () => {
        onEvent({ kind: "resync" });
      };
      return options.engine.watch(onEvent, signal);
    },
  };
  const telemetry = new CountingMetrics("bench");
  const awaited = new Map<ServiceKey, (at: number) => void>();
  const tracing: Tracing = {
    ...untraced,
    run: (...run) => {
      awaited.get(run[0])?.(performance.now());
      return untraced.run(...run);
    },
  };
  const controller = new Controller({
    host: {
      engine,
      gates: nobody,
      prober: { attempt: () => Promise.resolve({ kind: "ready" }) },
      files: hostFiles,
    },
    desired: {
      source: fileSource({ files: [file], environment: {} }),
      registry,
      contexts: new MemoryContexts(),
      signatures: [],
    },
    journal: await Journal.open(`${directory}/data`, silentLog),
    telemetry,
    tracing,
    clock,
    log: silentLog,
    backoff: defaultBackoff,
    prune: false,
    office: {
      since: 0,
      standbys: { look: () => Promise.resolve(new Map()), clear: () => Promise.resolve() },
      handOver: () => undefined,
    },
    atOnce: { services: 16, pulls: 3, probes: 32, logs: 16 },
    resync: { cron: "0 0 1 1 *", timezone: "UTC", minutes: () => () => undefined, jitterMs: 0 },
  });
  const started = controller.start();
  const until = async (what: string, fits: () => boolean) => {
    for (const deadline = Date.now() + patienceMs; !fits();) {
      if (Date.now() > deadline) {
        const reasons = controller.surface
          .services()
          .flatMap(({ conditions }) => conditions.filter(({ type, status }) => type === "Ready" && status !== "True"))
          .slice(0, 3);
        throw new Error(`${what} has not come within ${patienceMs / 1000} s: ${JSON.stringify(reasons)}`);
      }
      await passTime();
    }
  };
  await until("the first look", () => controller.ready());
  await started;
  let turns = 0;
  return {
    converged: () =>
      until("convergence", () => {
        turns += 1;
        // With thousands of services it takes longer than they do.
        if (turns % 50 > 0) return false;
        const statuses = controller.surface.services();
        const ready = statuses.filter((one) =>
          one.conditions.some(({ type, status }) => type === "Ready" && status === "True"),
        );
        return statuses.length > 0 && ready.length === statuses.length;
      }),
    resync: async () => {
      telemetry.looked.clear();
      telemetry.reconciles = 0;
      const began = performance.now();
      resync();
      // Asking for all of them again and again would be part of what is measured.
      const all = controller.surface.services().length;
      while (telemetry.looked.size < all) await sleep(1);
      const ms = performance.now() - began;
      // What comes afterwards belongs to it as well.
      await sleep(300);
      return { reconciles: telemetry.reconciles, ms };
    },
    ask: async (key) => {
      const began = performance.now();
      const at = await new Promise<number>((resolve) => {
        awaited.set(key, resolve);
        controller.surface.reconcile([key], "hook");
      });
      awaited.delete(key);
      return at - began;
    },
    stop: async () => {
      await controller.stop();
      await registry.close();
    },
  };
}

/** No service of these benchmarks has a gate. */
const nobody: Gates = {
  state: () => Promise.reject(new Error("there is no gate")),
  setRoutes: () => Promise.reject(new Error("there is no gate")),
};

class CountingMetrics extends Metrics {
  readonly looked = new Set<ServiceKey>();
  reconciles = 0;

  override reconciled(key: ServiceKey, result: ReconcileResult, seconds: number): void {
    super.reconciled(key, result, seconds);
    this.looked.add(key);
    this.reconciles += 1;
  }
}

/** The engine's calls as an object's own properties: a class's instance cannot be spread. */
function bound(engine: Engine): Omit<Engine, "watch"> {
  return {
    snapshot: (...call) => engine.snapshot(...call),
    differences: (...call) => engine.differences(...call),
    likeness: (...call) => engine.likeness(...call),
    createNetwork: (...call) => engine.createNetwork(...call),
    removeNetwork: (...call) => engine.removeNetwork(...call),
    createVolume: (...call) => engine.createVolume(...call),
    pull: (...call) => engine.pull(...call),
    build: (...call) => engine.build(...call),
    tagImage: (...call) => engine.tagImage(...call),
    createContainer: (...call) => engine.createContainer(...call),
    createHelper: (...call) => engine.createHelper(...call),
    statMounted: (...call) => engine.statMounted(...call),
    writeFiles: (...call) => engine.writeFiles(...call),
    connectNetwork: (...call) => engine.connectNetwork(...call),
    disconnectNetwork: (...call) => engine.disconnectNetwork(...call),
    rehearse: (...call) => engine.rehearse(...call),
    startContainer: (...call) => engine.startContainer(...call),
    stopContainer: (...call) => engine.stopContainer(...call),
    signalContainer: (...call) => engine.signalContainer(...call),
    setRestartPolicy: (...call) => engine.setRestartPolicy(...call),
    renameContainer: (...call) => engine.renameContainer(...call),
    removeContainer: (...call) => engine.removeContainer(...call),
    removeImage: (...call) => engine.removeImage(...call),
    logTail: (...call) => engine.logTail(...call),
    logs: (...call) => engine.logs(...call),
    locate: (...call) => engine.locate(...call),
    exec: (...call) => engine.exec(...call),
    doubt: (...call) => {
      engine.doubt(...call);
    },
    platform: () => engine.platform(),
  };
}
