import { bridgeInto } from "../network/bridge.js";
import { startEngine, type SandboxEngine } from "./engine.js";
import { createNetns } from "../network/netns.js";

/** An engine in a network namespace of its own: nobody else's containers are on it, and it may be stopped and killed. */
export interface IsolatedEngine {
  readonly engine: SandboxEngine;
  /** As the `netns` options take it. */
  readonly netns: string;
  /** The registry, as the engine reaches it. */
  readonly registryUrl: string;
  close(): Promise<void>;
}

/** It has the registry of this namespace as its mirror. `args`: more of dockerd's own options. */
export async function startIsolatedEngine(registryUrl: string, args: readonly string[] = []): Promise<IsolatedEngine> {
  const closers: (() => Promise<void>)[] = [];
  const close = async (): Promise<void> => {
    for (const closer of closers.splice(0).reverse()) await closer();
  };
  try {
    const netns = await createNetns();
    closers.push(() => netns.close());
    const bridge = await bridgeInto(netns.path, registryUrl);
    closers.push(() => bridge.close());
    const engine = await startEngine({ netns: netns.path, mirror: bridge.url, args });
    closers.push(() => engine.stop());
    return { engine, netns: netns.path, registryUrl: bridge.url, close };
  } catch (error) {
    await close();
    throw error;
  }
}
