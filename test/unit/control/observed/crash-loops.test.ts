import fc from "fast-check";
import { afterEach, describe, expect, it } from "vitest";
import type { RestartPolicy } from "../../../../src/compose/model/service.js";
import { CrashLoops } from "../../../../src/control/observed/crash-loops.js";
import type { HostSnapshot } from "../../../../src/plan/model/host/host-snapshot.js";
import type { ObservedContainer } from "../../../../src/plan/model/host/observed.js";
import { containerIn, now, specOf } from "../../plan/world.js";
import { lateLooks, openStage } from "../lives/stage.js";
import type { Stage } from "../lives/stage.js";

const key = "shop/web";
const second = 1_000;

interface Look {
  readonly atS: number;
  readonly active?: Partial<ObservedContainer>;
  readonly beside?: readonly ObservedContainer[];
  readonly engineOutage?: HostSnapshot["engineOutage"];
  readonly weStop?: true;
}

/** What is known after these looks. */
function after(...looks: readonly Look[]) {
  const loops = new CrashLoops();
  for (const { atS, active, beside = [], engineOutage, weStop } of looks) {
    const one = containerIn("active", "a", 1, { id: "one", startedAt: now, ...active });
    const at = now + atS * second;
    if (weStop === true) loops.weStop(key, "one");
    loops.look(key, { containers: [one, ...beside], engineOutage, now: at }, at);
  }
  return loops.of(key).get("one");
}

const run = (fromS: number, patch: Partial<ObservedContainer> = {}): Look => ({
  atS: fromS,
  active: { startedAt: now + fromS * second, ...patch },
});
const end = (fromS: number, toS: number, patch: Partial<ObservedContainer> = {}): Look => ({
  atS: toS,
  active: { state: "exited", startedAt: now + fromS * second, finishedAt: now + toS * second, ...patch },
});

describe("what keeps ending", () => {
  it("is known from its third end on, with how long it usually lasts, whoever starts it again", () => {
    const lives = [run(0), end(0, 4), run(5), end(5, 8), run(9)];
    expect(after(...lives)).toBeUndefined();
    expect(after(...lives, end(9, 29))).toEqual({ ends: 3, usualMs: 4_000 });
    expect(after(...lives, end(9, 29), run(30), end(30, 31))).toEqual({ ends: 4, usualMs: 4_000 });
  });

  it("is known by the engine's own restarts, seen or not, each once", () => {
    const restarted = (fromS: number, restartCount: number) => run(fromS, { restartCount });
    const between = { atS: 4, active: { state: "restarting", startedAt: now, restartCount: 1 } } as const;
    expect(after(restarted(0, 0), between, restarted(4.1, 1))).toBeUndefined();
    expect(after(restarted(0, 0), between, restarted(4.1, 1), restarted(12.1, 3))).toEqual({ ends: 3, usualMs: 4_000 });
  });

  it("is forgotten ten minutes later", () => {
    const lives = [run(0), end(0, 1), run(2), end(2, 3), run(4), end(4, 5), run(6)];
    expect(after(...lives, { ...run(6), atS: 600.9 })).toBeDefined();
    expect(after(...lives, { ...run(6), atS: 601 })).toBeUndefined();
  });

  it("is known as it is found: by the engine's count, as long as it is in that run", () => {
    expect(after(run(0, { restartCount: 2 }))).toBeUndefined();
    const found = run(0, { restartCount: 7 });
    expect(after(found, { ...found, atS: 50 })).toEqual({ ends: 7 });
    expect(after(found, run(60, { restartCount: 8 }))).toBeUndefined();
  });

  it("is all that is told: what runs well is not among it", () => {
    const loops = new CrashLoops();
    loops.look(key, { containers: [containerIn("active", "a", 1)], engineOutage: undefined, now }, now);
    expect([...loops.of(key)]).toEqual([]);
  });

  it("is not known of what nobody has looked at, also where we stop that", () => {
    const loops = new CrashLoops();
    loops.weStop(key, "one");
    loops.look(key, { containers: [containerIn("active", "a", 1, { id: "one" })], engineOutage: undefined, now }, now);
    loops.weStop(key, "another");
    expect([...loops.of(key)]).toEqual([]);
  });

  it.each<[string, (index: number) => Look]>([
    ["a person has", (at) => end(at - 1, at, { endedByRequest: true })],
    ["we have", (at) => ({ ...end(at - 1, at), weStop: true })],
    ["the engine has", (at) => ({ ...end(at - 1, at), engineOutage: { from: now, to: now + 1_000 * second } })],
    ["a new one has", (at) => ({ ...end(at - 1, at), beside: [containerIn("next", "b", 2)] })],
  ])("is not what %s ended", (_, ended) => {
    expect(after(...[1, 2, 3, 4, 5].flatMap((index) => [run(index * 2), ended(index * 2 + 1)]))).toBeUndefined();
  });
});

const stages: Stage[] = [];
afterEach(async () => {
  for (const stage of stages.splice(0)) await stage.close();
});

describe("a service whose container keeps ending", () => {
  const policies: readonly RestartPolicy["name"][] = ["always", "no"];

  it("is not Ready between its ends, over a restart of the controller, and is once it has lasted", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 600, max: 15_000 }),
        fc.constantFrom(...policies),
        fc.boolean(),
        async (lastsMs, policy, restarts) => {
          const restart = { name: policy, maximumRetryCount: 0 };
          const stage = await openStage([specOf({ container: { restart }, update: { monitorMs: 500 } })]);
          stages.push(stage);
          const behaviour: { check: "none"; exitsAfterMs?: number } = { check: "none", exitsAfterMs: lastsMs };
          stage.push("a", behaviour);
          let controller = await stage.start();
          const ready = () => controller.surface.service(key)?.conditions.find(({ type }) => type === "Ready");
          const active = () => stage.engine.world.host.containers.find(({ role }) => role === "active");
          await stage.until("it is promoted", () => active() !== undefined);
          await stage.until(
            "it is known to loop, and runs",
            () => ready()?.reason === "CrashLooping" && active()?.state === "running",
          );
          for (let look = 0; look < 60; look += 1) {
            await stage.pass(700);
            expect(ready()).toMatchObject({
              status: "False",
              reason: expect.stringMatching(/CrashLooping|Restoring/) as string,
            });
            expect(controller.surface.service(key)?.health).toBe("Degraded");
          }
          delete behaviour.exitsAfterMs;
          await stage.until("its last life begins", () => active()?.state === "running");
          await stage.pass(lastsMs + 1_000);
          await stage.until("its last life begins", () => active()?.state === "running");
          const began = active()?.startedAt ?? 0;
          if (restarts && policy === "always") {
            await controller.stop();
            controller = await stage.start();
          }
          await stage.until("it is well", () => ready()?.status === "True");
          const upMs = stage.engine.world.now() - began;
          const due = restarts && policy === "always" ? 60_000 : Math.max(10_000, 3 * lastsMs);
          expect(upMs).toBeGreaterThanOrEqual(due);
          expect(upMs).toBeLessThanOrEqual(due + 2_000);
          await stage.close();
        },
      ),
      { numRuns: 12 },
    );
  });

  it("has lasted from its start on, also where a look that had begun before that tells of it", async () => {
    const restart = { name: "always", maximumRetryCount: 0 } as const;
    const stage = await openStage([specOf({ container: { restart }, update: { monitorMs: 500 } })]);
    stages.push(stage);
    const behaviour: { check: "none"; exitsAfterMs?: number } = { check: "none", exitsAfterMs: 2_000 };
    stage.push("a", behaviour);
    const late = { ms: 0 };
    const { engine, clock } = stage.process;
    const controller = await stage.start({ engine: lateLooks(engine, clock, () => late.ms) });
    const isReady = () =>
      controller.surface.service(key)?.conditions.some(({ type, status }) => type === "Ready" && status === "True");
    const active = () => stage.engine.world.host.containers.find(({ role }) => role === "active");
    await stage.until("the engine is about to let it pause for more than a second", () => active()?.restartCount === 4);
    late.ms = 2_500;
    await stage.until("it pauses", () => active()?.restartCount === 5);
    delete behaviour.exitsAfterMs;
    await stage.until("its last life begins", () => active()?.state === "running");
    await stage.pass(3_000);
    late.ms = 0;
    await stage.until("it is well", () => isReady() === true);
    expect(stage.engine.world.now() - active()!.startedAt!).toBeGreaterThanOrEqual(10_000);
  });
});
