import Docker from "dockerode";
import { startIsolatedEngine, type IsolatedEngine } from "../engine/isolated-engine.js";

/** An engine in a network namespace of its own, which is the only node of its Swarm. */
export interface SandboxManager extends IsolatedEngine {
  readonly docker: Docker;
}

export async function startManager(registryUrl: string): Promise<SandboxManager> {
  const isolated = await startIsolatedEngine(registryUrl);
  const docker = new Docker({ socketPath: isolated.engine.socket });
  const close = async (): Promise<void> => {
    // Without it its containers are in the way of its end.
    await docker.swarmLeave({ force: true }).catch(() => undefined);
    await isolated.close();
  };
  try {
    await docker.swarmInit({ ListenAddr: "127.0.0.1:2377", AdvertiseAddr: "127.0.0.1" });
  } catch (error) {
    await close();
    throw error;
  }
  return { ...isolated, docker, close };
}
