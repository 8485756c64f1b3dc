import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { emptyMemory } from "../../../../src/plan/model/desired.js";
import type { ObservedContainer } from "../../../../src/plan/model/host/observed.js";
import { viewOf } from "../../../../src/plan/model/view.js";
import { plan } from "../../../../src/plan/plan.js";
import { containerIn, desire, hold, hostWith, imageOf, now, planText, specOf } from "../world.js";

const running = (forMs: number, patch: Partial<ObservedContainer> = {}) =>
  containerIn("active", "a", 1, { startedAt: now - forMs, ...patch });
const looping = (usualMs?: number, ends = 3) => ({
  crashLoops: new Map([["id-active-1", { ends, ...(usualMs === undefined ? {} : { usualMs }) }]]),
});
const images = [imageOf("a", [1], ["id-active-1"]), imageOf("b")];
const textOf = (active: ObservedContainer, memory: Parameters<typeof planText>[0]["memory"]) =>
  planText({ desired: desire("a"), host: hostWith([active], { images }), ...(memory === undefined ? {} : { memory }) });

describe("a container that keeps ending and runs at the moment", () => {
  it("is not well before it has been up for three times its usual life", () => {
    expect(textOf(running(12_299), looping(4_100))).toMatchInlineSnapshot(`
      "
      => wait: CrashLooping: shop-web-1 has ended 3 times, usually after 4.1s: it counts as well once it has been up for 12.3s
      "
    `);
    expect(textOf(running(12_300), looping(4_100))).toMatchInlineSnapshot(`
      "
      => converged: Converged: shop-web-1 runs sha256:aaaaaaaaaaaa
      "
    `);
  });

  it.each([
    ["10 s at the least", 1, 9_999, 10_000],
    ["a minute where nobody saw how long it lasts", undefined, 59_999, 60_000],
    ["as long as it takes", 180_000, 539_999, 540_000],
  ])("has to be up for %s", (_, usualMs, tooShort, longEnough) => {
    expect(textOf(running(tooShort), looping(usualMs))).toContain("wait: CrashLooping: shop-web-1 has ended 3 times");
    expect(textOf(running(longEnough), looping(usualMs))).toContain("converged: Converged");
  });

  it("is told of where it is one of several replicas, and looked at again when the last of them may be well", () => {
    const spec = specOf({ replicas: 2 });
    const two = [
      running(1_000),
      containerIn("active", "a", 1, { id: "two", slot: 2, name: "shop-web-2", startedAt: now - 2_000 }),
    ];
    const crashLoops = new Map([
      ["id-active-1", { ends: 3, usualMs: 1_000 }],
      ["two", { ends: 4, usualMs: 5_000 }],
    ]);
    const view = viewOf(hostWith(two, { images }), spec, new Map());
    expect(plan(desire("a", spec), view, { ...emptyMemory, crashLoops }).outcome).toEqual({
      kind: "wait",
      awaits: "time",
      standing: "crashing",
      reason: "CrashLooping",
      until: now + 13_000,
      because: "shop-web-2 has ended 4 times, usually after 5s: it counts as well once it has been up for 15s",
    });
  });

  it("does not hide what is more pressing", () => {
    const memory = { ...looping(4_000), holds: [hold("b")] };
    const host = hostWith([running(1_000)], { images });
    expect(planText({ desired: desire("b"), host, memory })).toContain("blocked: DigestHeld");
  });
});

it("changes no step of any plan", () => {
  const states = fc.constantFrom<Partial<ObservedContainer>>(
    {},
    { state: "exited", exitCode: 1, finishedAt: now - 1_000 },
    { state: "restarting", exitCode: 1 },
    { state: "paused" },
    { health: "unhealthy" },
    { restartPolicy: { name: "no", maximumRetryCount: 0 } },
    { networks: [] },
  );
  const others = fc.subarray([
    containerIn("previous", "b", 0, { state: "exited", finishedAt: now }),
    containerIn("failed", "b", 2, { state: "exited", finishedAt: now }),
    containerIn("next", "b", 2),
    containerIn("active", "a", 1, { id: "odd", name: "odd", role: "stray", base: "shop-web-1" }),
  ]);
  fc.assert(
    fc.property(states, others, fc.constantFrom("a", "b", undefined), fc.nat(20_000), (patch, beside, letter, age) => {
      const desired = desire(letter);
      const host = hostWith([running(age, patch), ...beside], { images });
      const view = viewOf(host, desired.spec, new Map());
      const without = plan(desired, view, emptyMemory);
      const looped = plan(desired, view, { ...emptyMemory, ...looping(4_000) });
      expect(looped.steps).toEqual(without.steps);
      expect(looped.heals).toEqual(without.heals);
      if (without.outcome.kind !== "converged") expect(looped.outcome).toEqual(without.outcome);
    }),
  );
});
