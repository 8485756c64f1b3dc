import { setTimeout as sleep } from "node:timers/promises";
import { connectCluster } from "../../../src/docker/swarm/cluster.js";
import type { StageImage, StageTask, SwarmStage } from "../../contract/swarm/stage.js";
import { freePort } from "../../sandbox/network/ports.js";
import { startCountingProxy } from "../../sandbox/proxies/counting-proxy.js";
import { publishImage, type ImageOptions } from "../../sandbox/registry/image.js";
import { startManager } from "../../sandbox/swarm/manager.js";

/** The contract's stage on a real manager, through a proxy that can be away. */
export async function realSwarmStage(registryUrl: string): Promise<SwarmStage> {
  const manager = await startManager(registryUrl);
  const proxy = await startCountingProxy(manager.engine.socket);
  return {
    cluster: connectCluster({ host: proxy.host }),
    publish: (task) => publishTask(registryUrl, new URL(manager.registryUrl).host, task),
    freePort,
    interrupt: (ms) => proxy.interrupt(ms),
    wait: (ms) => sleep(ms),
    close: async () => {
      await proxy.close();
      await manager.close();
    },
  };
}

/** `registryHost`: as the engine reaches the registry. */
export async function publishTask(registryUrl: string, registryHost: string, task: StageTask): Promise<StageImage> {
  const repository = `${registryHost}/contract/task`;
  if (task.kind === "missing") return { image: `${repository}@sha256:${"0".repeat(64)}` };
  const { digest } = await publishImage(registryUrl, "contract/task", undefined, optionsOf(task));
  const image = `${repository}@${digest}`;
  return task.kind === "ends" ? { image, args: ["run", "sh", "-c", `echo at work; exit ${task.exitCode}`] } : { image };
}

function optionsOf(task: StageTask): ImageOptions {
  switch (task.kind) {
    case "good":
      return task.check === false ? { healthcheck: "none" } : {};
    case "crashes":
      return { behaviour: "exit-at-once" };
    case "never-healthy":
      return { behaviour: "never-healthy" };
    case "ends":
    case "missing":
      return { healthcheck: "none" };
  }
}
