import { once } from "node:events";
import { Agent, request } from "node:https";
import { connect, type Socket } from "node:net";
import { connect as connectTls, type ConnectionOptions, TLSSocket } from "node:tls";
import { describe, expect, onTestFinished, test } from "vitest";
import { listen, type ListenOptions } from "../../../../src/http/listen.js";
import { openTls } from "../../../../src/http/tls/open.js";
import type { ConnectionLimits } from "../../../../src/http/web/connections.js";
import { Secret } from "../../../../src/tools/secret.js";
import { patienceMs } from "../../../sandbox/host/patience.js";
import { exchange, memoryLog, push, secret } from "../harness.js";
import { type Declared, fakeSurface } from "../surface.js";
import { filesOf, make, memoryTelemetry } from "./certificates.js";
import { eventually } from "../../../eventually.js";

const [first, second] = [make(), make()];
const body = JSON.stringify(push("notarock/portfolio-ng"));
const path = `/hooks/dockerhub/${secret}`;

async function started(connections?: ConnectionLimits, declared: Declared = {}) {
  const files = filesOf(first);
  const [log, telemetry, surface] = [memoryLog(), memoryTelemetry(), fakeSurface(declared)];
  const pair = await openTls(files, { data: files.folder, names: ["127.0.0.1"], log, telemetry, pollMs: 10 });
  const options: ListenOptions = {
    hooksListen: "127.0.0.1:0",
    adminListen: "127.0.0.1:0",
    places: { hooks: "--hooks-listen", admin: "--admin-listen" },
    hooks: {
      ...{ surface, log, secrets: [new Secret(secret)], telemetry: { hookAnswered: () => undefined } },
      tls: { pair, telemetry },
      ...(connections === undefined ? {} : { connections }),
    },
    admin: {
      ...{ surface, log, version: "1.2.3", token: undefined },
      metrics: { contentType: "text/plain", render: () => Promise.resolve("up 1\n") },
    },
  };
  const listeners = await listen(options);
  const closed = { yet: false };
  const close = async (graceMs?: number) => {
    closed.yet = true;
    await listeners.close(graceMs);
  };
  onTestFinished(() => (closed.yet ? undefined : listeners.close(0)));
  return { files, log, telemetry, pair, close, hooks: listeners.hooks.port, admin: listeners.admin.port };
}

interface Answer {
  readonly status: number | undefined;
  /** The other end of the connection that it came by. */
  readonly localPort: number | undefined;
  readonly fingerprint: string | undefined;
}

function deliver(port: number, options: { agent?: Agent; ca?: string[]; to?: string } = {}): Promise<Answer> {
  const { agent = new Agent(), ca = [first.cert, second.cert], to = path } = options;
  return new Promise((resolve, reject) => {
    const headers = { "content-type": "application/json", "content-length": Buffer.byteLength(body) };
    const sent = request(
      { host: "127.0.0.1", port, path: to, method: "POST", ca, headers, agent, servername: "localhost" },
      (response) => {
        const { localPort } = response.socket;
        const { socket } = response;
        const fingerprint = socket instanceof TLSSocket ? socket.getPeerCertificate().fingerprint256 : undefined;
        response.resume();
        response.on("end", () => {
          resolve({ status: response.statusCode, localPort, fingerprint });
        });
      },
    );
    sent.on("error", reject);
    sent.end(body);
  });
}

function keptAlive(): Agent {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  onTestFinished(() => {
    agent.destroy();
  });
  return agent;
}

/** What a client with such options comes to: the protocol that is spoken, or the error. */
async function handshake(port: number, options: ConnectionOptions): Promise<string> {
  const socket = connectTls({ host: "127.0.0.1", port, ca: [first.cert], servername: "localhost", ...options });
  onTestFinished(() => {
    socket.destroy();
  });
  try {
    await once(socket, "secureConnect");
    return socket.getProtocol() ?? "none";
  } catch (thrown) {
    return `refused: ${(thrown as NodeJS.ErrnoException).code ?? "unknown"}`;
  }
}

/** Connects and says nothing. */
async function silent(port: number): Promise<Socket> {
  const socket = connect(port, "127.0.0.1").on("error", () => undefined);
  onTestFinished(() => {
    socket.destroy();
  });
  await once(socket, "connect");
  socket.resume();
  return socket;
}

const until = (fits: () => void) => eventually(fits);

describe("hooks over TLS", () => {
  test("are taken as over plain HTTP, and the admin address stays plain", async () => {
    const { hooks, admin } = await started();
    expect((await deliver(hooks, { ca: [first.cert] })).status).toBe(202);
    expect((await deliver(hooks, { to: "/hooks/dockerhub/wrong" })).status).toBe(404);
    expect((await fetch(`http://127.0.0.1:${admin}/livez`)).status).toBe(200);
  });

  test.each([
    ["TLSv1.3", /^TLSv1\.3$/],
    ["TLSv1.2", /^TLSv1\.2$/],
    ["TLSv1.1", /^refused: (?:ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION|ECONNRESET)$/],
    ["TLSv1", /^refused: (?:ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION|ECONNRESET)$/],
  ] as const)("%s", async (version, result) => {
    const { hooks } = await started();
    // Without the security level the client would not even offer the old ones.
    const options = { minVersion: version, maxVersion: version, ciphers: "DEFAULT@SECLEVEL=0" };
    expect(await handshake(hooks, options)).toMatch(result);
  });

  test.each(["ECDHE-ECDSA-AES128-SHA", "ECDHE-ECDSA-AES128-SHA256", "ECDHE-ECDSA-AES256-CCM8"])(
    "%s is no cipher of theirs",
    async (ciphers) => {
      const { hooks } = await started();
      expect(await handshake(hooks, { maxVersion: "TLSv1.2", ciphers: `${ciphers}:@SECLEVEL=0` })).toMatch(
        /^refused: /,
      );
    },
  );
});

describe("whoever does not speak TLS", () => {
  test("is closed, counted, and told of in one line, however many they are", async () => {
    const { hooks, log, telemetry } = await started();
    const before = log.lines.length;
    const said = [
      "GET / HTTP/1.1\r\nHost: x\r\n\r\n",
      `POST ${path} HTTP/1.1\r\n\r\n`,
      "\x16\x03\x01junk",
      "\0\0\0\0\0\0\0",
    ];
    for (const text of [...said, ...said]) {
      const { closed, text: answer } = await exchange(hooks, text, patienceMs);
      expect(closed).toBe(true);
      expect(answer).not.toContain("HTTP/1.1");
    }
    await until(() => {
      expect(telemetry.failures).toBeGreaterThanOrEqual(6);
    });
    expect(log.lines.slice(before)).toEqual([
      {
        level: "debug",
        fields: { why: "plain HTTP was sent: the address begins with https://", count: 1 },
        message: "connections ended before they spoke TLS",
      },
    ]);
    expect((await deliver(hooks)).status).toBe(202);
  });

  test("has five seconds for it", { timeout: 15_000 }, async () => {
    const { hooks } = await started();
    const before = performance.now();
    const { closed } = await exchange(hooks, "\x16\x03\x01\x02\x00\x01", patienceMs);
    expect(closed).toBe(true);
    expect(performance.now() - before).toBeGreaterThan(4500);
  });

  test("gets five seconds for its headers, once it does", { timeout: 15_000 }, async () => {
    const { hooks } = await started();
    const socket = connectTls({ host: "127.0.0.1", port: hooks, ca: [first.cert], servername: "localhost" });
    socket.write("POST /hooks/dockerhub HTTP/1.1\r\nHost: x\r\nX-Slow: ");
    const chunks: Buffer[] = [];
    socket.on("data", (chunk: Buffer) => chunks.push(chunk));
    await once(socket, "close");
    expect(Buffer.concat(chunks).toString("latin1")).toMatch(/^HTTP\/1\.1 408/);
  });
});

describe("connections over TLS are bounded", () => {
  const limits = { total: 64, perAddress: 4, perKnownAddress: 16, strangers: 8 };

  test("also those that never come to speak it: the oldest goes", async () => {
    const { hooks } = await started(limits);
    const sockets: Socket[] = [];
    for (let count = 0; count < 7; count += 1) sockets.push(await silent(hooks));
    await until(() => {
      expect(sockets.map(({ closed }) => closed)).toEqual([true, true, true, false, false, false, false]);
    });
  });

  test("that of a sender that knew a secret outlives those of strangers", async () => {
    const { hooks } = await started(limits);
    const agent = keptAlive();
    const { status, localPort } = await deliver(hooks, { agent });
    expect(status).toBe(202);
    // One address, and it is known by now: strangers on it are displaced before what has proven itself.
    const sockets: Socket[] = [];
    for (let count = 0; count < 40; count += 1) sockets.push(await silent(hooks));
    await until(() => {
      expect(sockets.filter(({ closed }) => !closed)).toHaveLength(limits.perKnownAddress - 1);
    });
    expect(await deliver(hooks, { agent })).toMatchObject({ status: 202, localPort });
  });

  test("places come back when connections end, whether or not they spoke TLS", async () => {
    const { hooks } = await started({ total: 64, perAddress: 4, perKnownAddress: 4, strangers: 4 });
    for (let round = 0; round < 5; round += 1) {
      const sockets: Socket[] = [];
      for (let count = 0; count < 3; count += 1) sockets.push(await silent(hooks));
      expect(await handshake(hooks, {})).toMatch(/^TLS/);
      for (const socket of sockets) socket.destroy();
      await deliver(hooks, { to: "/hooks/dockerhub/wrong" });
    }
    expect((await deliver(hooks)).status).toBe(202);
  });
});

describe("closing", () => {
  test("does not wait for those that do not come to speak TLS", async () => {
    const { hooks, close, log } = await started();
    const sockets = [await silent(hooks), await silent(hooks)];
    sockets[1]!.write("\x16\x03\x01\x02\x00\x01");
    await close(600_000);
    await until(() => {
      expect(sockets.map(({ closed }) => closed)).toEqual([true, true]);
    });
    // Nor were they closed by the end of the time that they have.
    expect(JSON.stringify(log.lines)).not.toContain("it took too long");
  });

  test("ends idle ones", async () => {
    const { hooks, close } = await started();
    await deliver(hooks, { agent: keptAlive() });
    await close(600_000);
  });
});

describe("another certificate", () => {
  test("is that of new connections; old ones go on, and no request is lost", async () => {
    const { hooks, files, pair } = await started();
    const agent = keptAlive();
    const old = await deliver(hooks, { agent });
    const answers: Answer[] = [];
    const going = { on: true };
    const traffic = Array.from({ length: 4 }, async () => {
      while (going.on) answers.push(await deliver(hooks));
    });
    const count = answers.length;
    for (const made of [second, first, second]) {
      filesOf(made, files.folder);
      await until(() => {
        expect(pair.pair.chain).toBe(made.cert);
      });
      expect(await deliver(hooks, { agent })).toEqual({ ...old, status: 202 });
      expect((await deliver(hooks, { ca: [made.cert] })).fingerprint).toBe(pair.pair.fingerprint);
    }
    await until(() => {
      expect(answers.length).toBeGreaterThan(count + 10);
    });
    going.on = false;
    await Promise.all(traffic);
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([202]));
    expect(new Set(answers.map(({ fingerprint }) => fingerprint)).size).toBe(2);
  });

  test("does not stop old protocol versions from being refused", async () => {
    const { hooks, files, pair } = await started();
    filesOf(second, files.folder);
    await until(() => {
      expect(pair.pair.chain).toBe(second.cert);
    });
    const version = { minVersion: "TLSv1.1", maxVersion: "TLSv1.1", ciphers: "DEFAULT@SECLEVEL=0" } as const;
    expect(await handshake(hooks, { ...version, ca: [second.cert] })).toMatch(/^refused: /);
    expect(await handshake(hooks, { ca: [second.cert] })).toBe("TLSv1.3");
  });
});
