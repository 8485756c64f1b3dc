import { afterEach, describe, expect, it } from "vitest";
import type { ServiceSpec } from "../../../../../src/compose/model/service.js";
import { parseImage } from "../../../../../src/compose/values/image.js";
import { FairleadError } from "../../../../../src/errors.js";
import { withGates } from "../../../../../src/gate/derive.js";
import type { ObservedContainer } from "../../../../../src/plan/model/host/observed.js";
import { digestOf, port8080, specOf } from "../../../plan/world.js";
import { mortal, openStage } from "../stage.js";
import type { Stage } from "../stage.js";

const stages: Stage[] = [];
afterEach(async () => {
  for (const stage of stages.splice(0)) await stage.close();
});

const gate = "shop-web.gate-1";
const proxy = parseImage("haproxy:latest");

function gated(patch: Parameters<typeof specOf>[0] = {}): readonly ServiceSpec[] {
  const spec = specOf({
    gate: { mode: "http", holdMs: 30_000, proxyProtocol: false },
    container: { ports: [port8080] },
    ...patch,
  });
  return withGates({ name: "shop", file: "services.yaml", services: [spec] }, proxy).services;
}

/** `shop/web` behind its gate, running `a`. */
async function open(specs: readonly ServiceSpec[] = gated()): Promise<Stage> {
  const stage = await openStage([...specs]);
  stages.push(stage);
  const [web, itsGate] = specs;
  stage.push("e", { check: "none" }, itsGate);
  stage.push("a", { check: "none" }, web);
  return stage;
}

/** `shop/web` on its own ports, running `a`. */
async function openWithout(): Promise<Stage> {
  const plain = specOf({ container: { ports: [port8080] } });
  const stage = await openStage([plain]);
  stages.push(stage);
  stage.push("a", { check: "none" }, plain);
  return stage;
}

function giveGate(stage: Stage, specs = gated()): void {
  stage.push("e", { check: "none" }, specs[1]);
  stage.specs.splice(0, 1, ...specs);
  stage.reload();
}

function takeGate(stage: Stage): void {
  stage.specs.splice(0, 2, specOf({ container: { ports: [port8080] } }));
  stage.reload();
}

function servesByItself(stage: Stage): boolean {
  const active = find(stage, "shop-web-1");
  return active?.state === "running" && active.publishes === true && find(stage, gate) === undefined;
}

function find(stage: Stage, name: string): ObservedContainer | undefined {
  return stage.engine.world.host.containers.find((one) => one.name === name);
}

function addressOf(stage: Stage, name: string): string {
  return stage.engine.world.addresses.firstOf(find(stage, name)?.id ?? "") ?? "";
}

function opensTo(stage: Stage, letter: string): boolean {
  const active = find(stage, "shop-web-1");
  if (active?.state !== "running" || active.digest !== digestOf(letter)) return false;
  const others = stage.engine.world.host.containers.filter((one) => one.name.endsWith(".next"));
  const open = stage.gates.openTo(gate);
  return others.length === 0 && open.length === 1 && open[0] === addressOf(stage, "shop-web-1");
}

describe("a service with a gate", () => {
  it("starts beside it, without ports and names of its own", async () => {
    const stage = await open();
    await stage.start();
    await stage.until("served through the gate", () => opensTo(stage, "a"));
    expect(find(stage, "shop-web-1")?.networks).toMatchObject([{ network: "shop_default", aliases: [] }]);
    expect(find(stage, gate)?.networks).toMatchObject([{ network: "shop_default", aliases: ["web"] }]);
  });

  it("is updated while what is under way in the old one ends", async () => {
    const stage = await open();
    const controller = await stage.start();
    await stage.until("served through the gate", () => opensTo(stage, "a"));
    stage.gates.sessions.set(addressOf(stage, "shop-web-1"), 3);
    stage.push("b", { check: "none" });
    controller.surface.reconcile(["shop/web"], "push");
    const reason = () =>
      controller.surface.service("shop/web")?.conditions.find(({ type }) => type === "Ready")?.reason;
    await stage.until("draining", () => reason() === "Draining");
    await stage.pass(5_000);
    expect(find(stage, "shop-web-1")).toMatchObject({ digest: digestOf("a"), state: "running" });
    expect(stage.gates.openTo(gate)).toEqual([addressOf(stage, "shop-web-1.next")]);
    stage.gates.sessions.clear();
    await stage.until("all of it on the new one", () => opensTo(stage, "b"));
    expect(find(stage, "shop-web-1.previous")).toMatchObject({ digest: digestOf("a"), state: "exited" });
  });

  it("that a person stops ends when what is under way has, is off behind a gate that stays, and comes back", async () => {
    const stage = await open();
    const controller = await stage.start();
    await stage.until("served through the gate", () => opensTo(stage, "a"));
    const before = find(stage, "shop-web-1")?.id;
    stage.gates.sessions.set(addressOf(stage, "shop-web-1"), 1);
    await controller.surface.stop("shop/web", undefined);
    await stage.until("nothing open", () => stage.gates.openTo(gate).length === 0);
    await stage.pass(1_000);
    expect(find(stage, "shop-web-1")?.state, "what is under way ends").toBe("running");
    stage.gates.sessions.clear();
    await stage.until("it is off", () => find(stage, "shop-web-1")?.state === "exited");
    await stage.pass(60_000);
    expect(find(stage, gate)?.state, "its ports stay its own").toBe("running");
    expect(stage.gates.openTo(gate)).toEqual([]);
    expect(controller.surface.service("shop/web")?.sync).toBe("Stopped");
    await controller.surface.start("shop/web");
    await stage.until("served through the gate", () => opensTo(stage, "a"));
    expect(find(stage, "shop-web-1")?.id).toBe(before);
  });

  it("that must stop first makes those at the gate wait, and nobody else", async () => {
    const stage = await open(gated({ update: { order: "stop-first", monitorMs: 2_000 } }));
    const controller = await stage.start();
    await stage.until("served through the gate", () => opensTo(stage, "a"));
    stage.push("b", { check: "none" });
    controller.surface.reconcile(["shop/web"], "push");
    stage.gates.sessions.set(addressOf(stage, "shop-web-1"), 1);
    await stage.until("nothing open", () => stage.gates.openTo(gate).length === 0);
    await stage.pass(1_000);
    expect(find(stage, "shop-web-1.next")?.state, "the new one is made already").toBe("created");
    expect(find(stage, "shop-web-1")?.state).toBe("running");
    stage.gates.sessions.clear();
    await stage.until("all of it on the new one", () => opensTo(stage, "b"));
  });

  it("keeps the old one where the new one is bad", async () => {
    const stage = await open();
    const controller = await stage.start();
    await stage.until("served through the gate", () => opensTo(stage, "a"));
    const before = find(stage, "shop-web-1")?.id;
    stage.push("b", { check: "none", exitsAfterMs: 300 });
    controller.surface.reconcile(["shop/web"], "push");
    await stage.until("held", () => controller.surface.service("shop/web")?.sync === "Held");
    expect(find(stage, "shop-web-1")?.id).toBe(before);
    expect(opensTo(stage, "a")).toBe(true);
  });

  it("waits with the rollout while the gate does not answer", async () => {
    const stage = await open();
    const controller = await stage.start();
    await stage.until("served through the gate", () => opensTo(stage, "a"));
    stage.gates.silent = true;
    stage.push("b", { check: "none" });
    controller.surface.reconcile(["shop/web"], "push");
    const ready = () => controller.surface.service("shop/web")?.conditions.find(({ type }) => type === "Ready")?.reason;
    await stage.pass(70_000);
    await stage.until("told", () => ready() === "GateUnavailable");
    expect(find(stage, "shop-web-1")).toMatchObject({ digest: digestOf("a"), state: "running" });
    stage.gates.silent = false;
    await stage.until("all of it on the new one", () => opensTo(stage, "b"));
  });

  it("says so where the gate refuses what it is told", async () => {
    const stage = await open();
    const controller = await stage.start();
    await stage.until("served through the gate", () => opensTo(stage, "a"));
    const { setRoutes } = stage.gates;
    stage.gates.setRoutes = () => Promise.reject(new FairleadError("EngineRefused", "next1 is not as asked for"));
    stage.push("b", { check: "none" });
    controller.surface.reconcile(["shop/web"], "push");
    const ready = () => controller.surface.service("shop/web")?.conditions.find(({ type }) => type === "Ready");
    await stage.until("told", () => ready()?.message === "next1 is not as asked for");
    expect(ready()).toMatchObject({ status: "False", reason: "GateUnavailable" });
    stage.gates.setRoutes = setRoutes;
    await stage.until("all of it on the new one", () => opensTo(stage, "b"));
  });

  it("is left in peace as long as nothing happens", async () => {
    const stage = await open();
    await stage.start();
    await stage.until("served through the gate", () => opensTo(stage, "a"));
    await stage.pass(5_000);
    const asked = stage.gates.asked;
    await stage.pass(30_000);
    expect(stage.gates.asked).toBe(asked);
  });

  it("loses it with the ports it held, when the file says so", async () => {
    const stage = await open();
    await stage.start();
    await stage.until("served through the gate", () => opensTo(stage, "a"));
    takeGate(stage);
    await stage.until("without a gate", () => find(stage, gate) === undefined);
    await stage.until(
      "served by itself",
      () => find(stage, "shop-web-1")?.networks[0]?.aliases.includes("web") === true,
    );
    expect(find(stage, "shop-web-1")?.state).toBe("running");
  });

  it.each(["start-first", "stop-first"] as const)(
    "gets one while it runs without: nothing but its own start is missing when the old one ends, %s",
    async (order) => {
      const stage = await openWithout();
      await stage.start();
      await stage.until("served by itself", () => find(stage, "shop-web-1")?.state === "running");
      const old = find(stage, "shop-web-1")?.id;
      const since: string[] = [];
      stage.engine.onChange = (call, moment) => {
        const isOver = find(stage, "shop-web-1")?.id !== old || find(stage, "shop-web-1")?.state !== "running";
        if (isOver && moment === "before") since.push(call);
      };
      giveGate(stage, gated({ update: { order, monitorMs: 2_000 } }));
      await stage.until("served through the gate", () => opensTo(stage, "a"));
      expect(since[0]).toBe("startContainer");
      expect(since.filter((call) => call === "startContainer")).toHaveLength(order === "start-first" ? 1 : 2);
      expect(since).not.toContain("createContainer");
    },
  );

  it("keeps its ports as long as no gate can be made", async () => {
    const stage = await openWithout();
    const controller = await stage.start();
    await stage.until("served by itself", () => find(stage, "shop-web-1")?.state === "running");
    const old = find(stage, "shop-web-1")?.id;
    const specs = gated();
    stage.specs.splice(0, 1, ...specs);
    stage.reload();
    const ready = () => controller.surface.service("shop/web")?.conditions.find(({ type }) => type === "Ready");
    await stage.until("told", () => ready()?.reason === "WaitingForDependency");
    await stage.pass(60_000);
    expect(find(stage, "shop-web-1")).toMatchObject({ id: old, state: "running" });
    stage.push("e", { check: "none" }, specs[1]);
    controller.surface.reconcile(["shop/web.gate"], "push");
    await stage.until("served through the gate", () => opensTo(stage, "a"));
  });

  it("gets one in the middle of a rollout, and the new one goes behind it", async () => {
    const stage = await openWithout();
    const controller = await stage.start();
    await stage.until("served by itself", () => find(stage, "shop-web-1")?.state === "running");
    stage.push("b", { check: "none" });
    controller.surface.reconcile(["shop/web"], "push");
    await stage.until("under way", () => find(stage, "shop-web-1.next")?.state === "running");
    giveGate(stage);
    await stage.until("served through the gate", () => opensTo(stage, "b"));
  });

  it("gets back the gate that was taken away, where it cannot do without", async () => {
    const stage = await open();
    await stage.start();
    await stage.until("served through the gate", () => opensTo(stage, "a"));
    const before = find(stage, "shop-web-1")?.id;
    const plain = specOf({ container: { ports: [port8080] } });
    stage.push("a", { check: "none", exitsAfterMs: 300 }, plain);
    stage.specs.splice(0, 2, plain);
    stage.reload();
    await stage.until("tried", () => find(stage, "shop-web-1.failed") !== undefined);
    await stage.until("served through the gate", () => opensTo(stage, "a"));
    expect(find(stage, "shop-web-1")?.id).toBe(before);
    expect(find(stage, gate)?.restartPolicy.name).toBe("always");
  });

  it.each([
    ["put before it", openWithout, giveGate, (stage: Stage) => opensTo(stage, "a")],
    ["taken away", open, takeGate, (stage: Stage) => servesByItself(stage)],
  ])("survives the controller's death after any call while a gate is %s", async (_, begin, change, isDone) => {
    for (let call = 1; ; call += 1) {
      const stage = await begin();
      const first = await stage.start();
      await stage.until("served", () => find(stage, "shop-web-1")?.restartPolicy.name === "always");
      await first.stop();
      change(stage);
      const { engine, dead } = mortal(stage.engine, { call, moment: "after" });
      await stage.start({ engine });
      await stage.until("dead or done", () => dead() || isDone(stage));
      if (!dead()) break;
      await stage.start();
      await stage.until("done", () => isDone(stage));
    }
  });

  it("survives the controller's death before or after any call", async () => {
    for (const moment of ["before", "after"] as const) {
      for (let call = 1; ; call += 1) {
        const stage = await open();
        const first = await stage.start();
        await stage.until("served through the gate", () => opensTo(stage, "a"));
        await first.stop();
        stage.push("b", { check: "none" });
        const { engine, dead } = mortal(stage.engine, { call, moment });
        await stage.start({ engine });
        await stage.until("dead or done", () => dead() || opensTo(stage, "b"));
        if (!dead()) break;
        await stage.start();
        await stage.until("all of it on the new one", () => opensTo(stage, "b"));
      }
    }
  });
});
