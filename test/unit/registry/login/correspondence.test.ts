import { createServer as createHttpServer } from "node:http";
import { createServer, type Server } from "node:net";
import type { AddressInfo } from "node:net";
import { describe, expect, it, onTestFinished } from "vitest";
import type { Endpoint, Scheme } from "../../../../src/registry/client/endpoint.js";
import { Transport } from "../../../../src/registry/client/transport.js";
import type { Subject } from "../../../../src/registry/faults/failure.js";
import { Reporter } from "../../../../src/registry/faults/reporter.js";
import { Correspondence } from "../../../../src/registry/login/correspondence.js";
import { failure, fakeRegistry, image } from "../connection.js";
import type { Fake } from "../fake-registry.js";

interface Talk {
  readonly ask: () => Promise<number>;
  readonly codes: (number | string)[];
}

function talk(host: string, ...schemes: [Scheme, ...Scheme[]]): Talk {
  const codes: (number | string)[] = [];
  const transport = new Transport({
    certificates: "/nowhere",
    timeoutMs: 300,
    widths: { quick: 3, slow: 2, slowMs: 1000 },
    userAgent: "test/1",
  });
  onTestFinished(() => transport.close());
  const reporter = new Reporter({ requested: (_registry, _method, code) => codes.push(code) });
  const correspondence = new Correspondence(transport, {}, reporter);
  const trust = { plain: schemes.includes("http"), verify: false, ca: undefined, client: undefined };
  const endpoint: Endpoint = { registry: "reg.lan", host, account: "reg.lan", schemes, trust };
  const subject: Subject = { image: image("reg.lan"), endpoint, urgent: false };
  const ask = async (): Promise<number> =>
    (await correspondence.ask({ method: "HEAD", headers: {} }, "/v2/x", subject)).status;
  return { ask, codes };
}

async function listen(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const ok = (): Promise<Fake> => fakeRegistry(() => ({ status: 200 }));

describe("requests", () => {
  it("are as many at once as are allowed, whatever hosts they go to", async () => {
    let [running, most] = [0, 0];
    const hosts = await Promise.all(
      [1, 2, 3].map(() => {
        const server = createHttpServer((_req, res) => {
          most = Math.max(most, (running += 1));
          setTimeout(() => {
            running -= 1;
            res.end();
          }, 20);
        });
        onTestFinished(() => {
          server.closeAllConnections();
        });
        return listen(server);
      }),
    );
    const widths = { quick: 3, slow: 2, slowMs: 1000 };
    const transport = new Transport({
      certificates: "/nowhere",
      timeoutMs: 2000,
      widths,
      atOnce: 2,
      userAgent: "test/1",
    });
    onTestFinished(() => transport.close());
    const trust = { plain: true, verify: false, ca: undefined, client: undefined };
    const ask = (host: string) => {
      const question = {
        method: "GET",
        headers: {},
        url: new URL(`http://${host}/v2/`),
        trust,
        reach: "anywhere",
      } as const;
      return transport.send({ ...question, turn: { of: "x", urgent: false } });
    };
    const answers = await Promise.all(hosts.flatMap((host) => [ask(host), ask(host), ask(host)]));
    expect(answers.map(({ status }) => status)).toEqual(Array(9).fill(200));
    expect(most).toBe(2);
  });
});

describe("HTTPS first", () => {
  it("falls back to plain HTTP once, then knows", async () => {
    const { ask, codes } = talk((await ok()).host, "https", "http");
    expect([await ask(), await ask(), await ask()]).toEqual([200, 200, 200]);
    expect(codes).toEqual(["error", 200, 200, 200]);
  });

  it("does not fall back where plain HTTP is not allowed", async () => {
    const fake = await ok();
    const { ask } = talk(fake.host, "https");
    const error = await failure(ask());
    expect(error.message).toContain("does not speak TLS");
    expect(error.remedy).toContain("insecure: true");
    expect(fake.seen).toHaveLength(0);
  });

  it("reports the plain attempt where TLS was only not spoken", async () => {
    const fake = await fakeRegistry(() => "cut");
    expect((await failure(talk(fake.host, "https", "http").ask())).message).toContain("cut the connection");
  });

  it("tries nothing else when time is up", async () => {
    const host = await listen(createServer((socket) => socket.on("error", () => undefined)));
    const { ask, codes } = talk(host, "https", "http");
    expect((await failure(ask())).message).toContain("gave no answer within 0.3 s");
    expect(codes).toEqual(["error"]);
  });
});

describe("plain HTTP first", () => {
  it("reports the plain attempt where TLS is no better", async () => {
    const fake = await fakeRegistry(() => "cut");
    const { ask, codes } = talk(fake.host, "http", "https");
    expect((await failure(ask())).message).toContain("cut the connection");
    expect(codes).toEqual(["error", "error"]);
  });

  it("believes a 400 where there is no TLS", async () => {
    const fake = await fakeRegistry(() => ({ status: 400 }));
    expect(await talk(fake.host, "http", "https").ask()).toBe(400);
  });

  it("costs one request once a host is known, also when it fails", async () => {
    const fake = await fakeRegistry((_request, count) => (count === 2 ? "cut" : { status: 200 }));
    const { ask, codes } = talk(fake.host, "http", "https");
    await ask();
    await failure(ask());
    expect(codes).toEqual([200, "error"]);
    expect(await ask()).toBe(200);
  });
});

it("says who asks", async () => {
  const fake = await ok();
  await talk(fake.host, "http").ask();
  expect(fake.seen[0]?.headers["user-agent"]).toBe("test/1");
});

it("refuses a way from a verified registry to plain HTTP", async () => {
  const fake: Fake = await fakeRegistry(() => ({ status: 302, headers: { location: `http://${fake.host}/else` } }));
  const transport = new Transport({
    certificates: "/nowhere",
    timeoutMs: 300,
    widths: { quick: 3, slow: 2, slowMs: 1000 },
    userAgent: "test/1",
  });
  onTestFinished(() => transport.close());
  const correspondence = new Correspondence(transport, {}, new Reporter({ requested: () => undefined }));
  const trust = { plain: false, verify: true, ca: undefined, client: undefined };
  const endpoint: Endpoint = { registry: "reg.lan", host: fake.host, account: "reg.lan", schemes: ["http"], trust };
  const asked = correspondence.ask({ method: "HEAD", headers: {} }, "/v2/x", {
    image: image("reg.lan"),
    endpoint,
    urgent: false,
  });
  expect((await failure(asked)).message).toContain("redirects to plain HTTP");
  expect(fake.seen).toHaveLength(1);
});
