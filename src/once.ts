import { controllerOf } from "./assembled.js";
import type { Acting } from "./cli/shared/wiring.js";
import type { ServiceKey } from "./compose/model/service.js";
import type { Config } from "./config/config.js";
import { Journal } from "./control/journal/journal.js";
import { DirectoryLock } from "./control/office/directory-lock.js";
import { serveTerm } from "./control/office/term.js";
import type { Term } from "./control/office/term.js";
import type { Log } from "./control/ports/log.js";
import type { Surface } from "./control/surface/surface.js";
import { systemClock } from "./control/time/clock.js";
import { FairleadError } from "./errors.js";
import { Metrics } from "./metrics/metrics.js";
import { ownContainer } from "./probe/self.js";
import type { Environment } from "./process/environment.js";
import { registryOf } from "./registries.js";
import { sharesFor } from "./shares.js";
import { selfOf } from "./tenure.js";
import { readVersion } from "./version.js";
import { engineOf, sourceOf } from "./wiring.js";

/**
 * Takes the office of controller for once, without listening anywhere: who is told of what has happened is told by the next
 * controller. `concerns`: the services that are worked on. Throws `AlreadyRunning` where another controller has the office or is
 * to have it, `EngineUnreachable` where nothing can be done now.
 */
export async function actOnce(
  config: Config,
  environment: Environment,
  log: Log,
  concerns: (key: ServiceKey) => boolean,
): Promise<Acting> {
  const shares = sharesFor(config.concurrentPulls, log);
  const metrics = new Metrics(readVersion());
  const registry = registryOf(config, environment, shares.registry, { metrics, log });
  const end = new AbortController();
  try {
    const engine = engineOf(config, registry, log, shares.engine);
    await engine.platform();
    const own = await ownContainer();
    const directory = await DirectoryLock.open(config.data, { place: config.places.data, clock: systemClock, log });
    const opened = new Opened();
    const open = async (office: Term) => {
      const journal = await Journal.open(config.data, log);
      const source = sourceOf(config, environment, log, { telemetry: metrics.sources });
      const parts = {
        config,
        environment,
        log,
        shares,
        metrics,
        registry,
        engine,
        journal,
        source,
        tracing: undefined,
      };
      const controller = controllerOf({ ...parts, office, concerns });
      void controller.start(office.office.confirmed).catch(() => undefined);
      opened.tell(controller.surface);
      return {
        stop: async () => {
          await controller.stop();
          await journal.close();
        },
      };
    };
    const term = {
      self: selfOf(own, directory?.identity, undefined),
      ...{ directory, marks: engine.marks, lease: config.lease, standby: false, isHasty: true },
      isManaged: () => Promise.resolve(false),
      onStandingBy: () => Promise.resolve(() => Promise.resolve()),
      ...{ open, clock: systemClock, log },
    };
    const ended = serveTerm(term, end.signal).then(() => undefined);
    const surface = await Promise.race([opened.surface, ended.then(() => Promise.reject(interrupted()))]);
    return {
      surface,
      ended: ended.finally(() => registry.close()),
      stop: async () => {
        end.abort();
        await ended;
      },
    };
  } catch (thrown) {
    end.abort();
    await registry.close();
    throw thrown;
  }
}

class Opened {
  tell: (surface: Surface) => void = () => undefined;
  readonly surface = new Promise<Surface>((resolve) => {
    this.tell = resolve;
  });
}

function interrupted(): FairleadError {
  return new FairleadError("Internal", "it ended before it had begun");
}
