import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import fc from "fast-check";
import { describe, expect, onTestFinished, test } from "vitest";
import { endpointOf } from "../../../../src/registry/client/endpoint.js";
import { ConnectionFault } from "../../../../src/tools/http/fault.js";
import { isWithin, lookupWithin, quarterOf, reachFrom, type Reach } from "../../../../src/registry/client/reach.js";
import type { RegistrySettings } from "../../../../src/registry/client/settings.js";
import { Transport, type Answer, type Question } from "../../../../src/registry/client/transport.js";
import { Reporter } from "../../../../src/registry/faults/reporter.js";
import { Correspondence } from "../../../../src/registry/login/correspondence.js";
import { connect, failure, fakeRegistry, image } from "../connection.js";
import { digestOf, imageManifest, manifestReply } from "../fake-registry.js";

describe("an address", () => {
  test.each([
    ["1.1.1.1", "public"],
    ["127.0.0.1", "loopback"],
    ["127.200.1.1", "loopback"],
    ["0.0.0.0", "loopback"],
    ["10.1.2.3", "private"],
    ["172.16.0.1", "private"],
    ["172.32.0.1", "public"],
    ["192.168.1.1", "private"],
    ["100.64.0.1", "private"],
    ["198.18.0.1", "private"],
    ["224.0.0.1", "private"],
    ["255.255.255.255", "private"],
    ["169.254.169.254", "link-local"],
    ["::1", "loopback"],
    ["[::1]", "loopback"],
    ["::", "loopback"],
    ["fe80::1%eth0", "link-local"],
    ["fd00::1", "private"],
    ["2606:4700::1111", "public"],
    ["::ffff:127.0.0.1", "loopback"],
    ["::ffff:7f00:1", "loopback"],
    ["[::ffff:a00:1]", "private"],
    ["::ffff:169.254.169.254", "link-local"],
    ["::ffff:1.1.1.1", "public"],
    ["::127.0.0.1", "loopback"],
    ["64:ff9b::10.0.0.1", "private"],
    ["64:ff9b::1.1.1.1", "public"],
    ["64:ff9b:1::1", "private"],
    ["2002:7f00:1::", "loopback"],
    ["2002:a9fe:a9fe::1", "link-local"],
    ["token.example", "public"],
  ])("%s is %s", (address, quarter) => {
    expect(quarterOf(address)).toBe(quarter);
  });

  test("of IPv4 is the same in whatever form IPv6 has for it", () => {
    fc.assert(
      fc.property(fc.ipV4(), (address) => {
        const [a = 0, b = 0, c = 0, d = 0] = address.split(".").map(Number);
        const groups = [(a << 8) | b, (c << 8) | d].map((group) => group.toString(16)).join(":");
        const quarter = quarterOf(address);
        for (const form of [`::ffff:${address}`, `::ffff:${groups}`, `64:ff9b::${groups}`, `2002:${groups}::1`]) {
          expect(quarterOf(form)).toBe(quarter);
        }
      }),
    );
  });

  test("a server sends nobody to where only we can reach, unless it stands there itself", () => {
    const sends = (from: string, to: string) => isWithin(reachFrom(from), to);
    for (const to of ["127.0.0.1", "::1", "10.0.0.1", "169.254.169.254", "::ffff:10.0.0.1"]) {
      expect(sends("1.1.1.1", to)).toBe(false);
      expect(sends("2606:4700::1111", to)).toBe(false);
    }
    expect([sends("127.0.0.1", "127.0.0.1"), sends("::1", "10.0.0.1"), sends("::ffff:10.1.1.1", "10.0.0.1")]).toEqual([
      true,
      true,
      true,
    ]);
    expect([sends("10.0.0.1", "127.0.0.1"), sends("10.0.0.1", "169.254.169.254")]).toEqual([false, false]);
    fc.assert(fc.property(fc.oneof(fc.ipV4(), fc.ipV6()), (from) => sends(from, "1.1.1.1")));
  });
});

function look(reach: Reach, all: boolean): Promise<unknown> {
  return new Promise((resolve) => {
    lookupWithin(reach)("localhost", { all }, (error, address) => {
      resolve(error === null ? address : error.code);
    });
  });
}

test("a name is looked up once, and only what is within reach is answered", async () => {
  expect(await look(["public"], true)).toBe("EOUTOFREACH");
  expect(await look(["public"], false)).toBe("EOUTOFREACH");
  expect(await look(["loopback"], false)).toMatch(/^(127\.0\.0\.1|::1)$/);
  expect(await look("anywhere", true)).toEqual(
    expect.arrayContaining([expect.objectContaining({ address: expect.stringMatching(/^(127|::1)/) as string })]),
  );
});

test("nothing is sent out of reach, neither to a name nor to an address, nor on a connection that is kept", async () => {
  const arrived: string[] = [];
  const server = createServer((req, res) => {
    arrived.push(req.url ?? "");
    res.end("{}");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo;
  const transport = new Transport({
    certificates: "/nowhere",
    timeoutMs: 1000,
    widths: { quick: 3, slow: 1, slowMs: 500 },
    userAgent: "test/1",
  });
  onTestFinished(() => transport.close());
  const ask = (host: string, reach: Reach) => {
    const trust = { plain: true, verify: false, ca: undefined, client: undefined };
    const turn = { of: "x", urgent: false };
    return transport.send({
      method: "GET",
      url: new URL(`http://${host}:${port}/token`),
      headers: {},
      trust,
      turn,
      reach,
    });
  };
  expect((await ask("localhost", "anywhere")).remote).toMatch(/127\.0\.0\.1$/);
  for (const host of ["127.0.0.1", "localhost", "[::ffff:127.0.0.1]", "0x7f.1", "2130706433", "0.0.0.0"]) {
    await expect(ask(host, ["public"])).rejects.toMatchObject({ kind: "reach" });
  }
  expect(arrived).toEqual(["/token"]);
});

/** What a registry at this address would make us ask. */
function talk(host: string, remote: string, settings: RegistrySettings, answers: readonly Partial<Answer>[]) {
  const asked: Question[] = [];
  const send = (question: Question): Promise<Answer> => {
    const answer = answers[asked.push(question) - 1] ?? {};
    return Promise.resolve({ status: 200, headers: {}, body: Buffer.alloc(0), url: question.url, remote, ...answer });
  };
  const reporter = new Reporter({ requested: () => undefined });
  const correspondence = new Correspondence({ send }, settings, reporter);
  const subject = { image: image(host), endpoint: endpointOf(host, settings), urgent: false };
  return { asked, correspondence, subject };
}
const letter = { method: "GET", headers: {} } as const;
const elsewhere = { status: 302, headers: { location: "https://inside.lan/x" } };

describe("a public registry", () => {
  test("that redirects is followed to public addresses only, whatever the redirect's own address is", async () => {
    const { asked, correspondence, subject } = talk("reg.example", "203.0.113.7", {}, [
      elsewhere,
      { ...elsewhere, remote: "10.0.0.1" },
    ]);
    await correspondence.ask(letter, "/v2/x", subject);
    expect(asked.map(({ reach }) => reach)).toEqual(["anywhere", ["public"], ["public"]]);
  });

  test("has its token server asked at public addresses only, unless the settings name it for this registry", async () => {
    const realm = { url: new URL("https://auth.lan:5001/token"), remote: "203.0.113.7" };
    const settings = { "good.example": { realms: ["Auth.lan:5001"] }, "auth.lan:5001": { insecure: true } };
    const evil = talk("evil.example", "203.0.113.7", settings, []);
    await evil.correspondence.askElsewhere(letter, realm, evil.subject);
    const good = talk("good.example", "203.0.113.7", settings, []);
    await good.correspondence.askElsewhere(letter, realm, good.subject);
    expect([evil.asked[0]?.reach, good.asked[0]?.reach]).toEqual([["public"], "anywhere"]);
  });

  test("is told why, and what to do if it is meant", async () => {
    const fault = new ConnectionFault("reach", "auth.lan", "stands at a private address", undefined);
    const { correspondence, subject } = talk("reg.example", "203.0.113.7", {}, []);
    const broken = new Correspondence(
      { send: () => Promise.reject(fault) },
      {},
      new Reporter({ requested: () => undefined }),
    );
    expect(correspondence).toBeDefined();
    const error = await failure(broken.ask(letter, "/v2/x", subject));
    expect(error.code).toBe("RegistryUnavailable");
    expect(error.remedy).toBe(
      'If it is meant, name it: `registries: {"reg.example": {realms: ["auth.lan"]}}` in the settings file.',
    );
  });
});

test("a token is at most 64 KiB, and the answer that brings it at most 128 KiB", async () => {
  const body = imageManifest("one");
  const tokens = ["x".repeat(65_536), "x".repeat(65_537), "x".repeat(200_000)];
  const outcomes = await Promise.all(
    tokens.map(async (token) => {
      const fake = await fakeRegistry(({ url, headers }) => {
        if (url.startsWith("/token")) return { status: 200, body: JSON.stringify({ token }) };
        const challenge = `Bearer realm="http://${fake.host}/token"`;
        // Node's own servers take no header of 64 KiB: that it was sent at all is enough.
        return headers.authorization === undefined
          ? { status: 401, headers: { "www-authenticate": challenge } }
          : manifestReply(body);
      });
      const asked = (await connect()).resolve(image(fake.host));
      return asked.then(
        (digest) => String(digest === digestOf(body)),
        (thrown: unknown) => (thrown instanceof Error ? thrown.message : ""),
      );
    }),
  );
  expect(outcomes[0]).not.toContain("without a token");
  expect(outcomes[1]).toContain("answered without a token");
  expect(outcomes[2]).toContain("answered with more than 131072 bytes");
});
