import { inject } from "vitest";
import type { SandboxEngine } from "../../../sandbox/engine/engine.js";
import { faultProxy, type FaultProxy } from "../../../sandbox/proxies/fault-proxy.js";
import { startIsolatedEngine } from "../../../sandbox/engine/isolated-engine.js";
import type { Scene } from "./scene.js";

export interface OwnEngine {
  readonly engine: SandboxEngine;
  /** Before the registry, as this engine and nobody else sees it. */
  readonly proxy: FaultProxy;
}

/** An engine for one test alone, on which the scene plays from here on: it may be stopped, killed and harmed. */
export async function ownEngine(scene: Scene, onTestFinished: (end: () => Promise<void>) => void): Promise<OwnEngine> {
  const proxy = await faultProxy(inject("registryUrl"));
  onTestFinished(() => proxy.stop());
  const own = await startIsolatedEngine(proxy.url);
  // What the scene leaves goes with the engine.
  onTestFinished(() => own.close());
  await scene.stage({ engineHost: own.engine.host, docker: "same" });
  return { engine: own.engine, proxy };
}
