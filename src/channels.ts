import { join } from "node:path";
import { parseImage } from "./compose/values/image.js";
import type { Config } from "./config/config.js";
import { secretFile } from "./config/kinds/kinds.js";
import type { Controller } from "./control/controller.js";
import type { Events } from "./control/journal/events.js";
import type { Journal } from "./control/journal/journal.js";
import type { Log } from "./control/ports/log.js";
import type { Registry } from "./control/ports/registry.js";
import type { Source } from "./control/ports/source.js";
import type { HandlerTelemetry } from "./control/ports/telemetry.js";
import { systemClock } from "./control/time/clock.js";
import { FairleadError } from "./errors.js";
import { hookNames } from "./http/delivery/outcome.js";
import { silentLog } from "./console/log.js";
import { completedBy } from "./notify/completed.js";
import { openExchange } from "./notify/exchange/exchange.js";
import { handlersOf } from "./notify/handlers/handler.js";
import type { NotificationTelemetry, ShownChannel, TestOutcome, TestWish } from "./notify/model/standing.js";
import type { Standing } from "./notify/notices/found.js";
import { subscriptionChannels } from "./notify/subscriptions/subscriptions.js";
import { Telling, testChannel } from "./notify/telling.js";
import { BegunOnDisk } from "./notify/triggers/begun.js";
import { triggersOf } from "./notify/triggers/trigger.js";
import { handlerEnvironment } from "./process/child-environment.js";
import type { Environment } from "./process/environment.js";
import { systemProxy } from "./process/system-proxy.js";
import { quote } from "./tools/quote.js";
import type { Secret } from "./tools/secret.js";
import { readVersion } from "./version.js";

/** What channels ask, and where they report to. */
export interface Surroundings {
  readonly registry: Pick<Registry, "resolve">;
  readonly telemetry: HandlerTelemetry;
  readonly events: Pick<Events, "told">;
  readonly log: Log;
}

/**
 * Everybody who is told by these settings, and everything that is begun on events. Reads the secrets' files. Throws
 * FairleadError `ConfigInvalid` with the place of what is wrong.
 */
export function channelsOf(
  config: Config,
  environment: Environment,
): (surroundings: Surroundings) => readonly ShownChannel[] {
  const { notify, trigger, handlers, data } = config;
  const exchange = openExchange({ userAgent: `fairlead/${readVersion()}`, proxyFor: systemProxy(environment) });
  const now = () => systemClock.now();
  const told = subscriptionChannels(notify.written, {
    ...{ place: notify.place, exchange, secretIn, now },
    receivers: receiversIn(config),
  });
  const begins = triggersOf(trigger, secretIn);
  return ({ registry, telemetry, events, log }) => [
    ...told,
    ...begins({
      ...{ exchange, now, begun: new BegunOnDisk(join(data, "triggers"), log) },
      digestOf: (repository, tag) => registry.resolve(parseImage(`${repository}:${tag}`), true),
    }),
    ...handlersOf(handlers, {
      ...{ environment: handlerEnvironment(environment), log, telemetry },
      told: (event) => {
        events.told(event, systemClock.now());
      },
      monotonic: () => systemClock.monotonic(),
    }),
  ];
}

/** A sample is of no image, and nobody else hears of it. */
const nobody: Surroundings = {
  registry: {
    resolve: () => Promise.reject(new FairleadError("ImageNotFound", "a sample is of no image", { retry: "never" })),
  },
  telemetry: { handlerKnown: () => undefined, handlerRan: () => undefined },
  events: { told: () => undefined },
  log: silentLog,
};

/** Tells one of those who are told by these settings a sample. */
export async function tellSample(
  config: Config,
  environment: Environment,
  name: string,
  wish: TestWish,
): Promise<TestOutcome> {
  const channels = channelsOf(config, environment)(nobody);
  const channel = channels.find((one) => one.name === name);
  if (channel !== undefined) {
    const { externalUrl } = config;
    return testChannel(channel, wish, { clock: systemClock, externalUrl, receivers: receiversIn(config) });
  }
  const names = channels.map((one) => one.name);
  throw new FairleadError("ConfigInvalid", `nobody who is told is called ${quote(name)}`, {
    remedy: names.length === 0 ? "the settings name nobody below notify" : `there are ${names.join(", ")}`,
  });
}

export interface TellingParts {
  readonly config: Config;
  readonly channels: readonly ShownChannel[];
  readonly journal: Journal;
  readonly controller: Controller;
  readonly source: Pick<Source, "commitsBetween">;
  readonly telemetry: NotificationTelemetry;
  readonly log: Log;
}

/** Tells them what this controller does and sees. Nothing is told before it begins. */
export function tellingOf({ config, channels, journal, controller, source, telemetry, log }: TellingParts): Telling {
  const { data, externalUrl } = config;
  return new Telling({
    ...{ data, channels, journal, externalUrl, telemetry, log, clock: systemClock, random: Math.random },
    receivers: receiversIn(config),
    complete: completedBy(source, systemClock),
    standing: () => standingOf(controller),
    labels: (key) => controller.declared.specs.get(key)?.container.labels,
  });
}

/** What problems are found in. */
function standingOf({ surface, declared: { snapshot } }: Controller): Standing {
  const { files, projects } = snapshot;
  return {
    ...{ isReady: surface.ready(), services: surface.services(), files, projects },
    ...{ repositories: surface.repositories(), engine: surface.engine() },
  };
}

/** What `hook:` may name. */
function receiversIn({ receivers }: Config): readonly string[] {
  return hookNames(receivers.map(({ name }) => name));
}

function secretIn(path: string): Secret {
  const [first] = secretFile.read(path);
  if (first !== undefined) return first;
  throw new FairleadError("ConfigInvalid", `the file ${path} holds no secret`, { remedy: "write one into it" });
}
