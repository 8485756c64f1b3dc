import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, onTestFinished, test } from "vitest";
import type { LogEntry, LogWish } from "../../../src/control/surface/surface.js";
import { FairleadError } from "../../../src/errors.js";
import { adminApp } from "../../../src/http/admin/admin.js";
import { Secret } from "../../../src/tools/secret.js";
import { memoryLog, serve } from "./harness.js";
import { fakeSurface } from "./surface.js";

const metrics = { contentType: "text/plain", render: () => Promise.resolve("") };

const line = (container: string, text: string): LogEntry => ({
  project: "shop",
  service: "web",
  container,
  at: "2026-01-31T12:00:00.000000001Z",
  stream: "stdout",
  text,
});

interface Served {
  readonly containers?: readonly string[];
  readonly entries?: (signal: AbortSignal) => AsyncIterable<LogEntry>;
  readonly token?: string;
}

async function serveLogs({ containers = [], entries, token }: Served = {}) {
  const wishes: LogWish[] = [];
  const signals: AbortSignal[] = [];
  const closing = new AbortController();
  const surface = fakeSurface({
    logs: (wish, signal) => {
      wishes.push(wish);
      signals.push(signal);
      return Promise.resolve({ containers, entries: entries?.(signal) ?? these() });
    },
  });
  const given = token === undefined ? {} : { token: new Secret(token) };
  const served = await serve(
    adminApp({ surface, metrics, log: memoryLog(), version: "0", closing: closing.signal, ...given }),
  );
  const send = (path: string, init?: RequestInit) => served.send(path, init);
  const post = (path: string, body: object) => served.post(path, body);
  return { url: served.url, send, post, wishes, signals, closing };
}

async function* these(...entries: readonly LogEntry[]): AsyncGenerator<LogEntry> {
  for (const entry of entries) yield await Promise.resolve(entry);
}

/** Says its entries, then nothing, until the signal aborts. */
const silentAfter = (...entries: readonly LogEntry[]) =>
  async function* (signal: AbortSignal) {
    yield* these(...entries);
    if (!signal.aborted) await once(signal, "abort");
  };

async function until(what: string, isSo: () => boolean): Promise<void> {
  for (let waited = 0; !isSo(); waited += 10) {
    if (waited > 5_000) throw new Error(`it never came to be: ${what}`);
    await sleep(10);
  }
}

const web = "/api/v1/services/shop/web/logs";

describe("logs over HTTP", () => {
  test("are plain lines of one container, and named ones as soon as there are two", async () => {
    const one = await serveLogs({ containers: ["shop-web-1"], entries: () => these(line("shop-web-1", "a\tb")) });
    const answer = await one.send(web);
    expect([answer.status, answer.headers.get("content-type"), answer.text]).toEqual([
      200,
      "text/plain; charset=utf-8",
      "a\tb\n",
    ]);
    const notice: LogEntry = { project: "shop", service: "web", container: "shop-web-2", notice: "none" };
    const entries = () => these(line("w-1", "a"), line("w-1.next", "b"), notice, line("w-1", "c"));
    const rollout = await serveLogs({ containers: ["w-1"], entries });
    const text = ["a", "w-1.next  | b", "shop-web-2  | (none)", "w-1         | c", ""].join("\n");
    expect((await rollout.send(web)).text).toBe(text);
    const bare = ["a", "b", "(none)", "c", ""].join("\n");
    expect((await rollout.send(`${web}?no-prefix=true`)).text).toBe(bare);
    const timed = (await rollout.send(`${web}?timestamps=1`)).text;
    expect(timed.split("\n")[1]).toBe("w-1.next  | 2026-01-31T12:00:00.000000001Z b");
  });

  test("are JSON lines where those are accepted", async () => {
    const { send } = await serveLogs({ entries: () => these(line("w", "a\u001b[0m"), line("w", "b")) });
    const answer = await send(web, { headers: { accept: "application/x-ndjson" } });
    expect(answer.headers.get("content-type")).toBe("application/x-ndjson");
    expect(
      answer.text
        .split("\n")
        .filter(Boolean)
        .map((text) => JSON.parse(text) as unknown),
    ).toEqual([line("w", "a\u001b[0m"), line("w", "b")]);
  });

  test("are asked for as it is wanted", async () => {
    const { send, wishes } = await serveLogs();
    const before = Date.now();
    for (const path of [
      `${web}?tail=all`,
      `${web}?follow=true&tail=10&since=2026-01-31T12:00:00.5Z`,
      "/api/v1/logs",
      "/api/v1/logs?service=shop/web&service=shop/edge&since=10m",
    ]) {
      expect((await send(path)).status).toBe(200);
    }
    const since = Date.parse(wishes[3]?.since ?? "");
    expect(since).toBeGreaterThanOrEqual(before - 600_000);
    expect(since).toBeLessThanOrEqual(Date.now() - 600_000);
    expect(wishes).toMatchObject([
      { of: ["shop/web"], follow: false, tail: undefined, since: undefined },
      { of: ["shop/web"], follow: true, tail: 10, since: "2026-01-31T12:00:00.500000000Z" },
      { of: "all", follow: false },
      { of: ["shop/web", "shop/edge"] },
    ]);
  });

  test.each([
    ["/api/v1/services/shop/none/logs", 404],
    ["/api/v1/logs?service=shop/none", 404],
    ["/api/v1/logs?service=web", 404],
    ["/api/v1/logs?service=shop/web/x", 400],
    [`${web}?follow=maybe`, 400],
    [`${web}?tail=-1`, 400],
    [`${web}?tail=1&tail=2`, 400],
    [`${web}?since=yesterday`, 400],
    [`${web}?since=2026-13-45`, 400],
  ])("%s is %d", async (path, status) => {
    const { send, wishes } = await serveLogs();
    const answer = await send(path);
    expect(answer.status).toBe(status);
    expect(answer.json["error"]).toBeTypeOf("string");
    expect(wishes).toEqual([]);
  });

  test("ask for the token, and for GET", async () => {
    const { send } = await serveLogs({ token: "an-admin-token" });
    expect((await send(web)).status).toBe(401);
    expect((await send(web, { headers: { authorization: "Bearer an-admin-token" } })).status).toBe(200);
    expect((await (await serveLogs()).post(web, {})).status).toBe(405);
  });

  test("of an engine that is away are 503, before anything is answered", async () => {
    const surface = fakeSurface({ logs: () => Promise.reject(new FairleadError("EngineUnreachable", "away")) });
    const served = await serve(adminApp({ surface, metrics, log: memoryLog(), version: "0" }));
    const [whole, followed] = [await served.send(web), await served.send(`${web}?follow=true`)];
    expect([whole.status, followed.json["error"]]).toEqual([503, "away"]);
  });

  test("are let go of when the client goes, and the answer to HEAD does not go on", async () => {
    const { url, signals, send } = await serveLogs({ entries: silentAfter(line("w", "a")) });
    const client = new AbortController();
    const response = await fetch(`${url}${web}?follow=true`, { signal: client.signal });
    const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
    expect((await reader.read()).value).toBe("a\n");
    expect(signals[0]?.aborted).toBe(false);
    client.abort();
    await until("the reading has ended", () => signals[0]?.aborted === true);
    expect((await send(`${web}?follow=true`, { method: "HEAD" })).status).toBe(200);
    await until("that of HEAD too", () => signals[1]?.aborted === true);
  });

  test("end, as whole answers, when the controller stops", async () => {
    const { send, closing } = await serveLogs({ entries: silentAfter(line("w", "a")) });
    const answers = [send(`${web}?follow=true`), send(`${web}?follow=true`)];
    await sleep(50);
    closing.abort();
    for (const answer of await Promise.all(answers)) expect([answer.status, answer.text]).toEqual([200, "a\n"]);
    expect((await send(`${web}?follow=true`)).status).toBe(200);
  });

  test("are followed by so many at once, and by others when some have gone", async () => {
    const { url, signals, send } = await serveLogs({ entries: silentAfter() });
    const clients = Array.from({ length: 32 }, () => new AbortController());
    onTestFinished(() => {
      for (const client of clients) client.abort();
    });
    await Promise.all(clients.map(({ signal }) => fetch(`${url}${web}?follow=true`, { signal })));
    const refused = await send(`${web}?follow=true`);
    expect([refused.status, refused.headers.get("retry-after")]).toEqual([503, "10"]);
    clients[0]?.abort();
    await until("one has gone", () => signals[0]?.aborted === true);
    await sleep(20);
    const next = new AbortController();
    clients.push(next);
    expect((await fetch(`${url}${web}?follow=true`, { signal: next.signal })).status).toBe(200);
  });

  test("that are read slowly are asked for slowly", async () => {
    let asked = 0;
    const entries = async function* (signal: AbortSignal) {
      for (; !signal.aborted; asked += 1) yield await Promise.resolve(line("w", "x".repeat(1_000)));
    };
    const { url } = await serveLogs({ entries });
    const client = new AbortController();
    await fetch(`${url}${web}?follow=true`, { signal: client.signal });
    await sleep(200);
    const held = asked;
    await sleep(200);
    expect(asked, "nobody reads any more").toBe(held);
    expect(held).toBeLessThan(20_000);
    client.abort();
  });

  test("that break off are no whole answer", async () => {
    const entries = async function* () {
      yield* these(line("w", "a"));
      throw new Error("a defect");
    };
    const { url } = await serveLogs({ entries });
    const response = await fetch(`${url}${web}`);
    await expect(response.text()).rejects.toThrow();
  });
});
