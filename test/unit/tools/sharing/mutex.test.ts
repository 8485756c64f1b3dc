import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Mutex } from "../../../../src/tools/sharing/mutex.js";

describe("a mutex", () => {
  it("does one piece of work at a time, in the order of asking, whatever became of the others", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.record({ ticks: fc.nat(3), fails: fc.boolean() })), async (jobs) => {
        const mutex = new Mutex();
        const order: number[] = [];
        let inside = 0;
        const work = async (index: number) => {
          inside += 1;
          const together = inside;
          for (let tick = 0; tick < (jobs[index]?.ticks ?? 0); tick += 1) await Promise.resolve();
          inside -= 1;
          order.push(index);
          expect(together).toBe(1);
          if (jobs[index]?.fails === true) throw new Error("odd");
        };
        const results = await Promise.allSettled(jobs.map((_, index) => mutex.run(() => work(index))));
        expect(order).toEqual(jobs.map((_, index) => index));
        expect(results.map(({ status }) => status === "rejected")).toEqual(jobs.map(({ fails }) => fails));
      }),
    );
  });
});
