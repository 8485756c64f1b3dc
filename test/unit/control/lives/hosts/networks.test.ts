import fc from "fast-check";
import { afterEach, describe, expect, it } from "vitest";
import { networkHash } from "../../../../../src/compose/model/hash.js";
import type { NetworkSpec } from "../../../../../src/compose/model/network.js";
import type { ServiceSpec } from "../../../../../src/compose/model/service.js";
import type { Controller } from "../../../../../src/control/controller.js";
import { defaultNetwork, specOf } from "../../../plan/world.js";
import { mortal, openStage } from "../stage.js";
import type { Stage } from "../stage.js";

const stages: Stage[] = [];
afterEach(async () => {
  for (const stage of stages.splice(0)) await stage.close();
});

const moved: NetworkSpec = { ...defaultNetwork, ipam: { config: [{ subnet: "10.9.0.0/24" }] } };
const names = ["web", "api", "db"] as const;

function specsOn(network: NetworkSpec): ServiceSpec[] {
  return names.map((name) =>
    specOf({
      name,
      networks: [{ network, aliases: [name] }],
      image: { registry: "docker.io", repository: `acme/${name}`, tag: "latest", digest: undefined },
    }),
  );
}

/** Three services serve on the network as it was. */
async function open(): Promise<{ stage: Stage; controller: Controller }> {
  const stage = await openStage(specsOn(defaultNetwork));
  stages.push(stage);
  for (const spec of stage.specs) stage.push("a", {}, spec);
  const controller = await stage.start();
  await stage.until("all serve", () => names.every((name) => isReady(controller, name)));
  return { stage, controller };
}

function move(stage: Stage): void {
  stage.specs.splice(0, stage.specs.length, ...specsOn(moved));
  stage.reload();
}

function readyOf(controller: Controller, name: string) {
  return controller.surface.service(`shop/${name}`)?.conditions.find(({ type }) => type === "Ready");
}

function isReady(controller: Controller, name: string): boolean {
  return readyOf(controller, name)?.status === "True";
}

function isMoved({ engine }: Stage): boolean {
  const { networks, containers } = engine.world.host;
  const network = networks.get("shop_default");
  return (
    network?.hash === networkHash(moved) &&
    containers.every(
      ({ service, state, networks: [endpoint] }) =>
        state === "running" && endpoint?.networkId === network.id && endpoint.aliases.includes(service),
    )
  );
}

describe("a network that has changed in the file", () => {
  it("is re-created once for all services on it; their containers stay", async () => {
    const { stage, controller } = await open();
    const before = stage.engine.world.host.containers.map(({ id }) => id).sort();
    const made = stage.engine.counts.calls.get("createContainer");
    const began = stage.engine.clock.now();
    move(stage);
    await stage.until("moved", () => isMoved(stage) && names.every((name) => isReady(controller, name)));
    expect(stage.engine.clock.now() - began).toBeLessThan(5_000);
    expect(stage.engine.world.host.containers.map(({ id }) => id).sort()).toEqual(before);
    expect(stage.engine.counts.calls.get("createContainer")).toBe(made);
    await controller.stop();
  });

  it("waits for a foreign container on it, which is named, and goes on when that has left", async () => {
    const { stage, controller } = await open();
    const leave = stage.engine.addForeign("adminer", "shop_default");
    move(stage);
    await stage.until("blocked", () => readyOf(controller, "web")?.reason === "NetworkInUse");
    expect(readyOf(controller, "web")?.message).toContain("adminer");
    expect(isMoved(stage)).toBe(false);
    expect(stage.engine.world.host.containers.every(({ networks }) => networks.length === 1)).toBe(true);
    leave();
    await stage.until("moved", () => isMoved(stage) && names.every((name) => isReady(controller, name)));
    await controller.stop();
  });
});

it("from a death at any call a changed network comes to be, with everybody on it", async () => {
  const deaths = fc.record({
    call: fc.integer({ min: 1, max: 12 }),
    moment: fc.constantFrom("before" as const, "after" as const),
  });
  await fc.assert(
    fc.asyncProperty(deaths, async (death) => {
      const { stage, controller } = await open();
      await controller.stop();
      stage.specs.splice(0, stage.specs.length, ...specsOn(moved));
      const seen = mortal(stage.engine, death);
      await stage.start({ engine: seen.engine });
      await stage.until("dead or done", () => seen.dead() || isMoved(stage));
      const next = await stage.start();
      await stage.until("moved", () => isMoved(stage) && names.every((name) => isReady(next, name)));
      expect(stage.engine.world.host.containers).toHaveLength(names.length);
      await next.stop();
      await stage.close();
    }),
    { numRuns: 12 },
  );
});
