import { afterEach, describe, expect, it } from "vitest";
import { engineNotices } from "../../../../src/control/surface/engine-state.js";
import { Metrics } from "../../../../src/metrics/metrics.js";
import { specOf } from "../../plan/world.js";
import { openStage } from "../lives/stage.js";
import type { Stage } from "../lives/stage.js";

const stages: Stage[] = [];
afterEach(async () => {
  for (const stage of stages.splice(0)) await stage.close();
});

const key = "shop/web";

async function open() {
  const stage = await openStage([specOf({ update: { monitorMs: 500 } })]);
  stages.push(stage);
  stage.push("a", { check: "none" });
  const telemetry = new Metrics("0");
  const controller = await stage.start({ telemetry });
  const status = () => controller.surface.service(key);
  const isUp = async () => /^fairlead_engine_up (\d)$/m.exec(await telemetry.render())?.[1];
  await stage.until("it serves", () => status()?.sync === "Synced");
  return { stage, controller, status, isUp };
}

describe("an engine that cannot be reached any more", () => {
  it("is told at once of all services, and no longer when it is back", async () => {
    const { stage, controller, status, isUp } = await open();
    expect([await isUp(), controller.surface.engine().kind]).toEqual(["1", "reachable"]);
    stage.engine.interrupt(60_000);
    await stage.pass(1_100);
    expect(status()).toMatchObject({ sync: "Unknown", health: "Unknown" });
    const told = status()?.conditions.map(({ type, status: is, reason }) => [type, is, reason]);
    for (const type of ["Ready", "Progressing", "Healthy"])
      expect(told).toContainEqual([type, "Unknown", "EngineUnavailable"]);
    expect(told).toContainEqual(["DigestResolved", "True", "Converged"]);
    expect([await isUp(), controller.surface.engine().kind]).toEqual(["0", "unreachable"]);
    expect(controller.surface.ready(), "hooks are taken all the same").toBe(true);
    await stage.pass(60_000);
    expect(status()).toMatchObject({ sync: "Synced", health: "Healthy" });
    expect([await isUp(), controller.surface.engine().kind]).toEqual(["1", "reachable"]);
  });

  it("is none that hangs up and is back at once, as behind a proxy that cuts long streams", async () => {
    const { stage, controller, status, isUp } = await open();
    const before = status();
    stage.engine.interrupt(500);
    for (let waited = 0; waited < 5_000; waited += 100) {
      await stage.pass(100);
      expect([await isUp(), controller.surface.engine().kind]).toEqual(["1", "reachable"]);
      expect(status()).toMatchObject({ sync: "Synced", health: "Healthy", conditions: before?.conditions });
    }
  });

  it("stays so for whoever looks, asks or is declared meanwhile", async () => {
    const { stage, controller, status } = await open();
    stage.engine.interrupt(600_000);
    await stage.pass(1_100);
    const since = status()?.conditions[0]?.lastTransitionTime;
    controller.surface.reconcile([key], "hook");
    stage.specs.push(specOf({ name: "other" }));
    stage.reload();
    await stage.pass(120_000);
    expect(status()).toMatchObject({ sync: "Unknown", health: "Unknown" });
    expect(status()?.conditions[0]).toMatchObject({ status: "Unknown", lastTransitionTime: since });
    expect(controller.surface.service("shop/other")).toMatchObject({ sync: "Unknown", health: "Unknown" });
  });

  it("does not make anybody forget what people have said", async () => {
    const { stage, controller, status } = await open();
    await controller.surface.stop(key, undefined);
    await stage.until("it is off", () => status()?.sync === "Stopped");
    stage.engine.interrupt(60_000);
    await stage.pass(1_100);
    expect(status()).toMatchObject({ sync: "Stopped", health: "Unknown" });
  });
});

describe("what people are told of the engine", () => {
  it.each([
    [0, []],
    [29.9, []],
    [600, ["engine: its clock is 600 s behind that of the controller"]],
    [-86_400, ["engine: its clock is 86400 s ahead of that of the controller"]],
  ])("with clocks %d s apart: %j", (clockSkewSeconds, lines) => {
    expect(engineNotices({ kind: "reachable", clockSkewSeconds })).toEqual(lines);
  });

  it("since when it is out of reach, and why", () => {
    const since = "2030-01-01T00:00:00.000Z";
    expect(engineNotices({ kind: "unreachable", since, message: "it hung up", clockSkewSeconds: 0 })).toEqual([
      "engine: it has been unreachable since 2030-01-01T00:00:00.000Z (it hung up): how services stand is not known, and nothing is done for them",
    ]);
  });
});
