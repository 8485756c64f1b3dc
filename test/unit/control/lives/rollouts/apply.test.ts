import fc from "fast-check";
import { afterEach, describe, expect, it } from "vitest";
import type { Controller } from "../../../../../src/control/controller.js";
import type { Engine } from "../../../../../src/control/ports/engine.js";
import { digestOf, port8080, specOf } from "../../../plan/world.js";
import { memories, mortal, openStage } from "../stage.js";
import type { Stage } from "../stage.js";

const stages: Stage[] = [];
afterEach(async () => {
  for (const stage of stages.splice(0)) await stage.close();
});

async function open(...specs: Parameters<typeof openStage>): Promise<Stage> {
  const stage = await openStage(...specs);
  stages.push(stage);
  return stage;
}

const isWeb = (key: string) => key === "shop/web";
const isAsWanted = (controller: Controller, digest: string) => {
  const status = controller.surface.service("shop/web");
  const ready = status?.conditions.find(({ type }) => type === "Ready");
  return ready?.status === "True" && status?.activeDigest === digest;
};

/** One time in office, from its beginning to the moment when all is as wanted. */
async function applied(stage: Stage, letter: string): Promise<void> {
  const controller = await stage.start({ concerns: isWeb });
  await stage.until(`${letter} serves`, () => isAsWanted(controller, digestOf(letter)));
  await controller.stop();
}

/** As a process that is told to end while it makes its n-th call to the engine. */
function endedAt(engine: Engine, call: number, end: () => void): Engine {
  let calls = 0;
  return new Proxy(engine, {
    get(target, name, receiver) {
      const member: unknown = Reflect.get(target, name, receiver);
      if (typeof member !== "function" || name === "watch" || name === "snapshot") return member;
      return (...args: unknown[]): unknown => {
        calls += 1;
        if (calls === call) end();
        return (member as (...given: unknown[]) => unknown).apply(target, args);
      };
    },
  });
}

const ways = fc.record({
  call: fc.integer({ min: 1, max: 16 }),
  how: fc.constantFrom("before" as const, "after" as const, "asked" as const),
  stopFirst: fc.boolean(),
  forgetful: memories,
});

describe("what is done once", () => {
  it("can be cut off at any call, or told to end there, and the next one finishes it", async () => {
    await fc.assert(
      fc.asyncProperty(ways, async ({ call, how, stopFirst, forgetful }) => {
        const stage = await open([specOf(stopFirst ? { container: { ports: [port8080] } } : {})]);
        stage.push("a", {});
        await applied(stage, "a");
        stage.push("b", { pullMs: 500 });
        const { engine } = stage.process;
        if (how === "asked") {
          const told: { end: () => void } = { end: () => undefined };
          const controller = await stage.start({
            concerns: isWeb,
            engine: endedAt(engine, call, () => {
              told.end();
            }),
          });
          const stopped = { is: false };
          told.end = () => {
            void controller.stop().then(() => (stopped.is = true));
          };
          await stage.until("it has ended", () => stopped.is || isAsWanted(controller, digestOf("b")));
          await controller.stop();
        } else {
          const doomed = mortal(engine, { call, moment: how });
          const controller = await stage.start({ concerns: isWeb, engine: doomed.engine });
          await stage.until("it has died", () => doomed.dead() || isAsWanted(controller, digestOf("b")));
        }
        const controller = await stage.start({ concerns: isWeb, forgetful });
        await stage.until("b serves", () => isAsWanted(controller, digestOf("b")));
        const roles = stage.engine.world.host.containers.map(({ role }) => role);
        expect(roles.filter((role) => role === "active")).toHaveLength(1);
        expect(roles).not.toContain("next");
      }),
      { numRuns: 40 },
    );
  });

  it("leaves alone what it does not concern", async () => {
    const stage = await open([specOf(), specOf({ name: "other" })]);
    for (const spec of stage.specs) stage.push("a", {}, spec);
    await applied(stage, "a");
    expect(stage.engine.world.host.containers.map(({ service }) => service)).toEqual(["web"]);
  });
});
