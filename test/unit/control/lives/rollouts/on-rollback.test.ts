import fc from "fast-check";
import { afterEach, expect, it } from "vitest";
import type { Controller } from "../../../../../src/control/controller.js";
import type { ObservedContainer } from "../../../../../src/plan/model/host/observed.js";
import type { Behaviour } from "../../../../simulator/behaviour.js";
import { digestOf, port8080, specOf } from "../../../plan/world.js";
import { memories, mortal, openStage } from "../stage.js";
import type { Stage } from "../stage.js";

const key = "shop/web";
const job = (name: string) => ({ command: [name], timeoutMs: 60_000 });
const jobs = { before: [job("dump"), job("migrate")], onRollback: [job("restore")] };
const stopFirst = specOf({ ...jobs, container: { ports: [port8080] } });
const well = { dump: {}, migrate: {}, restore: { lastsMs: 2_000 } };
const bad: Behaviour = { healthyAfterMs: "never", commands: well };

const stages: Stage[] = [];
afterEach(async () => {
  for (const stage of stages.splice(0)) await stage.close();
});

const active = (stage: Stage): ObservedContainer | undefined =>
  stage.engine.world.host.containers.find(({ role }) => role === "active");
const startsFor = (stage: Stage, letter: string) =>
  stage.engine.world.jobStarts.filter(([, digest]) => digest === digestOf(letter)).map(([name]) => name);
const isBack = (stage: Stage, controller: Controller) => () =>
  controller.surface.service(key)?.sync === "Held" &&
  active(stage)?.state === "running" &&
  controller.surface.service(key)?.lastRollout?.onRollback !== undefined;

async function served(spec = stopFirst) {
  const stage = await openStage([spec]);
  stages.push(stage);
  stage.push("a", { commands: well });
  const controller = await stage.start();
  await stage.until("a serves", () => controller.surface.service(key)?.sync === "Synced");
  return { stage, controller };
}

it("a failed rollout's jobs run once while nothing serves; status and history tell; a retry dumps and migrates anew", async () => {
  const { stage, controller } = await served();
  stage.push("b", bad);
  controller.surface.reconcile([key], "hook");
  await stage.until("restoring", () => startsFor(stage, "b").includes("on_rollback 1"));
  expect(active(stage)?.state).toBe("exited");
  await stage.until("back", isBack(stage, controller));
  await stage.pass(60_000);
  expect(startsFor(stage, "b")).toEqual(["before 1", "before 2", "on_rollback 1"]);
  expect(controller.surface.service(key)?.lastRollout).toMatchObject({
    outcome: "rolled-back",
    onRollback: { outcome: "done" },
  });
  await controller.surface.retry(key);
  await stage.until("a second time", () => startsFor(stage, "b").length === 6);
  await stage.until("back again", isBack(stage, controller));
  expect(startsFor(stage, "b").slice(3)).toEqual(["before 1", "before 2", "on_rollback 1"]);
  await controller.stop();
});

it("one that fails lets what served come back all the same, and a retry runs it again first", async () => {
  const { stage, controller } = await served();
  stage.push("b", { ...bad, commands: { ...well, restore: { exitCode: 3 } } });
  controller.surface.reconcile([key], "hook");
  await stage.until("back", isBack(stage, controller));
  const ready = controller.surface.service(key)?.conditions.find(({ type }) => type === "Ready");
  expect(ready).toMatchObject({ status: "False", reason: "JobFailed" });
  expect(ready?.message).toContain("on_rollback job 1");
  expect(controller.surface.service(key)?.lastRollout).toMatchObject({ onRollback: { outcome: "failed" } });
  await controller.surface.retry(key);
  await stage.until("again", () => startsFor(stage, "b").length > 3);
  expect(startsFor(stage, "b")[3]).toBe("on_rollback 1");
  await controller.stop();
});

it("a migration that fails is undone, a dump that fails is not", async () => {
  for (const [fails, expected] of [
    ["migrate", ["before 1", "before 2", "on_rollback 1"]],
    ["dump", ["before 1"]],
  ] as const) {
    const { stage, controller } = await served();
    stage.push("b", { commands: { ...well, [fails]: { exitCode: 1 } } });
    controller.surface.reconcile([key], "hook");
    await stage.until("held", () => controller.surface.service(key)?.sync === "Held");
    await stage.pass(30_000);
    expect(startsFor(stage, "b")).toEqual(expected);
    expect(active(stage)).toMatchObject({ state: "running", digest: digestOf("a") });
    await controller.stop();
  }
});

it("a rollout without the list, one that goes well, and a person's roll-back run none", async () => {
  const { stage, controller } = await served();
  stage.push("b", { commands: well });
  controller.surface.reconcile([key], "hook");
  await stage.until("b serves", () => active(stage)?.digest === digestOf("b"));
  await stage.pass(10_000);
  await controller.surface.rollback(key, undefined);
  await stage.until("pinned", () => active(stage)?.digest === digestOf("a"));
  await stage.pass(10_000);
  expect(stage.engine.world.jobStarts.filter(([name]) => name.startsWith("on_rollback"))).toEqual([]);
  await controller.stop();
});

it("death at any call, with the journal or without: it runs once, and a serves", async () => {
  const deaths = fc.record({ call: fc.integer({ min: 1, max: 40 }), moment: fc.constantFrom("before", "after") });
  await fc.assert(
    fc.asyncProperty(deaths, memories, async (death, forgetful) => {
      const { stage, controller } = await served();
      await controller.stop();
      const { engine } = mortal(stage.engine, death);
      const doomed = await stage.start({ engine });
      stage.push("b", bad);
      doomed.surface.reconcile([key], "hook");
      await stage.pass(40_000);
      void doomed.stop();
      const heir = await stage.start({ forgetful });
      heir.surface.reconcile([key], "hook");
      await stage.until("held", () => heir.surface.service(key)?.sync === "Held" && active(stage)?.state === "running");
      await stage.pass(20_000);
      const runs = startsFor(stage, "b").filter((name) => name === "on_rollback 1").length;
      expect(runs).toBe(1);
      expect(active(stage)).toMatchObject({ digest: digestOf("a"), state: "running" });
      await heir.stop();
    }),
    { numRuns: 25 },
  );
}, 120_000);
