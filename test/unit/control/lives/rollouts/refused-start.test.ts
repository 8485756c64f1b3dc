import { afterEach, describe, expect, it } from "vitest";
import { FairleadError } from "../../../../../src/errors.js";
import { Metrics } from "../../../../../src/metrics/metrics.js";
import { digestOf, stopFirst } from "../../../plan/world.js";
import { openStage } from "../stage.js";
import type { Stage } from "../stage.js";

const stages: Stage[] = [];
afterEach(async () => {
  for (const stage of stages.splice(0)) await stage.close();
});

const active = (stage: Stage) => stage.engine.world.host.containers.find(({ role }) => role === "active");

/** An engine that starts nothing any more, for a reason of its own, until it is mended. */
async function broken(spec = stopFirst) {
  const stage = await openStage([spec]);
  stages.push(stage);
  stage.push("a", { check: "none" });
  const metrics = new Metrics("0");
  const controller = await stage.start({ telemetry: metrics });
  await stage.until("a serves", () => controller.surface.service("shop/web")?.sync === "Synced");
  const start = stage.engine.startContainer;
  const tried: string[] = [];
  stage.engine.startContainer = (id) => {
    tried.push(stage.engine.world.find(id)?.name ?? id);
    return Promise.reject(new FairleadError("EngineRefused", "cannot start: the runtime is gone"));
  };
  const count = async (name: string) => Number(new RegExp(`^${name} (\\d+)`, "m").exec(await metrics.render())?.[1]);
  return { stage, controller, tried, count, mend: () => (stage.engine.startContainer = start) };
}

describe("an engine that starts nothing any more", () => {
  it("is asked twice in a run at most, and the next run waits longer each time", async () => {
    const { stage, controller, tried, count, mend } = await broken();
    stage.push("b", { check: "none" });
    controller.surface.reconcile(["shop/web"], "hook");
    await stage.until("it is tried", () => tried.length > 0);
    expect(tried).toEqual(["shop-web-1.next", "shop-web-1.next"]);
    await stage.pass(20_000);
    expect(tried.length, "in twenty seconds").toBeLessThan(14);
    expect(await count("fairlead_reconcile_panics_total")).toBe(0);
    mend();
    await stage.until("b serves", () => active(stage)?.digest === digestOf("b") && active(stage)?.state === "running");
  });

  it("is asked once in a run for what is on no trial, whatever its name looks like", async () => {
    const { stage, tried } = await broken({ ...stopFirst, containerName: "web.next" });
    stage.engine.stopByHand(active(stage)?.id ?? "");
    await stage.until("it is tried", () => tried.length > 0);
    expect(tried).toEqual(["web.next"]);
  });

  it("holds up no repair for ever: what ended is tried again with a pause that grows", async () => {
    const { stage, tried, count, mend } = await broken();
    stage.engine.stopByHand(active(stage)?.id ?? "");
    await stage.pass(60_000);
    expect(tried.length).toBeGreaterThan(2);
    expect(tried.length).toBeLessThan(15);
    expect(await count("fairlead_reconcile_panics_total")).toBe(0);
    mend();
    await stage.until("a serves", () => active(stage)?.digest === digestOf("a") && active(stage)?.state === "running");
  });
});
