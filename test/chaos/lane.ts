import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { promisify } from "node:util";
import Docker from "dockerode";
import type { ServiceStatus } from "../../src/plan/model/condition.js";
import { assertKnown } from "../proxy/strange.js";
import { clearProject, containersOf, runForeign, type SeenContainer } from "../real/e2e/scene/host.js";
import { bridgeInto } from "../sandbox/network/bridge.js";
import { startEngine, type SandboxEngine } from "../sandbox/engine/engine.js";
import { startFairlead, type FairleadProcess } from "../sandbox/fairlead.js";
import { faultProxy, type FaultProxy } from "../sandbox/proxies/fault-proxy.js";
import { publishHaproxy } from "../sandbox/proxies/haproxy.js";
import { publishImage, type ImageOptions } from "../sandbox/registry/image.js";
import { sandboxRoot } from "../sandbox/host/janitor.js";
import { killingProxy, type EngineCall, type KillingProxy, type Phase } from "../sandbox/proxies/killing-proxy.js";
import { movableClock, type MovableClock } from "../sandbox/host/movable-clock.js";
import { createNetns } from "../sandbox/network/netns.js";
import { chaosPackages, ensurePackages } from "../sandbox/host/packages.js";
import { startRegistry } from "../sandbox/registry/registry.js";

/** An engine, a registry and a Fairlead of their own, each behind something that can fail. */
export interface Lane {
  readonly engine: SandboxEngine;
  readonly docker: Docker;
  /** What Fairlead asks, and what the engine pulls from. */
  readonly registry: FaultProxy;
  /** Fairlead's way to the engine. */
  readonly proxy: KillingProxy;
  readonly hookSecret: string;
  /** On a small file system of its own. */
  readonly dataDirectory: string;
  /** Fairlead's, where it has a movable one. */
  readonly clock: MovableClock;
  /** What becomes of the engine's event stream on its way to Fairlead. */
  events: (line: string) => boolean;
  /** Called around each changing call; undefined: it passes. */
  onCall: ((n: number, call: EngineCall, phase: Phase) => Promise<"drop" | undefined>) | undefined;
  close(): Promise<void>;
}

const dataSize = "4m";
/** A Fairlead that dies of the first call may not answer. */
const hookMs = 5_000;
const run = promisify(execFile);

/** Needs root on Debian or Ubuntu. */
export async function openLane(say: (line: string) => void): Promise<Lane> {
  await ensurePackages(chaosPackages, say);
  const closers: (() => Promise<unknown>)[] = [];
  const close = async () => {
    for (const closer of closers.splice(0).reverse()) await closer();
  };
  try {
    const registry = await startRegistry();
    closers.push(() => registry.stop());
    const faults = await faultProxy(registry.url);
    closers.push(() => faults.stop());
    const netns = await createNetns();
    closers.push(() => netns.close());
    const bridge = await bridgeInto(netns.path, faults.url);
    closers.push(() => bridge.close());
    const engine = await startEngine({ netns: netns.path, mirror: bridge.url });
    closers.push(() => engine.stop());
    await publishHaproxy(registry.url);
    await mkdir(sandboxRoot, { recursive: true });
    const directory = await mkdtemp(`${sandboxRoot}/chaos-`);
    closers.push(() => rm(directory, { recursive: true }));
    const dataDirectory = `${directory}/data`;
    await mkdir(dataDirectory);
    await run("mount", ["-t", "tmpfs", "-o", `size=${dataSize},mode=700`, "tmpfs", dataDirectory]);
    closers.push(() => run("umount", ["--lazy", dataDirectory]));
    const clock = await movableClock(`${directory}/clock`);
    const lane: { -readonly [K in keyof Lane]: Lane[K] } = {
      engine,
      docker: new Docker({ socketPath: engine.socket }),
      registry: faults,
      proxy: undefined as unknown as KillingProxy,
      hookSecret: randomBytes(12).toString("hex"),
      dataDirectory,
      clock,
      events: () => true,
      onCall: undefined,
      close,
    };
    lane.proxy = await killingProxy({
      socket: `${directory}/docker.sock`,
      upstreamSocket: engine.socket,
      onChangingCall: async (n, call, phase) => lane.onCall?.(n, call, phase),
      passEvent: (line) => lane.events(line),
    });
    closers.push(async () => {
      await lane.proxy.stop();
      assertKnown(lane.proxy.made);
    });
    return lane;
  } catch (error) {
    await close();
    throw error;
  }
}

/** One project on a lane, and the Fairlead that looks after it. */
export interface Play {
  readonly lane: Lane;
  readonly project: string;
  readonly fairlead: FairleadProcess;
  /** The container of somebody else, which bears the project's Compose labels. */
  readonly foreign: string;
  push(options: ImageOptions): Promise<string>;
  hook(): Promise<unknown>;
  status(): Promise<ServiceStatus | undefined>;
  containers(): Promise<readonly SeenContainer[]>;
  /** Starts Fairlead again, after its end. */
  restart(): Promise<void>;
  close(): Promise<void>;
}

export interface PlayOptions {
  readonly service: object;
  readonly beside: object;
  readonly first: ImageOptions;
  /** The program's wall clock is the lane's. */
  readonly movesClock: boolean;
}

export async function openPlay(lane: Lane, { service, beside, first, movesClock }: PlayOptions): Promise<Play> {
  const project = `c${randomBytes(4).toString("hex")}`;
  const repository = `chaos/${project}`;
  const directory = await mkdtemp(`${sandboxRoot}/play-`);
  const servicesFile = `${directory}/services.yaml`;
  const settingsFile = `${directory}/fairlead.yaml`;
  const web = { image: `${repository}:latest`, restart: "unless-stopped", stop_grace_period: "2s", ...service };
  await writeFile(servicesFile, JSON.stringify({ name: project, services: { web }, ...beside }));
  await writeFile(settingsFile, JSON.stringify({ registries: { "docker.io": { mirror: lane.registry.url } } }));
  const start = () =>
    startFairlead({
      dataDir: `${lane.dataDirectory}/${project}`,
      args: ["-f", servicesFile, "--config", settingsFile],
      env: {
        DOCKER_HOST: lane.proxy.host,
        FAIRLEAD_HOOK_SECRET: lane.hookSecret,
        FAIRLEAD_RESYNC: "*/1 * * * *",
        ...(movesClock ? lane.clock.env : {}),
      },
    });
  const push = async (options: ImageOptions) =>
    (await publishImage(lane.registry.url, repository, "latest", { healthcheck: "none", ...options })).digest;
  const digest = await push(first);
  let fairlead = await start();
  await fairlead.ready();
  const play: Play = {
    lane,
    project,
    get fairlead() {
      return fairlead;
    },
    foreign: await foreignBeside(lane.docker, `${repository}@${digest}`, project),
    push,
    hook: () =>
      fetch(`${fairlead.hooksUrl}/hooks/generic`, {
        method: "POST",
        headers: { "content-type": "application/json", authorization: `Bearer ${lane.hookSecret}` },
        body: JSON.stringify({ image: `${repository}:latest` }),
        signal: AbortSignal.timeout(hookMs),
      }),
    status: async () => {
      const answer = await fetch(`${fairlead.adminUrl}/api/v1/services/${project}/web`).catch(() => undefined);
      return answer?.ok === true ? ((await answer.json()) as ServiceStatus) : undefined;
    },
    containers: () => containersOf(lane.docker, project),
    restart: async () => {
      await fairlead.kill("SIGKILL");
      fairlead = await start();
      await fairlead.ready(60_000);
    },
    close: async () => {
      await fairlead.stop();
      await clearProject(lane.docker, project);
      await rm(directory, { recursive: true });
      await rm(`${lane.dataDirectory}/${project}`, { recursive: true, force: true });
    },
  };
  return play;
}

async function foreignBeside(docker: Docker, image: string, project: string): Promise<string> {
  const stream = await docker.pull(image);
  await new Promise((resolve, reject) => stream.on("end", resolve).on("error", reject).resume());
  return (await runForeign(docker, image, { name: `${project}-other`, project })).id;
}
