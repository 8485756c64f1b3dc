import fc from "fast-check";
import { afterEach, describe, expect, it } from "vitest";
import type { ObservedContainer, ObservedHealthcheck } from "../../../../src/plan/model/host/observed.js";
import type { Behaviour } from "../../../simulator/behaviour.js";
import { digestOf, port8080, specOf } from "../../plan/world.js";
import { openStage } from "./stage.js";
import type { Stage } from "./stage.js";

const stages: Stage[] = [];
afterEach(async () => {
  for (const stage of stages.splice(0)) await stage.close();
});

async function open(...specs: Parameters<typeof openStage>): Promise<Stage> {
  const stage = await openStage(...specs);
  stages.push(stage);
  return stage;
}

const hour = 3_600_000;
const slow: Behaviour = {
  healthyAfterMs: 3_500,
  check: { intervalMs: 1_000, timeoutMs: 1_000, retries: 4, startPeriodMs: 0 },
};
const unchecked: Behaviour = { check: "none" };
const stopFirst = specOf({ container: { ports: [port8080] } });

function inRole(stage: Stage, role: ObservedContainer["role"]): ObservedContainer | undefined {
  return stage.engine.world.host.containers.find((one) => one.role === role);
}

function runs(stage: Stage, letter: string): boolean {
  const active = inRole(stage, "active");
  return active?.digest === digestOf(letter) && active.state === "running" && inRole(stage, "next") === undefined;
}

/** `b` comes after `a`, and something happens to time while it is to prove itself. */
async function rollOut(stage: Stage, behaviour: Behaviour, meanwhile: () => unknown): Promise<void> {
  stage.push("a", unchecked);
  const controller = await stage.start();
  await stage.until("a is active", () => runs(stage, "a"));
  await stage.pass(20_000);
  stage.push("b", behaviour);
  controller.surface.reconcile(["shop/web"], "hook");
  await stage.until("b runs", () => inRole(stage, "next")?.state === "running");
  await stage.pass(1_000);
  await meanwhile();
  await stage.until("it is over", () => runs(stage, "b") || inRole(stage, "failed") !== undefined);
}

type Bend = (stage: Stage) => unknown;

/** Whatever befalls clocks and sight. */
const bends: Readonly<Record<string, Bend>> = {
  "our clock goes an hour ahead": ({ process }) => (process.aheadMs += hour),
  "our clock goes a day back": ({ process }) => (process.aheadMs -= 24 * hour),
  "the engine's clock goes an hour ahead": ({ engine }) => (engine.world.aheadMs += hour),
  "the engine's clock goes a day back": ({ engine }) => (engine.world.aheadMs -= 24 * hour),
  "the machine's clock goes an hour ahead": ({ process, engine }) => {
    process.aheadMs += hour;
    engine.world.aheadMs += hour;
  },
  "the machine's clock goes a day back": ({ process, engine }) => {
    process.aheadMs -= 24 * hour;
    engine.world.aheadMs -= 24 * hour;
  },
  "the controller is frozen for 10 s": ({ process }) => {
    process.freeze(10_000);
  },
  "the engine is away for 10 s": ({ engine }) => {
    engine.interrupt(10_000);
  },
  "the engine stands still for a minute": ({ engine }) => {
    engine.freeze(60_000);
  },
  "the engine is away for 10 s, and checks nobody any more who ran on": ({ engine }) => {
    engine.interrupt(10_000, { forgets: true });
  },
  "the engine is started anew and takes a minute": ({ engine }) => {
    engine.interrupt(60_000, { restart: true });
  },
};

describe.each(Object.entries(bends))("while a new image is to prove itself, %s", (_, bend) => {
  it.each([
    ["start-first", specOf()],
    ["stop-first", stopFirst],
  ])("a good one is promoted (%s)", async (_strategy, spec) => {
    const stage = await open([spec]);
    await rollOut(stage, slow, () => bend(stage));
    expect(runs(stage, "b")).toBe(true);
  });

  it("one that ends within its time is not", async () => {
    const stage = await open();
    await rollOut(stage, { check: "none", exitsAfterMs: 4_000 }, () => bend(stage));
    expect(inRole(stage, "failed")?.digest).toBe(digestOf("b"));
    expect(runs(stage, "a")).toBe(true);
  });

  it("one that never gets well is not", async () => {
    const stage = await open();
    await rollOut(stage, { ...slow, healthyAfterMs: "never" }, () => bend(stage));
    expect(inRole(stage, "failed")?.digest).toBe(digestOf("b"));
  });
});

describe.each([
  ["ahead of", 600_000],
  ["behind", -600_000],
])("a controller ten minutes %s the engine", (_, aheadMs) => {
  it("judges by the engine's clock", async () => {
    const stage = await open();
    stage.process.aheadMs = aheadMs;
    stage.push("a", slow);
    await stage.start();
    await stage.until("it is over", () => runs(stage, "a") || inRole(stage, "failed") !== undefined);
    expect(runs(stage, "a")).toBe(true);
  });

  it("gives no less and no more than the time that is asked for", async () => {
    const stage = await open();
    stage.process.aheadMs = aheadMs;
    stage.push("a", unchecked);
    await stage.start();
    await stage.until("a runs", () => inRole(stage, "next")?.state === "running");
    const before = stage.engine.clock.monotonic();
    await stage.until("a is active", () => runs(stage, "a"));
    const took = stage.engine.clock.monotonic() - before;
    expect(took).toBeGreaterThanOrEqual(4_000);
    expect(took).toBeLessThanOrEqual(6_500);
  });

  it("takes a retry for later than the failure", async () => {
    const stage = await open();
    stage.process.aheadMs = aheadMs;
    stage.push("a", unchecked);
    const controller = await stage.start();
    await stage.until("a is active", () => runs(stage, "a"));
    stage.push("b", { check: "none", exitsAfterMs: 100 });
    controller.surface.reconcile(["shop/web"], "hook");
    await stage.until("held", () => controller.surface.service("shop/web")?.sync === "Held");
    stage.push("b", unchecked);
    await controller.surface.retry("shop/web");
    await stage.until("b is active", () => runs(stage, "b"));
  });
});

describe("a controller that was away", () => {
  it("gives what became late meanwhile one more check before it judges", async () => {
    const stage = await open();
    stage.push("a", { ...slow, healthyAfterMs: 1_500, check: { ...(slow.check as ObservedHealthcheck), retries: 9 } });
    const first = await stage.start();
    await stage.until("a runs", () => inRole(stage, "next")?.state === "running");
    await first.stop();
    stage.engine.freeze(30_000);
    await stage.pass(30_000);
    await stage.start();
    await stage.until("it is over", () => runs(stage, "a") || inRole(stage, "failed") !== undefined);
    expect(runs(stage, "a")).toBe(true);
  });
});

interface Event {
  readonly atMs: number;
  readonly bend: string;
}

describe("a random life", () => {
  const behaviours: Readonly<Record<string, Behaviour>> = {
    good: slow,
    unchecked,
    sick: { ...slow, healthyAfterMs: "never" },
    "ends soon": { check: "none", exitsAfterMs: 3_000 },
    "ends soon after it was well": { ...slow, healthyAfterMs: 0, exitsAfterMs: 4_500 },
  };

  /** What became of each push: promoted, or held. */
  async function live(order: boolean, pushes: readonly string[], events: readonly Event[]): Promise<readonly string[]> {
    const stage = await openStage([order ? specOf() : stopFirst]);
    try {
      stage.push("0", unchecked);
      const controller = await stage.start();
      await stage.until("the first serves", () => runs(stage, "0"));
      const verdicts: string[] = [];
      const left = [...events].sort((one, other) => one.atMs - other.atMs);
      for (const [index, kind] of pushes.entries()) {
        const letter = String(index + 1);
        const began = stage.engine.clock.monotonic();
        stage.push(letter, behaviours[kind] ?? {});
        controller.surface.reconcile(["shop/web"], "hook");
        const verdict = () => {
          if (inRole(stage, "next") !== undefined) return undefined;
          if (runs(stage, letter)) return "promoted";
          return inRole(stage, "failed")?.digest === digestOf(letter) &&
            controller.surface.service("shop/web")?.sync === "Held"
            ? "held"
            : undefined;
        };
        await stage.until(`a verdict on ${kind}`, () => {
          const passed = stage.engine.clock.monotonic() - began;
          while ((left[0]?.atMs ?? Infinity) <= passed) bends[left.shift()?.bend ?? ""]?.(stage);
          return verdict() !== undefined;
        });
        verdicts.push(`${kind}: ${verdict() ?? "?"}`);
      }
      return verdicts;
    } finally {
      await stage.close();
    }
  }

  it("does not blame what ended with an engine whose clock is set before it is back", async () => {
    const meanwhile = [
      { atMs: 1_000, bend: "the engine is started anew and takes a minute" },
      { atMs: 11_500, bend: "the engine's clock goes an hour ahead" },
    ];
    for (const order of [true, false]) expect(await live(order, ["good"], meanwhile)).toEqual(["good: promoted"]);
  });

  it("notices that checks were forgotten, although the clock was set back before the last of them was seen", async () => {
    const meanwhile = [
      { atMs: 901, bend: "the engine is away for 10 s, and checks nobody any more who ran on" },
      { atMs: 901, bend: "the machine's clock goes a day back" },
    ];
    for (const order of [true, false]) expect(await live(order, ["good"], meanwhile)).toEqual(["good: promoted"]);
  });

  const bend = fc.constantFrom(...Object.keys(bends));
  const event = fc.record({ atMs: fc.integer({ min: 0, max: 12_000 }), bend });

  it(
    "ends in the same verdicts, whatever clocks do and whoever cannot see for a while",
    { timeout: 120_000 },
    async () => {
      await fc.assert(
        fc.asyncProperty(
          fc.boolean(),
          fc.array(fc.constantFrom(...Object.keys(behaviours)), { minLength: 1, maxLength: 2 }),
          fc.array(event, { minLength: 1, maxLength: 4 }),
          async (order, pushes, events) => {
            expect(await live(order, pushes, events)).toEqual(await live(order, pushes, []));
          },
        ),
        { numRuns: Number(process.env["RUNS"] ?? 8), endOnFailure: true },
      );
    },
  );
});
