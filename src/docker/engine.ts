import type { Clock } from "../control/ports/clock.js";
import type { Engine } from "../control/ports/engine.js";
import type { Marks } from "../control/ports/marks.js";
import { Mutex } from "../tools/sharing/mutex.js";
import { findDifferences } from "./adopt/differences.js";
import { buildImage } from "./build/build.js";
import * as containers from "./calls/containers.js";
import { locateContainer } from "./calls/containers.js";
import { execute, runWhole } from "./calls/exec.js";
import { writeFiles } from "./calls/files.js";
import type { HelperOptions } from "./calls/helper-body.js";
import { createHelper } from "./calls/helper.js";
import * as images from "./calls/images.js";
import { openLog } from "./calls/log-stream.js";
import { listMarks, putMark, removeMark } from "./calls/marks.js";
import * as networks from "./calls/networks.js";
import { pullImage } from "./calls/pull.js";
import type { Credentials } from "./calls/pull.js";
import { rehearse } from "./calls/rehearsal.js";
import { statMounted } from "./calls/stat.js";
import { createVolume } from "./calls/volumes.js";
import { anything } from "./client/answers.js";
import { Connection } from "./client/connection.js";
import { resolveEndpoint } from "./client/endpoint.js";
import type { EndpointOptions } from "./client/endpoint.js";
import { EngineKind } from "./client/podman.js";
import { settled } from "./client/settled.js";
import { likenessOf } from "./draft/likeness.js";
import { Host } from "./observe/host.js";
import { watchEngine } from "./observe/watch.js";
import { observe } from "./read/observation.js";
import { platformOf } from "./read/platform.js";

export interface EngineOptions extends EndpointOptions {
  /** For the engine's pulls, by registry host (`docker.io`, `ghcr.io`); undefined: anonymous. */
  readonly credentials: Credentials;
  /** Told what the engine warns of when it creates a container, and what it is too old for. Default: nobody. */
  readonly onWarning?: containers.OnWarning;
  /** Told once, in one line, that the engine is Podman and what cannot be done with it. Default: nobody. */
  readonly onPodman?: (notice: string) => void;
  /** The id of the container that this process runs in. Default: in none. */
  readonly own?: () => Promise<string | undefined>;
  /** Default: this machine's. */
  readonly clock?: Pick<Clock, "now" | "monotonic">;
  /** What a helper is made with. Default: under the lease `default`, by root. */
  readonly helper?: HelperOptions;
  /** How often the event stream is compared with a list. Default 5 s. */
  readonly beatMs?: number;
}

const usualHelper: HelperOptions = {
  lease: "default",
  user: undefined,
  readFile: () => Promise.resolve(undefined),
};
const usualBeatMs = 5_000;
const machineClock = { now: () => Date.now(), monotonic: () => performance.now() };

/** An engine that also runs commands whose whole answer counts, and keeps marks. */
export interface DockerEngine extends Engine {
  readonly marks: Marks;
  /** Whether Fairlead has made this container for a service. */
  isOurs(container: string): Promise<boolean>;
  run(
    container: string,
    command: readonly string[],
    timeoutMs: number,
  ): Promise<{ readonly exitCode: number; readonly output: string }>;
}

/**
 * The Docker engine behind a socket or an address. Connects on the first call, and again whenever it must; an engine that
 * is absent makes calls fail with `EngineUnreachable` until it is there. Throws FairleadError `ConfigInvalid` at once for
 * an address that cannot be used.
 */
export function connectEngine(options: EngineOptions): DockerEngine {
  const connection = new Connection(resolveEndpoint(options));
  const { socketPath, host: name, port } = connection.endpoint.client;
  const remote =
    socketPath === undefined && name !== undefined && port !== undefined ? { host: name, port } : undefined;
  const { helper = usualHelper } = options;
  const standing = Promise.resolve(options.own?.()).then((own) => ({ own, remote }));
  const kind = new EngineKind(connection, options.onPodman ?? (() => undefined));
  const host = new Host(connection, options.clock ?? machineClock, {
    standing: () => standing,
    podman: () => kind.traits(),
    lease: helper.lease,
  });
  const { stale } = host;
  // Two services of a project want its network at the same moment, and old engines would then make two of one name.
  const births = new Mutex();

  /** A call that was refused may have changed the container too: a failed start leaves its reason there. */
  const onContainer = async <T>(id: string, work: () => Promise<T>): Promise<T> =>
    settled(work, () => {
      stale.container(id);
    });
  const onImages = async <T>(work: () => Promise<T>): Promise<T> =>
    settled(work, () => {
      stale.list("images");
    });

  return {
    marks: {
      list: (prefix) => settled(() => listMarks(connection, prefix)),
      put: (name, text) => settled(() => putMark(connection, name, text)),
      remove: (name) => settled(() => removeMark(connection, name)),
    },
    snapshot: (claim) => settled(() => host.snapshot(claim)),
    differences: (id, step) => settled(() => findDifferences(connection, id, step)),
    likeness: (id, step) => settled(() => likenessOf(connection, id, step)),
    createNetwork: (step) =>
      settled(
        () => births.run(() => networks.createNetwork(connection, step)),
        () => {
          stale.list("networks");
        },
      ),
    removeNetwork: (id) =>
      settled(
        () => births.run(() => networks.removeNetwork(connection, id)),
        () => {
          stale.list("networks");
        },
      ),
    createVolume: (step) =>
      settled(
        () => createVolume(connection, step),
        () => {
          stale.list("volumes");
        },
      ),
    pull: (reference, signal, platform, onNews) =>
      onImages(() => pullImage(connection, { reference, platform, onNews }, options.credentials, signal)),
    build: (order, signal) => onImages(() => buildImage(connection, order, options.credentials, signal)),
    tagImage: (source, tag) => onImages(() => images.tagImage(connection, source, tag)),
    createContainer: (step) =>
      settled(
        () => containers.createContainer(connection, step, helper.lease, options.onWarning ?? (() => undefined)),
        () => {
          // Named volumes and host paths come into being with it.
          stale.list("volumes");
        },
      ),
    createHelper: (step) =>
      settled(
        async () => createHelper(connection, step, await standing, helper),
        () => {
          stale.list("volumes");
        },
      ),
    isOurs: (id) =>
      settled(async () => {
        const found = await containers.inspectContainer(connection, id);
        return found !== undefined && observe(found) !== undefined;
      }),
    statMounted: (id, path) => settled(() => statMounted(connection, id, path)),
    writeFiles: (id, files) => settled(() => writeFiles(connection, id, files)),
    connectNetwork: (id, endpoint) => onContainer(id, () => networks.connectNetwork(connection, id, endpoint)),
    disconnectNetwork: (id, network) => onContainer(id, () => networks.disconnectNetwork(connection, id, network)),
    rehearse: (step) => settled(() => rehearse(connection, step)),
    startContainer: (id) =>
      onContainer(id, async () => {
        const undo = host.ends.weStart(id);
        host.starts.started(id);
        try {
          await containers.startContainer(connection, id);
        } catch (error) {
          undo();
          host.starts.refused(id, error);
          throw error;
        }
      }),
    stopContainer: (id, graceMs) =>
      onContainer(id, () => {
        host.ends.weStop(id);
        return containers.stopContainer(connection, id, graceMs);
      }),
    signalContainer: (id, signal) =>
      onContainer(id, async () => {
        const undo = host.ends.weSignal(id, host.monotonic());
        try {
          await containers.signalContainer(connection, id, signal);
        } catch (error) {
          undo();
          throw error;
        }
      }),
    setRestartPolicy: (id, policy) => onContainer(id, () => containers.setRestartPolicy(connection, id, policy)),
    renameContainer: (id, name) => onContainer(id, () => containers.renameContainer(connection, id, name)),
    removeContainer: (id, withVolumes) =>
      onContainer(id, async () => {
        await containers.removeContainer(connection, id, withVolumes);
        if (withVolumes === true) stale.list("volumes");
      }),
    removeImage: (reference) => onImages(() => images.removeImage(connection, reference)),
    logTail: (id, lines) => settled(() => containers.logTail(connection, id, lines)),
    logs: (id, query, signal) => settled(() => openLog(connection, id, query, signal)),
    locate: (id) => settled(() => locateContainer(connection, id)),
    exec: (id, command, timeoutMs, settings) =>
      settled(() => execute(connection, host.execs, id, { command, timeoutMs, ...settings })),
    run: (id, command, timeoutMs) => settled(() => runWhole(connection, id, command, timeoutMs)),
    platform: () =>
      settled(async () => {
        const info = await connection.ask({ method: "GET", path: "/info", task: "ask its platform" }, anything);
        return platformOf(info as object);
      }),
    doubt: (project, service) => {
      host.doubt(project, service);
    },
    watch: (onEvent, signal) =>
      watchEngine({ connection, host, beatMs: options.beatMs ?? usualBeatMs, onEvent, signal }),
  };
}
