import { afterEach, expect, it } from "vitest";
import type { Engine } from "../../../../../src/control/ports/engine.js";
import type { SimulatedEngine } from "../../../../simulator/engine.js";
import { digestOf, specOf } from "../../../plan/world.js";
import { openStage } from "../stage.js";
import type { Stage } from "../stage.js";

const stages: Stage[] = [];
afterEach(async () => {
  for (const stage of stages.splice(0)) await stage.close();
});

const buildMs = 2_000;

/** The same engine, which takes so long to answer with what it saw when it was asked, and builds as long as a pull takes. */
function lateAnswers(engine: SimulatedEngine, ms: number): Engine {
  const pass = (time: number) => new Promise<void>((resolve) => void engine.clock.after(time, resolve));
  const late: Pick<Engine, "snapshot" | "build"> = {
    snapshot: async (claim) => {
      const host = await engine.snapshot(claim);
      await pass(ms);
      return host;
    },
    build: async (order, signal) => {
      await pass(buildMs);
      return engine.build(order, signal);
    },
  };
  return new Proxy<Engine>(engine, {
    get: (target, name, receiver) => Reflect.get(name in late ? late : target, name, receiver) as unknown,
  });
}

const isServing = (stage: Stage) =>
  stage.engine.world.host.containers.some(({ role, state }) => role === "active" && state === "running");

it.each([500, 1_300, 2_700])(
  "what was pulled is not pulled again by a run that looked before the end (%d ms)",
  async (ms) => {
    const stage = await openStage([specOf({ update: { monitorMs: 500 } })]);
    stages.push(stage);
    stage.push("a", { pullMs: buildMs });
    const { surface } = await stage.start({ engine: lateAnswers(stage.engine, ms) });
    for (let turn = 0; turn < 40 && !isServing(stage); turn += 1) {
      surface.reconcile(["shop/web"], "hook");
      await stage.pass(300);
    }
    await stage.until("a serves", () => surface.service("shop/web")?.activeDigest === digestOf("a"));
    expect(stage.engine.counts.calls.get("pull")).toBe(1);
  },
);

it.each([500, 1_300, 2_700])("nor is what was built built again (%d ms)", async (ms) => {
  const folder = "/srv/web";
  const stage = await openStage([specOf({ build: { context: { kind: "path", path: folder }, args: {}, labels: {} } })]);
  stages.push(stage);
  const files = { Dockerfile: "FROM scratch\nCOPY page /", page: "one", "behaviour.json": "{}" };
  stage.contexts.folders.set(folder, files);
  const { surface } = await stage.start({ engine: lateAnswers(stage.engine, ms) });
  for (let turn = 0; turn < 40 && !isServing(stage); turn += 1) {
    surface.reconcile(["shop/web"], "hook");
    await stage.pass(300);
  }
  await stage.until("it serves", () => isServing(stage));
  expect(stage.engine.counts.calls.get("build")).toBe(1);
});
