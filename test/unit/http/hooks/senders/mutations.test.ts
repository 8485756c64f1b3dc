import fc from "fast-check";
import { expect, test } from "vitest";
import { secret, serveHooks } from "../../harness.js";
import { fakeSurface } from "../../surface.js";
import { deliveries } from "./deliveries.js";
import { mutantOf } from "./mutations.js";

const images = Object.fromEntries(
  deliveries.flatMap(({ type, image }) => (image.startsWith("https") ? [] : [[`${type}/web`, image]])),
);

test("whatever becomes of a delivery on its way, it does no harm, and names nobody that it does not name", async () => {
  const surface = fakeSurface({
    images: { ...images, "canary/never": "canary.example/never/named:by-anyone" },
    pushed: () => ({ looking: [], reason: "nobody follows that repository" }),
  });
  const hooks = await serveHooks({ surface });
  const seen = new Map<number, number>();
  await fc.assert(
    fc.asyncProperty(fc.integer(), async (seed) => {
      const { path, method, headers, body } = mutantOf(seed);
      const withBody = method === "OPTIONS" ? {} : { body: Buffer.from(body) };
      const { status, text } = await hooks.send(`/hooks/${path}/${secret}`, { method, headers, ...withBody });
      seen.set(status, (seen.get(status) ?? 0) + 1);
      expect([200, 202, 400, 405, 413, 415]).toContain(status);
      expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u202e]/);
    }),
    { numRuns: 3_000 },
  );
  expect([...seen.keys()].sort()).toEqual([200, 202, 400, 405, 415]);
  expect(surface.reconciled.flatMap(({ keys }) => keys)).not.toContain("canary/never");
  expect(hooks.log.lines.filter(({ level }) => level === "error")).toEqual([]);
  const told = surface.told.map(({ why = "" }) => why).join("");
  expect(told).not.toMatch(/[\u0000-\u001f\u202e]/);
});
