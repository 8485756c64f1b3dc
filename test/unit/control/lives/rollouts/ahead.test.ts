import { afterEach, expect, it } from "vitest";
import type { ReleasePolicy } from "../../../../../src/compose/model/policy/release.js";
import { digestOf, specOf } from "../../../plan/world.js";
import { openStage } from "../stage.js";
import type { Stage } from "../stage.js";

const stages: Stage[] = [];
afterEach(async () => {
  for (const stage of stages.splice(0)) await stage.close();
});

const monitor = { monitorMs: 500 };
/** The simulated day begins at midnight. */
const window = { cron: "0 3 * * *", durationMs: 3_600_000, timezone: "UTC" };

async function serving(release: ReleasePolicy) {
  const stage = await openStage([specOf({ update: monitor, release })]);
  stages.push(stage);
  stage.push("a", {});
  const controller = await stage.start();
  const { surface } = controller;
  const serves = (letter: string) => surface.service("shop/web")?.activeDigest === digestOf(letter);
  if (release.approve === true) await surface.approve("shop/web", undefined);
  await stage.until("a serves", () => serves("a") && surface.service("shop/web")?.sync === "Synced");
  const images = () =>
    stage.engine.world.host.images.map(({ digests, tags }) => [
      digests[0]?.slice("acme/web@sha256:".length, -63),
      tags,
    ]);
  const pulls = () => stage.engine.counts.calls.get("pull") ?? 0;
  const push = async (letter: string) => {
    stage.push(letter, { pullMs: 2_000 });
    surface.reconcile(["shop/web"], "hook");
    await stage.pass(5_000);
  };
  return { stage, surface, serves, images, pulls, push };
}

const ahead = ["fairlead/ahead:shop.web"];

it("a rollout in its window pulls nothing: its image is there, and the one that was superseded is gone", async () => {
  const { stage, serves, images, pulls, push } = await serving({ window });
  await push("b");
  expect(images()).toContainEqual(["b", ahead]);
  await push("c");
  expect(images().map(([letter]) => letter)).toEqual(["a", "c"]);
  expect(images()).toContainEqual(["c", ahead]);
  expect(serves("a"), "nothing is rolled out before the window").toBe(true);
  const before = pulls();
  await stage.engine.clock.advance(3 * 3_600_000);
  await stage.until("c serves", () => serves("c"));
  expect(pulls()).toBe(before);
  await stage.until("its tag is gone", () => images().every(([, tags]) => !String(tags).includes("ahead")));
});

it("so does one that a person approves", async () => {
  const { stage, surface, serves, images, pulls, push } = await serving({ approve: true });
  await push("b");
  expect(images()).toContainEqual(["b", ahead]);
  const before = pulls();
  await surface.approve("shop/web", undefined);
  await stage.until("b serves", () => serves("b"));
  expect(pulls()).toBe(before);
});

it("is pulled in the window where the file says so", async () => {
  const { stage, serves, images, push } = await serving({ window: { ...window, prefetch: false } });
  await push("b");
  expect(images().map(([letter]) => letter)).toEqual(["a"]);
  await stage.engine.clock.advance(3 * 3_600_000);
  await stage.until("b serves", () => serves("b"));
});

it("a pull that fails costs nothing before the window, and is tried again in it", async () => {
  const { stage, surface, serves, pulls } = await serving({ window });
  stage.push("b", { pullFault: "PullFailed" });
  surface.reconcile(["shop/web"], "hook");
  await stage.pass(5_000);
  const failed = pulls();
  const ready = surface.service("shop/web")?.conditions.find(({ type }) => type === "Ready");
  expect(ready).toMatchObject({
    reason: "WaitingForWindow",
    message: expect.stringContaining("cannot pull") as unknown,
  });
  await stage.engine.clock.advance(3_600_000);
  expect(pulls(), "once is enough").toBe(failed);
  stage.push("b", {});
  await stage.engine.clock.advance(2 * 3_600_000);
  await stage.until("b serves", () => serves("b"));
});
