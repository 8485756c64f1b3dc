import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, describe, expect, it } from "vitest";
import { connectEngine } from "../../../../src/docker/engine.js";
import { refuse, startFakeEngine } from "../fake-engine.js";
import type { FakeEngine } from "../fake-engine.js";
import { frame } from "../frame.js";

const id = "c".repeat(64);
const never = new AbortController().signal;
const open: FakeEngine[] = [];

afterEach(async () => {
  for (const fake of open.splice(0)) await fake[Symbol.asyncDispose]();
});

async function serve(answer: Parameters<typeof startFakeEngine>[0]) {
  const fake = await startFakeEngine(answer);
  open.push(fake);
  return { fake, engine: connectEngine({ host: fake.host, credentials: () => Promise.resolve(undefined) }) };
}

const line = frame(1, `2026-01-31T12:00:00.000000001Z ${"x".repeat(1_000)}\n`);

describe("a log", () => {
  it("is asked for as it is wanted", async () => {
    const { fake, engine } = await serve((_request, response) => response.end(line));
    await engine.logs(id, { follow: false }, never);
    await engine.logs(id, { follow: true, tail: 5, since: "2026-01-31T12:00:00.000000123Z" }, never);
    await engine.logs(id, { follow: true, since: "2026-01-31T12:00:00Z" }, never);
    const queries = fake.requests.slice(1).map((request) => new URL(request.slice(4), "http://x").searchParams);
    for (const query of queries) {
      expect(["stdout", "stderr", "timestamps"].map((key) => query.get(key))).toEqual(["true", "true", "true"]);
    }
    expect(queries.map((query) => ["follow", "tail", "since"].map((key) => query.get(key)))).toEqual([
      ["false", "all", null],
      ["true", "5", "1769860800.000000123"],
      ["true", "all", "1769860800.000000000"],
    ]);
  });

  it("that is read slowly waits in the engine", async () => {
    let sent = 0;
    const { engine } = await serve((_request, response) => {
      const write = () => {
        do sent += line.length;
        while (response.write(line));
      };
      response.on("drain", write);
      write();
    });
    const gone = new AbortController();
    const lines = (await engine.logs(id, { follow: true }, gone.signal))[Symbol.asyncIterator]();
    for (let read = 0; read < 10; read += 1) expect((await lines.next()).value).toMatchObject({ stream: "stdout" });
    await sleep(100);
    const held = sent;
    await sleep(100);
    expect(sent, "nothing is taken in that nobody reads").toBe(held);
    expect(held).toBeLessThan(4 * 1024 * 1024);
    gone.abort();
    for (let left = await lines.next(); left.done !== true; left = await lines.next());
  });

  it("of which the line is cut is told from one that ends", async () => {
    const { engine } = await serve((_request, response) => {
      response.write(line);
      setTimeout(() => response.destroy(), 50);
    });
    const lines = (await engine.logs(id, { follow: true }, never))[Symbol.asyncIterator]();
    await lines.next();
    await expect(lines.next()).rejects.toMatchObject({ code: "EngineUnreachable" });
  });

  it("that its driver does not keep is said to be so", async () => {
    const { engine } = await serve((_request, response) => {
      refuse(response, 501, "configured logging driver does not support reading");
    });
    await expect(engine.logs(id, { follow: true }, never)).rejects.toMatchObject({
      code: "LogUnreadable",
      message: `the log of container ${"c".repeat(12)} cannot be read: its logging driver keeps nothing`,
    });
    expect(await engine.logTail(id, 10)).toEqual([]);
  });
});
