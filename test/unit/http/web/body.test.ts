import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { exchange, push, secret, serveHooks } from "../harness.js";

const path = `/hooks/dockerhub/${secret}`;
const good = JSON.stringify(push("notarock/portfolio-ng"));
const withTag = (tag: string) => `{"repository":{"repo_name":"notarock/portfolio-ng"},"push_data":{"tag":${tag}}}`;
const withName = (name: string) => `{"repository":{"repo_name":${name}},"push_data":{"tag":"latest"}}`;
const nested = (depth: number) => `${"[".repeat(depth)}${"]".repeat(depth)}`;

const bad: readonly (readonly [string, string | Uint8Array])[] = [
  ["empty", ""],
  ["null", "null"],
  ["an array", "[]"],
  ["a number", "42"],
  ["a string", '"notarock/portfolio-ng"'],
  ["true", "true"],
  ["an empty object", "{}"],
  ["followed by more", `${good}{}`],
  ["cut off", good.slice(0, -1)],
  ["UTF-16 with a mark", Buffer.from(`\ufeff${good}`, "utf16le")],
  ["UTF-16 without a mark", Buffer.from(good, "utf16le")],
  ["invalid UTF-8", Buffer.concat([Buffer.from('{"repository":{"repo_name":"'), Buffer.from([0xc3, 0x28, 0xff])])],
  ["all NUL bytes", Buffer.alloc(1000)],
  ["an array nested 100,000 deep", nested(100_000)],
  ["an object nested 100,000 deep", `${'{"a":'.repeat(100_000)}1${"}".repeat(100_000)}`],
  ["deep inside a field", `{"repository":${nested(100_000)}}`],
  ["65 levels deep beside what counts", `{"x":${nested(64)},${good.slice(1)}`],
  ["100,000 levels deep beside what counts", `{"x":${nested(100_000)},${good.slice(1)}`],
  ["invalid UTF-8 beside what counts", Buffer.from(`{"x":"\u00ff",${good.slice(1)}`, "latin1")],
  ["repo_name with a tag and no tag of its own", '{"repository":{"repo_name":"notarock/portfolio-ng:edge"}}'],
  ["a repository in __proto__", `{"__proto__":${good}}`],
  [
    "a repository in the constructor",
    '{"constructor":{"prototype":{"repository":{"repo_name":"notarock/portfolio-ng"}}}}',
  ],
  ["form data", `payload=${encodeURIComponent(good)}`],
  ["repository null", '{"repository":null}'],
  ["repository an array", '{"repository":["notarock/portfolio-ng"]}'],
  ["repository a string", '{"repository":"notarock/portfolio-ng"}'],
  ["repo_name a number", withName("1e999")],
  ["repo_name an array", withName('["notarock/portfolio-ng"]')],
  ["repo_name an object", withName('{"toString":"x"}')],
  ["repo_name with a traversal", withName('"../../etc/passwd"')],
  ["repo_name in upper case", withName('"Notarock/Portfolio-NG"')],
  ["repo_name with a host and port", withName('"evil.example:5000/notarock/portfolio-ng"')],
  ["repo_name with a tag", withName('"notarock/portfolio-ng:latest"')],
  ["repo_name with a digest", withName(`"notarock/portfolio-ng@sha256:${"0".repeat(64)}"`)],
  ["repo_name in another alphabet", withName('"nоtarock/portfolio-ng"')],
  ["repo_name a URL", withName('"https://hub.docker.com/notarock/portfolio-ng"')],
  ["repo_name with a line break", withName('"notarock/portfolio-ng\\n"')],
  ["repo_name of 100,000 characters", withName(`"${"a".repeat(100_000)}"`)],
  ["a tag that is an array", withTag('["latest"]')],
  ["a tag that is a number", withTag("1.27")],
  ["a tag that is an object", withTag("{}")],
  ["a tag that is false", withTag("false")],
  ["a tag of 129 characters", withTag(`"${"a".repeat(129)}"`)],
  ["a tag that is an option", withTag('"--help"')],
  ["a tag that is shell text", withTag('"latest;$(reboot)"')],
  ["a tag with a line break and colours", withTag('"latest\\n\\u001b[31mred"')],
  ["a tag with NUL", withTag('"latest\\u0000"')],
  ["a tag with a short digest", withTag(`"latest@sha256:${"0".repeat(60)}"`)],
  ["a tag with a digest", withTag(`"latest@sha256:${"0".repeat(64)}"`)],
  ["a tag that is a path", withTag('"a/b"')],
  ["10,000 tags", withTag(JSON.stringify(Array.from({ length: 10_000 }, (_, n) => `v${n}`)))],
];

describe("a body that has killed others", () => {
  test.each(bad)("%s: 400, nothing enqueued, still alive", async (_case, body) => {
    const hooks = await serveHooks();
    const answer = await hooks.post(path, body);
    expect(answer.status).toBe(400);
    expect(typeof answer.json["error"]).toBe("string");
    expect(answer.text.length).toBeLessThan(600);
    expect(answer.text).not.toMatch(/[\u0000-\u001f]/);
    expect(hooks.surface.reconciled).toEqual([]);
    expect(hooks.counted).toEqual(["dockerhub invalid"]);
    expect((await hooks.post(path, good)).status).toBe(202);
  });

  test.each([
    ["a byte order mark", Buffer.from(`\ufeff${good}`)],
    ["64 levels beside what counts", `{"x":${nested(63)},${good.slice(1)}`],
    ["brackets inside a string", `{"x":${JSON.stringify('[{"\\'.repeat(1000))},${good.slice(1)}`],
    ["a key twice, the last one counts", `{"repository":{"repo_name":"x/y"},${good.slice(1)}`],
    ["__proto__ as a key", `{"__proto__":{"repository":null},${good.slice(1)}`],
    ["a number out of range", `{"x":1e999,${good.slice(1)}`],
    ["just under 1 MiB", good.padEnd(1024 * 1024, " ")],
  ])("%s is harmless: 202", async (_case, body) => {
    const hooks = await serveHooks();
    expect((await hooks.post(path, body)).status).toBe(202);
    expect(hooks.surface.reconciled).toHaveLength(1);
  });
});

describe("a body that HTTP has a word for", () => {
  test("larger than 1 MiB: 413", async () => {
    const hooks = await serveHooks();
    const answer = await hooks.post(path, good.padEnd(1024 * 1024 + 1, " "));
    expect([answer.status, answer.json]).toEqual([413, { error: "the body is larger than 1048576 bytes" }]);
  });

  test("announced as larger than 1 MiB: 413 before it is sent", async () => {
    const hooks = await serveHooks();
    const head = `POST ${path} HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999\r\n\r\n`;
    expect((await exchange(hooks.port, head, 5000, /\r\n\r\n/)).text).toMatch(/^HTTP\/1\.1 413 /);
  });

  test("larger than 1 MiB in chunks: 413", async () => {
    const hooks = await serveHooks();
    const chunk = `10000\r\n${" ".repeat(0x10000)}\r\n`;
    const request = `POST ${path} HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n${chunk.repeat(17)}0\r\n\r\n`;
    expect((await exchange(hooks.port, request, 5000, /\r\n\r\n/)).text).toMatch(/^HTTP\/1\.1 413 /);
  });

  test("compressed: 415, whatever it would inflate to", async () => {
    const hooks = await serveHooks();
    const bomb = gzipSync(Buffer.alloc(50 * 1024 * 1024));
    const answer = await hooks.post(path, bomb, { "content-encoding": "gzip" });
    expect([answer.status, answer.json]).toEqual([
      415,
      { error: "compressed bodies are not accepted", remedy: "leave out Content-Encoding" },
    ]);
  });

  test.each(["text/plain", "application/x-www-form-urlencoded", "application/json; charset=utf-16", "nonsense"])(
    "of type %s: 415",
    async (type) => {
      const hooks = await serveHooks();
      expect((await hooks.post(path, good, { "content-type": type })).status).toBe(415);
    },
  );

  test.each(["application/json", "application/json; charset=utf-8", "application/vnd.docker.hub+json"])(
    "of type %s: welcome",
    async (type) => {
      const hooks = await serveHooks();
      expect((await hooks.post(path, good, { "content-type": type })).status).toBe(202);
    },
  );

  test("slower than the read timeout: 408, and the connection ends", async () => {
    const hooks = await serveHooks({ readTimeoutMs: 100 });
    const head = `POST ${path} HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{`;
    const answer = await exchange(hooks.port, head, 5000);
    expect(answer.text).toMatch(/^HTTP\/1\.1 408 [^]*"error":"the body took too long"/);
    expect(answer.closed).toBe(true);
    expect(hooks.counted).toEqual(["dockerhub invalid"]);
  });

  test("given up half-way by the sender: counted, nothing enqueued", async () => {
    const hooks = await serveHooks();
    await exchange(hooks.port, `POST ${path} HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{`, 100);
    await expect.poll(() => hooks.counted).toEqual(["dockerhub invalid"]);
    expect(hooks.surface.reconciled).toEqual([]);
  });
});

describe("a transport that has killed others", () => {
  const framing = [
    ["a length and chunks at once", "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"],
    ["two lengths", "Content-Length: 2\r\nContent-Length: 3\r\n\r\n{} "],
    ["a chunk size that is none", "Transfer-Encoding: chunked\r\n\r\nzz\r\n"],
    ["a header of 100 kB", `X: ${"a".repeat(100_000)}\r\n\r\n`],
  ] as const;
  test.each(framing)("%s: refused at once, connection closed", async (_case, rest) => {
    const hooks = await serveHooks();
    const answer = await exchange(hooks.port, `POST ${path} HTTP/1.1\r\nHost: x\r\n${rest}`);
    expect(answer.text).toMatch(/^HTTP\/1\.1 4(00|31) /);
    expect(answer.closed).toBe(true);
    expect(hooks.surface.reconciled).toEqual([]);
  });

  test("a body after a wrong secret is not waited for", async () => {
    const hooks = await serveHooks();
    const head = "POST /hooks/dockerhub/wrong HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n";
    expect((await exchange(hooks.port, head, 5000, /\r\n\r\n/)).text).toMatch(/^HTTP\/1\.1 404 /);
  });
});
