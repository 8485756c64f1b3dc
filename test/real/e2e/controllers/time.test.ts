import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, inject, type ExpectStatic } from "vitest";
import { startIsolatedEngine, type IsolatedEngine } from "../../../sandbox/engine/isolated-engine.js";
import { movableClock } from "../../../sandbox/host/movable-clock.js";
import { clockPackages, ensurePackages } from "../../../sandbox/host/packages.js";
import { order, test, type Scene } from "../scene/scene.js";

const hour = 3_600;
/** A busy machine may take seconds for a check. Time stands still for longer than all tries take. */
const check = { intervalMs: 400, timeoutMs: 3_000 } as const;
/** Gets well within its time; never gets well; ends within `monitor`. */
const cast = {
  web: { healthcheck: { ...check, retries: 3, startPeriodMs: 4_000 }, behaviour: { slowStartMs: 2_500 } },
  sick: { healthcheck: { ...check, retries: 4 }, behaviour: "never-healthy" },
  frail: { behaviour: { diesAfterMs: 3_500 } },
} as const;
const names = ["web", "sick", "frail"] as const;

/** Something happens to time while new images are to prove themselves: the good one is promoted, the bad ones are held. */
async function judge(scene: Scene, expect: ExpectStatic, disturb: () => Promise<unknown>): Promise<void> {
  const second = await rollOut(scene);
  await disturb();
  await scene.untilServing(second.web);
  for (const name of ["sick", "frail"] as const) {
    await scene.untilStatus(({ sync, health }) => sync === "Held" && health === "Healthy", name);
  }
  const holds = (await scene.journal()).split("\n").filter((line) => line.includes('"type":"hold"'));
  expect(names.filter((name) => holds.some((line) => line.includes(second[name])))).toEqual(["sick", "frail"]);
}

/** Until all that is new has begun to run: on a busy machine one may have ended again before another has begun. */
async function rollOut(scene: Scene): Promise<Record<(typeof names)[number], string>> {
  const begun = new Set<string>();
  const pushed = await Promise.all(names.map((name) => scene.push({ name, ...cast[name] })));
  await Promise.all(names.map((name) => scene.hook({ name })));
  const [web, sick, frail] = pushed.map(({ digest }) => digest);
  await scene.until("the start of all that is new", async () => {
    for (const { digest, startedAt } of await scene.containers()) if (startedAt > 0) begun.add(digest);
    return pushed.every(({ digest }) => begun.has(digest));
  });
  return { web: web!, sick: sick!, frail: frail! };
}

/** Three services that serve. */
async function begin(scene: Scene, env: Readonly<Record<string, string>> = {}): Promise<void> {
  const pushed = await Promise.all(names.map((name) => scene.push({ name })));
  await scene.write({
    web: order("start-first"),
    sick: order("start-first"),
    frail: order("start-first", { monitor: "6s" }),
  });
  await scene.start({ env });
  for (const [index, name] of names.entries()) await scene.untilServing(pushed[index]!.digest, name);
}

const skewOf = async (scene: Scene) => (await scene.metrics()).value("fairlead_engine_clock_skew_seconds") ?? NaN;

describe.concurrent("a controller whose clock", () => {
  beforeAll(() => ensurePackages(clockPackages, console.log));

  for (const [where, aheadSeconds, then, jumpSeconds] of [
    ["ahead of", 600, "an hour ahead", hour],
    ["behind", -600, "a day back", -24 * hour],
  ] as const) {
    test(`is ten minutes ${where} the engine's, and is set ${then}, promotes what is good and holds what is bad`, async ({
      scene,
      expect,
    }) => {
      const clock = await movableClock(`${scene.directory}/clock`);
      await clock.set(aheadSeconds);
      await begin(scene, clock.env);
      expect(Math.abs((await skewOf(scene)) - aheadSeconds)).toBeLessThan(60);
      await judge(scene, expect, () => clock.set(jumpSeconds));
      await scene.until("the difference is shown", async () => Math.abs((await skewOf(scene)) - jumpSeconds) < 60);
      const third = await scene.push();
      await scene.hook();
      await scene.untilServing(third.digest);
    });
  }
});

describe.concurrent("an engine that", () => {
  const own: { current?: IsolatedEngine } = {};

  beforeAll(async () => {
    own.current = await startIsolatedEngine(inject("registryUrl"), ["--live-restore"]);
  });
  afterAll(() => own.current?.close());

  test("stands still right after a start, or is away while its containers run on: what is good is promoted, what is bad is held", async ({
    scene,
    expect,
  }) => {
    const { engine } = own.current!;
    await scene.stage({ engineHost: engine.host, docker: "same" });
    await begin(scene);
    await judge(scene, expect, async () => {
      process.kill(engine.pid, "SIGSTOP");
      await sleep(20_000);
      process.kill(engine.pid, "SIGCONT");
    });
    await judge(scene, expect, async () => {
      await engine.kill();
      await sleep(20_000);
      await engine.restart();
    });
  });
});
