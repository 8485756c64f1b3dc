import { variables } from "../../../../src/compose/model/container/variables.js";
import { afterEach, describe, expect, it } from "vitest";
import type { Controller } from "../../../../src/control/controller.js";
import { Metrics } from "../../../../src/metrics/metrics.js";
import type { ObservedContainer } from "../../../../src/plan/model/host/observed.js";
import { digestOf, specOf, stopFirst } from "../../plan/world.js";
import { openStage } from "../lives/stage.js";
import type { Stage } from "../lives/stage.js";

const stages: Stage[] = [];
afterEach(async () => {
  for (const stage of stages.splice(0)) await stage.close();
});

async function open(...specs: Parameters<typeof openStage>): Promise<Stage> {
  const stage = await openStage(...specs);
  stages.push(stage);
  return stage;
}

const key = "shop/web";

function inRole(stage: Stage, role: ObservedContainer["role"]): ObservedContainer | undefined {
  return stage.engine.world.host.containers.find((one) => one.role === role);
}

function runs(stage: Stage, letter: string): boolean {
  const active = inRole(stage, "active");
  return active?.digest === digestOf(letter) && active.state === "running" && inRole(stage, "next") === undefined;
}

async function serve(stage: Stage, controller: Controller, letter: string): Promise<void> {
  stage.push(letter, {});
  controller.surface.reconcile([key], "hook");
  await stage.until(
    `${letter} serves`,
    () => runs(stage, letter) && controller.surface.service(key)?.sync === "Synced",
  );
}

/** `a` and then `b` have been rolled out. */
async function withTwo(...specs: Parameters<typeof openStage>) {
  const stage = await open(...specs);
  stage.push("a", {});
  const telemetry = new Metrics("0");
  const controller = await stage.start({ telemetry });
  await serve(stage, controller, "a");
  await serve(stage, controller, "b");
  return { stage, controller, telemetry };
}

const isPinned = (controller: Controller) => () =>
  controller.surface.service(key)?.sync === "Pinned" &&
  controller.surface.service(key)?.conditions[0]?.status === "True";

describe.each([
  ["start-first", specOf()],
  ["stop-first", stopFirst],
])("a person's roll-back, %s", (_, spec) => {
  it("pins the revision before, by its very container, over pushes and restarts, until it is resumed", async () => {
    const { stage, controller, telemetry } = await withTwo([spec]);
    const before = inRole(stage, "previous")!;
    expect(await controller.surface.rollback(key, undefined)).toEqual({
      revision: 1,
      digest: digestOf("a"),
      spec: "own",
    });
    await stage.until("pinned", isPinned(controller));
    expect(inRole(stage, "active")?.id).toBe(before.id);
    expect(controller.surface.service(key)).toMatchObject({
      activeDigest: digestOf("a"),
      desiredDigest: digestOf("b"),
      pinned: { revision: 1 },
      lastRollout: { from: digestOf("b"), to: digestOf("a"), outcome: "rolled-back", reason: "Pinned", rollback: true },
    });
    expect(controller.surface.service(key)?.conditions).toContainEqual(
      expect.objectContaining({ type: "RolledBack", status: "True", reason: "Pinned" }),
    );
    const text = await telemetry.render();
    expect(text).toContain('fairlead_rollouts_total{project="shop",service="web",outcome="rolled-back"} 1');
    expect(text).toContain('fairlead_rollouts_total{project="shop",service="web",outcome="promoted"} 2');

    stage.push("c", {});
    controller.surface.reconcile([key], "hook");
    await stage.until("shown", () => controller.surface.service(key)?.desiredDigest === digestOf("c"));
    await stage.pass(3_000);
    expect(runs(stage, "a")).toBe(true);
    await controller.stop();
    const second = await stage.start();
    await stage.until("pinned still", isPinned(second));
    await stage.pass(3_000);
    expect(runs(stage, "a")).toBe(true);

    await second.surface.resume(key);
    await stage.until("c serves", () => runs(stage, "c"));
    await stage.until("synced", () => second.surface.service(key)?.sync === "Synced");
    const { revisions, paused, pinned } = await second.surface.history(key);
    expect([paused, pinned]).toEqual([false, undefined]);
    expect(
      revisions.map(({ revision, to, outcome, rollback, active }) => ({ revision, to, outcome, rollback, active })),
    ).toEqual([
      { revision: 3, to: digestOf("c"), outcome: "promoted", rollback: undefined, active: true },
      { revision: 1, to: digestOf("a"), outcome: "rolled-back", rollback: true, active: false },
      { revision: 2, to: digestOf("b"), outcome: "promoted", rollback: undefined, active: false },
      { revision: 1, to: digestOf("a"), outcome: "promoted", rollback: undefined, active: false },
    ]);
    await second.stop();
  });

  it("has proved that digest: made anew while nothing else serves, it is left to get well", async () => {
    const { stage, controller } = await withTwo([spec]);
    await controller.surface.rollback(key, undefined);
    await stage.until("pinned", isPinned(controller));
    stage.push("a", { healthyAfterMs: "never" });
    stage.push("b", {});
    for (const { id } of stage.engine.world.host.containers) stage.engine.removeByHand(id);
    await stage.pass(120_000);
    expect(stage.engine.world.host.containers.map(({ digest, state }) => [digest, state])).toEqual([
      [digestOf("a"), "running"],
    ]);
    expect((await controller.surface.history(key)).failures).toEqual([]);
    await controller.stop();
  });

  it("brings back a changed spec with its container, and says when it cannot", async () => {
    const { stage, controller } = await withTwo([spec]);
    stage.specs[0] = { ...spec, container: { ...spec.container, environment: variables({ NEW: "yes" }) } };
    stage.reload();
    await stage.until(
      "revision 3",
      () => controller.surface.service(key)?.revision === 3 && controller.surface.service(key)?.sync === "Synced",
    );
    expect(await controller.surface.rollback(key, "2")).toMatchObject({
      revision: 2,
      digest: digestOf("b"),
      spec: "own",
    });
    await stage.until("pinned", isPinned(controller));
    expect(inRole(stage, "active")).toMatchObject({ revision: 2, digest: digestOf("b") });
    expect(await controller.surface.rollback(key, digestOf("a").slice(0, 15))).toMatchObject({
      revision: 1,
      spec: "today's",
    });
    await stage.until("a serves", () => runs(stage, "a"));
    await stage.until("pinned", isPinned(controller));
    expect(controller.surface.service(key)?.conditions[0]?.message).toContain(
      "pinned to revision 1, with today's spec",
    );
    await controller.stop();
  });
});

describe("a roll-back", () => {
  it("that fails is not rolled back, is held, and what served serves on", async () => {
    const { stage, controller } = await withTwo([stopFirst]);
    stage.engine.removeByHand(inRole(stage, "previous")!.id);
    stage.push("a", { healthyAfterMs: "never" });
    stage.registry.tags.set("docker.io/acme/web:latest", digestOf("b"));
    await controller.surface.rollback(key, undefined);
    await stage.until("held", () => controller.surface.service(key)?.conditions[0]?.reason === "RollbackFailed");
    await stage.until("b serves", () => runs(stage, "b"));
    expect(controller.surface.service(key)).toMatchObject({
      sync: "Pinned",
      lastRollout: { to: digestOf("a"), outcome: "failed", reason: "RollbackFailed" },
    });
    const { failures } = await controller.surface.history(key);
    expect(failures[0]).toMatchObject({ digest: digestOf("a") });
    await controller.surface.resume(key);
    await stage.until("synced", () => controller.surface.service(key)?.sync === "Synced");
    expect(runs(stage, "b")).toBe(true);
    await controller.stop();
  });

  it("is refused where nothing is known to go back to, or it never proved itself", async () => {
    const stage = await open();
    stage.push("a", {});
    const controller = await stage.start();
    await serve(stage, controller, "a");
    await expect(controller.surface.rollback(key, undefined)).rejects.toMatchObject({ code: "RevisionUnknown" });
    await expect(controller.surface.rollback(key, "7")).rejects.toThrow("no revision has the number 7");
    stage.push("b", { healthyAfterMs: "never" });
    controller.surface.reconcile([key], "hook");
    await stage.until("held", () => controller.surface.service(key)?.sync === "Held");
    await expect(controller.surface.rollback(key, "2")).rejects.toThrow("revision 2 ended rolled-back");
    expect((await controller.surface.history(key)).revisions[0]).toMatchObject({ revision: 2, outcome: "rolled-back" });
    expect((await controller.surface.history(key)).revisions[0]?.message).toContain("Unhealthy");
    await controller.stop();
  });

  it("knows the one before by its container where the journal is lost", async () => {
    const { stage, controller } = await withTwo();
    await controller.stop();
    const second = await stage.start({ forgetful: true });
    expect(await second.surface.rollback(key, undefined)).toMatchObject({ revision: 1, spec: "own" });
    await stage.until("a serves", () => runs(stage, "a"));
    await second.stop();
  });

  it("during a rollout is to what serves", async () => {
    const { stage, controller } = await withTwo();
    stage.push("c", {});
    controller.surface.reconcile([key], "hook");
    await stage.until("on its way", () => inRole(stage, "next")?.digest === digestOf("c"));
    expect(await controller.surface.rollback(key, undefined)).toMatchObject({ revision: 2, digest: digestOf("b") });
    await stage.until("pinned", isPinned(controller));
    expect(runs(stage, "b")).toBe(true);
    await controller.stop();
  });
});

describe("a pause", () => {
  it("begins nothing and repairs all the same, until it is resumed", async () => {
    const { stage, controller } = await withTwo();
    await controller.surface.pause(key);
    stage.push("c", {});
    controller.surface.reconcile([key], "hook");
    await stage.until("paused", () => controller.surface.service(key)?.conditions[0]?.reason === "Paused");
    expect(controller.surface.service(key)).toMatchObject({
      sync: "Paused",
      health: "Healthy",
      desiredDigest: digestOf("c"),
    });
    stage.engine.removeByHand(inRole(stage, "active")!.id);
    await stage.until("repaired", () => runs(stage, "b"));
    await controller.stop();
    const second = await stage.start();
    await stage.pass(5_000);
    expect(runs(stage, "b")).toBe(true);
    expect(await second.surface.resume(key)).toEqual({ pausedByFile: false });
    await stage.until("c serves", () => runs(stage, "c"));
    const [spec] = stage.specs;
    stage.specs.splice(0, 1, { ...spec!, release: { ...spec!.release, paused: true } });
    stage.reload();
    expect(await second.surface.resume(key)).toEqual({
      pausedByFile: true,
      unchanged: "nobody has pinned or paused it",
    });
    await second.stop();
  });

  it("says so where it changes nothing: retry, pause, stop and start", async () => {
    const { stage, controller } = await withTwo();
    const { surface } = controller;
    expect(await surface.retry(key)).toEqual({ unchanged: "nothing of it was held" });
    expect(await surface.start(key)).toEqual({ stoppedByFile: false, unchanged: "it runs" });
    expect(await surface.pause(key)).toEqual({});
    expect(await surface.pause(key)).toEqual({ unchanged: "it is paused already" });
    expect(await surface.stop(key, 60_000)).toHaveProperty("until");
    expect(await surface.stop(key, undefined), "now without an end").toEqual({});
    expect(await surface.stop(key, undefined)).toEqual({ unchanged: "it is off already" });
    expect(await surface.stop(key, 600_000), "with an end again").toHaveProperty("until");
    await stage.until("off", () => inRole(stage, "active")?.state === "exited");
    expect(await surface.start(key)).toEqual({ stoppedByFile: false });
    await stage.until("on", () => runs(stage, "b"));
    await controller.stop();
  });

  it("lets a rollout that has begun go on, also when something newer is pushed", async () => {
    const { stage, controller } = await withTwo();
    stage.push("c", {});
    controller.surface.reconcile([key], "hook");
    await stage.until("on its way", () => inRole(stage, "next")?.digest === digestOf("c"));
    await controller.surface.pause(key);
    stage.push("d", {});
    controller.surface.reconcile([key], "hook");
    await stage.until("c serves", () => runs(stage, "c"));
    await stage.pass(5_000);
    expect(runs(stage, "c")).toBe(true);
    expect(controller.surface.service(key)).toMatchObject({ sync: "Paused", desiredDigest: digestOf("d") });
    await controller.stop();
  });
});

describe("a service whose releases wait", () => {
  it("for a person: what they approve goes ahead, also over a restart, and what is pushed next waits again", async () => {
    const { stage, controller } = await withTwo();
    stage.specs[0] = specOf({ release: { approve: true } });
    stage.reload();
    stage.push("c", {});
    controller.surface.reconcile([key], "hook");
    const waits = (one: Controller) => () => one.surface.service(key)?.conditions[0]?.reason === "WaitingForApproval";
    await stage.until("waiting", waits(controller));
    await expect(controller.surface.approve(key, "bbbb")).rejects.toMatchObject({ code: "NotAwaited" });
    await controller.stop();
    const second = await stage.start();
    await stage.until("waiting still", waits(second));
    const approval = await second.surface.approve(key, "cccc");
    expect(approval).toMatchObject({ digest: digestOf("c") });
    expect(approval).not.toHaveProperty("unchanged");
    expect(await second.surface.approve(key, "cccc")).toEqual({ ...approval, unchanged: "that is approved already" });
    await stage.until("c serves", () => runs(stage, "c") && second.surface.service(key)?.sync === "Synced");
    stage.push("d", {});
    second.surface.reconcile([key], "hook");
    await stage.until("waiting again", waits(second));
    expect(second.surface.service(key)).toMatchObject({ sync: "OutOfSync", desiredDigest: digestOf("d") });
    await second.stop();
  });

  it("for age: counted over a restart, and begins on time", async () => {
    const { stage, controller } = await withTwo();
    stage.specs[0] = specOf({ release: { minAgeMs: 60_000 } });
    stage.reload();
    stage.push("c", {});
    controller.surface.reconcile([key], "hook");
    await stage.until("waiting", () => controller.surface.service(key)?.conditions[0]?.reason === "WaitingForAge");
    const seenAt = stage.engine.clock.now();
    await stage.pass(30_000);
    await controller.stop();
    const second = await stage.start();
    await stage.until("on its way", () => inRole(stage, "next") !== undefined);
    const waited = stage.engine.clock.now() - seenAt;
    expect(waited).toBeGreaterThan(58_000);
    expect(waited).toBeLessThan(63_000);
    await stage.until("c serves", () => runs(stage, "c"));
    await second.stop();
  });

  it("for the window: begins when it opens, and the plan shows it", async () => {
    const { stage, controller } = await withTwo();
    const opensAt = Math.ceil((stage.engine.clock.now() + 60_000) / 60_000) * 60_000;
    const date = new Date(opensAt);
    const cron = `${date.getUTCMinutes()} ${date.getUTCHours()} * * *`;
    stage.specs[0] = specOf({ release: { window: { cron, durationMs: 60_000, timezone: "UTC" } } });
    stage.reload();
    stage.push("c", {});
    controller.surface.reconcile([key], "hook");
    await stage.until("waiting", () => controller.surface.service(key)?.conditions[0]?.reason === "WaitingForWindow");
    const [preview] = await controller.surface.plan();
    expect(preview?.changes).toBe(true);
    expect(preview?.text).toContain(`wait: the window opens at ${date.toISOString().slice(0, 16)}`);
    await stage.until("on its way", () => inRole(stage, "next") !== undefined);
    const late = stage.engine.clock.now() - opensAt;
    expect(late).toBeGreaterThanOrEqual(0);
    expect(late).toBeLessThan(3_000);
    await stage.until("c serves", () => runs(stage, "c"));
    await controller.stop();
  });
});
