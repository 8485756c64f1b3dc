import { variables } from "../../../../../src/compose/model/container/variables.js";
import { afterEach, describe, expect, it } from "vitest";
import type { ServiceSpec } from "../../../../../src/compose/model/service.js";
import type { Behaviour } from "../../../../simulator/behaviour.js";
import { digestOf, port8080, specOf } from "../../../plan/world.js";
import { mortal, openStage } from "../stage.js";
import type { Stage } from "../stage.js";

const stages: Stage[] = [];
afterEach(async () => {
  for (const stage of stages.splice(0)) await stage.close();
});

const edited = (spec: ServiceSpec, word: string): ServiceSpec => ({
  ...spec,
  container: { ...spec.container, environment: variables({ WORD: word }) },
});

/**
 * A controller dies at its n-th call, of which the edit before last has it withdraw what the edit before that had begun;
 * and the next one finds the file as it was then. Answers what that comes to.
 */
async function cutAt(call: number, spec: ServiceSpec, behaviour: Behaviour) {
  const stage = await openStage([spec]);
  stages.push(stage);
  stage.push("a", behaviour);
  const { engine } = stage;
  const seen = mortal(engine, { call, moment: "after" });
  const first = await stage.open({ engine: seen.engine, clock: engine.clock });
  void first.controller.start();
  const wants = async (word: string, ms: number) => {
    stage.specs.splice(0, 1, edited(spec, word));
    stage.reload();
    await stage.pass(ms);
  };
  await stage.pass(9_000);
  await wants("one", 1_500);
  await wants("two", 1_500);
  const isCut = engine.world.host.containers.some(({ role, state }) => role === "next" && state === "exited");
  if (!seen.dead()) return { stage, isCut, isOver: true, status: first.controller.surface.service("shop/web")! };
  await wants("one", 0);
  const second = await stage.start();
  await stage.pass(15_000);
  return { stage, isCut, isOver: false, status: second.surface.service("shop/web")! };
}

const update = { monitorMs: 3_000 };

describe("one that is stopped because something newer is wanted", () => {
  it.each<[string, ServiceSpec, Behaviour]>([
    ["beside what serves", specOf({ update }), { check: "none" }],
    ["in its place", specOf({ update, container: { ports: [port8080] } }), { check: "none" }],
    [
      "which is to run to its end",
      specOf({ update, oneShot: true }),
      { check: "none", exitsAfterMs: 6_000, exitCode: 0 },
    ],
  ])(
    "says nothing of itself, wherever the controller dies, if it is wanted again: %s",
    async (_what, spec, behaviour) => {
      const cuts: number[] = [];
      for (let call = 1; ; call += 1) {
        const { stage, isCut, isOver, status } = await cutAt(call, spec, behaviour);
        if (isOver) break;
        if (isCut) cuts.push(call);
        expect({ call, ...status }).toMatchObject({ call, sync: "Synced", activeDigest: digestOf("a") });
        const { containers } = stage.engine.world.host;
        expect(containers.filter(({ role }) => role === "failed")).toEqual([]);
        const active = containers.find(({ role }) => role === "active");
        if (spec.oneShot === true) expect((active?.finishedAt ?? 0) - (active?.startedAt ?? 0)).toBe(6_000);
      }
      expect(cuts, "it was cut off between the stop and the removal").not.toEqual([]);
    },
  );

  it.each<[string, Behaviour]>([
    ["ends", { check: "none", exitsAfterMs: 1_000 }],
    ["does not get well", { healthyAfterMs: "never" }],
  ])(
    "is held all the same where it has failed, wherever the controller dies: one that %s",
    async (_what, behaviour) => {
      const cuts: number[] = [];
      for (let call = 1; ; call += 1) {
        const stage = await openStage([specOf({ update })]);
        stages.push(stage);
        const { engine } = stage;
        stage.push("a", { check: "none" });
        const before = await stage.start();
        await stage.until("a serves", () => before.surface.service("shop/web")?.sync === "Synced");
        await before.stop();
        stage.push("b", behaviour);
        const seen = mortal(engine, { call, moment: "after" });
        const { controller } = await stage.open({ engine: seen.engine, clock: engine.clock });
        void controller.start();
        await stage.pass(10_000);
        if (!seen.dead()) break;
        const starts = engine.counts.calls.get("startContainer") ?? 0;
        const isCut = engine.world.host.containers.some(({ role, state }) => role === "next" && state === "exited");
        if (isCut) cuts.push(call);
        const second = await stage.start();
        await stage.pass(15_000);
        const status = second.surface.service("shop/web")!;
        expect({ call, ...status }).toMatchObject({ call, sync: "Held", activeDigest: digestOf("a") });
        if (isCut) expect(engine.counts.calls.get("startContainer"), "it is not tried again").toBe(starts);
      }
      expect(cuts).not.toEqual([]);
    },
  );
});
