import { once } from "node:events";
import { createServer, type RequestListener, type Server } from "node:http";
import { createServer as createTcpServer, type AddressInfo, type Server as TcpServer } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, onTestFinished, test } from "vitest";
import { answerBody } from "../../load/answer.js";
import { startLoad, type LoadOptions } from "../../load/load.js";
import type { Report } from "../../load/report.js";
import { loadServer } from "../../load/server.js";

test("counts what a good server answers, by client and version", async () => {
  const url = await listen(loadServer({ version: "v7" }));
  const load = startLoad({ url, keepAlive: 2, fresh: 2, ratePerSecond: 400 });
  await load.settled("v7");
  const report = await load.stop();
  expect(report).toMatchObject({ failed: 0, failures: {}, examples: [], versions: { v7: report.requests } });
  expect(report.clients.kept.requests).toBeGreaterThan(20);
  expect(report.clients.fresh.requests).toBeGreaterThan(20);
  expect(report.clients.kept.requests + report.clients.fresh.requests).toBe(report.requests);
  expect(load.keptConnections()).toBe(2);
});

test("a client that keeps its connection is seen to lose it, though no request fails", async () => {
  const server = loadServer({ version: "v1" });
  server.prependListener("request", (_request, response) => response.setHeader("connection", "close"));
  const load = startLoad({ url: await listen(server), keepAlive: 1, fresh: 0 });
  await load.settled();
  const { failed, requests } = await load.stop();
  expect(failed).toBe(0);
  expect(load.keptConnections()).toBe(requests);
});

test("nobody listens: every request is refused", async () => {
  const server = loadServer({ version: "v1" });
  const url = await listen(server);
  server.close();
  await once(server, "close");
  expectAll(await loadFor(100, { url }), "refused");
});

test("a connection that is cut before an answer is a reset", async () => {
  const url = await listenTcp(createTcpServer((socket) => socket.once("data", () => socket.resetAndDestroy())));
  expectAll(await loadFor(100, { url }), "reset");
});

test("a connection that ends before an answer is a reset too", async () => {
  const url = await listenTcp(createTcpServer((socket) => socket.once("data", () => socket.end())));
  expectAll(await loadFor(100, { url }), "reset");
});

test("an answer that ends before its length is truncated", async () => {
  const url = await listenTcp(
    createTcpServer((socket) => {
      socket.once("data", () => socket.end("HTTP/1.1 200 OK\r\ncontent-length: 2048\r\n\r\nv1 "));
    }),
  );
  expectAll(await loadFor(100, { url }), "truncated");
});

test("an answer whose last chunk is missing is truncated", async () => {
  const url = await listenTcp(
    createTcpServer((socket) => {
      socket.once("data", () => {
        socket.write("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3\r\nv1 \r\n", () =>
          socket.resetAndDestroy(),
        );
      });
    }),
  );
  expectAll(await loadFor(100, { url }), "truncated");
});

test("another request's answer is a wrong body", async () => {
  const url = await listen(createServer(answering(() => answerBody("v1", "somebody-else"))));
  expectAll(await loadFor(100, { url }), "wrong-body");
});

test("a body shorter than it must be is wrong, even where its length was announced so", async () => {
  const url = await listen(createServer(answering((id) => answerBody("v1", id).slice(0, -1))));
  expectAll(await loadFor(100, { url }), "wrong-body");
});

test("a status is a failure, whatever the body", async () => {
  expectAll(await loadFor(100, { url: await listen(loadServer({ version: "v1", behaviour: "broken" })) }), "status");
});

test("no answer in time is a failure", async () => {
  const url = await listen(createServer(() => undefined));
  expectAll(await loadFor(100, { url, timeoutMs: 50 }), "timeout");
});

test("one slow answer makes all that waited behind it slow, and no good answer came meanwhile", async () => {
  let stall = false;
  const server = createServer((request, response) => {
    const id = new URL(request.url!, "http://server").searchParams.get("request")!;
    const ms = stall ? 400 : 0;
    stall = false;
    setTimeout(() => response.end(answerBody("v1", id)), ms);
  });
  const load = startLoad({ url: await listen(server), keepAlive: 1, fresh: 0, ratePerSecond: 100 });
  await expect.poll(() => load.samples.length).toBeGreaterThan(5);
  stall = true;
  const asked = load.samples.length;
  await expect.poll(() => load.samples.length).toBeGreaterThan(asked + 60);
  const report = await load.stop();
  expect(report.failed).toBe(0);
  expect(report.longestGapMs).toBeGreaterThan(380);
  expect(report.latencyMs.most).toBeGreaterThan(380);
  // At 100 a second some 40 wanted to ask during the stall; without their own clocks only one would be late.
  const late = report.samples.filter(({ wantedAt, endedAt }) => endedAt - wantedAt > 50);
  expect(late.length).toBeGreaterThan(20);
});

test("does not settle on a version that is not all there is, and says what came last", async () => {
  const versions = ["v1", "v2"];
  const url = await listen(createServer(answering((id) => answerBody(versions[Number(id) % 2]!, id))));
  const load = startLoad({ url });
  await load.settled();
  await expect(load.settled("v2", 300)).rejects.toThrow(/not settled on v2 after 300 ms; the last: .*version/);
  await load.stop();
});

test("a report of the time since an instant holds nothing from before it", async () => {
  const url = await listen(loadServer({ version: "v1" }));
  const load = startLoad({ url });
  await load.settled();
  const from = load.samples.at(-1)!.endedAt + 0.001;
  await load.settled();
  const [late, all] = [load.report(from), await load.stop()];
  expect(late.samples.every(({ endedAt }) => endedAt >= from)).toBe(true);
  expect(late.requests).toBeLessThan(all.requests);
});

async function loadFor(ms: number, options: LoadOptions): Promise<Report> {
  const load = startLoad({ keepAlive: 2, fresh: 2, ratePerSecond: 200, ...options });
  await sleep(ms);
  return load.stop();
}

function expectAll(report: Report, fault: string): void {
  expect(report.requests).toBeGreaterThan(4);
  expect(report.failures).toEqual({ [fault]: report.requests });
  expect(report.failed).toBe(report.requests);
  expect(report.clients.kept.failed).toBeGreaterThan(0);
  expect(report.clients.fresh.failed).toBeGreaterThan(0);
  expect(report.examples[0]).toContain(fault);
  expect(report.versions).toEqual({});
}

function answering(body: (id: string) => string): RequestListener {
  return (request, response) => {
    response.end(body(new URL(request.url!, "http://server").searchParams.get("request")!));
  };
}

async function listen(server: Server): Promise<string> {
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return listenTcp(server);
}

async function listenTcp(server: TcpServer): Promise<string> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
