import { setImmediate as tick } from "node:timers/promises";
import fc from "fast-check";
import { expect, test } from "vitest";
import { Places } from "../../../src/places.js";

test("whatever fails and however it comes: never more at once than places, in order, and none is lost", async () => {
  const cases = fc.record({
    width: fc.integer({ min: 1, max: 4 }),
    works: fc.array(fc.record({ fails: fc.boolean(), turns: fc.nat(3) }), { maxLength: 20 }),
  });
  await fc.assert(
    fc.asyncProperty(cases, async ({ width, works }) => {
      const places = new Places(width);
      const begun: number[] = [];
      let running = 0;
      const ended = await Promise.allSettled(
        works.map(({ fails, turns }, n) =>
          places.run(async () => {
            begun.push(n);
            running += 1;
            expect(running).toBeLessThanOrEqual(width);
            for (let turn = 0; turn < turns; turn += 1) await tick();
            running -= 1;
            if (fails) throw new Error("failed");
            return n;
          }),
        ),
      );
      expect(begun).toEqual(works.map((_, n) => n));
      expect(ended.map(({ status }) => status)).toEqual(works.map(({ fails }) => (fails ? "rejected" : "fulfilled")));
    }),
    { numRuns: 50 },
  );
});
