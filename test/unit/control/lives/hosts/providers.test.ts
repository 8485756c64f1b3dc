import { afterEach, describe, expect, it } from "vitest";
import type { ObservedContainer } from "../../../../../src/plan/model/host/observed.js";
import { Secret } from "../../../../../src/tools/secret.js";
import type { Behaviour } from "../../../../simulator/behaviour.js";
import { digestOf, specOf } from "../../../plan/world.js";
import { openStage } from "../stage.js";
import type { Stage } from "../stage.js";

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

describe("a service with the volumes of a container that others run", () => {
  const files = specOf({ project: "other", name: "files", image: { ...image, repository: "acme/files" } });
  const plain = { check: "none" } as const;
  const web = specOf({ container: { volumesFrom: ["files"] }, update: { monitorMs: 500 } });

  async function open(first: Behaviour = plain) {
    const stage = await openStage([web]);
    stages.push(stage);
    stage.engine.publish(`acme/files@${digestOf("f")}`, { ...plain, volumes: ["/site"] });
    const lend = async (mounts?: ObservedContainer["mounts"]) => {
      const id = stage.engine.addStranger("files", { ...files, networks: [] }, digestOf("f"), { labelled: false });
      stage.engine.world.patch(id, mounts === undefined ? {} : { mounts });
      await stage.engine.startContainer(id);
      return id;
    };
    const lender = await lend();
    stage.push("a", first);
    const controller = await stage.start();
    const ready = () => controller.surface.service("shop/web")?.conditions.find(({ type }) => type === "Ready");
    const serves = (letter: string) => active(stage, "web")?.digest === digestOf(letter) && ready()?.status === "True";
    await stage.until("it serves, or is held", () => serves("a") || ready()?.reason === "DigestHeld");
    const { world } = stage.engine;
    const rows = () => world.fileIn(active(stage, "web")?.id ?? "", "/site/rows")?.content.reveal();
    world.writeFile(active(stage, "web")?.id ?? "", {
      ...{ origin: "", path: "/site/rows", content: new Secret("one") },
      ...{ mode: 0o644, uid: 0, gid: 0 },
    });
    const volume = world.find(lender)?.mounts?.[0]?.source ?? "";
    const push = (letter: string, behaviour: Behaviour) => {
      stage.push(letter, behaviour);
      controller.surface.reconcile(["shop/web"], "hook");
    };
    return { stage, lend, lender, serves, rows, volume, push };
  }

  it("finds what it has written over updates, a bad one, and a container that hands them on", async () => {
    const { stage, lend, lender, serves, rows, push } = await open();
    push("b", plain);
    await stage.until("it serves", () => serves("b"));
    expect(rows()).toBe("one");
    push("c", { ...plain, exitsAfterMs: 200 });
    await stage.pass(20_000);
    expect([active(stage, "web")?.digest, rows()]).toEqual([digestOf("b"), "one"]);
    const { mounts } = stage.engine.world.find(lender) ?? {};
    const before = active(stage, "web")?.id;
    stage.engine.removeByHand(lender);
    await stage.pass(20_000);
    expect(active(stage, "web")?.id, "it goes on with them").toBe(before);
    await lend(mounts);
    await stage.until("it has followed", () => {
      const now = active(stage, "web");
      return now?.id !== before && now?.digest === digestOf("b") && now.state === "running";
    });
    expect(rows()).toBe("one");
  });

  it("takes none of them along with one that never served, although their container is gone by then", async () => {
    const { stage, lend, lender, serves, volume, push } = await open({ ...plain, exitsAfterMs: 200 });
    const failed = () => stage.engine.world.host.containers.filter(({ role }) => role === "failed");
    expect(failed()).toHaveLength(1);
    stage.engine.removeByHand(lender);
    await lend();
    push("b", plain);
    await stage.until("it serves", () => serves("b"));
    await stage.until("the failed one is gone", () => failed().length === 0);
    expect(stage.engine.world.host.volumes.has(volume)).toBe(true);
  });
});
