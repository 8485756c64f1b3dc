import { variables } from "../../../../../src/compose/model/container/variables.js";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Controller } from "../../../../../src/control/controller.js";
import type { ObservedContainer } from "../../../../../src/plan/model/host/observed.js";
import type { Behaviour } from "../../../../simulator/behaviour.js";
import { digestOf, specOf, stopFirst } from "../../../plan/world.js";
import { openStage } from "../stage.js";
import type { Stage } from "../stage.js";

const key = "shop/web";
const bad: Behaviour = { healthyAfterMs: "never" };

function active(stage: Stage): ObservedContainer | undefined {
  return stage.engine.world.host.containers.find(({ role }) => role === "active");
}

async function push(stage: Stage, controller: Controller, letter: string, behaviour: Behaviour): Promise<void> {
  stage.push(letter, behaviour);
  controller.surface.reconcile([key], "hook");
  await stage.pass(15_000);
}

/** What each number stands for, of all that the history has ever told. */
async function numbers(controller: Controller): Promise<readonly (readonly [number, string, string | undefined])[]> {
  const { revisions } = await controller.surface.history(key);
  return revisions
    .filter(({ rollback }) => rollback !== true)
    .map(({ revision, to, specHash }) => [revision, to.slice(7, 8), specHash] as const);
}

describe.each([
  ["start-first", specOf()],
  ["stop-first", stopFirst],
])("revision numbers, %s", (_, spec) => {
  it("go on after a roll-back and a resume: what it went back behind keeps its number", async () => {
    const stage = await openStage([spec]);
    stage.push("a", {});
    const controller = await stage.start();
    await stage.pass(10_000);
    await push(stage, controller, "b", {});
    await push(stage, controller, "c", bad);
    expect(active(stage)?.revision).toBe(2);
    await controller.surface.rollback(key, undefined);
    await stage.pass(10_000);
    expect(active(stage)?.revision).toBe(1);
    await controller.surface.resume(key);
    await push(stage, controller, "d", {});
    expect(active(stage)?.digest).toBe(digestOf("d"));
    const told = (await numbers(controller)).map(([revision, letter]) => `${revision}${letter}`);
    expect(told).toEqual(["4d", "3c", "2b", "1a"]);
    await controller.stop();
    await stage.close();
  });
});

type Event =
  | { readonly kind: "push"; readonly isGood: boolean }
  | { readonly kind: "spec" | "rollback" | "resume" | "retry" | "remove" | "prune" | "restart" };

const happenings = fc.array(
  fc.oneof(
    { weight: 3, arbitrary: fc.record({ kind: fc.constant("push" as const), isGood: fc.boolean() }) },
    {
      weight: 4,
      arbitrary: fc.record({
        kind: fc.constantFrom("spec", "rollback", "resume", "retry", "remove", "prune", "restart"),
      }),
    },
  ),
  { minLength: 3, maxLength: 9 },
) as fc.Arbitrary<readonly Event[]>;

const replicas = (count: number) => ({ ...specOf(), replicas: count });

it("no two rollouts of a life bear one number, as long as the journal is there", async () => {
  const specs = fc.constantFrom(specOf(), stopFirst, replicas(2));
  await fc.assert(
    fc.asyncProperty(specs, happenings, async (spec, life) => {
      const stage = await openStage([spec]);
      const letters = "abcdef0123456789".split("");
      stage.push(letters.shift()!, {});
      let controller = await stage.start();
      await stage.pass(8_000);
      const known = new Map<number, string>();
      const check = async () => {
        const told = await numbers(controller);
        const seen = told.map(([revision]) => revision);
        expect(new Set(seen).size, JSON.stringify(told)).toBe(seen.length);
        const { containers } = stage.engine.world.host;
        const made = containers.map(
          ({ revision, digest, specHash }) => [revision, digest.slice(7, 8), specHash] as const,
        );
        for (const [revision, letter, hash] of [...told, ...made]) {
          const what = `${letter} ${hash ?? ""}`;
          expect(known.get(revision) ?? what, `revision ${revision}`).toBe(what);
          known.set(revision, what);
        }
      };
      for (const [index, event] of life.entries()) {
        switch (event.kind) {
          case "push":
            stage.push(letters.shift() ?? "a", event.isGood ? {} : bad);
            controller.surface.reconcile([key], "hook");
            break;
          case "spec":
            stage.specs[0] = {
              ...spec,
              container: { ...spec.container, environment: variables({ N: String(index) }) },
            };
            stage.reload();
            break;
          case "rollback":
            await controller.surface.rollback(key, undefined).catch(() => undefined);
            break;
          case "resume":
          case "retry":
            await controller.surface[event.kind](key);
            break;
          case "remove": {
            const found = stage.engine.world.host.containers;
            if (found.length > 0) stage.engine.removeByHand(found[index % found.length]!.id);
            break;
          }
          case "prune":
            for (const one of [...stage.engine.world.host.containers])
              if (one.state === "exited") stage.engine.removeByHand(one.id);
            break;
          case "restart":
            await controller.stop();
            controller = await stage.start();
        }
        await stage.pass(12_000);
        await check();
      }
      await controller.stop();
      await stage.close();
    }),
    { numRuns: 12 },
  );
}, 120_000);
