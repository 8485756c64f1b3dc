import { afterEach, describe, expect, it } from "vitest";
import { specOf } from "../plan/world.js";
import { openStage } from "./stage.js";
import type { Stage } from "./stage.js";

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
  );
});

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
