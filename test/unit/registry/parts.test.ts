import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { latch } from "../../latch.js";
import { Lane } from "../../../src/registry/client/lane.js";

const quiet = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
const usual = (of: string) => ({ of, urgent: false });
const urgent = (of: string) => ({ of, urgent: true });

describe("Lane", () => {
  it("keeps the order and the width, also after failures", async () => {
    const lane = new Lane({ quick: 3, slow: 1, slowMs: 5000 });
    const started: number[] = [];
    let running = 0;
    const task = (n: number) => async (): Promise<void> => {
      started.push(n);
      running += 1;
      expect(running).toBeLessThanOrEqual(2);
      await quiet(2);
      running -= 1;
      if (n % 3 === 0) throw new Error("odd");
    };
    await Promise.allSettled([1, 2, 3, 4, 5, 6, 7].map((n) => lane.run(usual(`r${n}`), task(n))));
    expect(started).toEqual([1, 2, 3, 4, 5, 6, 7]);
    await lane.run(usual("r8"), task(8));
    expect(started).toHaveLength(8);
  });

  it("keeps a place for urgent ones, and lets them go first", async () => {
    const lane = new Lane({ quick: 3, slow: 1, slowMs: 5000 });
    const started: string[] = [];
    const run = (turn: { of: string; urgent: boolean }) =>
      lane.run(turn, () => {
        started.push(turn.of);
        return quiet(20);
      });
    const all = ["a", "b", "c", "d"].map((of) => run(usual(of)));
    all.push(run(urgent("hook")));
    await quiet(5);
    expect(started).toEqual(["a", "b", "hook"]);
    all.push(run(urgent("second")));
    await Promise.all(all);
    expect(started.slice(3)).toEqual(["second", "c", "d"]);
  });

  it("takes its place from who is slow; from then on that one waits for its like, until it is quick", async () => {
    const lane = new Lane({ quick: 2, slow: 1, slowMs: 50 });
    const started: string[] = [];
    const run = (of: string, until: Promise<void>) =>
      lane.run(usual(of), () => {
        started.push(of);
        return until;
      });
    const hang = () => {
      const { opened, open } = latch();
      const all = Promise.all(["h1", "h2", "h3"].map((of) => run(of, opened)));
      return () => {
        open();
        return all;
      };
    };
    const end = hang();
    await run("healthy", Promise.resolve());
    expect(started.splice(0), "each has held it up once").toEqual(["h1", "h2", "h3", "healthy"]);
    await end();
    const endAgain = hang();
    await run("healthy", Promise.resolve());
    expect(started.splice(0), "they wait for each other").toEqual(["h1", "healthy"]);
    await endAgain();
    for (const of of ["h1", "h2", "h3"]) await run(of, Promise.resolve());
    started.splice(0);
    const endAtLast = hang();
    await run("healthy", Promise.resolve());
    expect(started.slice(0, 4), "they had been quick").toEqual(["h1", "h2", "h3", "healthy"]);
    await endAtLast();
  });

  it("does all that it is given, whoever hangs and fails, with few at a time", async () => {
    const job = fc.record({ of: fc.constantFrom("a", "b", "c"), urgent: fc.boolean(), ms: fc.constantFrom(0, 1, 12) });
    await fc.assert(
      fc.asyncProperty(fc.array(job, { maxLength: 15 }), async (jobs) => {
        const lane = new Lane({ quick: 2, slow: 1, slowMs: 5 });
        const done = await Promise.allSettled(
          jobs.map(({ ms, ...turn }, n) =>
            lane.run(turn, () => quiet(ms).then(() => (n % 2 === 0 ? Promise.reject(new Error("odd")) : n))),
          ),
        );
        expect(done.map(({ status }) => status)).toEqual(jobs.map((_, n) => (n % 2 === 0 ? "rejected" : "fulfilled")));
        const ended = lane.run(usual("new"), () => Promise.resolve("ended"));
        // A place that was not given back would be waited for.
        await expect(Promise.race([ended, quiet(5_000)]), "all places are free again").resolves.toBe("ended");
      }),
      { numRuns: 30 },
    );
  });
});
