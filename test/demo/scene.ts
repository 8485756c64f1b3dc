import { randomBytes } from "node:crypto";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { startFairlead, type FairleadProcess } from "../sandbox/fairlead.js";
import { publishImage, type PublishedImage } from "../sandbox/registry/image.js";
import { freePort } from "../sandbox/network/ports.js";
import type { Behaviour } from "../sandbox/registry/sample.js";
import type { Cleanup } from "./cleanup.js";
import { check } from "./failure.js";
import { startNarrator, type Narrator } from "./narrator.js";
import type { Screen } from "./screen.js";
import { servicesFile } from "./services.js";
import { repository, type Stage } from "./stage.js";

/** Fairlead at work on the stage. */
export interface Scene {
  readonly stage: Stage;
  readonly screen: Screen;
  readonly fairlead: FairleadProcess;
  readonly narrator: Narrator;
  /** What opens the hooks. */
  readonly secret: string;
  readonly pageUrl: string;
  readonly files: Files;
}

export interface Files {
  readonly services: string;
  readonly settings: string;
  readonly data: string;
  readonly text: string;
  readonly pageUrl: string;
}

/** An example services file, and settings that name the mirror where there is one. */
export async function writeFiles(stage: Stage, cleanup: Cleanup): Promise<Files> {
  const directory = await mkdtemp(`${tmpdir()}/fairlead-demo-`);
  await cleanup.defer(() => rm(directory, { recursive: true, force: true }));
  const port = await freePort();
  const text = servicesFile(stage.project, stage.image, port);
  const [services, settings, data] = [`${directory}/services.yaml`, `${directory}/fairlead.yaml`, `${directory}/data`];
  const mirror = stage.playsHub ? `registries: {docker.io: {mirror: "${stage.registry.url}"}}\n` : "";
  await writeFile(services, text);
  await writeFile(settings, mirror);
  // No credentials of the person's own go to the private registry.
  await mkdir(`${directory}/docker`);
  return { services, settings, data, text, pageUrl: `http://127.0.0.1:${port}/` };
}

/** The built program on these files; its log is told from now on. */
export async function openScene(stage: Stage, screen: Screen, files: Files, cleanup: Cleanup): Promise<Scene> {
  const secret = randomBytes(8).toString("hex");
  const fairlead = await startFairlead({
    dataDir: files.data,
    args: ["-f", files.services, "--config", files.settings],
    env: {
      ...stage.engineEnv,
      DOCKER_CONFIG: files.services.replace("services.yaml", "docker"),
      FAIRLEAD_HOOK_SECRET: secret,
    },
  });
  const narrator = startNarrator(fairlead, screen);
  await cleanup.defer(async () => {
    narrator.stop();
    check((await fairlead.stop()) === 0, "fairlead did not end with exit code 0 on SIGTERM");
  });
  await fairlead.ready();
  return { stage, screen, fairlead, narrator, secret, pageUrl: files.pageUrl, files };
}

/** Puts a version of the page into the registry, as a build would: the tag `latest` moves to it. */
export function push({ registry }: Stage, version: string, behaviour: Behaviour = "good"): Promise<PublishedImage> {
  return publishImage(registry.url, repository, "latest", { version: pageOf(version), behaviour });
}

/** What `GET /` answers. */
export function pageOf(version: string): string {
  return `portfolio-ng ${version}`;
}
