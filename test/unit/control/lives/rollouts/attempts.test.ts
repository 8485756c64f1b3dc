import { afterEach, describe, expect, it } from "vitest";
import type { Controller } from "../../../../../src/control/controller.js";
import { Metrics } from "../../../../../src/metrics/metrics.js";
import type { ObservedContainer } from "../../../../../src/plan/model/host/observed.js";
import type { Behaviour } from "../../../../simulator/behaviour.js";
import { migrate } from "../../../plan/jobs.js";
import { digestOf, port8080, specOf, stopFirst } from "../../../plan/world.js";
import { openStage } from "../stage.js";
import type { Stage } from "../stage.js";

const stages: Stage[] = [];
afterEach(async () => {
  for (const stage of stages.splice(0)) await stage.close();
});

const key = "shop/web";

async function open(...specs: Parameters<typeof openStage>) {
  const stage = await openStage(...specs);
  stages.push(stage);
  const metrics = new Metrics("0");
  return { stage, metrics, start: () => stage.start({ telemetry: metrics }) };
}

async function counted(metrics: Metrics, outcome: string): Promise<number> {
  const line = `fairlead_rollouts_total{project="shop",service="web",outcome="${outcome}"}`;
  const found = (await metrics.render()).split("\n").find((one) => one.startsWith(line));
  return Number(found?.split(" ").at(-1));
}

function inRole(stage: Stage, role: ObservedContainer["role"]): ObservedContainer | undefined {
  return stage.engine.world.host.containers.find((one) => one.role === role);
}

function keepTags(stage: Stage): readonly string[] {
  return stage.engine.world.host.images.flatMap(({ tags }) => tags.filter((tag) => tag.startsWith("fairlead/keep")));
}

async function told(controller: Controller) {
  const { revisions } = await controller.surface.history(key);
  return revisions.map(({ revision, to, outcome, reason }) => [revision, to.slice(7, 8), outcome, reason]);
}

const isHeld = (controller: Controller) => () => controller.surface.service(key)?.sync === "Held";

const refusals: readonly (readonly [string, Behaviour, string])[] = [
  [
    "at its start",
    { refusedAtStart: "unable to find user nobody-here: no matching entries in passwd file" },
    "nobody-here",
  ],
  ["at its creation", { refusedAtCreate: "No command specified" }, "No command specified"],
];

describe.each(refusals)("an image that the engine refuses %s", (_, refused, words) => {
  it.each([
    ["start-first", specOf()],
    ["stop-first", stopFirst],
  ])("is tried once, held with its reason, and counted as one failed rollout, %s", async (__, spec) => {
    const { stage, metrics, start } = await open([spec]);
    stage.push("a", {});
    let controller = await start();
    await stage.until("a serves", () => controller.surface.service(key)?.sync === "Synced");
    const served = inRole(stage, "active");
    stage.push("b", refused);
    controller.surface.reconcile([key], "hook");
    await stage.until("held", isHeld(controller));
    await stage.pass(120_000);
    const calls = stage.engine.counts.calls.get("createContainer");
    expect(calls, "a and b, once each").toBe(2);
    expect(controller.surface.service(key)).toMatchObject({
      health: "Healthy",
      activeDigest: digestOf("a"),
      lastRollout: { from: digestOf("a"), to: digestOf("b"), outcome: "failed", reason: "StartFailed" },
    });
    expect(controller.surface.service(key)?.lastRollout?.message).toContain(words);
    expect(inRole(stage, "active")).toMatchObject({ id: served!.id, state: "running" });
    expect(await told(controller)).toEqual([
      [2, "b", "failed", "StartFailed"],
      [1, "a", "promoted", "Converged"],
    ]);
    expect((await controller.surface.history(key)).failures).toMatchObject([{ digest: digestOf("b") }]);
    expect([await counted(metrics, "failed"), await counted(metrics, "superseded")]).toEqual([1, 0]);

    await controller.stop();
    controller = await start();
    await stage.pass(60_000);
    expect(stage.engine.counts.calls.get("createContainer"), "the hold outlives a restart").toBe(2);
    stage.push("b", {});
    await controller.surface.retry(key);
    await stage.until("b serves", () => controller.surface.service(key)?.sync === "Synced");
    expect((await told(controller))[0]).toEqual([3, "b", "promoted", "Converged"]);
    await controller.stop();
  });

  it("ends a first start held, and the next image comes up", async () => {
    const { stage, metrics, start } = await open();
    stage.push("a", refused);
    const controller = await start();
    await stage.until("held", isHeld(controller));
    await stage.pass(60_000);
    expect(await told(controller)).toEqual([[1, "a", "failed", "StartFailed"]]);
    expect(await counted(metrics, "failed")).toBe(1);
    stage.push("b", {});
    controller.surface.reconcile([key], "hook");
    await stage.until("b serves", () => controller.surface.service(key)?.sync === "Synced");
    expect(keepTags(stage)).toEqual(["fairlead/keep:shop.web.r2"]);
    await controller.stop();
  });
});

it("an image that cannot even run its job fails the rollout with that, once", async () => {
  const spec = specOf({ before: [migrate] });
  const { stage, metrics, start } = await open([spec]);
  stage.push("a", { commands: { migrate: {} } });
  const controller = await start();
  await stage.until("a serves", () => controller.surface.service(key)?.sync === "Synced");
  // The job's command is the file's: what the image lacks is something else.
  stage.push("b", { refusedAtCreate: "Cannot mkdir: /entry is not a directory" });
  controller.surface.reconcile([key], "hook");
  await stage.until("held", isHeld(controller));
  await stage.pass(60_000);
  expect((await told(controller))[0]).toEqual([2, "b", "failed", "JobFailed"]);
  expect(await counted(metrics, "failed")).toBe(1);
  await controller.stop();
});

it("a port that others hold is waited for within one rollout, with one number and one tag", async () => {
  const { stage, metrics, start } = await open([specOf({ container: { ports: [port8080] } })]);
  stage.engine.world.takenPorts.add(8080);
  stage.push("a", {});
  const controller = await start();
  await stage.pass(100_000);
  expect(stage.engine.counts.calls.get("startContainer")).toBeGreaterThan(3);
  expect(await told(controller)).toEqual([[1, "a", undefined, "RolloutStarted"]]);
  expect(keepTags(stage)).toEqual(["fairlead/keep:shop.web.r1"]);
  stage.engine.world.takenPorts.delete(8080);
  await stage.until("a serves", () => controller.surface.service(key)?.sync === "Synced");
  expect(await told(controller)).toEqual([[1, "a", "promoted", "Converged"]]);
  for (const outcome of ["failed", "superseded", "rolled-back"]) expect(await counted(metrics, outcome)).toBe(0);
  await controller.stop();
});

it("a rollout that something newer takes the place of while it waits for the host is superseded, and its tag goes", async () => {
  const { stage, start } = await open([specOf({ container: { ports: [port8080] } })]);
  stage.engine.world.takenPorts.add(8080);
  stage.push("a", {});
  const controller = await start();
  await stage.pass(20_000);
  stage.push("b", {});
  controller.surface.reconcile([key], "hook");
  await stage.pass(20_000);
  stage.engine.world.takenPorts.delete(8080);
  await stage.until("b serves", () => controller.surface.service(key)?.sync === "Synced");
  expect(await told(controller)).toEqual([
    [2, "b", "promoted", "Converged"],
    [1, "a", "superseded", "RolloutStarted"],
  ]);
  await stage.until("tags", () => keepTags(stage).join() === "fairlead/keep:shop.web.r2");
  await controller.stop();
});
