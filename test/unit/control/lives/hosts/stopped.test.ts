import { afterEach, describe, expect, it } from "vitest";
import type { Controller } from "../../../../../src/control/controller.js";
import { digestOf, specOf } from "../../../plan/world.js";
import { openStage } from "../stage.js";
import type { Stage } from "../stage.js";

const stages: Stage[] = [];
afterEach(async () => {
  for (const stage of stages.splice(0)) await stage.close();
});

async function open(spec = specOf({ update: { monitorMs: 500 } })) {
  const stage = await openStage([spec]);
  stages.push(stage);
  stage.push("a", { check: "none" });
  const controller = await stage.start();
  const active = () => stage.engine.world.host.containers.find(({ role }) => role === "active");
  await stage.until("it serves", () => active()?.state === "running");
  return { stage, controller, active };
}

describe("fairlead stop and start", () => {
  it("keeps a service off over pushes and a restart of the controller, until it is started", async () => {
    const { stage, controller, active } = await open();
    expect(await controller.surface.stop("shop/web", undefined)).toEqual({});
    await stage.until("it is off", () => active()?.state === "exited");
    stage.push("b", { check: "none" });
    controller.surface.reconcile(["shop/web"], "hook");
    await stage.pass(60_000);
    expect(controller.surface.service("shop/web")).toMatchObject({ sync: "Stopped", health: "Missing" });
    await controller.stop();
    const again = await stage.start();
    await stage.pass(60_000);
    expect(active()).toMatchObject({ state: "exited" });
    expect(again.surface.service("shop/web")?.conditions[0]).toMatchObject({ status: "False", reason: "Stopped" });
    expect(await again.surface.start("shop/web")).toEqual({ stoppedByFile: false });
    await stage.until("it serves", () => again.surface.service("shop/web")?.sync === "Synced");
    expect(active()).toMatchObject({ state: "running" });
  });

  it("keeps it off for so long", async () => {
    const { stage, controller, active } = await open();
    const { until } = await controller.surface.stop("shop/web", 60_000);
    expect(Date.parse(until ?? "")).toBe(stage.engine.clock.now() + 60_000);
    await stage.until("it is off", () => active()?.state === "exited");
    await stage.pass(50_000);
    expect(active()).toMatchObject({ state: "exited" });
    await stage.pass(15_000);
    expect(active()).toMatchObject({ state: "running" });
  });

  it.each([3_600_000, -86_400_000])(
    "for so long of real time where clocks are set by %d ms meanwhile",
    async (byMs) => {
      const { stage, controller, active } = await open();
      await stage.pass(60_000);
      await controller.surface.stop("shop/web", 7_200_000);
      await stage.until("it is off", () => active()?.state === "exited");
      stage.engine.world.aheadMs += byMs;
      stage.process.aheadMs += byMs;
      await stage.pass(7_000_000);
      controller.surface.reconcile(["shop/web"], "hook");
      await stage.pass(100_000);
      expect(active()).toMatchObject({ state: "exited" });
      await stage.pass(200_000);
      expect(active()).toMatchObject({ state: "running" });
    },
    120_000,
  );
});

describe("a stop from outside that is left so", () => {
  const stops = async (controller: Controller) => {
    const found: string[] = [];
    for await (const { type, reason, message } of controller.surface.events(all, new AbortController().signal))
      if (type === "stop") found.push(`${reason}: ${message}`);
    return found;
  };
  const all = { follow: false };
  const told = "StoppedByOthers: shop-web-1 was stopped by somebody else, and stays stopped";

  it.each([
    ["respect_stop", specOf({ respectStopMs: 600_000, update: { monitorMs: 500 } })],
    ["a pause", specOf({ update: { monitorMs: 500 } })],
  ])("is an event, once for each stop, with %s; a new controller knows of it too", async (how, spec) => {
    const { stage, controller, active } = await open(spec);
    if (how === "a pause") await controller.surface.pause("shop/web");
    const id = active()?.id ?? "";
    stage.engine.stopByHand(id);
    await stage.pass(30_000);
    expect(active()).toMatchObject({ state: "exited" });
    expect(await stops(controller)).toEqual([told]);
    await controller.stop();
    const again = await stage.start();
    stage.engine.world.patch(id, { endedByRequest: false, restartPolicy: { name: "no", maximumRetryCount: 0 } });
    await stage.pass(30_000);
    expect(active(), "whatever its policy, and whatever was seen").toMatchObject({ state: "exited" });
    expect(await stops(again)).toEqual([told]);
    await stage.engine.startContainer(id);
    await stage.pass(5_000);
    stage.engine.stopByHand(id);
    await stage.pass(5_000);
    expect(await stops(again)).toEqual([told, told]);
  });

  it("is none where it is undone at once, or where it is a crash", async () => {
    const { stage, controller, active } = await open();
    stage.engine.stopByHand(active()?.id ?? "");
    await stage.until("it serves again", () => active()?.state === "running");
    await controller.surface.pause("shop/web");
    stage.engine.kill(active()?.id ?? "");
    await stage.until("it serves again", () => active()?.state === "running");
    expect(await stops(controller)).toEqual([]);
  });
});

describe("a stopped service", () => {
  it("that a person has gone back keeps its pin, and comes back as what it was", async () => {
    const { stage, controller, active } = await open();
    const first = active()?.id;
    stage.push("b", { check: "none" });
    controller.surface.reconcile(["shop/web"], "hook");
    const serves = (letter: string) =>
      active()?.digest === digestOf(letter) && active()?.state === "running" && isCalm(stage);
    await stage.until("b serves", () => serves("b"));
    await controller.surface.rollback("shop/web", undefined);
    await stage.until("a serves again", () => serves("a"));
    await controller.surface.stop("shop/web", undefined);
    await stage.until("it is off", () => active()?.state === "exited");
    expect(controller.surface.service("shop/web")).toMatchObject({ sync: "Stopped", pinned: { revision: 1 } });
    await stage.pass(30_000);
    await controller.surface.start("shop/web");
    await stage.until("it serves", () => controller.surface.service("shop/web")?.sync === "Pinned" && serves("a"));
    expect(active()?.id, "the very container").toBe(first);
  });

  it("in the middle of a roll-back loses no container to go back to", async () => {
    const spec = specOf({ update: { monitorMs: 20_000 } });
    const { stage, controller, active } = await open(spec);
    await stage.pass(30_000);
    const first = active()?.id;
    stage.push("b", { check: "none" });
    controller.surface.reconcile(["shop/web"], "hook");
    await stage.until("b serves", () => active()?.digest === digestOf("b") && isCalm(stage));
    await controller.surface.rollback("shop/web", undefined);
    await stage.until("on its way back", () => stage.engine.world.host.containers.some(({ role }) => role === "next"));
    await controller.surface.stop("shop/web", undefined);
    await stage.until("all is off", () => stage.engine.world.host.containers.every(({ state }) => state !== "running"));
    await stage.pass(30_000);
    expect(stage.engine.world.host.containers.map(({ role }) => role).sort()).toEqual(["active", "previous"]);
    await controller.surface.start("shop/web");
    await stage.until("a serves again", () => active()?.id === first && active()?.state === "running" && isCalm(stage));
    expect(controller.surface.service("shop/web")?.sync).toBe("Pinned");
  });
});

function isCalm({ engine }: Stage): boolean {
  return !engine.world.host.containers.some(({ role }) => role === "next");
}

describe("respect_stop", () => {
  it("counts from the last stop, not from a start that a clock that was set back has put after it", async () => {
    const { stage, controller, active } = await open(specOf({ respectStopMs: 600_000, update: { monitorMs: 500 } }));
    await stage.pass(60_000);
    await controller.surface.start("shop/web");
    await stage.pass(60_000);
    stage.engine.world.aheadMs -= 86_400_000;
    await stage.pass(60_000);
    stage.engine.stopByHand(active()?.id ?? "");
    await stage.pass(500_000);
    expect(active()).toMatchObject({ state: "exited" });
    await stage.pass(200_000);
    expect(active()).toMatchObject({ state: "running" });
  });

  it("leaves what a backup has stopped until that starts it, over a restart of the controller", async () => {
    const { stage, controller, active } = await open(specOf({ respectStopMs: 600_000, update: { monitorMs: 500 } }));
    const before = active();
    stage.engine.stopByHand(before?.id ?? "");
    await stage.pass(60_000);
    expect(active()).toMatchObject({ state: "exited" });
    expect(controller.surface.service("shop/web")?.sync).toBe("Stopped");
    await controller.stop();
    const again = await stage.start();
    await stage.pass(60_000);
    expect(active()).toMatchObject({ state: "exited" });
    await stage.engine.startContainer(before?.id ?? "");
    await stage.until("it serves", () => again.surface.service("shop/web")?.health === "Healthy");
    stage.engine.kill(before?.id ?? "");
    await stage.pass(5_000);
    expect(active(), "a crash is repaired").toMatchObject({ id: before?.id, state: "running" });
  });
});
