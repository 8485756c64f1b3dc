import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { setTimeout } from "node:timers/promises";
import { describe, expect, it, onTestFinished } from "vitest";
import { connect, failure, fakeRegistry, image } from "./connection.js";
import { imageManifest, manifestReply, type Reply } from "./fake-registry.js";

const body = imageManifest("one");

async function refused(reply: Reply): Promise<Awaited<ReturnType<typeof failure>> & { host: string }> {
  const fake = await fakeRegistry(() => reply);
  const error = await failure((await connect({}, undefined, 300)).resolve(image(fake.host)));
  expect(error.message).toContain(`${fake.host}/acme/web:1.2`);
  expect(error.message).toContain(`registry ${fake.host}`);
  expect(error.remedy).not.toBeUndefined();
  return Object.assign(error, { host: fake.host });
}

describe("a registry that refuses", () => {
  it("404: the name, the tag, or privacy", async () => {
    const error = await refused({ status: 404 });
    expect(error).toMatchObject({ code: "ImageNotFound", retry: "backoff" });
    expect(error.remedy).toMatch(/name is wrong, or the tag, or the repository is private.*docker login/);
  });

  it.each([
    ["7", 7000],
    ["0.457", 457],
    ["591.714us", 1],
    ["86400", 3_600_000],
  ])("429 with Retry-After %s", async (value, retryAfterMs) => {
    const error = await refused({ status: 429, headers: { "retry-after": value } });
    expect(error).toMatchObject({ code: "RateLimited", retryAfterMs });
  });

  it("429 with a date", async () => {
    const error = await refused({
      status: 429,
      headers: { "retry-after": new Date(Date.now() + 60_000).toUTCString() },
    });
    expect(error.retryAfterMs).toBeGreaterThan(50_000);
    expect(error.retryAfterMs).toBeLessThanOrEqual(61_000);
  });

  it("429 without Retry-After", async () => {
    expect(await refused({ status: 429 })).toMatchObject({ code: "RateLimited", retryAfterMs: undefined });
  });

  it.each([500, 502, 503])("%d", async (status) => {
    const error = await refused({ status, headers: { "retry-after": "3" } });
    expect(error).toMatchObject({ code: "RegistryUnavailable", retryAfterMs: 3000, retry: "backoff" });
    expect(error.message).toContain(String(status));
  });

  it("503 that asks for a day gets a quarter of an hour", async () => {
    const error = await refused({ status: 503, headers: { "retry-after": "86400" } });
    expect(error.retryAfterMs).toBe(900_000);
  });

  it("an answer that makes no sense", async () => {
    const error = await refused({ status: 418 });
    expect(error.code).toBe("RegistryUnavailable");
    expect(error.remedy).toContain(`http://${error.host}/v2/`);
  });
});

describe("a registry that does not answer", () => {
  it.each(["cut", "hang"] as const)("%s", async (reply) => {
    const error = await refused(reply);
    expect(error.code).toBe("RegistryUnavailable");
    expect(error.message).toContain(reply === "cut" ? "cut the connection" : "gave no answer within 0.3 s");
  });

  it("a body that ends in the middle", async () => {
    const fake = await fakeRegistry(({ method }) => (method === "HEAD" ? { status: 405 } : "half"));
    const error = await failure((await connect()).resolve(image(fake.host)));
    expect(error).toMatchObject({ code: "RegistryUnavailable" });
    expect(error.message).toContain("cut the connection");
  });

  it("a body without end", async () => {
    const fake = await fakeRegistry(({ method }) =>
      method === "HEAD" ? { status: 405 } : manifestReply(" ".repeat(5 * 1024 * 1024)),
    );
    const error = await failure((await connect()).resolve(image(fake.host)));
    expect(error.message).toContain("more than 4194304 bytes");
  });

  it("nobody listens", async () => {
    const fake = await fakeRegistry(() => "hang");
    await fake.close();
    const error = await failure((await connect()).resolve(image(fake.host)));
    expect(error).toMatchObject({ code: "RegistryUnavailable" });
    expect(error.message).toContain(`${fake.host} refuses connections`);
  });

  it("no such name", async () => {
    const registry = await connect();
    const error = await failure(registry.resolve(image("registry.invalid")));
    expect(error).toMatchObject({ code: "RegistryUnavailable" });
    expect(error.message).toContain("registry.invalid cannot be resolved");
    expect(registry.requests).toEqual(["registry.invalid HEAD error"]);
  });

  it("something that is not HTTP", async () => {
    const server = createServer((socket) => {
      socket.on("error", () => undefined);
      socket.end("SSH-2.0-OpenSSH_9.2\r\n");
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    onTestFinished(() => void server.close());
    const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
    expect(await failure((await connect()).resolve(image(host)))).toMatchObject({ code: "RegistryUnavailable" });
  });

  it("on a connection that was kept: is asked again on a new one", async () => {
    const answer = manifestReply(body);
    const headers = { ...answer.headers, "content-length": String(body.length) };
    const fake = await fakeRegistry((_request, count) => (count === 2 ? "cut" : { ...answer, headers }));
    const registry = await connect();
    await registry.resolve(image(fake.host));
    // It is kept once the answer has been read to its end.
    await setTimeout(10);
    await registry.resolve(image(fake.host));
    expect(fake.lines()).toHaveLength(3);
  });

  it("recovers by itself", async () => {
    const fake = await fakeRegistry((_request, count) => (count === 1 ? "cut" : manifestReply(body)));
    const registry = await connect();
    await failure(registry.resolve(image(fake.host)));
    await registry.resolve(image(fake.host));
  });
});

describe("redirects", () => {
  it("are followed, relative ones too, and lose the credentials only on another host", async () => {
    const storage = await fakeRegistry(() => manifestReply(body), "127.0.0.2");
    const login = { status: 401, headers: { "www-authenticate": 'Basic realm="x"' } };
    const fake = await fakeRegistry(({ url, headers }) => {
      if (headers.authorization === undefined) return login;
      if (url.startsWith("/v2/")) return { status: 307, headers: { location: "../../../../moved" } };
      return { status: 302, headers: { location: `http://${storage.host}/bucket?sig=1` } };
    });
    const config = { auths: { [fake.host]: { auth: Buffer.from("bob:pw").toString("base64") } } };
    await (await connect({}, config)).resolve(image(fake.host));
    expect(fake.lines()).toEqual(["HEAD /v2/acme/web/manifests/1.2", "HEAD /v2/acme/web/manifests/1.2", "HEAD /moved"]);
    expect(fake.seen[2]?.headers.authorization).toMatch(/^Basic /);
    expect(storage.lines()).toEqual(["HEAD /bucket?sig=1"]);
    expect(storage.seen[0]?.headers.authorization).toBeUndefined();
  });

  it("end after a few", async () => {
    const fake = await fakeRegistry(() => ({ status: 307, headers: { location: "/again" } }));
    const error = await failure((await connect()).resolve(image(fake.host)));
    expect(error.message).toContain("redirects in a circle");
    expect(fake.seen.length).toBeLessThan(10);
  });

  it.each(["file:///etc/passwd", "http://"])("go to no %s", async (location) => {
    const fake = await fakeRegistry(() => ({ status: 302, headers: { location } }));
    expect(await failure((await connect()).resolve(image(fake.host)))).toMatchObject({ code: "RegistryUnavailable" });
  });

  it("hand no credentials to a stranger who asks for them", async () => {
    const stranger = await fakeRegistry(
      () => ({ status: 401, headers: { "www-authenticate": 'Basic realm="give"' } }),
      "127.0.0.2",
    );
    const fake = await fakeRegistry(() => ({ status: 302, headers: { location: `http://${stranger.host}/` } }));
    const config = { auths: { [fake.host]: { auth: Buffer.from("bob:pw").toString("base64") } } };
    await failure((await connect({}, config)).resolve(image(fake.host)));
    expect(stranger.seen).toHaveLength(1);
    expect(stranger.seen[0]?.headers.authorization).toBeUndefined();
    expect(fake.seen).toHaveLength(1);
  });
});
