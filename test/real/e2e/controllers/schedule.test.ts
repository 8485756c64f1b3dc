import { beforeAll, describe } from "vitest";
import { movableClock } from "../../../sandbox/host/movable-clock.js";
import { clockPackages, ensurePackages } from "../../../sandbox/host/packages.js";
import { fairlead } from "../scene/cli.js";
import { test, type Scene } from "../scene/scene.js";

const isDue = "the schedule is due";
const looksAgain = "everything is looked at again, by the schedule";
/** Between Fairlead's start and the time of day in question: what a start takes, also on a machine that is ever busier. */
const starts = [8_000, 30_000, 90_000] as const;
/** What is due comes with the minute, give or take the clock's own second and a busy machine. */
const punctualMs = 60_000;
/** A second time has passed without anything when it is so much later. */
const passedMs = 5_000;
/** What is due is put off by at most this, so that a fleet does not ask in one second. */
const jitterMs = 20_000;

/** Starts Fairlead in Berlin shortly before this moment of its own clock; answers that clock. */
async function startBefore(scene: Scene, moment: string, resync: string): Promise<() => number> {
  const clock = await movableClock(`${scene.directory}/clock`);
  await scene.push();
  await scene.write({ web: {} });
  for (const beforeMs of starts) {
    const aheadSeconds = Math.round((Date.parse(moment) - beforeMs - Date.now()) / 1_000);
    await clock.set(aheadSeconds);
    await scene.start({
      args: ["--resync", resync],
      env: { ...clock.env, TZ: "Europe/Berlin", FAIRLEAD_LOG_LEVEL: "debug" },
    });
    const now = () => Date.now() + aheadSeconds * 1_000;
    if (now() < Date.parse(moment)) return now;
  }
  throw new Error(`Fairlead does not start within ${starts.at(-1)} ms`);
}

/** When Fairlead has said so, by its own clock. */
function timesOf(scene: Scene, text: string): readonly number[] {
  const said = scene.fairlead.logs.filter(({ msg }) => msg === text);
  return said.map(({ time }) => Date.parse(String(time)));
}

describe.concurrent("the resync, over a change of the clocks", () => {
  beforeAll(() => ensurePackages(clockPackages, console.log));

  test.for([
    ["at the first of two equal times", "2026-10-25T00:30:00Z", "30 2 * * *"],
    ["at its pace while an hour comes twice", "2026-10-25T01:00:00Z", "*/5 * * * *"],
    ["as much later where its time is left out", "2026-03-29T01:30:00Z", "30 2 * * *"],
  ] as const)("comes %s", async ([, moment, resync], { scene, expect }) => {
    await startBefore(scene, moment, resync);
    const due = Date.parse(moment);
    const first = await scene.until("what is due", () => timesOf(scene, isDue)[0], starts.at(-1)! + punctualMs);
    expect(first - due, "ms after its time").toBeGreaterThanOrEqual(0);
    expect(first - due, "ms after its time").toBeLessThan(punctualMs);
    // One of them waits for what comes of it.
    if (resync !== "*/5 * * * *") return;
    await scene.until("the look", () => timesOf(scene, looksAgain).length === 1, jitterMs + punctualMs);
  });

  test("does not come at the second of two equal times", async ({ scene, expect }) => {
    const moment = "2026-10-25T01:30:00Z";
    const now = await startBefore(scene, moment, "30 2 * * *");
    await scene.until("half past two, again", () => now() > Date.parse(moment) + passedMs, starts.at(-1)! + punctualMs);
    expect(timesOf(scene, isDue)).toEqual([]);
  });

  test.for(["0 0 31 2 *", "0 0 L-29 2 *"])(
    "is refused at the start where it never comes: %s",
    async (resync, { scene, expect }) => {
      await scene.writeText(`name: ${scene.project}\nservices: {}\n`);
      const { code, stderr } = await fairlead(["run", "-f", scene.servicesFile, "--resync", resync]);
      expect([code, stderr]).toEqual([1, expect.stringContaining(resync.split(" ")[2]!)]);
    },
  );
});
