import fc from "fast-check";
import { afterEach, describe, expect, it } from "vitest";
import { FairleadError } from "../../../../src/errors.js";
import { Metrics } from "../../../../src/metrics/metrics.js";
import type { ObservedContainer } from "../../../../src/plan/model/host/observed.js";
import type { Behaviour } from "../../../simulator/behaviour.js";
import { digestOf, port8080, specOf } from "../../plan/world.js";
import { memories, mortal, openStage } from "./stage.js";
import type { Stage } from "./stage.js";

const stages: Stage[] = [];
afterEach(async () => {
  for (const stage of stages.splice(0)) await stage.close();
});

async function open(...specs: Parameters<typeof openStage>): Promise<Stage> {
  const stage = await openStage(...specs);
  stages.push(stage);
  return stage;
}

const good: Behaviour = {};
const bad: Behaviour = { healthyAfterMs: "never" };

function inRole(stage: Stage, role: ObservedContainer["role"], service = "web"): ObservedContainer | undefined {
  return stage.engine.world.host.containers.find((one) => one.role === role && one.service === service);
}

function runs(stage: Stage, letter: string): boolean {
  const active = inRole(stage, "active");
  return active?.digest === digestOf(letter) && active.state === "running" && inRole(stage, "next") === undefined;
}

async function running(stage: Stage, letter: string): Promise<void> {
  await stage.until(`${letter} is active`, () => runs(stage, letter));
}

describe("a hook", () => {
  it("rolls out what the registry has, and promotes it", async () => {
    const stage = await open();
    stage.push("a", good);
    const controller = await stage.start();
    await running(stage, "a");
    stage.push("b", good);
    expect(
      controller.surface.keysForImage({
        registry: "docker.io",
        repository: "acme/web",
        tag: "latest",
      }),
    ).toEqual(["shop/web"]);
    controller.surface.reconcile(["shop/web"], "hook");
    await running(stage, "b");
    await stage.until("synced", () => controller.surface.service("shop/web")?.sync === "Synced");
    expect(controller.surface.service("shop/web")).toMatchObject({
      health: "Healthy",
      activeDigest: digestOf("b"),
      revision: 2,
      lastRollout: { from: digestOf("a"), to: digestOf("b"), outcome: "promoted" },
    });
  });

  it("ten thousand of them cause two looks at most", async () => {
    const stage = await open();
    stage.push("a", good);
    const metrics = new Metrics("0");
    const controller = await stage.start({ telemetry: metrics });
    await running(stage, "a");
    await stage.pass(2_000);
    const total = async () => {
      const lines = (await metrics.render()).split("\n").filter((line) => line.startsWith("fairlead_reconcile_total"));
      return lines.reduce((sum, line) => sum + Number(line.split(" ").at(-1)), 0);
    };
    const before = await total();
    for (let count = 0; count < 10_000; count += 1) controller.surface.reconcile(["shop/web"], "hook");
    await stage.pass(2_000);
    expect((await total()) - before).toBeGreaterThan(0);
    expect((await total()) - before).toBeLessThanOrEqual(2);
  });

  it("during a pull of the one before: the newer wins and neither is lost", async () => {
    const stage = await open();
    stage.push("a", good);
    const controller = await stage.start();
    await running(stage, "a");
    stage.push("b", { ...good, pullMs: 5_000 });
    controller.surface.reconcile(["shop/web"], "hook");
    await stage.pass(1_000);
    stage.push("c", good);
    controller.surface.reconcile(["shop/web"], "hook");
    await running(stage, "c");
    expect(controller.surface.service("shop/web")?.lastRollout).toMatchObject({ to: digestOf("c") });
  });

  it("with a bad image ends held, and a retry is a new chance", async () => {
    const stage = await open([specOf({ container: { ports: [port8080] } })]);
    stage.push("a", good);
    const controller = await stage.start();
    await running(stage, "a");
    stage.push("b", bad);
    controller.surface.reconcile(["shop/web"], "hook");
    await stage.until("held", () => controller.surface.service("shop/web")?.sync === "Held");
    expect(controller.surface.service("shop/web")?.lastRollout).toMatchObject({ outcome: "rolled-back" });
    await stage.until("healthy", () => controller.surface.service("shop/web")?.health === "Healthy");
    expect(runs(stage, "a")).toBe(true);
    controller.surface.reconcile(["shop/web"], "hook");
    await stage.pass(5_000);
    expect(inRole(stage, "next")).toBeUndefined();
    stage.push("b", good);
    await controller.surface.retry("shop/web");
    await running(stage, "b");
  });
});

describe("repairs", () => {
  it("a container that was removed by hand, while the registry hangs", async () => {
    const stage = await open();
    stage.push("a", good);
    const controller = await stage.start();
    await running(stage, "a");
    await stage.pass(1_000);
    stage.registry.down = "hangs";
    const began = stage.engine.clock.now();
    controller.surface.reconcile(["shop/web"], "hook");
    await stage.pass(500);
    stage.engine.removeByHand(inRole(stage, "active")!.id);
    const next = () => inRole(stage, "next");
    await stage.until("on its way", () => next()?.digest === digestOf("a") && next()?.state === "running");
    expect(stage.engine.clock.now() - began, "before the registry's time is up").toBeLessThan(10_000);
    stage.registry.down = undefined;
    await running(stage, "a");
    await stage.until("asked again", () => controller.surface.service("shop/web")?.sync === "Synced");
  });

  it("a container that ended, while the registry refuses", async () => {
    const stage = await open();
    stage.push("a", good);
    const controller = await stage.start();
    await running(stage, "a");
    stage.registry.down = new FairleadError("RegistryUnavailable", "docker.io is down");
    controller.surface.reconcile(["shop/web"], "hook");
    await stage.until("unknown", () => controller.surface.service("shop/web")?.sync === "Unknown");
    stage.engine.stopByHand(inRole(stage, "active")!.id);
    await running(stage, "a");
    expect(
      controller.surface.service("shop/web")?.conditions.find(({ type }) => type === "DigestResolved"),
    ).toMatchObject({
      status: "Unknown",
      reason: "RegistryUnavailable",
    });
  });

  it("while a registry asks for patience: nobody asks it meanwhile, whatever happens on the host", async () => {
    const stage = await open();
    stage.push("a", good);
    const controller = await stage.start();
    await running(stage, "a");
    stage.registry.down = new FairleadError("RateLimited", "too many", { retryAfterMs: 30_000 });
    controller.surface.reconcile(["shop/web"], "hook");
    await stage.until("unknown", () => controller.surface.service("shop/web")?.sync === "Unknown");
    const asked = stage.registry.asked.length;
    stage.registry.down = undefined;
    for (let turn = 0; turn < 3; turn += 1) {
      stage.engine.stopByHand(inRole(stage, "active")!.id);
      await stage.pass(4_000);
      controller.surface.reconcile(["shop/web"], "hook");
      await stage.pass(4_000);
      expect(runs(stage, "a")).toBe(true);
    }
    expect(stage.registry.asked).toHaveLength(asked);
    await stage.pass(10_000);
    await stage.until("asked again", () => controller.surface.service("shop/web")?.sync === "Synced");
  });

  it("while one repository asks for patience: another of the same registry is asked; a person cuts it short, once", async () => {
    const stage = await open();
    stage.push("a", good);
    const controller = await stage.start();
    await running(stage, "a");
    stage.registry.down = new FairleadError("RegistryUnavailable", "answered 503", { retryAfterMs: 900_000 });
    controller.surface.reconcile(["shop/web"], "hook");
    await stage.until("unknown", () => controller.surface.service("shop/web")?.sync === "Unknown");
    const resolved = () =>
      controller.surface.service("shop/web")?.conditions.find(({ type }) => type === "DigestResolved")?.message;
    expect(resolved()).toMatch(
      /^answered 503; it is asked again at 20\d\d-\d\d-\d\dT\d\d:\d\d:\d\dZ, or by `fairlead reconcile`/,
    );
    const asked = stage.registry.asked.length;
    controller.surface.reconcile(["shop/web"], "hook");
    await stage.pass(4_000);
    expect(stage.registry.asked).toHaveLength(asked);
    controller.surface.insist("shop/web", "api");
    await stage.until("asked once", () => stage.registry.asked.length === asked + 1);
    controller.surface.reconcile(["shop/web"], "hook");
    await stage.pass(4_000);
    expect(stage.registry.asked, "its answer was the same").toHaveLength(asked + 1);
    stage.registry.down = undefined;
    controller.surface.insist("shop/web", "api");
    await stage.until("synced", () => controller.surface.service("shop/web")?.sync === "Synced");
  });

  it("everything after the engine was away", async () => {
    const stage = await open();
    stage.push("a", good);
    await stage.start();
    await running(stage, "a");
    stage.engine.interrupt(3_000, { restart: true });
    await stage.pass(3_500);
    await running(stage, "a");
  });

  it.each(["active", "next"] as const)("an %s container that the engine cannot start any more", async (role) => {
    const stage = await open();
    stage.push("a", good);
    const controller = await stage.start();
    if (role === "active") await running(stage, "a");
    await stage.until("one", () => inRole(stage, role)?.state === "running");
    const { id, revision } = inRole(stage, role)!;
    stage.engine.wedge(id);
    stage.engine.interrupt(1_000);
    await stage.pass(1_500);
    await running(stage, "a");
    const anew = inRole(stage, "active")!;
    expect(anew.id).not.toBe(id);
    expect(stage.engine.world.find(id)).toBeUndefined();
    if (role === "active") expect(anew.revision).toBe(revision);
    await stage.until("told", () => controller.surface.service("shop/web")?.sync === "Synced");
    expect(controller.surface.service("shop/web")?.lastRollout?.outcome).toBe("promoted");
  });

  it("goes on after a fault of our own, which is told and counted", async () => {
    const stage = await open([specOf(), specOf({ name: "other" })]);
    stage.push("a", good);
    const { createContainer } = stage.engine;
    stage.engine.createContainer = (step) => {
      if (step.name.startsWith("shop-web-")) throw new TypeError("x is not a function");
      return createContainer(step);
    };
    const telemetry = new Metrics("0");
    const controller = await stage.start({ telemetry });
    const ready = (key: "shop/web" | "shop/other") =>
      controller.surface.service(key)?.conditions.find(({ type }) => type === "Ready");
    await stage.until("told", () => ready("shop/web")?.reason === "InternalError");
    expect(ready("shop/web")).toMatchObject({
      status: "False",
      message: expect.stringContaining("x is not") as string,
    });
    expect(await telemetry.render()).toMatch(/^fairlead_reconcile_panics_total [1-9]/m);
    await stage.until("the other one serves all the same", () => ready("shop/other")?.status === "True");
    stage.engine.createContainer = createContainer;
    await stage.until("it serves", () => ready("shop/web")?.status === "True");
  });

  it("does not hammer a start that cannot work", async () => {
    const stage = await open([specOf({ container: { ports: [port8080] } })]);
    stage.push("a", good);
    stage.engine.world.takenPorts.add(8080);
    await stage.start();
    await stage.pass(20_000);
    const births = stage.engine.counts.calls.get("createContainer") ?? 0;
    expect(births).toBeGreaterThan(1);
    expect(births).toBeLessThan(10);
    stage.engine.world.takenPorts.delete(8080);
    await running(stage, "a");
  });
});

describe("the file", () => {
  it("a service that leaves it is an orphan, or goes with prune", async () => {
    for (const prune of [false, true]) {
      const db = specOf({ name: "db", networks: [] });
      const specs = [specOf(), db];
      const stage = await open(specs);
      stage.push("a", good);
      const controller = await stage.start({ prune });
      await stage.until("both", () => runs(stage, "a") && inRole(stage, "active", "db") !== undefined);
      await stage.pass(2_000);
      specs.pop();
      stage.reload();
      const reason = () => controller.surface.service("shop/db")?.conditions[0]?.reason;
      const told = async (supposePrune: boolean) =>
        (await controller.surface.plan(supposePrune)).find(({ service }) => service === "db");
      const stays =
        "shop/db\n  left alone: shop/db is in no services file any more; run with --prune to remove it, or remove it by hand";
      if (!prune) expect(await told(false)).toEqual({ project: "shop", service: "db", changes: false, text: stays });
      expect(await told(!prune)).toMatchObject({ changes: true });
      expect((await told(true))?.text).toMatch(
        /^shop\/db\n(?: {2}.*\n)* {2}remove shop-db-1 \(.* services file any more\)$/,
      );
      if (!prune) {
        await stage.until("an orphan", () => reason() === "Orphaned");
        expect(controller.surface.service("shop/db")).toMatchObject({ health: "Healthy", replicas: { ready: 1 } });
        const { revisions, paused } = await controller.surface.history("shop/db");
        expect([revisions.map(({ revision, active }) => [revision, active]), paused]).toEqual([[[1, true]], false]);
      }
      if (prune) await stage.until("gone", () => inRole(stage, "active", "db") === undefined && reason() === undefined);
      expect(inRole(stage, "active", "db") === undefined).toBe(prune);
      expect(runs(stage, "a")).toBe(true);
    }
  });

  it("dependants wait for what they depend on", async () => {
    const db = specOf({
      name: "db",
      image: { registry: "docker.io", repository: "acme/db", tag: "latest", digest: undefined },
    });
    const web = specOf({ dependsOn: [{ service: "db", condition: "service_healthy" }] });
    const stage = await open([web, db]);
    stage.push("a", good, web);
    const controller = await stage.start();
    await stage.until(
      "waiting",
      () => controller.surface.service("shop/web")?.conditions[0]?.reason === "WaitingForDependency",
    );
    const check = { intervalMs: 1_000, timeoutMs: 1_000, retries: 5, startPeriodMs: 0 };
    stage.push("d", { healthyAfterMs: 3_000, check }, db);
    controller.surface.reconcile(["shop/db"], "hook");
    await running(stage, "a");
    expect(inRole(stage, "active", "web")!.createdAt).toBeGreaterThan(inRole(stage, "active", "db")!.createdAt + 2_999);
  });
});

it("a foreign container with our name is left alone until it goes", async () => {
  const stage = await open();
  stage.push("a", good);
  const remove = stage.engine.addForeign("shop-web-1");
  const controller = await stage.start();
  await stage.until("conflict", () => controller.surface.service("shop/web")?.conditions[0]?.reason === "NameConflict");
  expect(stage.engine.counts.calls.get("createContainer") ?? 0).toBe(0);
  remove();
  await running(stage, "a");
});

it("a look at everything costs one container list and one question per image", async () => {
  const specs = Array.from({ length: 20 }, (_, index) => specOf({ name: `web${index}` }));
  const stage = await open(specs);
  stage.push("a", good);
  await stage.start();
  await stage.until("all", () => specs.every(({ name }) => inRole(stage, "active", name) !== undefined));
  await stage.pass(5_000);
  const before = { ...stage.engine.counts };
  const asked = stage.registry.asked.length;
  stage.engine.interrupt(0);
  await stage.pass(3_000);
  expect(stage.registry.asked.length - asked).toBe(1);
  expect(stage.engine.counts.lists - before.lists).toBeLessThanOrEqual(2);
});

it("from a death before or after any call, with or without the journal, it converges", async () => {
  const behaviour = fc.constantFrom(good, bad, { exitsAfterMs: 50 }, { exitsAfterMs: 3_000, check: "none" as const });
  const spec = fc.constantFrom(specOf(), specOf({ container: { ports: [port8080] } }));
  const death = fc.record({
    call: fc.integer({ min: 1, max: 14 }),
    moment: fc.constantFrom("before" as const, "after" as const),
  });
  await fc.assert(
    fc.asyncProperty(behaviour, spec, death, memories, async (image, service, when, forgetful) => {
      const stage = await openStage([service]);
      try {
        stage.push("a", good);
        const first = await stage.start();
        await running(stage, "a");
        await first.stop();
        stage.push("b", image);
        const seen = mortal(stage.engine, when);
        const second = await stage.start({ engine: seen.engine });
        const settled = () => ["Synced", "Held"].includes(second.surface.service("shop/web")?.sync ?? "");
        await stage.until("dead or done", () => seen.dead() || settled());
        const third = await stage.start({ forgetful });
        const sync = image === good ? "Synced" : "Held";
        await stage.until(sync, () => third.surface.service("shop/web")?.sync === sync);
        await stage.pass(1_000);
        expect(runs(stage, image === good ? "b" : "a")).toBe(true);
        const roles = stage.engine.world.host.containers.map(({ role }) => role).sort();
        expect(roles).toEqual(image === good ? ["active", "previous"] : ["active", "failed"]);
        await third.stop();
      } finally {
        await stage.close();
      }
    }),
    { numRuns: 25 },
  );
});
