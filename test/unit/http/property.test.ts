import fc from "fast-check";
import { expect, test } from "vitest";
import { parseJson, valueAt } from "../../../src/http/web/json.js";
import { Refusal } from "../../../src/http/web/refusal.js";
import { secret, serveHooks } from "./harness.js";

const words = fc.constantFrom(
  "notarock/portfolio-ng",
  "nginx",
  "latest",
  "edge",
  "",
  "..",
  "A:b@c",
  "\u0000",
  "shop/web",
);
const leaf = fc.oneof(words, fc.string(), fc.jsonValue({ maxDepth: 2 }));
/** Bodies that go where the code goes, with anything at the ends. */
const shaped = fc
  .record(
    {
      repository: fc.oneof(
        leaf,
        fc.record({ repo_name: leaf, name: leaf, namespace: leaf, is_official: leaf }, { requiredKeys: [] }),
      ),
      push_data: fc.oneof(leaf, fc.record({ tag: leaf, pushed_at: leaf }, { requiredKeys: [] })),
      image: leaf,
      service: leaf,
    },
    { requiredKeys: [] },
  )
  .map((value) => JSON.stringify(value));
const anyBody = fc.oneof(
  shaped,
  fc.json(),
  fc.string(),
  fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
  fc.tuple(shaped, fc.nat(400)).map(([text, at]) => text.slice(0, at)),
);

/** Taken, taken for what nobody has asked for, and refused: chance alone does not bring each in every run. */
const oneOfEach: ["dockerhub" | "generic", string][] = [
  ["dockerhub", JSON.stringify({ repository: { repo_name: "notarock/portfolio-ng" }, push_data: { tag: "latest" } })],
  ["generic", JSON.stringify({ image: "nobody/knows" })],
  ["generic", "no JSON"],
];

test("whatever an authenticated sender posts, the answer is one of four and never a 5xx", async () => {
  const hooks = await serveHooks();
  const seen = new Set<number>();
  await fc.assert(
    fc.asyncProperty(fc.constantFrom("dockerhub", "generic"), anyBody, async (type, body) => {
      const { status } = await hooks.post(`/hooks/${type}/${secret}`, body);
      seen.add(status);
      expect([200, 202, 400]).toContain(status);
    }),
    { numRuns: 400, examples: oneOfEach },
  );
  expect(hooks.log.lines.filter(({ level }) => level === "error")).toEqual([]);
  expect([...seen].sort()).toEqual([200, 202, 400]);
});

test("whatever a stranger asks for, the answer is 404", async () => {
  const hooks = await serveHooks({ failuresPerMinute: 1e9 });
  const segment = fc.oneof(
    fc.constantFrom("hooks", "dockerhub", "generic", "%", "%00", "__proto__", ".."),
    fc.string(),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(segment), fc.constantFrom("GET", "POST", "PUT", "HEAD"), async (segments, method) => {
      const path = `/${segments.map((one) => (one.startsWith("%") ? one.slice(0, 3) : encodeURIComponent(one))).join("/")}`;
      expect((await hooks.send(path, { method })).status).toBe(404);
    }),
    { numRuns: 200 },
  );
  expect(hooks.surface.reconciled).toEqual([]);
});

test("JSON within the depth limit reads as JSON.parse reads it; anything else is a Refusal", () => {
  fc.assert(
    fc.property(fc.oneof(fc.json({ maxDepth: 10 }), fc.string()), (text) => {
      const bytes = Buffer.from(text);
      let expected: unknown;
      try {
        expected = JSON.parse(bytes.toString("utf8"));
      } catch {
        expect(() => parseJson(bytes)).toThrow(Refusal);
        return;
      }
      expect(parseJson(bytes)).toEqual(expected);
    }),
  );
});

test("only own keys of plain objects lead anywhere", () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.constantFrom("toString", "constructor", "length", "__proto__", "0"), (root, key) => {
      const owns = typeof root === "object" && root !== null && !Array.isArray(root) && Object.hasOwn(root, key);
      if (!owns) expect(valueAt(root, key)).toBeUndefined();
    }),
  );
});
