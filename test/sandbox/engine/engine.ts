import { readdir, readFile, readlink, rm } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { isAlive, startDaemon } from "./daemon.js";
import { answersPing } from "./find-engine.js";
import { hireJanitor, sandboxRoot, sweep } from "../host/janitor.js";
import { netnsIdentity } from "../network/netns.js";
import { patienceMs } from "../host/patience.js";

export interface EngineOptions {
  /** The folder that gets the engine's unique data directory; default /var/lib/fairlead-sandbox. */
  readonly directory?: string;
  /** A registry's URL that is asked first for Docker Hub's images. */
  readonly mirror?: string;
  /** A network namespace's name (`ip netns add`) or path; default the caller's own. */
  readonly netns?: string;
  /** More of dockerd's own options. */
  readonly args?: readonly string[];
  /** Aborting it ends the start, or stops the engine. */
  readonly signal?: AbortSignal;
}

export interface SandboxEngine {
  /** As DOCKER_HOST takes it. */
  readonly host: `unix://${string}`;
  readonly socket: string;
  /** Of the dockerd that runs now; another one after `restart`. */
  readonly pid: number;
  /** Ends the engine with all its containers and removes its data. */
  stop(): Promise<void>;
  /** SIGKILL, as a crash: containers go on, data stays. `restart` brings it back. */
  kill(): Promise<void>;
  /** Ends it gently if it runs, and starts it again on the same data and socket. */
  restart(): Promise<void>;
}

/** A private Docker engine. It is gone with all it made after `stop`, and also when this process dies. */
export function startEngine(options: EngineOptions = {}): Promise<SandboxEngine> {
  return runEngine(options, (_directory, dockerd) => dockerd);
}

/** `wrap` turns the dockerd command line into the one that is run; it must become dockerd by exec, not by fork. */
export async function runEngine(
  { directory, mirror, netns, args: more = [], signal }: EngineOptions,
  wrap: (directory: string, dockerd: readonly string[]) => readonly string[],
): Promise<SandboxEngine> {
  if (process.getuid?.() !== 0) {
    throw new Error(
      "a private Docker engine needs root: run as root, or set DOCKER_HOST to an engine that runs already",
    );
  }
  signal?.throwIfAborted();
  // Before the look at the neighbours: one of them may be an engine of ours that nobody owns any more.
  await sweep(directory ?? sandboxRoot);
  await refuseNeighbour(netns);
  const janitor = await hireJanitor({ kind: "engine", root: directory, netns });
  if (janitor === undefined) {
    throw new Error(
      "another private engine runs in this network namespace, and two fight over docker0: stop it first, " +
        "or start this one in a namespace of its own (ip netns add NAME)",
    );
  }
  const base = janitor.directory;
  const socket = `${base}/docker.sock`;
  const places = ["--data-root", `${base}/data`, "--exec-root", `${base}/exec`, "--pidfile", `${base}/docker.pid`];
  const mirrors = mirror === undefined ? [] : ["--registry-mirror", mirror];
  const [command = "", ...args] = wrap(base, ["dockerd", ...places, "--host", `unix://${socket}`, ...mirrors, ...more]);
  const start = async () => {
    const daemon = await startDaemon({ command, args, netns, logFile: `${base}/dockerd.log` });
    await daemon.until(
      async () => ((await answersPing({ socketPath: socket })) ? true : undefined),
      patienceMs,
      signal,
    );
    return daemon;
  };
  try {
    let daemon = await start();
    const stop = () => janitor.finish();
    signal?.addEventListener("abort", () => void stop().catch(() => undefined), { once: true });
    return {
      host: `unix://${socket}`,
      socket,
      get pid() {
        return daemon.pid;
      },
      stop,
      kill: async () => {
        await daemon.end("SIGKILL");
        await endOfContainerd(`${base}/exec/containerd/containerd.pid`);
      },
      restart: async () => {
        await daemon.end("SIGTERM");
        daemon = await start();
      },
    };
  } catch (error) {
    await janitor.finish();
    throw error;
  }
}

/**
 * containerd dies with the dockerd that was killed, but where process 1 does not collect it, the next dockerd takes the
 * zombie for a living one and waits 15 s in vain. Without the pid file it starts its own.
 */
async function endOfContainerd(pidFile: string): Promise<void> {
  const pid = Number(await readFile(pidFile, "utf8").catch(() => "0"));
  for (let tries = 0; tries < 100 && (await isAlive(pid)); tries++) await sleep(20);
  await rm(pidFile, { force: true });
}

async function refuseNeighbour(netns: string | undefined): Promise<void> {
  const here = await netnsIdentity(netns);
  for (const pid of (await readdir("/proc")).filter((name) => /^\d+$/.test(name))) {
    const name = await readFile(`/proc/${pid}/comm`, "utf8").catch(() => "");
    if (name.trim() !== "dockerd") continue;
    const there = await readlink(`/proc/${pid}/ns/net`).catch(() => "");
    if (there !== here) continue;
    throw new Error(
      `another Docker engine (dockerd, pid ${pid}) runs in this network namespace, and two fight over docker0: ` +
        "use that one through DOCKER_HOST, stop it, or start this one in a namespace of its own (ip netns add NAME)",
    );
  }
}
