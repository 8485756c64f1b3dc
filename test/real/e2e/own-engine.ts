import { afterAll, beforeAll, inject } from "vitest";
import { bridgeInto } from "../../sandbox/bridge.js";
import { startEngine, type SandboxEngine } from "../../sandbox/engine.js";
import { faultProxy, type FaultProxy } from "../../sandbox/fault-proxy.js";
import { createNetns } from "../../sandbox/netns.js";
import type { Scene } from "./scene.js";

/** An engine for one file's tests alone, with a network namespace and a way to the registry of its own: it may be harmed. */
export interface OwnEngine {
  readonly engine: SandboxEngine;
  /** Before the registry, as this engine and nobody else sees it. */
  readonly proxy: FaultProxy;
  /** From here on the scene plays on it. */
  stage(scene: Scene): Promise<void>;
}

/** To be called while tests are declared; the answer, within a test. */
export function ownEngine(): () => OwnEngine {
  const own: { current?: OwnEngine; end?: () => Promise<void> } = {};
  beforeAll(async () => {
    const netns = await createNetns();
    const proxy = await faultProxy(inject("registryUrl"));
    const bridge = await bridgeInto(netns.path, proxy.url);
    const engine = await startEngine({ netns: netns.path, mirror: bridge.url });
    own.current = { engine, proxy, stage: (scene) => scene.stage({ engineHost: engine.host, docker: "same" }) };
    own.end = async () => {
      await engine.stop();
      await bridge.close();
      await proxy.stop();
      await netns.close();
    };
  });
  afterAll(() => own.end?.());
  return () => own.current!;
}
