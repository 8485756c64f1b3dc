import { afterEach, describe, expect, it } from "vitest";
import type { RestartPolicy } from "../../../../../src/compose/model/service.js";
import type { ServiceStatus } from "../../../../../src/plan/model/condition.js";
import { specOf } from "../../../plan/world.js";
import { openStage } from "../stage.js";
import type { Stage } from "../stage.js";

const stages: Stage[] = [];
afterEach(async () => {
  for (const stage of stages.splice(0)) await stage.close();
});

/** Ends after so long with this exit code. */
async function open(name: RestartPolicy["name"], exitsAfterMs: number, exitCode: number) {
  const restart = { name, maximumRetryCount: 0 };
  const stage = await openStage([specOf({ mayEnd: true, container: { restart } })]);
  stages.push(stage);
  stage.push("a", { check: "none", exitsAfterMs, exitCode });
  const controller = await stage.start();
  const only = () => stage.engine.world.host.containers.find(({ role }) => role === "active");
  const status = () => controller.surface.service("shop/web");
  return { stage, controller, only, status, starts: () => stage.engine.counts.calls.get("startContainer") ?? 0 };
}

const ready = (status: ServiceStatus | undefined) => status?.conditions.find(({ type }) => type === "Ready");

describe("a run that is not to be repeated", () => {
  it.each([
    ["longer than monitor", 20_000],
    ["shorter than monitor", 1_000],
  ])("runs once and has completed: %s", async (_what, lasts) => {
    const { stage, controller, status, only, starts } = await open("no", lasts, 0);
    await stage.until("it has completed", () => only()?.state === "exited");
    await stage.pass(100_000);
    expect(starts()).toBe(1);
    expect(status()).toMatchObject({ sync: "Synced", health: "Healthy" });
    expect(ready(status())).toMatchObject({ status: "True", reason: "Converged" });
    await controller.stop();
    await stage.start();
    await stage.pass(10_000);
    expect(starts(), "nor after a restart of the controller").toBe(1);
  });

  it("may be started by hand, and ends once more", async () => {
    const { stage, only, starts, status } = await open("no", 20_000, 0);
    await stage.until("it has completed", () => only()?.state === "exited");
    const [done] = stage.engine.world.host.containers;
    if (done !== undefined) stage.engine.world.run(done, true);
    await stage.pass(10_000);
    expect(only()).toMatchObject({ state: "running" });
    await stage.pass(60_000);
    expect(only()).toMatchObject({ state: "exited" });
    expect(starts()).toBe(1);
    expect(status()).toMatchObject({ sync: "Synced", health: "Healthy" });
  });

  it("that ends badly after it was trusted is left, and told with its exit code", async () => {
    const { stage, only, starts, status } = await open("no", 20_000, 3);
    await stage.until("it has ended", () => only()?.state === "exited");
    await stage.pass(60_000);
    expect(starts()).toBe(1);
    expect(status()).toMatchObject({ sync: "Synced", health: "Degraded" });
    expect(ready(status())).toMatchObject({ status: "False", reason: "ContainerExited" });
    expect(ready(status())?.message).toContain("exit code 3");
  });
});

describe("a run that is tried again until it ends well", () => {
  it("has completed with exit code 0", async () => {
    const { stage, only, starts, status } = await open("on-failure", 8_000, 0);
    await stage.until("it has completed", () => only()?.state === "exited");
    await stage.pass(60_000);
    expect(starts()).toBe(1);
    expect(status()).toMatchObject({ sync: "Synced", health: "Healthy" });
  });

  it("is tried again by the engine", async () => {
    const { stage, only, starts, status } = await open("on-failure", 8_000, 1);
    await stage.until("it is tried again", () => (only()?.restartCount ?? 0) >= 3);
    await stage.until("that is told", () => ready(status())?.reason === "CrashLooping");
    expect(starts()).toBe(1);
    expect(status()?.health).toBe("Degraded");
  });
});
