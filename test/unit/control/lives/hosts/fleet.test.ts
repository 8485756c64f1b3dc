import fc from "fast-check";
import { afterEach, describe, expect, it } from "vitest";
import type { ServiceSpec } from "../../../../../src/compose/model/service.js";
import { Metrics } from "../../../../../src/metrics/metrics.js";
import type { ObservedContainer } from "../../../../../src/plan/model/host/observed.js";
import { inEverySlot } from "../../../../../src/plan/model/view.js";
import type { Behaviour } from "../../../../simulator/behaviour.js";
import { digestOf, specOf } from "../../../plan/world.js";
import { memories, mortal, openStage } from "../stage.js";
import type { Stage } from "../stage.js";

const stages: Stage[] = [];
afterEach(async () => {
  for (const stage of stages.splice(0)) await stage.close();
});

async function open(...specs: ServiceSpec[]): Promise<Stage> {
  const stage = await openStage(specs);
  stages.push(stage);
  return stage;
}

const good: Behaviour = {};
const bad: Behaviour = { healthyAfterMs: "never" };
const ends: Behaviour = { check: "none", exitsAfterMs: 2_000, exitCode: 0 };
const quick = { monitorMs: 500 };

function of(stage: Stage, service = "web"): readonly ObservedContainer[] {
  return stage.engine.world.host.containers.filter((container) => container.service === service);
}

function actives(stage: Stage, service = "web"): readonly ObservedContainer[] {
  return inEverySlot(of(stage, service), "active");
}

function serve(stage: Stage, letter: string, count: number): boolean {
  const all = of(stage);
  const right = inEverySlot(all, "active").filter((one) => one.digest === digestOf(letter) && one.state === "running");
  return right.length === count && inEverySlot(all, "next").length === 0;
}

/** The fewest that answered to the service's name at any moment. */
function watchServing(stage: Stage): { fewest: number } {
  const seen = { fewest: Infinity };
  stage.engine.onChange = () => {
    const serving = of(stage).filter(
      ({ state, networks }) => state === "running" && networks.some(({ aliases }) => aliases.includes("web")),
    );
    seen.fewest = Math.min(seen.fewest, serving.length);
  };
  return seen;
}

describe("three replicas", () => {
  it.each<[string, Behaviour, string]>([
    ["that starts", good, "promoted"],
    ["that cannot even be created", { refusedAtCreate: "unable to find user app: no matching entries" }, "failed"],
  ])("end a rollout as superseded by something newer %s, and count it", async (_, newer, outcome) => {
    const stage = await open(specOf({ replicas: 3, update: { ...quick, parallelism: 1, delayMs: 60_000 } }));
    stage.push("a", good);
    const telemetry = new Metrics("0");
    const controller = await stage.start({ telemetry });
    await stage.until("three serve", () => serve(stage, "a", 3));
    stage.push("b", good);
    controller.surface.reconcile(["shop/web"], "hook");
    await stage.until("one serves b", () => actives(stage).some(({ digest }) => digest === digestOf("b")));
    await stage.pass(5_000);
    stage.push("c", newer);
    controller.surface.reconcile(["shop/web"], "hook");
    await stage.until("it has ended", () => controller.surface.service("shop/web")?.lastRollout?.outcome === outcome);
    const { revisions } = await controller.surface.history("shop/web");
    expect(revisions.map((one) => [one.revision, one.to, one.outcome])).toEqual([
      [3, digestOf("c"), outcome],
      [2, digestOf("b"), "superseded"],
      [1, digestOf("a"), "promoted"],
    ]);
    expect(await telemetry.render()).toContain(
      'fairlead_rollouts_total{project="shop",service="web",outcome="superseded"} 1',
    );
  });

  it("roll out one after the other: one rollout, one revision, never fewer than three that serve", async () => {
    const stage = await open(specOf({ replicas: 3, update: quick }));
    stage.push("a", good);
    const controller = await stage.start();
    await stage.until("three serve", () => serve(stage, "a", 3));
    await stage.until(
      "the first rollout is told",
      () => controller.surface.service("shop/web")?.lastRollout?.outcome === "promoted",
    );
    const seen = watchServing(stage);
    stage.push("b", good);
    controller.surface.reconcile(["shop/web"], "hook");
    await stage.until("they serve b", () => serve(stage, "b", 3));
    await stage.until("synced", () => controller.surface.service("shop/web")?.sync === "Synced");
    expect(seen.fewest).toBe(3);
    expect(controller.surface.service("shop/web")).toMatchObject({
      health: "Healthy",
      activeDigest: digestOf("b"),
      revision: 2,
      replicas: { desired: 3, ready: 3, updated: 3 },
      lastRollout: { id: "shop/web@2", from: digestOf("a"), to: digestOf("b"), outcome: "promoted" },
    });
    expect(actives(stage).map(({ revision }) => revision)).toEqual([2, 2, 2]);
  });

  it("a bad image stops at the first: the others never notice", async () => {
    const stage = await open(specOf({ replicas: 3, update: quick }));
    stage.push("a", good);
    const controller = await stage.start();
    await stage.until("three serve", () => serve(stage, "a", 3));
    const before = actives(stage).map(({ id, startedAt }) => [id, startedAt]);
    const seen = watchServing(stage);
    stage.push("b", bad);
    controller.surface.reconcile(["shop/web"], "hook");
    await stage.until("held", () => controller.surface.service("shop/web")?.sync === "Held");
    await stage.until("told", () => controller.surface.service("shop/web")?.lastRollout?.outcome === "rolled-back");
    expect(actives(stage).map(({ id, startedAt }) => [id, startedAt])).toEqual(before);
    expect(seen.fewest).toBe(3);
    expect(controller.surface.service("shop/web")).toMatchObject({
      health: "Healthy",
      replicas: { desired: 3, ready: 3, updated: 0 },
    });
  });

  it("grow and shrink without a rollout", async () => {
    const stage = await open(specOf({ replicas: 1, update: quick }));
    stage.push("a", good);
    const controller = await stage.start();
    await stage.until("one serves", () => serve(stage, "a", 1));
    await stage.until("told", () => controller.surface.service("shop/web")?.lastRollout?.outcome === "promoted");
    const told = controller.surface.service("shop/web")?.lastRollout;
    stage.specs[0] = specOf({ replicas: 3, update: quick });
    stage.reload();
    await stage.until("three serve", () => serve(stage, "a", 3));
    stage.specs[0] = specOf({ replicas: 2, update: quick });
    stage.reload();
    await stage.until("two serve", () => serve(stage, "a", 2) && of(stage).length === 2);
    expect(actives(stage).map(({ slot, revision }) => [slot, revision])).toEqual([
      [1, 1],
      [2, 1],
    ]);
    expect(controller.surface.service("shop/web")?.lastRollout).toEqual(told);
  });

  it("survive the controller's death at any call, good image or bad", { timeout: 120_000 }, async () => {
    const deaths = fc.array(
      fc.record({
        call: fc.integer({ min: 1, max: 30 }),
        moment: fc.constantFrom("before" as const, "after" as const),
      }),
      { minLength: 1, maxLength: 3 },
    );
    await fc.assert(
      fc.asyncProperty(
        deaths,
        fc.constantFrom("start-first" as const, "stop-first" as const),
        fc.constantFrom(0, 1, 2),
        fc.boolean(),
        memories,
        async (dying, order, parallelism, isGood, forgetful) => {
          const stage = await open(specOf({ replicas: 3, update: { ...quick, order, parallelism } }));
          stage.push("a", good);
          let controller = await stage.start();
          await stage.until("three serve", () => serve(stage, "a", 3));
          await controller.stop();
          stage.push("b", isGood ? good : bad);
          for (const death of dying) {
            const { engine, dead } = mortal(stage.engine, death);
            controller = await stage.start({ engine, forgetful });
            await stage.pass(4_000);
            // It may also die of a call that it makes while it stops: then it never ends.
            const ending = { over: false };
            void controller.stop().then(() => (ending.over = true));
            await stage.until("stopped or dead", () => ending.over || dead());
          }
          controller = await stage.start({ forgetful });
          await stage.until("the end", () =>
            isGood
              ? serve(stage, "b", 3)
              : serve(stage, "a", 3) && controller.surface.service("shop/web")?.sync === "Held",
          );
          await controller.stop();
          expect(actives(stage).every(({ restartPolicy }) => restartPolicy.name === "always")).toBe(true);
        },
      ),
      { numRuns: 12 },
    );
  });
});

describe("a service that has to complete first", () => {
  const migrate = specOf({
    name: "migrate",
    oneShot: true,
    container: { restart: { name: "no", maximumRetryCount: 0 } },
  });
  const web = specOf({
    dependsOn: [{ service: "migrate", condition: "service_completed_successfully" }],
    image: { registry: "docker.io", repository: "acme/front", tag: "latest", digest: undefined },
    update: quick,
  });

  it("holds up the other until it has, and is left alone then", async () => {
    const stage = await open(migrate, web);
    stage.push("d", ends, migrate);
    stage.push("a", good, web);
    const controller = await stage.start();
    await stage.pass(1_500);
    expect(of(stage)).toEqual([]);
    expect(controller.surface.service("shop/web")?.conditions[0]).toMatchObject({ reason: "WaitingForDependency" });
    await stage.until("web serves", () => serve(stage, "a", 1));
    await stage.until("told", () => controller.surface.service("shop/migrate")?.sync === "Synced");
    expect(controller.surface.service("shop/migrate")).toMatchObject({
      health: "Healthy",
      replicas: { ready: 1 },
      lastRollout: { outcome: "promoted" },
    });
    await stage.pass(40_000);
    expect(actives(stage, "migrate")).toMatchObject([{ state: "exited", exitCode: 0, revision: 1 }]);
  });

  it("that fails is told where it is waited for, and a better one lets the other go on", async () => {
    const stage = await open(migrate, web);
    stage.push("d", { ...ends, exitCode: 3 }, migrate);
    stage.push("a", good, web);
    const controller = await stage.start();
    await stage.until("held", () => controller.surface.service("shop/migrate")?.sync === "Held");
    await stage.pass(2_000);
    expect(of(stage)).toEqual([]);
    const [ready] = controller.surface.service("shop/web")?.conditions ?? [];
    expect(ready).toMatchObject({ reason: "WaitingForDependency" });
    expect(ready?.message).toMatch(/^migrate has not completed yet: .*exited with code 3/);
    stage.push("b", ends, migrate);
    controller.surface.reconcile(["shop/migrate"], "hook");
    await stage.until("web serves", () => serve(stage, "a", 1));
  });

  it("has to complete anew before the other's next rollout", async () => {
    const stage = await open(migrate, web);
    stage.push("d", ends, migrate);
    stage.push("a", good, web);
    const controller = await stage.start();
    await stage.until("web serves", () => serve(stage, "a", 1));
    await stage.pass(2_000);
    stage.push("b", ends, migrate);
    stage.push("c", good, web);
    controller.surface.reconcile(["shop/web", "shop/migrate"], "hook");
    await stage.until("a next web", () => inEverySlot(of(stage), "next").length > 0);
    expect(actives(stage, "migrate")).toMatchObject([{ digest: digestOf("b"), state: "exited", exitCode: 0 }]);
    await stage.until("web serves c", () => serve(stage, "c", 1));
  });
});

describe("a service in another one's network", () => {
  const vpn = specOf({ name: "vpn", update: quick });
  const guest = specOf({
    networks: [],
    networkMode: { kind: "service", service: "vpn" },
    image: { registry: "docker.io", repository: "acme/front", tag: "latest", digest: undefined },
    update: quick,
  });

  it("follows its container: re-created with it, started again with it", async () => {
    const stage = await open(vpn, guest);
    stage.push("d", good, vpn);
    stage.push("a", good, guest);
    const controller = await stage.start();
    await stage.until("it serves", () => serve(stage, "a", 1));
    const first = actives(stage, "vpn")[0];
    expect(actives(stage)[0]?.owners?.network?.[0]).toBe(first?.id);
    stage.push("b", good, vpn);
    controller.surface.reconcile(["shop/vpn"], "hook");
    await stage.until("vpn serves b", () => actives(stage, "vpn")[0]?.digest === digestOf("b"));
    const second = actives(stage, "vpn")[0];
    await stage.until(
      "it has followed",
      () => actives(stage)[0]?.owners?.network?.[0] === second?.id && serve(stage, "a", 1),
    );
    const before = actives(stage)[0];
    await stage.pass(1_000);
    stage.engine.stopByHand(second?.id ?? "");
    await stage.until("it was started again", () => {
      const now = actives(stage)[0];
      return now?.id === before?.id && now?.state === "running" && (now.startedAt ?? 0) > (before?.startedAt ?? 0);
    });
    const restarted = actives(stage)[0];
    await stage.pass(40_000);
    expect(actives(stage)[0], "once").toMatchObject({ id: restarted?.id, startedAt: restarted?.startedAt });
  });
});
