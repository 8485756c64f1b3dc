import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { memories } from "../../control/lives/stage.js";
import { digestOf, specOf } from "../../plan/world.js";
import { mortalCluster, openSwarmLife, serves, statusOf, webOf } from "./lives.js";

const crashes = { exitsAfterMs: 200, exitCode: 3, errors: ["fatal: no configuration"] };
const sick = { healthyAfterMs: "never" } as const;

describe("a service of a Swarm", () => {
  it("follows its tag, goes back from what fails, holds it, and takes what comes next", async () => {
    const life = await openSwarmLife([webOf({ replicas: 3 })]);
    life.push("a");
    const controller = await life.start();
    await life.stage.until("a serves", () => serves(controller, "a"));
    expect(life.running()).toEqual([digestOf("a"), digestOf("a"), digestOf("a")]);

    life.push("b");
    controller.surface.reconcile(["shop/web"], "hook");
    await life.stage.until("b serves", () => serves(controller, "b"));
    expect(statusOf(controller)).toMatchObject({ sync: "Synced", replicas: { desired: 3, ready: 3, updated: 3 } });

    for (const [letter, behaviour] of [
      ["c", crashes],
      ["d", sick],
    ] as const) {
      life.push(letter, behaviour);
      controller.surface.reconcile(["shop/web"], "hook");
      await life.stage.until(`${letter} is held`, () => {
        const status = statusOf(controller);
        return status?.sync === "Held" && status.desiredDigest === digestOf(letter) && status.health === "Healthy";
      });
      expect(life.running()).toEqual([digestOf("b"), digestOf("b"), digestOf("b")]);
      expect(statusOf(controller)?.lastRollout).toMatchObject({ outcome: "rolled-back", to: digestOf(letter) });
    }

    life.push("e");
    controller.surface.reconcile(["shop/web"], "hook");
    await life.stage.until("e serves", () => serves(controller, "e"));
    expect(await life.containers()).toEqual(["shop-web-1 running", "shop-web-1.previous exited"]);
    await controller.stop();
  });

  it.each([
    ["crashes", crashes],
    ["ends as if all were well", { ...crashes, exitCode: 0 }],
  ])("that never served leaves nothing running of what %s", async (_, behaviour) => {
    const life = await openSwarmLife();
    life.push("a", behaviour);
    const controller = await life.start();
    await life.stage.until("a is held", () => statusOf(controller)?.sync === "Held");
    await life.stage.pass(5_000);
    expect(life.running()).toEqual([]);
    expect(life.swarm.store.serviceNamed("shop_web")?.spec.Mode).toEqual({ Replicated: { Replicas: 0 } });
    await controller.stop();
  });
});

it.each([
  [undefined, "none"],
  [{ disabled: true } as const, "none"],
  [{ disabled: false, test: ["CMD", "true"] } as const, "healthy"],
])("is told to be healthy where the file has a check: %j", async (check, health) => {
  const times = { intervalMs: 1_000, timeoutMs: 1_000, retries: 2, startPeriodMs: 0 };
  const healthcheck = check === undefined || check.disabled ? check : { ...check, ...times };
  const life = await openSwarmLife([webOf({ container: { ...specOf().container, healthcheck } })]);
  life.push("a");
  const controller = await life.start();
  await life.stage.until("a serves", () => serves(controller, "a"));
  expect((await life.seen()).map((one) => one.health)).toEqual([health]);
  await controller.stop();
});

it("takes a rollout back for which no node is found within ten minutes, and goes on serving meanwhile", async () => {
  const life = await openSwarmLife([webOf({ replicas: 2 })]);
  life.push("a");
  const controller = await life.start();
  await life.stage.until("a serves", () => serves(controller, "a"));
  life.swarm.setAvailability("node1", "pause");
  life.push("b");
  controller.surface.reconcile(["shop/web"], "hook");
  await life.stage.pass(590_000);
  expect(statusOf(controller)).toMatchObject({ sync: "OutOfSync", activeDigest: digestOf("a") });
  expect(life.running()).toContain(digestOf("a"));
  await life.stage.pass(30_000);
  expect(statusOf(controller)).toMatchObject({ sync: "Held", activeDigest: digestOf("a") });
  await controller.stop();
});

const ways = fc.record({
  call: fc.integer({ min: 1, max: 14 }),
  moment: fc.constantFrom("before" as const, "after" as const),
  replicas: fc.constantFrom(1, 2, 3),
  next: fc.constantFrom("good" as const, "crashes" as const, "sick" as const),
  forgetful: memories,
});

it("a controller may die at any call: the next one brings the service where it was to be", async () => {
  await fc.assert(
    fc.asyncProperty(ways, async ({ call, moment, replicas, next, forgetful }) => {
      const life = await openSwarmLife([webOf({ replicas })]);
      life.push("a");
      const first = await life.start();
      await life.stage.until("a serves", () => serves(first, "a"));
      await first.stop();
      life.push("b", next === "crashes" ? crashes : next === "sick" ? sick : {});
      const isHeld = (controller: typeof first) => {
        const status = statusOf(controller);
        return status?.sync === "Held" && status.desiredDigest === digestOf("b") && status.health === "Healthy";
      };
      const isOver = (controller: typeof first) => (next === "good" ? serves(controller, "b") : isHeld(controller));
      const doomed = mortalCluster(life.swarm.cluster, { call, moment });
      const second = await life.start({ cluster: doomed.cluster });
      await life.stage.until("it has died, or all is done", () => doomed.dead() || isOver(second));
      const third = await life.start({ forgetful });
      await life.stage.until("all is done", () => isOver(third));
      await life.stage.pass(5_000);
      const wanted = digestOf(next === "good" ? "b" : "a");
      expect(life.running()).toEqual(Array.from({ length: replicas }, () => wanted));
      const names = (await life.containers()).map((text) => text.replace(/ .*/, ""));
      expect(names.filter((name) => name === "shop-web-1")).toHaveLength(1);
      expect(names).not.toContain("shop-web-1.next");
      await third.stop();
    }),
    { numRuns: 40 },
  );
});
