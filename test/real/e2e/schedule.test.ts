import { describe, expect } from "vitest";
import { movableClock } from "../../sandbox/movable-clock.js";
import { clockPackages, ensurePackages } from "../../sandbox/packages.js";
import { fairlead } from "./cli.js";
import { test, type Scene } from "./scene.js";

/** What a tick is put off by at most, so that a fleet does not ask in one second; and what a busy machine takes. */
const latestMs = 25_000;
const looksAgain = "the schedule has everything looked at again";

/** Starts Fairlead at this moment of its own clock; answers that clock. */
async function startAt(scene: Scene, moment: string, resync: string): Promise<() => number> {
  await ensurePackages(clockPackages);
  const clock = await movableClock(`${scene.directory}/clock`);
  const aheadMs = Date.parse(moment) - Date.now();
  await clock.set(Math.round(aheadMs / 1_000));
  await scene.push();
  await scene.write({ web: {} });
  await scene.start({
    args: ["--resync", resync],
    env: { ...clock.env, TZ: "Europe/Berlin", FAIRLEAD_LOG_LEVEL: "debug" },
  });
  return () => Date.now() + aheadMs;
}

function ticks(scene: Scene): readonly number[] {
  return scene
    .logs()
    .filter(({ msg }) => msg === looksAgain)
    .map(({ time }) => Date.parse(String(time)));
}

describe.concurrent("the resync, over a change of the clocks", () => {
  test.for([
    ["at the first of two equal times", "2026-10-25T00:29:45Z", "30 2 * * *"],
    ["at its pace while an hour comes twice", "2026-10-25T00:59:45Z", "*/5 * * * *"],
    ["as much later where its time is left out", "2026-03-29T01:29:45Z", "30 2 * * *"],
  ] as const)("comes %s", async ([, moment, resync], { scene }) => {
    await startAt(scene, moment, resync);
    const due = Date.parse(moment) + 15_000;
    const first = await scene.until("a tick", () => ticks(scene)[0], 60_000);
    expect(first - due, "ms after it was due").toBeGreaterThanOrEqual(-1_000);
    expect(first - due, "ms after it was due").toBeLessThan(60_000);
  });

  test("does not come at the second of two equal times", async ({ scene }) => {
    const moment = "2026-10-25T01:29:45Z";
    const now = await startAt(scene, moment, "30 2 * * *");
    await scene.until("half past two, again", () => now() > Date.parse(moment) + 15_000 + latestMs, 90_000);
    expect(ticks(scene)).toEqual([]);
  });

  test("is refused at the start where it never comes", async ({ scene }) => {
    await scene.writeText("name: x\nservices: {}\n");
    const { code, stderr } = await fairlead(["run", "-f", scene.servicesFile, "--resync", "0 0 L-29 2 *"]);
    expect([code, stderr]).toEqual([1, expect.stringContaining("L-29")]);
    const never = await fairlead(["run", "-f", scene.servicesFile, "--resync", "0 0 31 2 *"]);
    expect([never.code, never.stderr]).toEqual([1, expect.stringContaining("0 0 31 2 *")]);
  });
});
