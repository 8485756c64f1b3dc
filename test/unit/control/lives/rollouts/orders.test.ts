import { afterEach, describe, expect, it } from "vitest";
import type { Event } from "../../../../../src/control/journal/event.js";
import { specOf } from "../../../plan/world.js";
import { openStage } from "../stage.js";
import type { Stage } from "../stage.js";

const stages: Stage[] = [];
afterEach(async () => {
  for (const stage of stages.splice(0)) await stage.close();
});

async function open(spec = specOf({ update: { monitorMs: 500 } })) {
  const stage = await openStage([spec]);
  stages.push(stage);
  stage.push("a", { check: "none" });
  const controller = await stage.start();
  const { surface } = controller;
  await stage.until("it serves", () => surface.service("shop/web")?.sync === "Synced");
  const events = async () => {
    const all: Event[] = [];
    for await (const event of surface.events({ follow: false }, new AbortController().signal)) all.push(event);
    return all.map(({ type, reason, message }) => `${type} ${reason}: ${message}`);
  };
  const serves = (letter: string) =>
    stage.until(`${letter} serves`, () => {
      const { sync, activeDigest } = surface.service("shop/web") ?? {};
      return sync === "Synced" && activeDigest?.startsWith(`sha256:${letter}`) === true;
    });
  return { stage, controller, surface, events, serves };
}

describe("a person's reason for an order", () => {
  it("stands in its event, in their own words, and outlives a restart", async () => {
    const { stage, controller, surface, events } = await open();
    await surface.pause("shop/web", "vendor outage");
    await surface.resume("shop/web", "all well");
    await surface.stop("shop/web", undefined, "backup");
    await surface.start("shop/web", "done");
    await surface.retry("shop/web", "once more");
    surface.insist("shop/web", "api", "to see");
    await surface.adopt("shop/web", "ours now");
    await surface.pause("shop/web");
    const told = [
      "pause Paused: a person has paused its rollouts: vendor outage",
      "resume Resumed: a person has lifted its pin and its pause: all well",
      "stop Stopped: a person has stopped it: backup",
      "start Started: a person has asked for it to run: done",
      "retry RetryAsked: a person has asked to try again what had failed: once more",
      "reconcile ReconcileAsked: a person has asked to look again: to see",
      "adoption AdoptionAsked: a person has asked to take over what others made: ours now",
      "pause Paused: a person has paused its rollouts",
    ];
    expect(await events()).toEqual(expect.arrayContaining(told));
    await controller.stop();
    const again = await stage.start();
    const all: string[] = [];
    for await (const event of again.surface.events({ follow: false }, new AbortController().signal))
      all.push(`${event.type} ${event.reason}: ${event.message}`);
    expect(all).toEqual(expect.arrayContaining(told));
  });
});

describe("what an order would do", () => {
  it("is the plan as it would be once that were ordered; nothing is changed", async () => {
    const { stage, surface, serves, events } = await open();
    stage.push("b", { check: "none" });
    surface.reconcile(["shop/web"], "hook");
    await serves("b");
    const before = (await events()).length;
    const plan = async (order: Parameters<typeof surface.preview>[1]) =>
      (await surface.preview("shop/web", order))?.text ?? "";
    expect(await plan({ verb: "reconcile" })).toContain("nothing to do");
    expect(await plan({ verb: "stop" })).toMatch(/stop shop-web-1/);
    expect(await plan({ verb: "rollback" })).toMatch(/shop-web-1\.previous|sha256:a{12}/);
    await expect(plan({ verb: "rollback", to: "9" })).rejects.toThrow("no revision has the number 9");
    expect(await surface.preview("shop/none", { verb: "pause" })).toBeUndefined();
    expect(await events()).toHaveLength(before);
    expect(surface.service("shop/web")).toMatchObject({ sync: "Synced" });

    await surface.pause("shop/web");
    stage.push("c", { check: "none" });
    surface.reconcile(["shop/web"], "hook");
    await stage.until(
      "it is wanted",
      () => surface.service("shop/web")?.desiredDigest?.startsWith("sha256:c") === true,
    );
    expect(await plan({ verb: "reconcile" })).not.toContain("create");
    expect(await plan({ verb: "resume" })).toMatch(/create shop-web-1\.next/);
    expect(surface.service("shop/web")).toMatchObject({ sync: "Paused" });
  });
});

it("every container of a service is told with its part", async () => {
  const { stage, surface, serves } = await open();
  stage.push("b", { check: "none" });
  surface.reconcile(["shop/web"], "hook");
  await serves("b");
  const { replicas, gate } = await surface.replicas("shop/web");
  expect(gate).toBeUndefined();
  expect(replicas.map(({ container, role, state, slot }) => [container, role, state, slot])).toEqual([
    ["shop-web-1", "active", "running", 1],
    ["shop-web-1.previous", "previous", "exited", 1],
  ]);
  expect(replicas[0]).toMatchObject({ revision: 2, restarts: 0, startedAt: expect.any(String) as string });
});
