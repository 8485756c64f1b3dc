import { randomUUID } from "node:crypto";
import { hostname } from "node:os";
import { controllerOf } from "./assembled.js";
import { channelsOf, tellingOf, type Surroundings } from "./channels.js";
import type { Config } from "./config/config.js";
import { Journal } from "./control/journal/journal.js";
import { DirectoryLock } from "./control/office/directory-lock.js";
import type { Holder } from "./control/office/holder.js";
import { serveTerm } from "./control/office/term.js";
import type { Term } from "./control/office/term.js";
import type { Log } from "./control/ports/log.js";
import type { Surface } from "./control/surface/surface.js";
import { systemClock } from "./control/time/clock.js";
import { aborted } from "./control/time/pause.js";
import type { DockerEngine } from "./docker/engine.js";
import { asFairleadError } from "./errors.js";
import { startStandby } from "./http/admin/standby.js";
import { sessionFile } from "./http/guard/session-file.js";
import { Sessions } from "./http/guard/sessions.js";
import { assertGuarded, listen, type Tls } from "./http/listen.js";
import { checkPair, openTls } from "./http/tls/open.js";
import { Metrics } from "./metrics/metrics.js";
import type { ShownChannel } from "./notify/model/standing.js";
import { ownContainer } from "./probe/self.js";
import type { Environment } from "./process/environment.js";
import type { RegistryConnection } from "./registry/connect.js";
import { sharesFor } from "./shares.js";
import type { Shares } from "./shares.js";
import { formatAddress, parseAddress } from "./tools/address.js";
import type { OpenTracing } from "./tracing/tracing.js";
import { readVersion } from "./version.js";
import { registryOf } from "./registries.js";
import { engineOf, sourceOf } from "./wiring.js";

export interface Running {
  /** Resolves when nothing is under way any more. */
  stop(signal?: NodeJS.Signals): Promise<void>;
  /** Resolves after `stop`; rejects when this one cannot go on, as when another controller has taken over. */
  readonly ended: Promise<void>;
}

/**
 * Takes the office of controller, and begins to control; resolves when the surface listens, or when this one stands by. The
 * first look at the host goes on behind it. Throws `AlreadyRunning` where another one is in charge.
 */
export async function startController(config: Config, environment: Environment, log: Log): Promise<Running> {
  assertGuarded(config.adminListen, config.places.adminListen, {
    token: config.adminToken,
    readToken: config.adminReadToken,
  });
  const shares = sharesFor(config.concurrentPulls, log);
  const channels = channelsOf(config, environment);
  // One that stands by is to say so now, not when it has to take over.
  await checkPair(config.tls);
  const tracing = await tracingFor(config, log);
  const end = new AbortController();
  const begun = new AbortController();
  const office: { surface: Surface | undefined } = { surface: undefined };
  const serve = async () => {
    let { standby } = config;
    while (!end.signal.aborted) {
      const onBegun = () => {
        begun.abort();
      };
      const onOpened = (surface: Surface) => {
        office.surface = surface;
      };
      const options = { config, environment, log, shares, tracing, channels, onBegun, onOpened };
      const { handedOver } = await serveOnce(options, standby, end.signal);
      office.surface = undefined;
      standby ||= handedOver;
    }
  };
  const ended = serve().finally(() => tracing?.close());
  await Promise.race([aborted(begun.signal), ended]);
  return {
    ended,
    stop: async (signal) => {
      log.info({ signal }, farewell(office.surface));
      end.abort();
      await ended;
      log.info({}, "stopped");
    },
  };
}

interface ServeOptions {
  readonly config: Config;
  readonly environment: Environment;
  readonly log: Log;
  readonly shares: Shares;
  readonly tracing: OpenTracing | undefined;
  /** Everybody who is told. */
  readonly channels: (surroundings: Surroundings) => readonly ShownChannel[];
  readonly onBegun: () => void;
  readonly onOpened: (surface: Surface) => void;
}

/** What is left as this process goes. Undefined: it stands by. */
function farewell(surface: Surface | undefined): string {
  if (surface === undefined) return "stopping: it stands by, and another one is in charge";
  const services = surface.services();
  const underWay = services.filter(({ conditions }) =>
    conditions.some(({ type, status }) => type === "Progressing" && status === "True"),
  );
  const names = underWay.map(({ project, service }) => `${project}/${service}`);
  const left = `the containers of ${services.length} ${services.length === 1 ? "service" : "services"} run on`;
  const until = "nobody updates or repairs them until the next start";
  const rest = names.length === 0 ? "" : `; what is not finished goes on then: ${names.join(", ")}`;
  return `stopping: the step under way is finished, ${left}, and ${until}${rest}`;
}

/**
 * From standing by to the end of one time in charge; answers when this one is to stand by again, and whether it has handed
 * over itself.
 */
async function serveOnce(
  { config, environment, log, shares, tracing, channels, onBegun, onOpened }: ServeOptions,
  standby: boolean,
  signal: AbortSignal,
): Promise<{ readonly handedOver: boolean }> {
  const metrics = new Metrics(readVersion());
  const registry = registryOf(config, environment, shares.registry, { metrics, log });
  try {
    const engine = engineOf(config, registry, log, shares.engine);
    const own = await ownContainer();
    const directory = await DirectoryLock.open(config.data, { place: config.places.data, clock: systemClock, log });
    const term = {
      self: selfOf(own, directory?.identity, config.helps),
      directory,
      marks: engine.marks,
      lease: config.lease,
      standby,
      isManaged: () => isManaged(engine, own),
      onStandingBy: async (isFit: () => boolean) => {
        const server = await startStandby(config.adminListen, config.places.adminListen, isFit).catch(
          (thrown: unknown) => {
            log.debug({ error: asFairleadError(thrown).message }, "the admin address is not free while standing by");
            return undefined;
          },
        );
        onBegun();
        return async () => server?.close(0);
      },
      open: async (term: Term) => {
        const controller = await openController({
          ...{ config, environment, log, shares, tracing, channels, metrics, registry, engine, term, onOpened },
        });
        onBegun();
        return controller;
      },
      clock: systemClock,
      log,
    };
    return await serveTerm(term, signal);
  } finally {
    await registry.close();
  }
}

export function selfOf(
  container: string | undefined,
  directory: string | undefined,
  helps: string | undefined,
): Holder {
  const since = new Date().toISOString();
  return { token: randomUUID(), host: hostname(), pid: process.pid, container, directory, since, helps };
}

/** Where that cannot be told, it is not. */
async function isManaged(engine: DockerEngine, own: string | undefined): Promise<boolean> {
  return own !== undefined && (await engine.isOurs(own).catch(() => false));
}

interface OpenOptions extends Omit<ServeOptions, "onBegun"> {
  readonly metrics: Metrics;
  readonly registry: RegistryConnection;
  readonly engine: DockerEngine;
  readonly term: Term;
}

/** The controller with all its adapters; resolves when the surface listens. */
async function openController(options: OpenOptions): Promise<{ stop(): Promise<void> }> {
  const { config, environment, log, shares, tracing, channels, metrics, registry, engine, term, onOpened } = options;
  const { office, standbys, handOver } = term;
  const version = readVersion();
  const journal = await Journal.open(config.data, log);
  journal.watch();
  metrics.journal(() => journal.state());
  const source = sourceOf(config, environment, log, { telemetry: metrics.sources });
  const controller = controllerOf({
    ...{ config, environment, log, shares, tracing, metrics, registry, engine, journal, source },
    office: { office, standbys, handOver },
    heard: (delivery) => {
      telling.heard(delivery);
    },
    onDeclared: () => {
      telling.declared();
    },
  });
  const told = channels({ registry, telemetry: metrics.handlers, events: journal.events, log });
  const telemetry = metrics.notifications;
  const telling = tellingOf({ config, channels: told, journal, controller, source, telemetry, log });
  void telling.begin();
  onOpened(controller.surface);
  const tls = await tlsFor(config, metrics, log);
  const sessions = await sessionsOf(config, log);
  const listeners = await listen({
    hooksListen: config.hooksListen,
    adminListen: config.adminListen,
    externalUrl: config.externalUrl,
    places: { hooks: config.places.hooksListen, admin: config.places.adminListen },
    hooks: {
      ...{ surface: controller.surface, secrets: config.hookSecrets, telemetry: metrics, log },
      ...{ receivers: config.receivers, trustedProxies: config.trustedProxies },
      tracing: tracing?.deliveries,
      ...{ connections: shares.hooks, tls },
    },
    admin: {
      surface: controller.surface,
      notifications: telling,
      connections: shares.admin,
      streams: shares.streams,
      metrics,
      log,
      version,
      token: config.adminToken,
      readToken: config.adminReadToken,
      sessions,
      hostNames: config.adminHosts,
    },
  });
  log.info(
    {
      version,
      hooks: `${tls === undefined ? "" : "https://"}${formatAddress(listeners.hooks)}`,
      admin: formatAddress(listeners.admin),
      files: config.files,
      repositories: config.repositories.map(({ source }) => source),
    },
    "listening",
  );
  for (const { message, remedy } of config.notices) log.warn({ remedy }, message);
  if (config.hookSecrets.length + config.receivers.length === 0) {
    log.warn({}, "no hook secret is configured: every webhook is answered 404");
  }
  void controller.start(office.confirmed).catch((thrown: unknown) => {
    const { code, message } = asFairleadError(thrown);
    if (code !== "AlreadyRunning") log.error({ error: message }, "the controller could not start");
  });
  return {
    stop: async () => {
      await listeners.close();
      await controller.stop();
      await telling.stop();
      if (!(await journal.close())) log.error({}, "the journal's disk does not answer: ending without it");
    },
  };
}

/** Undefined: nobody wants spans, and nothing of what makes them is loaded. */
async function tracingFor({ tracing: settings }: Config, log: Log): Promise<OpenTracing | undefined> {
  if (settings === undefined) return undefined;
  const { openTracing } = await import("./tracing/tracing.js");
  return openTracing({ settings, version: readVersion(), clock: systemClock, log });
}

async function tlsFor(config: Config, metrics: Metrics, log: Log): Promise<Tls | undefined> {
  const { tls, data, hooksListen, externalUrl } = config;
  if (tls === undefined) return undefined;
  const { host } = parseAddress(hooksListen);
  const outside = externalUrl === undefined ? [] : [new URL(externalUrl).hostname.replace(/^\[|\]$/g, "")];
  const telemetry = metrics.tls;
  return { pair: await openTls(tls, { data, names: [host, ...outside], log, telemetry }), telemetry };
}

async function sessionsOf({ adminToken, adminReadToken, data }: Config, log: Log): Promise<Sessions | undefined> {
  if (adminToken === undefined) return undefined;
  return Sessions.open({ write: adminToken, read: adminReadToken }, sessionFile(data, log));
}
