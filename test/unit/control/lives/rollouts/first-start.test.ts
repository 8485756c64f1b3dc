import { afterEach, describe, expect, it } from "vitest";
import { specOf } from "../../../plan/world.js";
import { openStage } from "../stage.js";
import type { Stage } from "../stage.js";

const stages: Stage[] = [];
afterEach(async () => {
  for (const stage of stages.splice(0)) await stage.close();
});

describe("a first start that takes longer than its health check allows", () => {
  it("is not killed, is told with what helps, and is promoted when it is healthy", async () => {
    const stage = await openStage([specOf()]);
    stages.push(stage);
    stage.push("a", { healthyAfterMs: 60_000 });
    const controller = await stage.start();
    const status = () => controller.surface.service("shop/web");
    await stage.until("it is told", () => status()?.health === "Degraded");
    const ready = status()?.conditions.find(({ type }) => type === "Ready");
    expect(ready).toMatchObject({ status: "False", reason: "Unhealthy" });
    expect(ready?.message).toContain("start_period");
    await controller.stop();
    const again = await stage.start();
    await stage.until("it serves", () => again.surface.service("shop/web")?.health === "Healthy");
    expect(stage.engine.counts.calls.get("stopContainer") ?? 0).toBe(0);
    expect(stage.engine.counts.calls.get("startContainer")).toBe(1);
    const service = again.surface.service("shop/web");
    expect(service).toMatchObject({ sync: "Synced", lastRollout: { outcome: "promoted" } });
    expect(service?.conditions.find(({ type }) => type === "Ready")?.status).toBe("True");
  });

  it("that ends meanwhile is held", async () => {
    const stage = await openStage([specOf()]);
    stages.push(stage);
    stage.push("a", { healthyAfterMs: "never", exitsAfterMs: 30_000 });
    const controller = await stage.start();
    await stage.until("it is told", () => controller.surface.service("shop/web")?.health === "Degraded");
    await stage.until("held", () => controller.surface.service("shop/web")?.sync === "Held");
    expect(stage.engine.counts.calls.get("startContainer")).toBe(1);
  });
});
