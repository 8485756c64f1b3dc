import { describe, expect, it } from "vitest";
import type { Bench } from "./bench.js";

export function healthContract(bench: Bench): void {
  describe("health", () => {
    it("is starting, then healthy since an instant that stays", async () => {
      const id = await bench.create("healthy", bench.good);
      await bench.engine.startContainer(id);
      const begun = await bench.see(id);
      expect(begun).toMatchObject({ state: "running", health: "starting", healthySince: undefined });
      const healthy = await bench.until(id, ({ health }) => health === "healthy");
      expect(healthy.healthySince).toBeGreaterThanOrEqual(begun.startedAt ?? Infinity);
      await bench.stage.wait(6500);
      expect((await bench.see(id)).healthySince).toBe(healthy.healthySince);
      await bench.engine.stopContainer(id, 2000);
      expect(await bench.see(id)).toMatchObject({ state: "exited", healthySince: undefined });
      await bench.engine.startContainer(id);
      const again = await bench.until(id, ({ health }) => health === "healthy");
      expect(again.healthySince).toBeGreaterThan((healthy.healthySince ?? Infinity) + 6000);
      await bench.discard(id);
    });

    it("that has not passed yet says when it was last checked, or began", async () => {
      const timings = {
        ...{ disabled: false, test: undefined, intervalMs: 1000, timeoutMs: undefined, startPeriodMs: undefined },
        retries: 30,
      } as const;
      const id = await bench.create("patient", await bench.local({ kind: "never-healthy" }), { healthcheck: timings });
      await bench.engine.startContainer(id);
      const begun = await bench.see(id);
      expect(begun.startedAt).toBeDefined();
      expect(begun.checkedAt).toBe(begun.startedAt);
      const checked = await bench.until(id, ({ checkedAt = 0 }) => checkedAt > (begun.startedAt ?? Infinity));
      expect(checked.health).toBe("starting");
      await bench.until(id, ({ checkedAt = 0 }) => checkedAt > (checked.checkedAt ?? Infinity));
      await bench.discard(id);
    });

    it("is unhealthy after the check has failed often enough", async () => {
      const id = await bench.create("sick", await bench.local({ kind: "never-healthy" }));
      await bench.engine.startContainer(id);
      expect(await bench.until(id, ({ health }) => health !== "starting")).toMatchObject({
        state: "running",
        health: "unhealthy",
      });
      await bench.discard(id);
    });

    it("ends with the container", async () => {
      const id = await bench.create("mortal", await bench.local({ kind: "dies", afterMs: 2500 }));
      await bench.engine.startContainer(id);
      await bench.until(id, ({ health }) => health === "healthy");
      const dead = await bench.until(id, ({ state }) => state === "exited");
      expect(dead).toMatchObject({ exitCode: 1, healthySince: undefined });
      expect(dead.health).not.toBe("healthy");
      await bench.discard(id);
    });

    it("is asked as the file says, over the image", async () => {
      const timings = {
        disabled: false,
        test: undefined,
        intervalMs: 2000,
        timeoutMs: undefined,
        retries: 5,
        startPeriodMs: 3000,
      } as const;
      const overridden = await bench.create("timed", bench.good, { healthcheck: timings });
      const disabled = await bench.create("unchecked", bench.good, { healthcheck: { disabled: true } });
      const own = {
        disabled: false,
        test: ["CMD-SHELL", "true"],
        intervalMs: undefined,
        timeoutMs: undefined,
        retries: undefined,
        startPeriodMs: undefined,
      } as const;
      const added = await bench.create("checked", bench.plain, { healthcheck: own });
      expect((await bench.see(overridden)).healthcheck).toEqual({
        intervalMs: 2000,
        timeoutMs: 1000,
        retries: 5,
        startPeriodMs: 3000,
      });
      expect((await bench.see(disabled)).healthcheck).toBeUndefined();
      expect((await bench.see(added)).healthcheck).toEqual({
        intervalMs: 30_000,
        timeoutMs: 30_000,
        retries: 3,
        startPeriodMs: 0,
      });
      for (const id of [overridden, disabled, added]) await bench.discard(id);
    });
  });

  describe("restart policies", () => {
    it("count a restart as it begins to wait for it", async () => {
      const id = await bench.create("restless", await bench.local({ kind: "dies", afterMs: 300 }));
      await bench.engine.setRestartPolicy(id, { name: "always", maximumRetryCount: 0 });
      await bench.engine.startContainer(id);
      const waiting = await bench.until(id, ({ state, restartCount }) => state === "restarting" && restartCount >= 3);
      const back = await bench.until(id, ({ state }) => state === "running");
      expect(back.restartCount).toBe(waiting.restartCount);
      await bench.discard(id);
    });

    it("bring a container back, and are counted", async () => {
      const id = await bench.create("phoenix", bench.plain);
      await bench.engine.setRestartPolicy(id, { name: "always", maximumRetryCount: 0 });
      await bench.engine.startContainer(id);
      const first = await bench.see(id);
      await bench.stage.wait(300);
      await bench.stage.kill(id);
      const back = await bench.until(id, ({ restartCount, state }) => restartCount === 1 && state === "running");
      expect(back.startedAt).toBeGreaterThan(first.startedAt ?? Infinity);
      await bench.engine.setRestartPolicy(id, { name: "no", maximumRetryCount: 0 });
      await bench.stage.kill(id);
      expect(await bench.until(id, ({ state }) => state === "exited")).toMatchObject({ exitCode: 137 });
      await bench.discard(id);
    });
  });
}
