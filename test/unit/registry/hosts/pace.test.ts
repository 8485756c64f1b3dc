import { setTimeout as sleep } from "node:timers/promises";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { RegistryBudget } from "../../../../src/registry/hosts/budget.js";
import { gapOf, shortestSampleMs } from "../../../../src/registry/hosts/pace.js";
import { connect, failure, fakeRegistry, image } from "../connection.js";
import { imageManifest, manifestReply } from "../fake-registry.js";

const hourMs = 3_600_000;
const spending = fc.record({
  remaining: fc.nat(500),
  spent: fc.nat(500),
  elapsedMs: fc.integer({ min: 0, max: 6 * hourMs }),
  leftMs: fc.integer({ min: 1, max: 6 * hourMs }),
});

describe("gapOf", () => {
  it.each([
    ["enough for the rest", { remaining: 76, spent: 24, elapsedMs: 3 * hourMs, leftMs: 3 * hourMs }, 0],
    ["nothing spent", { remaining: 1, spent: 0, elapsedMs: hourMs, leftMs: 5 * hourMs }, 0],
    ["too few", { remaining: 20, spent: 80, elapsedMs: hourMs, leftMs: 5 * hourMs }, hourMs / 4],
    ["nothing left", { remaining: 0, spent: 100, elapsedMs: hourMs, leftMs: 5 * hourMs }, 5 * hourMs],
    ["the window has ended", { remaining: 0, spent: 100, elapsedMs: 7 * hourMs, leftMs: -hourMs }, 0],
    ["one burst of a look", { remaining: 90, spent: 10, elapsedMs: 1_000, leftMs: hourMs / 2 }, 0],
  ])("%s", (_what, given, gap) => {
    expect(gapOf(given)).toBe(gap);
  });

  it("is none exactly where the budget lasts at the pace until now", () => {
    fc.assert(
      fc.property(spending, (given) => {
        const { remaining, spent, elapsedMs, leftMs } = given;
        const lasts = (spent * leftMs) / Math.max(elapsedMs, shortestSampleMs) <= remaining && remaining > 0;
        expect(gapOf(given) === 0).toBe(lasts);
      }),
    );
  });

  it("never lets more go out than remains, and is never longer than the window", () => {
    fc.assert(
      fc.property(spending, (given) => {
        const gap = gapOf(given);
        expect(gap).toBeGreaterThanOrEqual(0);
        expect(gap).toBeLessThanOrEqual(given.leftMs);
        if (gap > 0 && given.remaining > 0)
          expect(Math.floor(given.leftMs / gap + 1e-9)).toBeLessThanOrEqual(given.remaining);
      }),
    );
  });

  it("is no longer where more remains", () => {
    fc.assert(
      fc.property(spending, fc.nat(100), (given, more) => {
        expect(gapOf({ ...given, remaining: given.remaining + more })).toBeLessThanOrEqual(gapOf(given));
      }),
    );
  });
});

describe("a budget", () => {
  const windowMs = 6 * hourMs;
  const told = (...numbers: readonly (readonly [method: string, remaining: number])[]) => {
    const budget = new RegistryBudget();
    for (const [method, remaining] of numbers) budget.answered(method, { remaining, windowMs }, 0);
    return budget;
  };

  it("spreads only what lowers the number", () => {
    const budget = told(["HEAD", 40], ["HEAD", 40], ["GET", 20], ["HEAD", 20], ["GET", 10], ["HEAD", 9], ["HEAD", 9]);
    expect(budget.gapMs("HEAD", 0, 1)).toBe(0);
    expect(budget.gapMs("GET", 0, 1)).toBeGreaterThan(0);
  });

  it("counts what is under way", () => {
    const budget = told(["HEAD", 100], ["HEAD", 99], ["HEAD", 98]);
    expect(budget.gapMs("HEAD", 0, 0)).toBeGreaterThan(0);
    expect(budget.gapMs("HEAD", 48, 0)).toBeGreaterThan(budget.gapMs("HEAD", 0, 0));
  });

  it("takes answers in any order for one window, and a rise for the next", () => {
    const budget = told(["HEAD", 20], ["HEAD", 17], ["HEAD", 19], ["HEAD", 18]);
    expect(budget.remaining).toBe(17);
    expect(budget.answered("HEAD", { remaining: 100, windowMs }, 1)).toBe(true);
    expect(budget.gapMs("HEAD", 0, 1)).toBe(0);
  });

  it("without a window says nothing", () => {
    const budget = new RegistryBudget();
    for (const remaining of [3, 2, 1]) budget.answered("HEAD", { remaining, windowMs: undefined }, 0);
    expect(budget.gapMs("HEAD", 0, 1)).toBe(0);
  });
});

describe("a registry that counts every request", () => {
  const body = imageManifest("one");

  async function counting(granted: number) {
    const state = { left: granted, refused: 0 };
    const fake = await fakeRegistry(() => {
      if (state.left <= 0) {
        state.refused += 1;
        return { status: 429 };
      }
      state.left -= 1;
      const { headers, ...rest } = manifestReply(body);
      return {
        ...rest,
        headers: { ...headers, "ratelimit-limit": `${granted};w=3600`, "ratelimit-remaining": `${state.left};w=3600` },
      };
    });
    const registry = await connect();
    const ask = (name: string, urgent = false) => registry.resolve(image(fake.host, `acme/${name}`), urgent);
    /** The clock goes on only while no question is on its way: over a real connection an answer takes none of its time. */
    const pass = async (ms: number) => {
      for (let left = ms; left > 0; left -= 10_000) {
        for (let quiet = 0; quiet < 3; quiet += 1) {
          await sleep(1);
          if (registry.requests.length < fake.seen.length) quiet = -1;
        }
        await registry.advance(10_000);
      }
    };
    return { state, fake, registry, ask, pass };
  }

  it("is asked at once for whoever somebody waits for, and spread for the rest, over looks that come often", async () => {
    const { state, fake, registry, ask, pass } = await counting(40);
    const names = Array.from({ length: 10 }, (_, n) => `app-${n}`);
    for (let look = 0; look < 11; look += 1) {
      for (const name of names) void ask(name).catch(() => undefined);
      await pass(300_000);
      await expect.poll(() => fake.seen.length + state.left).toBe(40);
    }
    expect(state.refused).toBe(0);
    const asked = fake.seen.length;
    await ask("app-3", true);
    expect(fake.seen).toHaveLength(asked + 1);
    expect(registry.paces.filter((text) => text.includes("it grants"))).toHaveLength(1);
    expect(registry.paces[0]).toMatch(/it grants \d+ more requests until \S+T\d\d:\d\d:00Z, which would not last/);
  });

  it("asks one question once, however many looks come while it waits", async () => {
    const { fake, registry, ask } = await counting(9);
    for (const name of ["a", "b", "c", "d"]) await ask(name);
    const waiting = Promise.all([ask("e"), ask("e"), ask("e")]);
    const asked = () => fake.lines().filter((line) => line.includes("/e/")).length;
    await registry.advance(60_000);
    expect(asked()).toBe(0);
    await registry.advance(900_000);
    await waiting;
    expect(asked()).toBe(1);
  });

  it("with nothing left is waited for as after a 429", async () => {
    const { fake, registry, ask } = await counting(3);
    for (const name of ["a", "b", "c"]) await ask(name);
    const error = await failure(ask("d"));
    expect(error).toMatchObject({ code: "RateLimited", retryAfterMs: 3_600_000 });
    expect(fake.seen).toHaveLength(3);
    await registry.advance(3_600_001);
    await failure(ask("d"));
    expect(fake.seen).toHaveLength(4);
  });
});
