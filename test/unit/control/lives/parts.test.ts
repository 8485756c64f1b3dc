import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { backoffMs } from "../../../../src/control/queue/backoff.js";
import { Bursts } from "../../../../src/control/queue/bursts.js";
import { Pulls } from "../../../../src/control/work/beside/pulls.js";
import { FairleadError } from "../../../../src/errors.js";
import { manualClock, settle } from "../clock.js";

describe("backoff", () => {
  it("is full jitter below a ceiling that doubles up to the cap", () => {
    const options = { baseMs: 1_000, capMs: 300_000 };
    fc.assert(
      fc.property(fc.nat(2_000), fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), (failures, dice) => {
        const ms = backoffMs(failures, { ...options, random: () => dice });
        expect(ms).toBeGreaterThanOrEqual(0);
        expect(ms).toBeLessThanOrEqual(Math.min(300_000, 1_000 * 2 ** failures));
      }),
    );
    expect(backoffMs(3, { ...options, random: () => 0.5 })).toBe(4_000);
    expect(backoffMs(0, { ...options, random: () => 0 })).toBe(0);
  });
});

describe("bursts", () => {
  const stage = () => {
    const clock = manualClock();
    const looks: number[] = [];
    const bursts = new Bursts(clock, () => looks.push(clock.now()));
    return {
      clock,
      looks,
      hit: () => {
        bursts.hit("shop/web");
      },
    };
  };

  it("of any size cause two looks: one at once, one after the last", async () => {
    const { clock, looks, hit } = stage();
    for (let count = 0; count < 40; count += 1) {
      hit();
      await clock.advance(100);
    }
    await clock.advance(5_000);
    expect(looks).toEqual([0, 4_400]);
    expect(clock.pending).toBe(0);
    hit();
    expect(looks).toHaveLength(3);
  });

  it("of one cause one look", async () => {
    const { clock, looks, hit } = stage();
    hit();
    await clock.advance(10_000);
    expect(looks).toEqual([0]);
  });

  it("that never end are looked at all the same, and the last hit is never lost", async () => {
    const { clock, looks, hit } = stage();
    for (let count = 0; count < 250; count += 1) {
      hit();
      await clock.advance(100);
    }
    expect(looks).toEqual([0, 10_000, 20_000]);
    await clock.advance(5_000);
    expect(looks).toEqual([0, 10_000, 20_000, 25_400]);
  });
});

describe("pulls", () => {
  const measured = { clock: manualClock(), telemetry: { stepDone: () => undefined } };

  it("are bounded, shared, and tell how they ended", async () => {
    const ended: string[] = [];
    const waiting = new Map<string, { resolve: () => void; reject: (error: Error) => void }>();
    const pulls = new Pulls({
      concurrency: 2,
      pull: (reference) => new Promise((resolve, reject) => void waiting.set(reference, { resolve, reject })),
      onEnd: (reference, error) => ended.push(`${reference}: ${error?.code ?? "ok"}`),
      ...measured,
    });
    for (const reference of ["a", "b", "c", "a"]) pulls.begin(reference);
    await settle();
    expect([...waiting.keys()]).toEqual(["a", "b"]);
    expect(pulls.asOf(undefined).get("c")).toEqual({ state: "running" });
    waiting.get("a")!.resolve();
    waiting.get("b")!.reject(new FairleadError("Unauthorized", "who are you"));
    await settle();
    expect(ended).toEqual(["a: ok", "b: Unauthorized"]);
    expect(pulls.asOf(undefined).get("a")).toBeUndefined();
    expect(pulls.asOf(undefined).get("b")).toEqual({ state: "failed", reason: "Unauthorized", message: "who are you" });
    pulls.forgetFailure("b");
    pulls.forgetFailure("c");
    expect([...pulls.asOf(undefined).keys()]).toEqual(["c"]);
    expect(waiting.has("c")).toBe(true);
  });

  it("tell how long they took, from their own beginning to their end, well or not", async () => {
    const clock = manualClock();
    const took: unknown[] = [];
    const pulls = new Pulls({
      concurrency: 1,
      pull: (reference) =>
        new Promise((resolve, reject) =>
          clock.after(reference === "a" ? 4_000 : 30_000, () => {
            if (reference === "a") resolve();
            else reject(new Error("cut off"));
          }),
        ),
      onEnd: () => undefined,
      clock,
      telemetry: { stepDone: (step, seconds) => took.push([step, seconds]) },
    });
    pulls.begin("a");
    pulls.begin("b");
    await settle();
    await clock.advance(4_000);
    await settle();
    await clock.advance(30_000);
    await settle();
    expect(took).toEqual([
      ["pull-image", 4],
      ["pull-image", 30],
    ]);
  });

  it("are for the platform that was asked for", async () => {
    const asked: unknown[] = [];
    const pulls = new Pulls({
      concurrency: 1,
      pull: (reference, _signal, platform) => {
        asked.push([reference, platform]);
        return Promise.resolve();
      },
      onEnd: () => undefined,
      ...measured,
    });
    pulls.begin("a", "linux/arm64");
    pulls.begin("b");
    await settle();
    expect(asked).toEqual([
      ["a", "linux/arm64"],
      ["b", undefined],
    ]);
  });

  it("end when they are stopped, and no further one begins", async () => {
    const begun: string[] = [];
    const pulls = new Pulls({
      concurrency: 1,
      pull: (reference, signal) =>
        new Promise((_resolve, reject) => {
          begun.push(reference);
          signal.addEventListener("abort", () => {
            reject(new Error("aborted"));
          });
        }),
      onEnd: () => undefined,
      ...measured,
    });
    pulls.begin("a");
    pulls.begin("b");
    await settle();
    await pulls.stop();
    pulls.begin("c");
    await settle();
    expect(begun).toEqual(["a"]);
  });
});
