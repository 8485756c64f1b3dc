import { afterEach, describe, expect, it } from "vitest";
import type { Controller } from "../../../src/control/controller.js";
import { FairleadError } from "../../../src/errors.js";
import type { Behaviour } from "../../simulator/behaviour.js";
import { openStage } from "../control/lives/stage.js";
import type { Stage } from "../control/lives/stage.js";
import { digestOf } from "../plan/world.js";
import { tracesInMemory } from "./memory.js";
import type { Memory, Seen } from "./memory.js";

const stages: Stage[] = [];
afterEach(async () => {
  for (const stage of stages.splice(0)) await stage.close();
});

interface Scene {
  readonly stage: Stage;
  readonly traces: Memory;
  readonly controller: Controller;
}

/** `a` runs, and nothing has been traced of what is seen here before it. */
async function openScene(): Promise<Scene> {
  const stage = await openStage();
  stages.push(stage);
  const traces = tracesInMemory(stage.process.clock);
  stage.push("a", {});
  const controller = await stage.start({ tracing: traces.updates });
  await stage.until("a runs", () => controller.surface.service("shop/web")?.sync === "Synced");
  await stage.pass(2_000);
  return { stage, traces, controller };
}

/** A delivery, as the hooks' door makes of it. */
function deliver({ traces, controller }: Scene, traceparent?: string): void {
  const span = traces.deliveries.delivery({ hook: "dockerhub", route: "/hooks/dockerhub", traceparent });
  controller.surface.reconcile(["shop/web"], "hook dockerhub: acme/web", [], span.parent);
  span.answered(202);
}

const outcomeIs =
  ({ controller }: Scene, letter: string, outcome: string) =>
  () => {
    const rollout = controller.surface.service("shop/web")?.lastRollout;
    return rollout?.to === digestOf(letter) && rollout.outcome === outcome;
  };

async function push(scene: Scene, behaviour: Behaviour, outcome: string): Promise<readonly Seen[]> {
  scene.stage.push("b", behaviour);
  deliver(scene);
  await scene.stage.until(`b is ${outcome}`, outcomeIs(scene, "b", outcome));
  await scene.stage.pass(3_000);
  const all = await scene.traces.seen();
  const delivery = all.find(({ name }) => name === "POST /hooks/dockerhub");
  return all.filter(({ trace }) => trace === delivery?.trace);
}

function one(spans: readonly Seen[], name: string): Seen {
  const found = spans.filter((span) => span.name === name);
  expect(found, name).toHaveLength(1);
  return found[0]!;
}

describe("a push", () => {
  it("is one trace from its delivery to its promotion, over all runs and what goes on beside them", async () => {
    const scene = await openScene();
    const { engine } = scene.stage;
    const stop = engine.stopContainer.bind(engine);
    engine.stopContainer = async (...args) => {
      await new Promise<void>((resolve) => void engine.clock.after(2_000, resolve));
      await stop(...args);
    };
    const spans = await push(scene, { healthyAfterMs: 1_500 }, "promoted");
    const delivery = one(spans, "POST /hooks/dockerhub");
    expect(delivery).toMatchObject({ kind: "SERVER", parentId: undefined, flaw: undefined });
    expect(delivery.attributes).toEqual({
      "http.request.method": "POST",
      "http.route": "/hooks/dockerhub",
      "http.response.status_code": 202,
      "fairlead.hook": "dockerhub",
    });
    const update = one(spans, "update");
    expect(update).toMatchObject({ parent: "POST /hooks/dockerhub", kind: "INTERNAL", flaw: undefined });
    expect(update.attributes).toMatchObject({
      "fairlead.project": "shop",
      "fairlead.service": "web",
      "fairlead.outcome": "promoted",
      "fairlead.rollout.from": digestOf("a"),
      "fairlead.rollout.to": digestOf("b"),
    });
    const parents = new Map<string, Set<string | undefined>>();
    for (const { name, parent } of spans) parents.set(name, (parents.get(name) ?? new Set()).add(parent));
    const named = ["queue", "reconcile", "observe", "resolve", "pull-image", "create-container", "start-container"];
    for (const name of [...named, "wait-for-health", "stop-container", "rename-container"]) {
      const isPart = name === "queue" || name === "reconcile" || name === "wait-for-health";
      expect([name, [...(parents.get(name) ?? [])]]).toEqual([name, [isPart ? "update" : "reconcile"]]);
    }
    expect(spans.filter(({ name }) => name === "reconcile").length).toBeGreaterThan(1);
    const health = one(spans, "wait-for-health");
    expect(health.from).toBeGreaterThanOrEqual(one(spans, "start-container").to);
    const [stopped] = spans.filter(({ name, from }) => name === "stop-container" && from >= health.from);
    expect(health.to, "the old one leaves after that").toBeLessThanOrEqual(stopped?.from ?? 0);
    expect((stopped?.to ?? 0) - (stopped?.from ?? 0)).toBeGreaterThanOrEqual(2_000);
    expect(health.to - health.from, "as long as its check took").toBeGreaterThanOrEqual(1_500);
    for (const span of spans) {
      expect([span.name, span.from >= delivery.from, span.to <= update.to]).toEqual([span.name, true, true]);
    }
  });

  it("of a bad image has failed, with the reason", async () => {
    const spans = await push(await openScene(), { healthyAfterMs: "never" }, "rolled-back");
    const update = one(spans, "update");
    expect(update.attributes["fairlead.outcome"]).toBe("rolled-back");
    expect(update.attributes["error.type"]).toBe("Unhealthy");
    expect(update.flaw).toMatch(/^Unhealthy: /);
    expect(spans.map(({ name }) => name)).toEqual(expect.arrayContaining(["wait-for-health", "keep-logs"]));
  });

  it("that changes nothing says so, and has no steps", async () => {
    const scene = await openScene();
    deliver(scene);
    await scene.stage.pass(3_000);
    const spans = await scene.traces.seen();
    const delivery = one(spans, "POST /hooks/dockerhub");
    const own = spans.filter(({ trace }) => trace === delivery.trace);
    const names = ["POST /hooks/dockerhub", "observe", "queue", "reconcile", "resolve", "update"];
    expect(own.map(({ name }) => name).sort()).toEqual(names);
    expect(one(own, "update").attributes["fairlead.outcome"]).toBe("unchanged");
  });

  it("is in the trace of its sender where that has told a sane one", async () => {
    const scene = await openScene();
    const [trace, parent] = ["4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"];
    deliver(scene, `00-${trace}-${parent}-01`);
    await scene.stage.pass(3_000);
    deliver(scene, `00-${trace}-${parent}-01 and more`);
    await scene.stage.pass(3_000);
    const [first, second, ...rest] = (await scene.traces.seen()).filter(({ kind }) => kind === "SERVER");
    expect(first).toMatchObject({ trace, parentId: parent });
    expect(second?.parentId).toBeUndefined();
    expect(second?.trace).not.toBe(trace);
    expect(rest).toEqual([]);
  });

  it("that comes while another one is under way is linked to it", async () => {
    const scene = await openScene();
    scene.stage.push("b", { healthyAfterMs: 1_500 });
    deliver(scene);
    await scene.stage.pass(1_000);
    deliver(scene);
    await scene.stage.until("b is promoted", outcomeIs(scene, "b", "promoted"));
    await scene.stage.pass(3_000);
    const spans = await scene.traces.seen();
    const [first, second] = spans.filter(({ kind }) => kind === "SERVER");
    const [update, ...others] = spans.filter(({ name, trace }) => name === "update" && trace === first?.trace);
    expect(update?.links).toEqual([second?.id]);
    expect(others).toEqual([]);
    expect(spans.filter(({ trace }) => trace === second?.trace)).toHaveLength(1);
  });

  it("whose image cannot be pulled shows the pull that failed", async () => {
    const scene = await openScene();
    const pull = scene.stage.engine.pull.bind(scene.stage.engine);
    const failing = new FairleadError("PullFailed", "no layer at https://user:pw@mirror.example/v2/acme?token=t");
    scene.stage.engine.pull = () => Promise.reject(failing);
    scene.stage.push("b", {});
    deliver(scene);
    await scene.stage.pass(5_000);
    scene.stage.engine.pull = pull;
    await scene.stage.until("b is promoted", outcomeIs(scene, "b", "promoted"));
    await scene.stage.pass(3_000);
    const spans = await scene.traces.seen();
    const pulls = spans.filter(({ name, trace }) => name === "pull-image" && trace === spans.at(-1)?.trace);
    expect(pulls[0]?.flaw).toBe("PullFailed: no layer at https://mirror.example/v2/acme?…");
    expect(pulls.at(-1)?.flaw).toBeUndefined();
    expect(pulls.at(-1)?.attributes).toEqual({
      "container.image.repo_digests": [`acme/web@${digestOf("b")}`],
    });
  });
});

it("what nobody asked for begins with its first step", async () => {
  const scene = await openScene();
  const spans = await scene.traces.seen();
  expect(spans.find(({ name }) => name === "update")).toMatchObject({ parentId: undefined });
  expect(spans.map(({ name }) => name)).toEqual(expect.arrayContaining(["create-container", "start-container"]));
  const updates = spans.filter(({ name }) => name === "update");
  expect(updates.map(({ attributes }) => attributes["fairlead.outcome"])).toEqual(["promoted"]);
});

it("what is under way at the end is told as interrupted, and one that never ends as unfinished", async () => {
  const scene = await openScene();
  scene.stage.registry.down = new FairleadError("RegistryUnavailable", "away");
  deliver(scene);
  await scene.stage.pass(3_700_000);
  deliver(scene);
  await scene.stage.pass(1_000);
  const updates = (await scene.traces.seen()).filter(({ name }) => name === "update").slice(1);
  expect(updates.map(({ attributes }) => attributes["fairlead.outcome"])).toEqual(["unfinished", "interrupted"]);
});

it("spans are of the service that the settings name", async () => {
  const scene = await openScene();
  await scene.traces.seen();
  expect(scene.traces.resource()).toMatchObject({
    ...{ "service.name": "fairlead", "service.version": "1.2.3", "deployment.environment.name": "test" },
  });
});

it("a sampler that wants none leaves what is done as it is", async () => {
  const stage = await openStage();
  stages.push(stage);
  const traces = tracesInMemory(stage.process.clock, { sampler: { parentBased: true, ratio: 0 } });
  stage.push("a", {});
  const controller = await stage.start({ tracing: traces.updates });
  await stage.until("a runs", () => controller.surface.service("shop/web")?.sync === "Synced");
  expect(await traces.seen()).toEqual([]);
});
