import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import Docker from "dockerode";
import { startEngine } from "../sandbox/engine/engine.js";
import { findEngine } from "../sandbox/engine/find-engine.js";
import { enginePackages, ensurePackages } from "../sandbox/host/packages.js";
import { startRegistry, type SandboxRegistry } from "../sandbox/registry/registry.js";
import type { Cleanup } from "./cleanup.js";
import type { Screen } from "./screen.js";
import { removeTraces } from "./traces.js";

export const repository = "notarock/portfolio-ng";

/** Where the demo plays: an engine and the registry its images come from. */
export interface Stage {
  readonly docker: Docker;
  /** DOCKER_HOST and its companions. */
  readonly engineEnv: Readonly<Record<string, string>>;
  readonly registry: SandboxRegistry;
  /** The image as the services file names it. */
  readonly image: string;
  /** The registry stands in for Docker Hub, for the engine as well. */
  readonly playsHub: boolean;
  /** The services file's project: ours alone. */
  readonly project: string;
  /** From the registry, as the engine can pull it. */
  readonly named: (repository: string) => string;
}

/**
 * The engine that is here, which is left as it was found, or else a private one. A found engine cannot be told of a
 * mirror, so there the images go by the local registry's own name.
 */
export async function setStage(screen: Screen, cleanup: Cleanup): Promise<Stage> {
  const found = await findEngine();
  const say = (line: string): void => {
    screen.say(line);
  };
  if (found === undefined) return privateStage(screen, cleanup, say);
  refuseDistant(found);
  await ensurePackages(["docker-registry", "busybox-static"], say);
  const registry = await startRegistry();
  await cleanup.defer(() => registry.stop());
  // Without arguments dockerode reads the same variables as findEngine.
  const docker = found === process.env["DOCKER_HOST"] ? new Docker() : new Docker({ socketPath: socketOf(found) });
  const project = `home-${randomBytes(3).toString("hex")}`;
  await cleanup.defer(() => removeTraces(docker, project, registry.host));
  const named = (name: string): string => `${registry.host}/${name}`;
  await describe(screen, docker, `found at ${found}; only containers of the project ${project} are touched`);
  screen.fact(
    "registry",
    `${registry.url}, private; the images go by its name, as a found engine has no mirror of ours`,
  );
  return {
    docker,
    engineEnv: dockerVariables(found),
    registry,
    image: named(repository),
    playsHub: false,
    project,
    named,
  };
}

async function privateStage(screen: Screen, cleanup: Cleanup, say: (line: string) => void): Promise<Stage> {
  if (process.getuid?.() !== 0) throw new Error(whyNoEngine());
  await ensurePackages(enginePackages, say);
  const registry = await startRegistry();
  await cleanup.defer(() => registry.stop());
  const engine = await startEngine({ mirror: registry.url });
  await cleanup.defer(() => engine.stop());
  const docker = new Docker({ socketPath: engine.socket });
  await describe(screen, docker, "private: started for this demo, gone when it ends");
  screen.fact("registry", `${registry.url}, private: stands in for Docker Hub`);
  const engineEnv = { DOCKER_HOST: engine.host };
  return { docker, engineEnv, registry, image: repository, playsHub: true, project: "home", named: (name) => name };
}

async function describe(screen: Screen, docker: Docker, what: string): Promise<void> {
  const { Version, ApiVersion } = await docker.version();
  screen.fact("engine", `Docker ${Version}, API ${ApiVersion}; ${what}`);
}

function whyNoEngine(): string {
  const socket = "/var/run/docker.sock";
  const found = existsSync(socket)
    ? `${socket} is there, but this user may not use it or no engine answers: join the group that owns it, or start the engine.`
    : `No Docker engine was found: DOCKER_HOST is not set, and there is no ${socket}.`;
  return `${found}\nThe demo can start a private engine of its own, but only as root on Debian or Ubuntu: sudo npm run demo`;
}

/** The page and the registry are on this machine's loopback address. */
function refuseDistant(host: string): void {
  if (host.startsWith("unix://") || ["127.0.0.1", "localhost", "[::1]"].includes(new URL(host).hostname)) return;
  throw new Error(`DOCKER_HOST=${host} is another machine, and the demo needs an engine on this one: unset it.`);
}

function socketOf(host: string): string {
  return host.slice("unix://".length);
}

function dockerVariables(host: string): Record<string, string> {
  const variables: Record<string, string> = { DOCKER_HOST: host };
  for (const name of ["DOCKER_TLS_VERIFY", "DOCKER_CERT_PATH"]) {
    const value = process.env[name];
    if (value !== undefined) variables[name] = value;
  }
  return variables;
}
