import fc from "fast-check";
import { expect, test } from "vitest";
import type { ServiceStatus } from "../../../../src/plan/model/condition.js";
import { adminApp } from "../../../../src/http/admin/admin.js";
import { memoryLog, serve } from "../harness.js";
import { type FakeSurface, fakeSurface, statusOf } from "../surface.js";

const metrics = { contentType: "text/plain", render: () => Promise.resolve("") };
const web = "/api/v1/services/shop/web";

/** A controller with one service, whose state the test decides. */
async function serveOne(first: Partial<ServiceStatus> = {}) {
  const kept = fakeSurface();
  const state = { now: { ...statusOf("shop/web", "acme/web:1"), ...first } };
  const surface: FakeSurface = {
    ...kept,
    services: () => [state.now],
    service: (key) => (key === "shop/web" ? state.now : undefined),
  };
  const served = await serve(adminApp({ surface, metrics, log: memoryLog(), version: "1" }));
  const become = (change: Partial<ServiceStatus>) => {
    state.now = { ...state.now, ...change };
  };
  const order = (tag: string, verb = "pause") => served.post(`${web}/${verb}`, {}, { "if-match": tag });
  const tagOf = async () => (await served.send(web)).headers.get("etag") ?? "";
  return { ...served, released: kept.released, become, order, tagOf };
}

test.each([web, "/api/v1/services", "/api/v1/notifications", "/api/v1/openapi.json", "/api/v1/plan"])(
  "%s is answered with 304 while it is the same",
  async (path) => {
    const served = await serveOne();
    const first = await served.send(path);
    const headers = { "if-none-match": `"another", ${first.headers.get("etag") ?? ""}` };
    const [again, other] = [
      await served.send(path, { headers }),
      await served.send(path, { headers: { "if-none-match": '"other"' } }),
    ];
    expect([first.status, again.status, again.text, other.status]).toEqual([200, 304, "", 200]);
  },
);

test("a tag is of these very bytes", async () => {
  const served = await serveOne();
  const { become, tagOf } = served;
  const before = await tagOf();
  become({ observedAt: "2026-02-01T00:00:00.000Z" });
  const answer = await served.send(web, { headers: { "if-none-match": before } });
  expect([answer.status, answer.headers.get("etag") === before]).toEqual([200, false]);
  expect(before).toMatch(/^"[^"]+"$/);
});

test("an order is given as long as what it was decided by is so, however the service fares", async () => {
  const { become, order, tagOf, released } = await serveOne();
  const tag = await tagOf();
  become({
    ...{ observedAt: "2026-02-01T00:00:00.000Z", health: "Degraded", conditions: [] },
    replicas: { desired: 2, ready: 0, updated: 1 },
  });
  expect((await order(tag)).status).toBe(202);
  expect((await order(`"other", ${tag}`)).status).toBe(202);
  expect((await order("*")).status).toBe(202);
  expect(released).toHaveLength(3);
});

const digest = `sha256:${"b".repeat(64)}`;

test.each<[string, Partial<ServiceStatus>, string]>([
  ["image", { image: "acme/web:2" }, "acme/web:2"],
  ["sync", { sync: "Held" }, "Held"],
  ["desired", { desiredDigest: digest }, digest],
  ["spec", { desiredSpec: "H2" }, "H2"],
  ["active", { activeDigest: digest }, digest],
  ["revision", { revision: 4 }, "4"],
  ["pinned", { pinned: { revision: 2, digest } }, `revision 2 (${digest})`],
  [
    "rollout",
    {
      lastRollout: {
        ...{ id: "shop/web@4", from: undefined, to: digest, startedAt: "", finishedAt: "" },
        outcome: "failed",
        reason: "",
      },
    },
    "shop/web@4: failed",
  ],
])("an order is refused where the %s has changed, and says what it is", async (what, change, is) => {
  const { become, order, tagOf, released } = await serveOne();
  const tag = await tagOf();
  become(change);
  const refused = await order(tag);
  expect([refused.status, refused.json]).toEqual([
    412,
    {
      error: `shop/web has moved on: ${what} is ${is}`,
      remedy: "look at it again, and decide by that",
      changed: [{ what, is }],
    },
  ]);
  expect(released).toEqual([]);
  expect((await order(refused.headers.get("etag") ?? "")).status).toBe(202);
});

test("what is there no more is told too", async () => {
  const { become, order, tagOf } = await serveOne({ pinned: { revision: 2, digest }, revision: 3 });
  const tag = await tagOf();
  become({ pinned: undefined as never, revision: undefined });
  const { json } = await order(tag);
  expect(json["error"]).toBe("shop/web has moved on: revision is nothing, pinned is nothing");
  expect(json["changed"]).toEqual([{ what: "revision" }, { what: "pinned" }]);
});

test("a weak tag never matches, and what is no tag is refused as such", async () => {
  const { order, tagOf, released } = await serveOne();
  const tag = await tagOf();
  expect((await order(`W/${tag}`)).status).toBe(412);
  for (const wrong of ["", "abc", '"open', tag.slice(1)]) expect((await order(wrong)).status, wrong).toBe(400);
  expect(released).toEqual([]);
});

test("whatever is sent as a tag, an order is given, refused, or not understood", async () => {
  const { order } = await serveOne();
  const header = fc.stringMatching(/^[\x20-\x7e]{0,60}$/);
  await fc.assert(
    fc.asyncProperty(
      fc.oneof(
        header,
        header.map((text) => `"${text}"`),
      ),
      async (tag) => {
        const { status } = await order(tag);
        expect([202, 400, 412]).toContain(status);
        if (status === 202) expect(tag.trim()).toBe("*");
      },
    ),
    { numRuns: 60 },
  );
});

test("each order looks at the tag before it does anything", async () => {
  const { order, released, surface } = await serveOrders();
  for (const verb of [
    "reconcile",
    "retry",
    "rollback",
    "approve",
    "pause",
    "resume",
    "stop",
    "start",
    "adopt",
    "build",
  ]) {
    expect((await order('"old"', verb)).status, verb).toBe(412);
  }
  expect([released, surface.adopted, surface.retried, surface.insisted]).toEqual([[], [], [], []]);
});

async function serveOrders() {
  const surface = fakeSurface();
  const served = await serve(adminApp({ surface, metrics, log: memoryLog(), version: "1" }));
  const order = (tag: string, verb: string) => served.post(`${web}/${verb}`, {}, { "if-match": tag });
  return { surface, released: surface.released, order };
}
