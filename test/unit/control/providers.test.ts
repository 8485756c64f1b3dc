import { afterEach, describe, expect, it } from "vitest";
import { digestOf, specOf } from "../plan/world.js";
import { openStage } from "./stage.js";
import type { Stage } from "./stage.js";

const stages: Stage[] = [];
afterEach(async () => {
  for (const stage of stages.splice(0)) await stage.close();
});

const image = { registry: "docker.io", repository: "acme/vpn", tag: "latest", digest: undefined };
const vpn = specOf({ project: "net", name: "vpn", image, update: { monitorMs: 500 } });
const guest = (container: string) =>
  specOf({ networks: [], networkMode: { kind: "container", container }, update: { monitorMs: 500 } });

const active = (stage: Stage, service: string) =>
  stage.engine.world.host.containers.find((one) => one.service === service && one.role === "active");
const livesIn = (stage: Stage, id: string | undefined) => {
  const web = active(stage, "web");
  return web?.state === "running" && web.owners?.network?.join() === id;
};

describe("a service in the network of a container that others run", () => {
  async function open() {
    const stage = await openStage([guest("vpn")]);
    stages.push(stage);
    stage.push("b", { check: "none" });
    stage.engine.publish(`acme/vpn@${digestOf("a")}`, {});
    const run = async () => {
      const id = stage.engine.addStranger("vpn", { ...vpn, networks: [] }, digestOf("a"), { labelled: false });
      await stage.engine.startContainer(id);
      return id;
    };
    return { stage, run, controller: await stage.start() };
  }

  it("comes with it, is not well without it, and follows the next one of its name", async () => {
    const { stage, run, controller } = await open();
    const status = () => controller.surface.service("shop/web");
    const ready = () => status()?.conditions.find(({ type }) => type === "Ready");
    await stage.until("it waits", () => ready()?.reason === "WaitingForDependency");
    const first = await run();
    await stage.until("it serves", () => livesIn(stage, first) && status()?.health === "Healthy");
    const creations = () => stage.engine.counts.calls.get("createContainer") ?? 0;
    expect(creations()).toBe(1);

    stage.engine.removeByHand(first);
    await stage.until("that is told", () => status()?.health !== "Healthy");
    expect(ready()).toMatchObject({ status: "False", reason: "WaitingForDependency" });
    expect(ready()?.message).toContain("vpn, which is gone");
    await stage.pass(120_000);
    expect(creations()).toBe(1);
    expect(status()?.health).toBe("Degraded");

    const second = await run();
    await stage.until("it has followed", () => livesIn(stage, second) && status()?.health === "Healthy");
    expect(creations()).toBe(2);
    await stage.pass(60_000);
    expect(creations()).toBe(2);
  });

  it("is started again with it, and wakes at once", async () => {
    const { stage, run } = await open();
    const id = await run();
    await stage.until("it serves", () => livesIn(stage, id));
    await stage.pass(5_000);
    const before = active(stage, "web");
    stage.engine.stopByHand(id);
    await stage.pass(1_000);
    await stage.engine.startContainer(id);
    await stage.pass(3_000);
    expect(active(stage, "web")).toMatchObject({ id: before?.id, state: "running" });
    expect(active(stage, "web")?.startedAt).toBeGreaterThan(before?.startedAt ?? Infinity);
  });
});

it("a service in the network of one of another project follows its rollouts", async () => {
  const stage = await openStage([guest("net-vpn-1"), vpn]);
  stages.push(stage);
  stage.push("b", { check: "none" });
  stage.push("a", { check: "none" }, vpn);
  const controller = await stage.start();
  await stage.until("both serve", () => livesIn(stage, active(stage, "vpn")?.id));
  stage.push("c", { check: "none" }, vpn);
  controller.surface.reconcile(["net/vpn"], "hook");
  await stage.until("it has followed", () => {
    const owner = active(stage, "vpn");
    return owner?.digest === digestOf("c") && livesIn(stage, owner.id);
  });
  await stage.pass(10_000);
  expect(controller.surface.service("shop/web")).toMatchObject({ sync: "Synced", health: "Healthy" });
});
