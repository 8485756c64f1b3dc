import { rm } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, vi, type ExpectStatic } from "vitest";
import { callsFor, sayCalls, type Calls } from "../../../load/calls.js";
import type { ImageOptions } from "../../../sandbox/registry/image.js";
import type { Phase } from "../../../sandbox/proxies/killing-proxy.js";
import { patienceMs } from "../../../sandbox/host/patience.js";
import type { Behaviour } from "../../../sandbox/registry/sample.js";
import { doomedEngine, type Doom } from "../scene/doom.js";
import { clearProject, keptTags, lookAt, runForeign } from "../scene/host.js";
import { order, quick, test, type Scene } from "../scene/scene.js";
import { watchContainers } from "../scene/watchman.js";

/**
 * Fairlead dies at one changing engine call of a rollout after the other, before the engine hears of it or after it has
 * done it, and is started again. One project per lane; each round is a rollout of its own, and the lane ends with the
 * round whose rollout needs fewer calls. A run tries a part of the calls, another day another part (`calls.ts`).
 */
interface Lane {
  readonly calls: Calls;
  readonly strategy: "start-first" | "stop-first";
  readonly phase: Phase;
  /** What the pushed images do. */
  readonly behaviour: Behaviour;
}

const phases = ["before", "after"] as const;
const lanes: readonly Lane[] = (["start-first", "stop-first"] as const)
  .flatMap((strategy) =>
    phases.flatMap((phase): Omit<Lane, "calls">[] => [
      { strategy, phase, behaviour: "good" },
      { strategy, phase, behaviour: strategy === "start-first" ? "never-healthy" : "exit-at-once" },
    ]),
  )
  .map((lane, index) => ({ ...lane, calls: callsFor(index) }));
const firstStarts = phases.map((phase, index) => ({ phase, calls: callsFor(lanes.length + index) }));

/** A rollout that takes more calls than this has gone astray. */
const mostCalls = 40;
const timeout = 1_200_000;

const attached = { networks: ["front", "back"], volumes: ["data:/data:ro"] };
const declared = { networks: { front: {}, back: {} }, volumes: { data: {} } };

console.log(sayCalls());

describe.concurrent("killed at an engine call and started again", () => {
  test.for(lanes)(
    "a rollout: $strategy, $behaviour image, $phase the call",
    { timeout },
    async (lane, { scene, expect, onTestFinished }) => {
      const doom = await doomedEngine(scene.engineHost);
      onTestFinished(() => doom.close());
      await scene.stage({ engineHost: doom.host });
      let serving: string = (await scene.push()).digest;
      await scene.write({ web: { ...order(lane.strategy), ...attached } }, declared);
      await scene.start();
      await scene.untilServing(serving);
      await quiet(doom);
      const image = `${scene.image()}@${serving}`;
      const foreign = await runForeign(scene.docker, image, { name: `${scene.project}-other`, project: scene.project });
      const foreignBefore = await lookAt(scene.docker, foreign.id);
      const watchman = await watchContainers(scene.docker, scene.project);
      onTestFinished(() => {
        watchman.stop();
      });
      const isGood = lane.behaviour === "good";

      const { lived, died } = await dieAtCalls(lane.calls, expect, async (n) => {
        const { digest } = await scene.push(imageOf(lane));
        if (lane.strategy === "start-first") watchman.guard(isGood ? [serving, digest] : [serving]);
        const hasEnded = () => (isGood ? isServing(scene, digest) : isHeld(scene, digest));
        const call = await dieAt(scene, doom, { n, phase: lane.phase }, hasEnded, () => scene.hook());
        if (isGood) serving = digest;
        await expectOrder(scene, expect, serving, `round ${n}: ${call ?? "it lived"}`);
        if (isGood)
          await scene.until("old images to go", async () => (await keptTags(scene.docker, scene.project)).length <= 2);
        expect(await lookAt(scene.docker, foreign.id), `round ${n}`).toEqual(foreignBefore);
        expect(watchman.gaps, `round ${n}: nothing served`).toEqual([]);
        return call;
      });
      expect(lived, died.join("\n")).toBeGreaterThan(6);
    },
  );

  test.for(firstStarts)(
    "the first start, $phase the call",
    { timeout },
    async (lane, { scene, expect, onTestFinished }) => {
      const { phase, calls } = lane;
      const doom = await doomedEngine(scene.engineHost);
      onTestFinished(() => doom.close());
      await scene.stage({ engineHost: doom.host });
      await scene.write({ web: attached }, declared);

      const { died } = await dieAtCalls(calls, expect, async (n) => {
        const { digest } = await scene.push();
        const call = await dieAt(
          scene,
          doom,
          { n, phase },
          () => isServing(scene, digest),
          () => scene.start({ awaitReady: false }),
        );
        await expectOrder(scene, expect, digest, `round ${n}: ${call ?? "it lived"}`);
        expect(await scene.containers()).toHaveLength(1);
        await scene.fairlead.stop();
        await clearProject(scene.docker, scene.project);
        await rm(`${scene.directory}/data`, { recursive: true });
        return call;
      });
      const kinds = [
        "/networks/create",
        "/volumes/create",
        "/images/create",
        "/containers/create",
        "/start",
        "/rename",
      ];
      const made = doom.proxy.calls.filter(({ method }) => method === "POST").map(({ path }) => path);
      for (const kind of kinds)
        expect(
          made.some((path) => path.includes(kind)),
          `${kind}, in a start that lives; it died at:\n${died.join("\n")}`,
        ).toBe(true);
    },
  );
});

interface Rounds {
  /** The calls at which it died. */
  readonly died: readonly string[];
  /** The number of the first call that its rollout did not reach. */
  readonly lived: number;
}

/** Round after round, until one lives. */
async function dieAtCalls(
  { first, step }: Calls,
  expect: ExpectStatic,
  round: (n: number) => Promise<string | undefined>,
): Promise<Rounds> {
  const died: string[] = [];
  for (let n = first; ; n += step) {
    expect(n, died.join("\n")).toBeLessThan(mostCalls);
    const call = await round(n);
    if (call === undefined) return { died, lived: n };
    died.push(call);
  }
}

/** Does something, waits until Fairlead has died of it, starts it again, and waits for the end; answers the fatal call. */
async function dieAt(
  scene: Scene,
  doom: Doom,
  moment: { readonly n: number; readonly phase: Phase },
  hasEnded: () => Promise<boolean>,
  act: () => Promise<unknown>,
): Promise<string | undefined> {
  doom.arm(moment, () => scene.fairlead);
  // The death may come before the answer.
  await act().catch(() => undefined);
  const dead = () => doom.struck() !== undefined;
  await scene.until(`round ${moment.n}: the death or the end`, async () => dead() || (await hasEnded()));
  if (!dead()) await quiet(doom);
  const call = doom.struck();
  doom.disarm();
  if (call === undefined) return undefined;
  await scene.start();
  const text = `${call.method} ${call.path}${call.query}`;
  await scene.until(`round ${moment.n}: convergence after ${text}`, hasEnded);
  return text;
}

/** What must be so soon after a rollout has ended, however it went: the status comes before the last clean-up. */
async function expectOrder(scene: Scene, expect: ExpectStatic, digest: string, round: string): Promise<void> {
  const base = `${scene.project}-web-1`;
  const active = await vi.waitFor(
    async () => {
      const ours = (await scene.containers()).filter(({ service }) => service === "web");
      const [first, ...others] = ours;
      expect(first, round).toMatchObject({ name: base, digest, state: "running", restartPolicy: "unless-stopped" });
      for (const other of others) {
        expect([`${base}.previous`, `${base}.failed`], round).toContain(other.name);
        expect(other, round).toMatchObject({ restartPolicy: "no" });
        expect(other.state, round).not.toBe("running");
      }
      return first!;
    },
    { timeout: patienceMs, interval: 200 },
  );
  const { NetworkSettings } = await scene.docker.getContainer(active.id).inspect();
  const aliases = Object.values(NetworkSettings.Networks).map(({ Aliases }) =>
    (Aliases as string[] | null)?.includes("web"),
  );
  expect(aliases, `${round}: it answers to its name on both networks`).toEqual([true, true]);
}

function imageOf({ behaviour }: Lane): ImageOptions {
  return { behaviour, healthcheck: behaviour === "never-healthy" ? quick : "none" };
}

async function isServing(scene: Scene, digest: string): Promise<boolean> {
  const status = await scene.status().catch(() => undefined);
  const ready = status?.conditions.some(({ type, status: is }) => type === "Ready" && is === "True");
  return status?.sync === "Synced" && status.activeDigest === digest && ready === true;
}

async function isHeld(scene: Scene, digest: string): Promise<boolean> {
  const status = await scene.status().catch(() => undefined);
  return (
    status?.sync === "Held" &&
    status.desiredDigest === digest &&
    status.health === "Healthy" &&
    status.conditions.some(({ type, reason }) => type === "Ready" && reason === "DigestHeld")
  );
}

/** Half a second without a changing call, or its death: the clean-up comes after the status. */
async function quiet(doom: Doom): Promise<void> {
  for (let before = -1; before !== doom.proxy.changing() && doom.struck() === undefined;) {
    before = doom.proxy.changing();
    await sleep(500);
  }
}
