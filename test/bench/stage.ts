import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import Docker from "dockerode";
import { startEngine } from "../sandbox/engine/engine.js";
import { startFairlead, type FairleadProcess } from "../sandbox/fairlead.js";
import { enginePackages, ensurePackages } from "../sandbox/host/packages.js";
import { startRegistry } from "../sandbox/registry/registry.js";
import { tapRegistry, type Tap } from "./tap.js";

/** A private engine whose Docker Hub is a private registry, and a tap through which Fairlead asks that registry. */
export interface Stage {
  readonly engineHost: string;
  readonly engineSocket: string;
  readonly docker: Docker;
  /** The engine holds still, reachable but without an answer, until what is answered here is called. */
  pauseEngine(): () => void;
  /** Pushes go here; the engine pulls from here. */
  readonly registryUrl: string;
  readonly tap: Tap;
  /** Gone with the stage. */
  readonly directory: string;
  /** The built program on a services file, over its data directory of that name. */
  run(name: string, services: object, env?: Readonly<Record<string, string>>): Promise<FairleadProcess>;
  /** The same, on what the arguments say. */
  start(name: string, args: readonly string[], env?: Readonly<Record<string, string>>): Promise<FairleadProcess>;
  close(): Promise<void>;
}

export const hookSecret = "bench-secret";

export async function openStage(): Promise<Stage> {
  await ensurePackages(enginePackages, (line) => {
    console.log(line);
  });
  const registry = await startRegistry();
  const engine = await startEngine({ mirror: registry.url }).catch(async (error: unknown) => {
    await registry.stop();
    throw error;
  });
  const tap = await tapRegistry(registry.url);
  const directory = await mkdtemp(`${tmpdir()}/fairlead-bench-`);
  const settings = `${directory}/fairlead.yaml`;
  await writeFile(settings, JSON.stringify({ registries: { "docker.io": { mirror: tap.url } } }));
  const running: FairleadProcess[] = [];
  const start: Stage["start"] = async (name, args, env = {}) => {
    const fairlead = await startFairlead({
      dataDir: `${directory}/${name}`,
      args: [...args, "--config", settings],
      env: { DOCKER_HOST: engine.host, FAIRLEAD_HOOK_SECRET: hookSecret, ...env },
    });
    running.push(fairlead);
    return fairlead;
  };
  return {
    engineHost: engine.host,
    engineSocket: engine.socket,
    docker: new Docker({ socketPath: engine.socket }),
    pauseEngine: () => {
      const { pid } = engine;
      process.kill(pid, "SIGSTOP");
      return () => void process.kill(pid, "SIGCONT");
    },
    registryUrl: registry.url,
    tap,
    directory,
    run: async (name, services, env) => {
      const file = `${directory}/${name}.yaml`;
      await writeFile(file, JSON.stringify(services, undefined, 2));
      return start(name, ["-f", file], env);
    },
    start,
    close: async () => {
      for (const fairlead of running) await fairlead.stop();
      await tap.close();
      await Promise.all([engine.stop(), registry.stop()]);
      await rm(directory, { recursive: true });
    },
  };
}
