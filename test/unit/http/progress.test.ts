import { once } from "node:events";
import { describe, expect, test } from "vitest";
import type { ServiceKey } from "../../../src/compose/model/service.js";
import type { Progress } from "../../../src/control/surface/surface.js";
import { adminApp } from "../../../src/http/admin/admin.js";
import { memoryLog, serve } from "./harness.js";
import { fakeSurface } from "./surface.js";

const metrics = { contentType: "text/plain", render: () => Promise.resolve("") };
const news: Progress = { project: "shop", service: "web", rollout: null };

async function serveProgress() {
  const asked: (readonly ServiceKey[] | "all")[] = [];
  const closing = new AbortController();
  const surface = fakeSurface({
    progresses: async function* (keys, signal) {
      asked.push(keys);
      yield news;
      if (!signal.aborted) await once(signal, "abort");
    },
  });
  const served = await serve(adminApp({ surface, metrics, log: memoryLog(), version: "0", closing: closing.signal }));
  const send = (path: string) => served.send(path);
  const stream = async (path: string) => {
    const response = await fetch(`${served.url}${path}`, { headers: { accept: "text/event-stream" } });
    setTimeout(() => {
      closing.abort();
    }, 50);
    return { type: response.headers.get("content-type"), text: await response.text() };
  };
  return { send, stream, asked };
}

describe("what is being done", () => {
  test("is answered as it is now, of one service, of some, and of all", async () => {
    const { send } = await serveProgress();
    const one = await send("/api/v1/services/shop/web/rollout");
    expect(one.json).toMatchObject({ project: "shop", service: "web", rollout: { revision: 4, pull: null } });
    const some = await send("/api/v1/rollouts?service=shop/web&service=shop/edge");
    expect(some.json["rollouts"]).toMatchObject([{ service: "web" }, { service: "edge" }]);
    const all = await send("/api/v1/rollouts");
    expect(all.json["rollouts"]).toHaveLength(5);
  });

  test.each([
    ["/api/v1/services/shop/web/rollout", ["shop/web"]],
    ["/api/v1/rollouts?service=shop/edge", ["shop/edge"]],
    ["/api/v1/rollouts", "all"],
  ])("is followed as Server-Sent Events until the client or the controller goes: %s", async (path, keys) => {
    const { stream, asked } = await serveProgress();
    const { type, text } = await stream(path);
    expect(type).toMatch(/^text\/event-stream\b/);
    expect(text).toBe(`event: rollout\ndata: ${JSON.stringify(news)}\n\n`);
    expect(asked).toEqual([keys]);
  });

  test("is not told of a service that is not declared", async () => {
    const { send } = await serveProgress();
    const paths = ["/api/v1/services/shop/none/rollout", "/api/v1/rollouts?service=shop/none"];
    for (const path of paths) expect((await send(path)).status).toBe(404);
    expect((await send("/api/v1/rollouts?service=shop/web/1")).status).toBe(400);
  });
});
