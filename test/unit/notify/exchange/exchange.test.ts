import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { createServer as createTlsServer } from "node:https";
import { describe, expect, it, onTestFinished } from "vitest";
import { openExchange } from "../../../../src/notify/exchange/exchange.js";
import { latch } from "../../../latch.js";
import { Secret } from "../../../../src/tools/secret.js";
import { make } from "../../http/tls/certificates.js";
import { deadHost, startVendor } from "./vendor.js";

const exchange = openExchange({ userAgent: "fairlead/1.2.3" });
const never = new AbortController().signal;
const post = { method: "POST", headers: {}, body: "{}" } as const;

describe("an exchange", () => {
  it("sends what it is given, and opens secrets on the way", async () => {
    const vendor = await startVendor({ status: 202, headers: { "X-Own": "a" }, text: "taken" });
    const headers = { authorization: new Secret("Bearer hunter2"), "x-plain": "b" };
    const reply = await exchange(
      { method: "PUT", url: new Secret(`${vendor.url}/secret/path?q=1`), headers, body: new Secret("é") },
      never,
    );
    expect([reply.status, reply.header("X-OWN"), reply.header("x-none"), reply.text]).toEqual([
      202,
      "a",
      undefined,
      "taken",
    ]);
    const [asked] = vendor.asked;
    expect([asked?.method, asked?.path, asked?.body]).toEqual(["PUT", "/secret/path?q=1", "é"]);
    expect(asked?.headers).toMatchObject({
      ...{ authorization: "Bearer hunter2", "x-plain": "b", "user-agent": "fairlead/1.2.3" },
      ...{ "content-length": "2", connection: "close" },
    });
  });

  it("follows no redirect", async () => {
    const elsewhere = await startVendor({ status: 200 });
    const vendor = await startVendor({ status: 302, headers: { Location: elsewhere.url } });
    expect((await exchange({ ...post, url: vendor.url }, never)).status).toBe(302);
    expect(elsewhere.asked).toEqual([]);
  });

  it("reads no more than the beginning of an answer, and ends the connection", async () => {
    const ended = latch();
    const vendor = await startVendor((response) => {
      response.on("close", ended.open);
      const pour = () => {
        while (!response.destroyed && response.write(Buffer.alloc(8192, "x")));
      };
      response.on("drain", pour);
      pour();
    });
    expect((await exchange({ ...post, url: vendor.url }, never)).text).toBe("x".repeat(16_384));
    await ended.opened;
  });

  it("takes an answer that breaks off after its status", async () => {
    const vendor = await startVendor((response) => {
      response.writeHead(200, { "Content-Length": "100" });
      response.write("half", () => response.destroy());
    });
    expect(await exchange({ ...post, url: vendor.url }, never)).toMatchObject({ status: 200, text: "half" });
  });

  it.each([
    ["nobody listens", async () => ({ host: await deadHost(), signal: never }), "refuses connections"],
    [
      "nobody answers in time",
      async () => ({ host: (await startVendor("silent")).host, signal: AbortSignal.timeout(50) }),
      "gave no answer in time",
    ],
    [
      "the connection is cut",
      async () => ({ host: (await startVendor((response) => response.destroy())).host, signal: never }),
      "cut the connection",
    ],
  ])("names the host alone where %s", async (_what, begin, message) => {
    const { host, signal } = await begin();
    const asked = exchange({ ...post, url: new Secret(`http://${host}/hunter2?t=hunter2`) }, signal);
    await expect(asked).rejects.toMatchObject({ code: "NotTold", message: `${host} ${message}` });
  });

  it("checks certificates", async () => {
    const server = createTlsServer(make(), (_request, response) => response.end());
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    onTestFinished(() => void server.close());
    const host = `localhost:${(server.address() as AddressInfo).port}`;
    await expect(exchange({ ...post, url: `https://${host}/` }, never)).rejects.toMatchObject({
      message: expect.stringMatching(`^${host} has a certificate that is not trusted`) as string,
    });
  });

  it("goes through the proxy that is named for an address, and says so", async () => {
    const vendor = await startVendor({ status: 200, text: "by proxy" });
    const through: string[] = [];
    const proxied = openExchange({
      userAgent: "fairlead/1",
      proxyFor: (url) => {
        through.push(url.host);
        return Promise.resolve(vendor.url);
      },
    });
    expect((await proxied({ ...post, url: "http://example.invalid/a" }, never)).text).toBe("by proxy");
    expect([through, vendor.asked[0]?.path]).toEqual([["example.invalid"], "http://example.invalid/a"]);
    const nowhere = await deadHost();
    const lost = openExchange({ userAgent: "x", proxyFor: () => Promise.resolve(`http://user:hunter2@${nowhere}`) });
    await expect(lost({ ...post, url: "http://example.invalid/a" }, never)).rejects.toMatchObject({
      message: "example.invalid, asked through a proxy, refuses connections",
    });
  });

  it("asks nothing where the address is none, and does not show it", async () => {
    await expect(exchange({ ...post, url: new Secret("hunter2") }, never)).rejects.toMatchObject({
      message: "what is to be asked is no URL",
    });
  });

  it("leaves no connection open", async () => {
    const server = createServer((_request, response) => response.end());
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    await exchange({ ...post, url: `http://127.0.0.1:${port}/` }, never);
    // It calls back only once nobody is connected.
    await new Promise<void>((resolve) =>
      server.close(() => {
        resolve();
      }),
    );
  });
});
