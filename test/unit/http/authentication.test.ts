import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { unprovenLimits } from "../../../src/http/hooks/unproven.js";
import { Secret } from "../../../src/tools/secret.js";
import { exchange, push, secret, serveHooks } from "./harness.js";

/** One request on a connection of its own; the answer without the one header that a clock writes. */
async function answerTo(port: number, method: string, path: string, headers = "", body = "{}"): Promise<string> {
  const request = `${method} ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n${headers}Content-Length: ${body.length}\r\n\r\n${body}`;
  const { text } = await exchange(port, request);
  return text.replace(/^Date: .*\r\n/m, "");
}

const ascii = (text: string) => text.replace(/[^ -~]/g, "?");
const json = "Content-Type: application/json\r\n";
/** Made like a real signature, of now; nobody's. */
const signature = `X-Signature: ${"0".repeat(64)}\r\nX-Timestamp: ${Math.floor(Date.now() / 1_000)}\r\n`;
const pull = "/hooks/delivery-hook/pull";
const refused: readonly (readonly [name: string, method: string, path: string, headers?: string, body?: string])[] = [
  ["a wrong path secret", "POST", "/hooks/dockerhub/wrong", json],
  ["a prefix of the secret", "POST", `/hooks/dockerhub/${secret.slice(0, -1)}`, json],
  ["the secret and more", "POST", `/hooks/dockerhub/${secret}x`, json],
  ["the secret and a slash", "POST", `/hooks/dockerhub/${secret}/`, json],
  ["no secret", "POST", "/hooks/dockerhub", json],
  ["an empty apikey", "POST", "/hooks/dockerhub?apikey=", json],
  ["a wrong apikey", "POST", "/hooks/dockerhub?apikey=wrong", json],
  ["two apikeys", "POST", `/hooks/dockerhub?apikey=${secret}&apikey=${secret}`, json],
  ["an apikey beside a wrong path secret", "POST", `/hooks/dockerhub/wrong?apikey=${secret}`, json],
  ["an apikey where it is not taken", "POST", `/hooks/generic?apikey=${secret}`, json],
  ["a bearer token where it is not taken", "POST", "/hooks/dockerhub", `${json}Authorization: Bearer ${secret}\r\n`],
  ["a wrong bearer token", "POST", "/hooks/generic", `${json}Authorization: Bearer wrong\r\n`],
  ["an empty bearer token", "POST", "/hooks/generic", `${json}Authorization: Bearer \r\n`],
  ["another scheme", "POST", "/hooks/generic", `${json}Authorization: Basic ${secret}\r\n`],
  ["two Authorization headers", "POST", "/hooks/generic", `Authorization: Bearer ${secret}\r\n`.repeat(2)],
  ["a wrong method with a wrong secret", "PUT", "/hooks/dockerhub/wrong"],
  ["GET with a wrong secret", "GET", "/hooks/dockerhub/wrong"],
  ["OPTIONS with a wrong secret", "OPTIONS", "/hooks/dockerhub/wrong"],
  ["a wrong type of body with a wrong secret", "POST", "/hooks/dockerhub/wrong", "Content-Type: text/xml\r\n"],
  ["a compressed body with a wrong secret", "POST", "/hooks/dockerhub/wrong", `${json}Content-Encoding: gzip\r\n`],
  ["no JSON with a wrong secret", "POST", "/hooks/dockerhub/wrong", json, "{"],
  ["a signature and a wrong method", "PUT", pull, json + signature],
  ["a signature and GET", "GET", pull, signature, ""],
  ["a signature and a wrong type of body", "POST", pull, `Content-Type: text/plain\r\n${signature}`],
  ["a signature and a compressed body", "POST", pull, `${json}Content-Encoding: gzip\r\n${signature}`],
  ["a signature and a body over its limit", "POST", pull, json + signature, " ".repeat(600_000)],
  ["a signature and a body over any limit", "POST", pull, json + signature, " ".repeat(1_100_000)],
  ["a signature beside a wrong path secret", "POST", `${pull}/wrong`, json + signature],
  ["a signature where it is not taken", "POST", "/hooks/generic", json + signature],
  ["a path in capitals", "POST", `/HOOKS/dockerhub/${secret}`, json],
  ["a type in capitals", "POST", `/hooks/DockerHub/${secret}`, json],
  ["a path that cannot be decoded", "POST", "/hooks/dockerhub/%", json],
  ["an encoded slash", "POST", `/hooks%2fdockerhub/${secret}`, json],
  ["dots in the path", "POST", `/x/../hooks/dockerhub/${secret}`, json],
  ["a doubled slash", "POST", `//hooks/dockerhub/${secret}`, json],
  ["a secret that is an object's own word", "POST", "/hooks/dockerhub/__proto__", json],
];

describe("without a valid secret", () => {
  test.each(
    refused.map(([name, method, path, headers = "", body = "{}"]) => [name, method, path, headers, body] as const),
  )("%s is answered like an unknown path, byte for byte", async (_case, method, path, headers, body) => {
    const hooks = await serveHooks();
    const unknown = await answerTo(hooks.port, method, "/nowhere", headers, body);
    expect(unknown).toMatch(/^HTTP\/1\.1 404 Not Found\r\n/);
    expect(await answerTo(hooks.port, method, path, headers, body)).toBe(unknown);
    expect(hooks.surface.reconciled).toEqual([]);
  });

  test.each([[[]], [[""]], [["", ""]]])("with the secrets %j every path is unknown", async (secrets) => {
    const hooks = await serveHooks({ secrets: secrets.map((text: string) => new Secret(text)) });
    const unknown = await answerTo(hooks.port, "POST", "/nowhere", json);
    for (const path of [
      "/hooks/dockerhub",
      "/hooks/dockerhub/",
      "/hooks/dockerhub?apikey=",
      "/hooks/dockerhub/undefined",
    ]) {
      expect(await answerTo(hooks.port, "POST", path, json)).toBe(unknown);
    }
    expect(await answerTo(hooks.port, "POST", "/hooks/generic", "Authorization: Bearer \r\n")).toBe(unknown);
    expect(await answerTo(hooks.port, "POST", pull, json + signature)).toBe(unknown);
  });

  test("counts as unauthorized, and as nothing where the path names no sender", async () => {
    const hooks = await serveHooks();
    await hooks.post("/hooks/dockerhub/wrong", {});
    await hooks.post("/hooks/generic", {});
    await hooks.post("/hooks/nowhere", {});
    expect(hooks.counted).toEqual(["dockerhub unauthorized", "generic unauthorized"]);
  });

  test("an address is slowed down, whoever knows the secret is not", async () => {
    const hooks = await serveHooks({ failuresPerMinute: 3 });
    const statuses: number[] = [];
    for (const path of [
      "/hooks/dockerhub/a",
      "/nowhere",
      "/hooks/generic",
      "/hooks/dockerhub/b",
      "/nowhere",
      "/hooks/dockerhub/%",
    ]) {
      statuses.push((await hooks.post(path, {})).status);
    }
    expect(statuses).toEqual([404, 404, 404, 429, 429, 429]);
    expect((await hooks.post("/nowhere", {})).headers.get("retry-after")).toBe("60");
    expect((await hooks.post(`/hooks/dockerhub/${secret}`, push("notarock/portfolio-ng"))).status).toBe(202);
    expect(hooks.counted).toContain("dockerhub limited");
  });

  test("an address is the same whatever port a trusted proxy writes behind it", async () => {
    const hooks = await serveHooks({ failuresPerMinute: 1, trustedProxies: ["127.0.0.1"] });
    const from = async (client: string) => (await hooks.post("/nowhere", {}, { "x-forwarded-for": client })).status;
    expect([await from("203.0.113.9:1"), await from("203.0.113.9:2"), await from("203.0.113.9")]).toEqual([
      404, 429, 429,
    ]);
    expect(await from("203.0.113.8:2")).toBe(404);
  });
});

const overLimit = " ".repeat(unprovenLimits.bytes + 1);

test("a stranger learns at most that the signature of a proper delivery is wrong; all else is answered like an unknown path, byte for byte", async () => {
  const hooks = await serveHooks({ failuresPerMinute: 1e9 });
  const header = fc.oneof(
    fc.constantFrom(signature, json, "X-Signature: 0\r\n", "X-Timestamp: 1e9\r\n", "Content-Encoding: br\r\n"),
    fc.constantFrom("Content-Type: text/xml\r\n", "Authorization: Bearer wrong\r\n", "Expect: 100-continue\r\n"),
  );
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom("GET", "POST", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE"),
      fc.constantFrom(pull, "/hooks/delivery-hook/build", "/hooks/generic", "/hooks/dockerhub"),
      // Of a repeated Content-Type the first counts.
      fc
        .uniqueArray(header, { maxLength: 4, selector: (line) => (line.startsWith("Content-Type") ? "type" : line) })
        .map((headers) => headers.join("")),
      fc.oneof(fc.string({ maxLength: 50 }), fc.constantFrom(overLimit, "{}")).map(ascii),
      async (method, path, headers, body) => {
        const unknown = await answerTo(hooks.port, method, "/nowhere", headers, body);
        expect(unknown).toMatch(/^HTTP\/1\.1 (100 Continue\r\n\r\nHTTP\/1\.1 )?404 /);
        const answer = await answerTo(hooks.port, method, path, headers, body);
        // One that cannot be a signature is refused before any of the body is read.
        const isRead = headers.includes(signature) && !/X-Signature: 0\r|X-Timestamp: 1e9/.test(headers);
        const isSigned =
          path.includes("delivery-hook") &&
          headers.includes("X-Signature") &&
          !(isRead && body.length >= overLimit.length);
        const isProper = method === "POST" && !/text\/xml|Content-Encoding/.test(headers);
        if (isSigned && isProper) expect(answer).toMatch(/^HTTP\/1\.1 (100 Continue\r\n\r\nHTTP\/1\.1 )?401 /);
        else expect(answer).toBe(unknown);
      },
    ),
    { numRuns: 150, examples: [["POST", pull, signature + json, overLimit]] },
  );
});

describe("with a valid secret", () => {
  test("each of several opens, while one is being replaced", async () => {
    const hooks = await serveHooks({ secrets: [new Secret("old-secret"), new Secret("new-secret")] });
    for (const one of ["old-secret", "new-secret"]) {
      expect((await hooks.post(`/hooks/dockerhub/${one}`, push("notarock/portfolio-ng"))).status).toBe(202);
    }
  });

  test("a secret of URL characters may be percent-encoded", async () => {
    const odd = "a/b c?d%é";
    const hooks = await serveHooks({ secrets: [new Secret(odd)] });
    const path = `/hooks/dockerhub/${encodeURIComponent(odd)}`;
    expect((await hooks.post(path, push("notarock/portfolio-ng"))).status).toBe(202);
  });

  test.each(["GET", "PUT", "DELETE", "PATCH", "OPTIONS"])("%s is not a method", async (method) => {
    const hooks = await serveHooks();
    const answer = await hooks.send(`/hooks/dockerhub/${secret}`, { method });
    expect([answer.status, answer.headers.get("allow")]).toEqual([405, "POST"]);
    expect(answer.json).toEqual({ error: "hooks take POST only" });
  });
});

test("no secret reaches the log, whatever the answer", async () => {
  const hooks = await serveHooks();
  const paths = [
    `/hooks/dockerhub/${secret}`,
    `/hooks/dockerhub?apikey=${secret}`,
    `/nowhere/${secret}`,
    `/%${secret}`,
  ];
  for (const path of paths) {
    for (const body of ["", "{", JSON.stringify(push("notarock/portfolio-ng")), JSON.stringify({ x: secret })]) {
      await hooks.post(path, body);
    }
  }
  const requests = hooks.log.lines.filter(({ message }) => message === "request");
  expect(requests).toHaveLength(16);
  expect(JSON.stringify(hooks.log.lines)).not.toContain(secret);
  expect(requests[2]).toMatchObject({
    level: "debug",
    fields: { method: "POST", route: "/hooks/dockerhub{/:secret}", status: 202 },
  });
});
