import fc from "fast-check";
import { afterEach, describe, expect, it } from "vitest";
import { pinnedImage } from "../../../../../src/compose/values/image.js";
import type { Controller } from "../../../../../src/control/controller.js";
import { Metrics } from "../../../../../src/metrics/metrics.js";
import type { ObservedContainer } from "../../../../../src/plan/model/host/observed.js";
import type { Behaviour } from "../../../../simulator/behaviour.js";
import { purge } from "../../../plan/jobs.js";
import { digestOf, specOf } from "../../../plan/world.js";
import { memories, mortal, openStage } from "../stage.js";
import type { Stage } from "../stage.js";

const job = (name: string, timeoutMs = 60_000) => ({ command: [name], timeoutMs });
const spec = specOf({ before: [job("migrate"), job("seed")], after: [purge] });
const well = { migrate: { lastsMs: 2_000 }, seed: {}, purge: { lastsMs: 500 } };

const stages: Stage[] = [];
afterEach(async () => {
  for (const stage of stages.splice(0)) await stage.close();
});

async function open(...specs: Parameters<typeof openStage>): Promise<Stage> {
  const stage = await openStage(...specs);
  stages.push(stage);
  return stage;
}

const active = (stage: Stage): ObservedContainer | undefined =>
  stage.engine.world.host.containers.find(({ role }) => role === "active");
const serves = (stage: Stage, letter: string) =>
  active(stage)?.digest === digestOf(letter) && active(stage)?.state === "running";
const startsFor = (stage: Stage, letter: string) =>
  stage.engine.world.jobStarts.filter(([, digest]) => digest === digestOf(letter)).map(([name]) => name);
const readyOf = (controller: Controller) =>
  controller.surface.service("shop/web")?.conditions.find(({ type }) => type === "Ready");
const converged = (controller: Controller) => readyOf(controller)?.reason === "Converged";

/** a serves, with all its jobs behind it. */
async function served(specs = [spec], telemetry = new Metrics("0")) {
  const stage = await open(specs);
  stage.push("a", { commands: well });
  const controller = await stage.start({ telemetry });
  await stage.until("a is settled", () => serves(stage, "a") && converged(controller));
  const next = (letter: string, behaviour: Behaviour) => {
    stage.push(letter, behaviour);
    controller.surface.reconcile(["shop/web"], "hook");
  };
  return { stage, controller, next };
}

describe("a rollout with jobs", () => {
  it("runs each of them once, before and after, on the first start as on any other", async () => {
    const { stage, controller, next } = await served();
    expect(startsFor(stage, "a")).toEqual(["before 1", "before 2", "after 1"]);
    next("b", { commands: well });
    await stage.until("migrating", () => startsFor(stage, "b").length === 1);
    expect([serves(stage, "a"), readyOf(controller)?.reason]).toEqual([true, "WaitingForJob"]);
    expect(controller.surface.service("shop/web")).toMatchObject({
      health: "Healthy",
      lastRollout: { to: digestOf("b") },
    });
    await stage.until("b is settled", () => serves(stage, "b") && converged(controller));
    await stage.pass(60_000);
    expect(startsFor(stage, "b")).toEqual(["before 1", "before 2", "after 1"]);
    expect(controller.surface.service("shop/web")?.lastRollout).toMatchObject({
      outcome: "promoted",
      from: digestOf("a"),
    });
    const jobs = stage.engine.world.host.containers.filter((one) => one.job !== undefined);
    expect(jobs.map(({ digest }) => digest)).toEqual(jobs.map(() => digestOf("b")));
  });

  it("runs none again for what has been there before, though nothing is left of it", async () => {
    const { stage, controller, next } = await served();
    next("b", { commands: well });
    await stage.until("b is settled", () => serves(stage, "b") && converged(controller));
    for (const { id, state } of stage.engine.world.host.containers)
      if (state === "exited") stage.engine.removeByHand(id);
    next("a", { commands: well });
    await stage.until("a is settled", () => serves(stage, "a") && converged(controller));
    expect(startsFor(stage, "a")).toEqual(["before 1", "before 2", "after 1"]);
  });

  it("needs no new container when its jobs change, and runs them from the next rollout on", async () => {
    const { stage, controller, next } = await served();
    const before = active(stage)?.id;
    stage.specs.splice(0, 1, { ...spec, before: [job("seed")], after: [] });
    stage.reload();
    await stage.pass(10_000);
    expect([active(stage)?.id, stage.engine.world.jobStarts.length]).toEqual([before, 3]);
    next("b", { commands: well });
    await stage.until("b is settled", () => serves(stage, "b") && converged(controller));
    expect(startsFor(stage, "b")).toEqual(["before 1"]);
  });

  it("pulls the image that a job names", async () => {
    const image = { registry: "docker.io", repository: "acme/tool", tag: "1", digest: undefined };
    const stage = await open([specOf({ before: [{ ...job("migrate"), image }] })]);
    stage.push("a", {});
    stage.engine.publish(pinnedImage(image, digestOf("e")), { commands: well, pullMs: 5_000 });
    const controller = await stage.start();
    await stage.until("the registry does not know it", () => readyOf(controller)?.reason === "ImageNotFound");
    stage.registry.tags.set("docker.io/acme/tool:1", digestOf("e"));
    controller.surface.reconcile(["shop/web"], "hook");
    await stage.until("a is settled", () => serves(stage, "a") && converged(controller));
    const made = stage.engine.world.host.containers.find((one) => one.job !== undefined);
    expect(made).toMatchObject({ digest: digestOf("e"), job: { target: digestOf("a") } });
  });
});

describe("a job that fails", () => {
  it("ends the rollout: the old one is untouched, the digest is held, a retry runs that job again", async () => {
    const telemetry = new Metrics("0");
    const { stage, controller, next } = await served([spec], telemetry);
    const before = active(stage);
    next("b", { commands: { ...well, seed: { exitCode: 3, output: "no such table" } } });
    await stage.until("held", () => controller.surface.service("shop/web")?.sync === "Held");
    await stage.pass(60_000);
    expect(active(stage)).toEqual(before);
    expect(startsFor(stage, "b")).toEqual(["before 1", "before 2"]);
    expect(controller.surface.service("shop/web")?.lastRollout).toMatchObject({
      to: digestOf("b"),
      outcome: "failed",
      reason: "JobFailed",
      message: "JobFailed: before job 2 (shop-web.before.2) exited with code 3 after 0s",
    });
    expect((await controller.surface.history("shop/web")).failures[0]).toMatchObject({ logs: ["no such table"] });
    expect(await telemetry.render()).toContain(
      'fairlead_rollouts_total{project="shop",service="web",outcome="failed"} 1',
    );
    expect(readyOf(controller)?.message).toContain("before job 2 (shop-web.before.2) exited with code 3");
    stage.engine.publish(pinnedImage(spec.image, digestOf("b")), { commands: well });
    await controller.surface.retry("shop/web");
    await stage.until("b is settled", () => serves(stage, "b") && converged(controller));
    expect(startsFor(stage, "b")).toEqual(["before 1", "before 2", "before 2", "after 1"]);
    expect(controller.surface.service("shop/web")?.lastRollout).toMatchObject({ outcome: "promoted" });
  });

  it("past its timeout is ended; with exit code 0, without the journal it has failed all the same", async () => {
    const { stage, controller, next } = await served();
    next("b", { commands: { ...well, seed: { lastsMs: 3_600_000 } } });
    await stage.until("held", () => controller.surface.service("shop/web")?.sync === "Held");
    await controller.stop();
    const again = await stage.start({ forgetful: true });
    await stage.until("held again", () => again.surface.service("shop/web")?.sync === "Held");
    await stage.pass(10_000);
    expect(startsFor(stage, "b")).toEqual(["before 1", "before 2"]);
    expect(serves(stage, "a")).toBe(true);
  });

  it("with its engine is not run again, nor is one that is gone", async () => {
    const { stage, controller, next } = await served();
    next("b", { commands: { ...well, migrate: { lastsMs: 50_000 } } });
    await stage.until("migrating", () => startsFor(stage, "b").length === 1);
    await stage.pass(1_000);
    stage.engine.interrupt(2_000, { restart: true });
    await stage.until("held", () => controller.surface.service("shop/web")?.sync === "Held");
    next("c", { commands: { ...well, migrate: { lastsMs: 50_000 } } });
    await stage.until("migrating again", () => startsFor(stage, "c").length === 1);
    await stage.pass(1_000);
    const running = stage.engine.world.host.containers.find(({ job: mark, state }) => mark && state === "running");
    stage.engine.removeByHand(running?.id ?? "");
    await stage.until("held", () => controller.surface.service("shop/web")?.sync === "Held");
    await stage.pass(30_000);
    expect([startsFor(stage, "b"), startsFor(stage, "c")]).toEqual([["before 1"], ["before 1"]]);
  });

  it("after the rollout changes nothing of what serves, and is tried again on request", async () => {
    const { stage, controller, next } = await served();
    next("b", { commands: { ...well, purge: { exitCode: 1 } } });
    await stage.until("told", () => readyOf(controller)?.reason === "JobFailed");
    await stage.pass(60_000);
    expect(controller.surface.service("shop/web")).toMatchObject({ sync: "Synced", health: "Healthy" });
    expect(controller.surface.service("shop/web")?.lastRollout).toMatchObject({ outcome: "promoted" });
    expect([serves(stage, "b"), startsFor(stage, "b").slice(2)]).toEqual([true, ["after 1"]]);
    await controller.surface.retry("shop/web");
    await stage.until("tried again", () => startsFor(stage, "b").slice(2).length === 2);
  });

  it("is gone with a service that left the file", async () => {
    const stage = await open([spec]);
    stage.push("a", { commands: { ...well, migrate: { lastsMs: 50_000 } } });
    await stage.start({ prune: true });
    await stage.until("migrating", () => startsFor(stage, "a").length === 1);
    stage.specs.splice(0);
    stage.reload();
    await stage.until("nothing is left", () => stage.engine.world.host.containers.length === 0);
  });
});

it("a death at any engine call runs no job twice and starts nothing ahead of it", { timeout: 120_000 }, async () => {
  const deaths = fc.record({
    call: fc.integer({ min: 1, max: 24 }),
    moment: fc.constantFrom("before" as const, "after" as const),
  });
  const sickness = fc.constantFrom({ code: 0 }, { code: 4 });
  await fc.assert(
    fc.asyncProperty(deaths, sickness, memories, async (death, { code }, forgetful) => {
      const stage = await openStage([spec]);
      try {
        stage.push("a", { commands: well });
        const first = await stage.start();
        await stage.until("a is settled", () => serves(stage, "a") && converged(first));
        await first.stop();
        stage.push("b", { commands: { ...well, seed: { exitCode: code, lastsMs: 1_000 } } });
        const created: (number | undefined)[][] = [];
        stage.engine.onChange = (call, moment) => {
          const { containers } = stage.engine.world.host;
          if (call !== "createContainer" || moment === "before") return;
          const made = containers.at(-1);
          if (made?.job === undefined)
            created.push(
              containers.filter(({ job: mark }) => mark?.phase === "before").map(({ exitCode }) => exitCode),
            );
        };
        const seen = mortal(stage.engine, death);
        const second = await stage.start({ engine: seen.engine });
        const isEnded = (one: Controller) =>
          code === 0 ? serves(stage, "b") && converged(one) : one.surface.service("shop/web")?.sync === "Held";
        await stage.until("dead or done", () => seen.dead() || isEnded(second));
        const third = await stage.start({ forgetful });
        await stage.until("done", () => isEnded(third));
        await stage.pass(5_000);
        expect(startsFor(stage, "b")).toEqual(
          code === 0 ? ["before 1", "before 2", "after 1"] : ["before 1", "before 2"],
        );
        expect(created).toEqual(code === 0 ? [[0, 0]] : []);
        expect(serves(stage, code === 0 ? "b" : "a")).toBe(true);
        await third.stop();
      } finally {
        await stage.close();
      }
    }),
    { numRuns: 25 },
  );
});
