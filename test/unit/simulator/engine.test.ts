import { describe, expect, it } from "vitest";
import { parseImage, pinnedImage } from "../../../src/compose/values/image.js";
import type { EngineEvent } from "../../../src/control/ports/events.js";
import type { ObservedContainer, ObservedHealthcheck } from "../../../src/plan/model/host/observed.js";
import { creation, serviceSpec } from "../../contract/engine/service.js";
import { healthChanges } from "../../simulator/behaviour.js";
import type { Behaviour } from "../../simulator/behaviour.js";
import { SimulatedEngine } from "../../simulator/engine.js";
import { digestOf } from "../../digests.js";

const image = { image: parseImage("registry.example/app"), digest: digestOf("a") } as const;
const reference = pinnedImage(image.image, image.digest);
const never = new AbortController().signal;

async function running(behaviour: Behaviour) {
  const engine = new SimulatedEngine();
  engine.publish(reference, behaviour);
  await engine.pull(reference, never);
  const id = await engine.createContainer(creation(serviceSpec("web", image), image));
  await engine.startContainer(id);
  const start = engine.clock.now();
  const at = async (ms: number): Promise<ObservedContainer> => {
    await engine.clock.advance(start + ms - engine.clock.now());
    return (await engine.snapshot()).containers[0]!;
  };
  return { engine, id, start, at };
}

describe("a simulated container", () => {
  it("is healthy from the first good probe on", async () => {
    const { at, start } = await running({ healthyAfterMs: 1200 });
    expect(await at(1999)).toMatchObject({ health: "starting" });
    expect(await at(2000)).toMatchObject({ health: "healthy", healthySince: start + 2000 });
    expect(await at(60_000)).toMatchObject({ health: "healthy", healthySince: start + 2000 });
  });

  it("is given up after its retries, outside the start period", () => {
    const check: ObservedHealthcheck = { intervalMs: 1000, timeoutMs: 1000, retries: 3, startPeriodMs: 5000 };
    expect(healthChanges({ healthyAfterMs: "never" }, check)).toEqual([{ atMs: 7000, to: "unhealthy" }]);
    expect(healthChanges({ healthyAfterMs: 7500 }, check)).toEqual([
      { atMs: 7000, to: "unhealthy" },
      { atMs: 8000, to: "healthy" },
    ]);
    expect(healthChanges({ sickAfterMs: 10_000 }, check)).toEqual([
      { atMs: 1000, to: "healthy" },
      { atMs: 12_000, to: "unhealthy" },
    ]);
  });

  it("exits when and how its image says, at each start anew", async () => {
    const { engine, id, at } = await running({ exitsAfterMs: 500, exitCode: 3 });
    expect(await at(499)).toMatchObject({ state: "running" });
    expect(await at(500)).toMatchObject({ state: "exited", exitCode: 3 });
    await engine.startContainer(id);
    expect(await at(999)).toMatchObject({ state: "running" });
    expect(await at(1000)).toMatchObject({ state: "exited" });
  });

  it("is not ended by what an earlier run had in store", async () => {
    const { engine, id, at } = await running({ exitsAfterMs: 1500 });
    await at(1000);
    await engine.stopContainer(id, 0);
    await engine.startContainer(id);
    expect(await at(2400)).toMatchObject({ state: "running", health: "healthy" });
    expect(await at(2500)).toMatchObject({ state: "exited" });
  });

  it("crash-loops under a restart policy, ever more slowly, and not beyond its limit", async () => {
    const { engine, id, at } = await running({ exitsAfterMs: 100 });
    await engine.setRestartPolicy(id, { name: "on-failure", maximumRetryCount: 2 });
    expect(await at(100)).toMatchObject({ state: "restarting", restartCount: 1 });
    expect(await at(200)).toMatchObject({ state: "running", restartCount: 1 });
    expect(await at(499)).toMatchObject({ state: "restarting", restartCount: 2 });
    expect(await at(500)).toMatchObject({ state: "running", restartCount: 2 });
    expect(await at(60_000)).toMatchObject({ state: "exited", restartCount: 2, exitCode: 1 });
    await engine.startContainer(id);
    expect(await at(60_050)).toMatchObject({ state: "running", restartCount: 0 });
  });

  it("ends with its engine, and comes back with it if its policy says so", async () => {
    const { engine, id, at, start } = await running({});
    const stop = new AbortController();
    const events: EngineEvent[] = [];
    const watching = engine.watch((event) => events.push(event), stop.signal);
    await at(2000);
    engine.interrupt(3000, { restart: true });
    const ended = await at(5000);
    expect(ended).toMatchObject({ state: "exited", finishedAt: start + 2000 });
    expect((await engine.snapshot()).reading?.outage).toEqual({ from: 2000, to: 5000 });
    await engine.setRestartPolicy(id, { name: "always", maximumRetryCount: 0 });
    await engine.startContainer(id);
    engine.interrupt(1000, { restart: true });
    expect(await at(6000)).toMatchObject({ state: "running", startedAt: start + 6000 });
    expect(events.filter(({ kind }) => kind !== "container").map(({ kind }) => kind)).toEqual([
      "resync",
      "lost",
      "resync",
      "lost",
      "resync",
    ]);
    stop.abort();
    await watching;
  });
});

describe("the simulator", () => {
  it("takes its time to pull, and stops when asked", async () => {
    const engine = new SimulatedEngine();
    engine.publish(reference, { pullMs: 1000 });
    const settled: string[] = [];
    const stop = new AbortController();
    const first = engine.pull(reference, never).then(() => settled.push("pulled"));
    const second = engine.pull(reference, stop.signal).catch(() => settled.push("stopped"));
    await engine.clock.advance(500);
    stop.abort();
    await engine.clock.advance(499);
    expect(settled).toEqual(["stopped"]);
    await engine.clock.advance(1);
    await Promise.all([first, second]);
    expect(settled).toEqual(["stopped", "pulled"]);
  });

  it("fails a pull as it is told to", async () => {
    const engine = new SimulatedEngine();
    engine.publish(reference, { pullFault: "Unauthorized" });
    await expect(engine.pull(reference, never)).rejects.toMatchObject({ code: "Unauthorized" });
    expect((await engine.snapshot()).images).toEqual([]);
  });

  it("lets a caller die before a change or after it", async () => {
    const { engine, id } = await running({});
    engine.onChange = (call, moment) => {
      if (moment === "before") throw new Error(`died before ${call}`);
    };
    await expect(engine.stopContainer(id, 0)).rejects.toThrow("died before stopContainer");
    expect((await engine.snapshot()).containers[0]?.state).toBe("running");
    engine.onChange = (call, moment) => {
      if (moment === "after") throw new Error(`died after ${call}`);
    };
    await expect(engine.stopContainer(id, 0)).rejects.toThrow("died after stopContainer");
    expect((await engine.snapshot()).containers[0]?.state).toBe("exited");
    expect(engine.counts.calls.get("stopContainer")).toBe(1);
  });

  it("shows what others do", async () => {
    const { engine, id } = await running({});
    engine.removeByHand(id);
    expect((await engine.snapshot()).containers).toEqual([]);
    const remove = engine.addForeign("other");
    expect((await engine.snapshot()).foreign.map(({ name }) => name)).toContain("other");
    remove();
    expect((await engine.snapshot()).foreign.map(({ name }) => name)).not.toContain("other");
  });
});
