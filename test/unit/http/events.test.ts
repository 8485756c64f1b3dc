import { once } from "node:events";
import { describe, expect, test } from "vitest";
import type { Event } from "../../../src/control/journal/event.js";
import type { EventWish } from "../../../src/control/journal/events.js";
import { adminApp } from "../../../src/http/admin/admin.js";
import { memoryLog, serve } from "./harness.js";
import { fakeSurface } from "./surface.js";

const metrics = { contentType: "text/plain", render: () => Promise.resolve("") };
const event: Event = {
  id: "1000-0",
  at: "2026-01-31T12:00:00.000Z",
  project: "shop",
  service: "web",
  type: "hold",
  reason: "Unhealthy",
  message: "no answer\nfrom it",
};

async function serveEvents() {
  const wishes: EventWish[] = [];
  const closing = new AbortController();
  const surface = fakeSurface({
    events: async function* (wish, signal) {
      wishes.push(wish);
      yield event;
      if (wish.follow && !signal.aborted) await once(signal, "abort");
    },
  });
  const served = await serve(adminApp({ surface, metrics, log: memoryLog(), version: "0", closing: closing.signal }));
  const send = (path: string, init?: RequestInit) => served.send(path, init);
  return { url: served.url, send, wishes, closing };
}

describe("events over HTTP", () => {
  test("come as Server-Sent Events, and go on until the client or the controller goes", async () => {
    const { url, wishes, closing } = await serveEvents();
    const response = await fetch(`${url}/api/v1/events`, { headers: { "last-event-id": "999-3" } });
    expect(response.headers.get("content-type")).toMatch(/^text\/event-stream\b/);
    setTimeout(() => {
      closing.abort();
    }, 50);
    expect(await response.text()).toBe(`id: 1000-0\nevent: hold\ndata: ${JSON.stringify(event)}\n\n`);
    expect(wishes).toEqual([{ follow: true, since: undefined, after: "999-3" }]);
  });

  test("are JSON lines where those are accepted, and end with what is kept where that is all", async () => {
    const { send, wishes } = await serveEvents();
    const headers = { accept: "application/x-ndjson", "last-event-id": "not ours" };
    const answer = await send("/api/v1/events?follow=false&since=2026-01-31T12:00:00Z", { headers });
    expect([answer.headers.get("content-type"), answer.text]).toEqual([
      "application/x-ndjson",
      `${JSON.stringify(event)}\n`,
    ]);
    expect(wishes).toEqual([{ follow: false, since: "2026-01-31T12:00:00.000Z" }]);
  });

  test.each(["since=soon", "follow=perhaps"])("with %s are refused", async (query) => {
    const { send } = await serveEvents();
    expect((await send(`/api/v1/events?${query}`)).status).toBe(400);
  });
});
