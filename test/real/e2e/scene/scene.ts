import { randomBytes } from "node:crypto";
import { appendFileSync } from "node:fs";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import type Docker from "dockerode";
import { inject, test as base } from "vitest";
import type { ServiceStatus } from "../../../../src/plan/model/condition.js";
import { assertKnown } from "../../../proxy/strange.js";
import { startCountingProxy } from "../../../sandbox/proxies/counting-proxy.js";
import { leaseOf, startFairlead, type FairleadProcess, type LogLine } from "../../../sandbox/fairlead.js";
import { publishImage, type ImageOptions, type PublishedImage } from "../../../sandbox/registry/image.js";
import { patienceMs } from "../../../sandbox/host/patience.js";
import { connect } from "../../sandbox/docker.js";
import { clearProject, containersOf, type SeenContainer } from "./host.js";
import { scrape, type Exposition } from "./metrics.js";

/** Where the scene plays, where that is not the shared engine and registry. */
export interface Stage {
  /** As Fairlead's DOCKER_HOST; default the shared engine. */
  readonly engineHost?: string;
  /** What `docker` reaches: that one too, or (default) the shared engine, to which the other is only a way. */
  readonly docker?: "same";
  /** The registry Fairlead asks for Docker Hub's images; default the shared one. Pushes go to the shared one. */
  readonly mirror?: string;
}

export interface Scene {
  /** Unique, and the first part of every name on the engine. */
  readonly project: string;
  readonly directory: string;
  readonly servicesFile: string;
  readonly settingsFile: string;
  readonly engineHost: string;
  readonly docker: Docker;
  readonly hookSecret: string;
  /** That Fairlead runs with here, and that a plan without a controller is to be told. */
  readonly lease: string;
  /** The Fairlead that runs now. */
  readonly fairlead: FairleadProcess;
  /** Where it plays from the next `start` on. */
  stage(stage: Stage): Promise<void>;
  /** On Docker Hub, as a services file names it. */
  image(name?: string): string;
  /** Without a health check unless the options name one: then it is good once it has run for `monitor`. */
  push(options?: ImageOptions & { readonly name?: string; readonly tag?: string }): Promise<PublishedImage>;
  /** Each service over `defaults`; the keys beside them come last. */
  write(services: Readonly<Record<string, object>>, beside?: object): Promise<void>;
  writeText(text: string): Promise<void>;
  /** The same while Fairlead runs and has web, and waits until it goes by it: a hook that follows cannot come before it. */
  rewrite(services: Readonly<Record<string, object>>): Promise<void>;
  /** Starts Fairlead, again if it ran, and waits until it is ready. */
  start(options?: {
    readonly args?: readonly string[];
    readonly env?: Readonly<Record<string, string>>;
    readonly awaitReady?: boolean;
    readonly openFiles?: number;
    /** Its services files are elsewhere. */
    readonly withoutFile?: boolean;
  }): Promise<FairleadProcess>;
  /** Docker Hub's webhook for a push of this image. */
  hook(options?: { readonly name?: string; readonly tag?: string }): Promise<Response>;
  status(service?: string): Promise<ServiceStatus | undefined>;
  /** Waits until a service's status fits, and answers it. */
  untilStatus(fits: (status: ServiceStatus) => boolean, service?: string): Promise<ServiceStatus>;
  /** Synced, healthy, and Ready with this digest, and nothing of a rollout is left. */
  untilServing(digest: string, service?: string): Promise<ServiceStatus>;
  /** Polls until it answers something else than undefined or false. */
  until<T>(
    what: string,
    look: () => Promise<T | undefined | false> | T | undefined | false,
    timeoutMs?: number,
  ): Promise<T>;
  /** The project's containers, ours or not, by name. */
  containers(): Promise<readonly SeenContainer[]>;
  /** The service's container in the active role. */
  active(service?: string): Promise<SeenContainer | undefined>;
  metrics(): Promise<Exposition>;
  /** All log lines of all runs. */
  logs(): readonly LogLine[];
  journal(): Promise<string>;
  /** Everything that Fairlead has let out: logs, output, journal, and at this moment its metrics and its API. */
  everythingSaid(): Promise<string>;
}

/** One interval to pass, two to fail. Each probe starts a process in the container: only where a test is about health. */
export const quick = { intervalMs: 400, timeoutMs: 10_000, retries: 2 } as const;

/** Ten scenes at once ask so often; what they ask takes the engine's time. */
const pollMs = 200;

/** Good for `monitor`, then trusted. */
export const monitorMs = 600;

const defaults = {
  restart: "unless-stopped",
  stop_grace_period: "2s",
  deploy: { update_config: { monitor: `${monitorMs}ms` } },
} as const;

export const order = (value: "start-first" | "stop-first", more: object = {}) => ({
  deploy: { update_config: { monitor: `${monitorMs}ms`, order: value, ...more } },
});

/**
 * Each test gets a project of its own on the shared engine; it is cleared away afterwards. What happened in one that failed
 * goes to FAIRLEAD_TEST_STORIES too, where that names a file.
 */
export const test = base.extend<{ scene: Scene }>({
  scene: async ({ onTestFailed, task }, use) => {
    const { scene, close } = await openScene();
    const left: { containers: readonly SeenContainer[] } = { containers: [] };
    onTestFailed(() => {
      const lines = scene.logs().map((line) => JSON.stringify(line));
      const story = `${task.name}: ${scene.project}\n${lines.slice(-60).join("\n")}\n${JSON.stringify(left.containers)}\n`;
      console.error(story);
      const file = process.env["FAIRLEAD_TEST_STORIES"];
      if (file !== undefined) appendFileSync(file, story);
    });
    await use(scene);
    left.containers = await scene.containers();
    await close();
  },
});

async function openScene(): Promise<{ scene: Scene; close: () => Promise<void> }> {
  const project = `e${randomBytes(4).toString("hex")}`;
  const directory = await mkdtemp(`${tmpdir()}/fairlead-e2e-`);
  const servicesFile = `${directory}/services.yaml`;
  const settingsFile = `${directory}/fairlead.yaml`;
  const hookSecret = `hook-${randomBytes(8).toString("hex")}`;
  const runs: FairleadProcess[] = [];
  let engineHost = inject("engineHost");
  // Beside the way to the shared engine stands one who writes down what is asked of it.
  const shared = engineHost.startsWith("unix://") ? await startCountingProxy(engineHost.slice(7)) : undefined;
  let docker = connect(engineHost);

  const wayTo = (host: string): string => (host === inject("engineHost") ? (shared?.host ?? host) : host);
  const running = (): FairleadProcess => {
    const last = runs.at(-1);
    if (last === undefined) throw new Error("start Fairlead first");
    return last;
  };
  const writeSettings = (mirror: string) =>
    writeFile(settingsFile, JSON.stringify({ registries: { "docker.io": { mirror } } }));

  const scene: Scene = {
    project,
    directory,
    servicesFile,
    settingsFile,
    hookSecret,
    lease: leaseOf(`${directory}/data`),
    get engineHost() {
      return engineHost;
    },
    get docker() {
      return docker;
    },
    get fairlead() {
      return running();
    },
    stage: async (stage) => {
      engineHost = stage.engineHost ?? engineHost;
      if (stage.docker === "same") docker = connect(engineHost);
      if (stage.mirror !== undefined) await writeSettings(stage.mirror);
    },
    image: (name = "web") => `e2e/${project}-${name}`,
    push: ({ name, tag = "latest", ...options } = {}) =>
      publishImage(inject("registryUrl"), scene.image(name), tag, { healthcheck: "none", ...options }),
    write: (services, beside = {}) => {
      const entries = Object.entries(services).map(([name, service]) => [
        name,
        { image: scene.image(name), ...defaults, ...service },
      ]);
      return scene.writeText(
        JSON.stringify({ name: project, services: Object.fromEntries(entries) as object, ...beside }, undefined, 2),
      );
    },
    writeText: (text) => writeFile(servicesFile, text),
    rewrite: async (services) => {
      const generation = async () => (await scene.status())?.conditions[0]?.observedGeneration ?? 0;
      const before = await generation();
      await scene.write(services);
      await scene.until("the file's new generation", async () => (await generation()) > before);
    },
    start: async ({ args = [], env = {}, awaitReady = true, openFiles, withoutFile = false } = {}) => {
      await runs.at(-1)?.stop();
      const fairlead = await startFairlead({
        dataDir: `${directory}/data`,
        args: [...(withoutFile ? [] : ["-f", servicesFile]), "--config", settingsFile, ...args],
        env: { DOCKER_HOST: wayTo(engineHost), FAIRLEAD_HOOK_SECRET: hookSecret, ...env },
        ...(openFiles === undefined ? {} : { openFiles }),
      });
      runs.push(fairlead);
      if (awaitReady) await fairlead.ready();
      return fairlead;
    },
    hook: ({ name, tag = "latest" } = {}) =>
      fetch(`${running().hooksUrl}/hooks/dockerhub/${hookSecret}`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify(dockerHubPayload(scene.image(name), tag)),
      }),
    status: async (service = "web") => {
      const response = await fetch(`${running().adminUrl}/api/v1/services/${project}/${service}`);
      return response.ok ? ((await response.json()) as ServiceStatus) : undefined;
    },
    untilStatus: async (fits, service) => {
      let last: ServiceStatus | undefined;
      const look = async () => {
        last = await scene.status(service);
        return last !== undefined && fits(last) ? last : undefined;
      };
      return scene.until(`${service ?? "web"}'s status`, look).catch((error: unknown) => {
        throw new Error(`${String(error)}: ${JSON.stringify(last)}`);
      });
    },
    untilServing: async (digest, service = "web") => {
      const status = await scene.untilStatus(
        ({ sync, activeDigest, conditions }) =>
          sync === "Synced" && activeDigest === digest && conditions.some(isReady),
        service,
      );
      await scene.until("the end of the rollout", async () => {
        const of = (await scene.containers()).filter((container) => container.service === service);
        return !of.some(({ name }) => name.endsWith(".next"));
      });
      return status;
    },
    until: async (what, look, timeoutMs = patienceMs) => {
      for (const deadline = Date.now() + timeoutMs; ;) {
        const answer = await look();
        if (answer !== undefined && answer !== false) return answer;
        if (Date.now() > deadline) throw new Error(`${what} has not come within ${timeoutMs} ms`);
        await sleep(pollMs);
      }
    },
    containers: () => containersOf(docker, project),
    active: async (service = "web") => {
      const name = `${project}-${service}-1`;
      return (await scene.containers()).find((container) => container.name === name);
    },
    metrics: () => scrape(running().adminUrl),
    logs: () => runs.flatMap((run) => run.logs),
    journal: async () => {
      const names = (await readdir(`${directory}/data/journal`)).sort();
      return (await Promise.all(names.map((name) => readFile(`${directory}/data/journal/${name}`, "utf8")))).join("");
    },
    everythingSaid: async () => {
      const admin = running().adminUrl;
      const paths = ["/metrics", "/readyz", "/", "/api/v1/services", "/api/v1/plan", "/api/v1/openapi.json"];
      const answers = await Promise.all(paths.map(async (path) => (await fetch(admin + path)).text()));
      const printed = runs.flatMap((run) => [...run.logs.map((line) => JSON.stringify(line)), ...run.output]);
      return [...printed, ...answers, await scene.journal()].join("\n");
    },
  };
  await writeSettings(inject("registryUrl"));
  return {
    scene,
    close: async () => {
      await runs.at(-1)?.stop();
      await clearProject(docker, project);
      await shared?.close();
      await rm(directory, { recursive: true });
      const printed = runs.flatMap((run) => [...run.logs.map((line) => JSON.stringify(line)), ...run.output]);
      const leak = printed.find((line) => line.includes(hookSecret));
      assertKnown(shared?.made ?? []);
      if (leak !== undefined) throw new Error(`the hook's secret was logged: ${leak}`);
    },
  };
}

function isReady({ type, status }: ServiceStatus["conditions"][number]): boolean {
  return type === "Ready" && status === "True";
}

/** As Docker Hub documents it, with what it really sends: `pushed_at` as a float, fields that are null. */
export function dockerHubPayload(repository: string, tag: string): object {
  const [namespace, name] = repository.split("/");
  return {
    callback_url: "http://127.0.0.1:9/never-called",
    push_data: { pushed_at: 1417566161.5, pusher: namespace, tag, images: null },
    repository: {
      comment_count: 0,
      date_created: 1.417494799e9,
      description: null,
      dockerfile: null,
      full_description: null,
      is_official: false,
      is_private: false,
      is_trusted: false,
      name,
      namespace,
      owner: namespace,
      repo_name: repository,
      repo_url: `https://registry.hub.docker.com/u/${repository}/`,
      star_count: 0,
      status: "Active",
    },
  };
}
