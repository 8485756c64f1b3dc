import { mkdtemp, rm, writeFile } from "node:fs/promises";
import type { IncomingHttpHeaders } from "node:http";
import { createServer as createHttpsServer } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import type { HttpCheck, ProbeCheck } from "../../../src/compose/model/service.js";
import type { ExecResult } from "../../../src/control/ports/engine.js";
import type { ProbeAnswer } from "../../../src/control/ports/prober.js";
import { FairleadError } from "../../../src/errors.js";
import type { NetworkLocation } from "../../../src/plan/model/host/location.js";
import { connectProber } from "../../../src/probe/prober.js";
import { ownContainer } from "../../../src/probe/self.js";
import { certificate } from "./certificate.js";
import { listen, serveHttp, serveTcp } from "./servers.js";
import { eventually } from "../../eventually.js";

const [web, own, other] = ["a".repeat(64), "b".repeat(64), "c".repeat(64)];
const onHost: NetworkLocation = { kind: "host" };
const on = (networkId: string, address = "127.0.0.1"): NetworkLocation => ({
  kind: "networks",
  addresses: [{ networkId, network: `net-${networkId}`, address }],
});

interface World {
  readonly location?: NetworkLocation;
  /** What the engine knows of other containers. */
  readonly known?: Readonly<Record<string, NetworkLocation>>;
  readonly inside?: string;
  readonly exec?: ExecResult | FairleadError;
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
}

function ask(check: ProbeCheck, world: World = {}): Promise<ProbeAnswer> {
  const { location = onHost, known = {}, inside, exec, timeoutMs = 2_000 } = world;
  const engine = {
    locate: (id: string) => Promise.resolve(known[id]),
    exec: () => (exec instanceof FairleadError ? Promise.reject(exec) : Promise.resolve(exec!)),
  };
  const prober = connectProber({ engine, version: "1.2.3", own: () => Promise.resolve(inside) });
  const signal = world.signal ?? new AbortController().signal;
  return prober.attempt({ container: web, location }, check, timeoutMs, signal);
}

const http = (port: number, patch: Partial<HttpCheck> = {}): HttpCheck => ({
  kind: "http",
  scheme: "http",
  port,
  path: "/ready",
  host: undefined,
  headers: {},
  statuses: [{ first: 200, last: 399 }],
  ...patch,
});

describe("over HTTP", () => {
  it.each([
    [200, "ready"],
    [302, "ready"],
    [399, "ready"],
    [400, "failed"],
    [503, "failed"],
  ])("status %i is %s, and a redirect is not followed", async (status, kind) => {
    const server = await serveHttp((_request, response) => response.writeHead(status, { location: "/on" }).end("x"));
    const answer = await ask(http(server.port));
    expect(answer).toMatchObject(
      kind === "ready" ? { kind } : { kind, message: `http on port ${server.port}: status ${status}` },
    );
    expect(server.count()).toBe(1);
    await eventually(() => {
      expect(server.open.size).toBe(0);
    });
  });

  it("asks as the file says", async () => {
    const seen: { method?: string | undefined; url?: string | undefined; headers: IncomingHttpHeaders }[] = [];
    const server = await serveHttp(({ method, url, headers }, response) => {
      seen.push({ method, url, headers });
      response.writeHead(401).end();
    });
    const statuses = [
      { first: 204, last: 204 },
      { first: 401, last: 403 },
    ];
    const headers = { Authorization: "Bearer s3cret", "User-Agent": "mine" };
    const check = http(server.port, { path: "/a?b=%20", host: "shop.example", statuses });
    expect(await ask({ ...check, headers })).toEqual({ kind: "ready" });
    expect(await ask({ ...check, host: undefined, statuses: [{ first: 200, last: 200 }], headers })).toEqual({
      kind: "failed",
      message: `http on port ${server.port}: status 401`,
    });
    const common = { authorization: "Bearer s3cret", "user-agent": "mine", accept: "*/*", connection: "close" };
    expect(seen).toEqual([
      { method: "GET", url: "/a?b=%20", headers: { ...common, host: "shop.example" } },
      { method: "GET", url: "/a?b=%20", headers: { ...common, host: `127.0.0.1:${server.port}` } },
    ]);
  });

  it("names itself", async () => {
    const names: (string | undefined)[] = [];
    const server = await serveHttp(({ headers }, response) => {
      names.push(headers["user-agent"]);
      response.end();
    });
    await ask(http(server.port));
    expect(names).toEqual(["fairlead-probe/1.2.3"]);
  });

  it("believes the status of an answer that never ends, in time, and takes no more of it than a little", async () => {
    const endless = await serveHttp((_request, response) => {
      response.writeHead(200);
      const more = () => {
        while (!response.destroyed && response.write("x".repeat(4_096)));
        response.once("drain", more);
      };
      more();
    });
    expect(await ask(http(endless.port), { timeoutMs: 20_000 })).toEqual({ kind: "ready" });
    const stuck = await serveHttp((_request, response) => {
      response.writeHead(503).write("x");
    });
    expect(await ask(http(stuck.port), { timeoutMs: 200 })).toMatchObject({ message: /status 503$/ });
    await eventually(() => {
      expect(endless.open.size + stuck.open.size).toBe(0);
    });
  });

  it("does not verify a certificate, and asks for the name of the host", async () => {
    const names: unknown[] = [];
    const secure = createHttpsServer(certificate, (_request, response) => response.end("ok"));
    secure.on("secureConnection", (socket) => names.push(socket.servername));
    const { port } = await listen(secure);
    expect(await ask(http(port, { scheme: "https", host: "shop.example:443" }))).toEqual({ kind: "ready" });
    expect(await ask(http(port, { scheme: "https" }))).toEqual({ kind: "ready" });
    expect(await ask(http(port, { scheme: "https", host: "[::1]:443" }))).toEqual({ kind: "ready" });
    expect(names).toEqual(["shop.example", false, false]);
    const plain = await serveHttp((_request, response) => response.end());
    expect(await ask(http(plain.port, { scheme: "https" }))).toEqual({
      kind: "failed",
      message: `https on port ${plain.port}: no TLS connection`,
    });
  });

  it.each<[string, (port: number) => ProbeCheck, string]>([
    ["no HTTP", (port) => http(port), "the answer is not HTTP"],
    ["nothing", (port) => http(port, { path: "/hang" }), "no answer within 0.3s"],
  ])("a server that says %s fails", async (what, check, message) => {
    const server = await serveTcp((socket) => {
      if (what === "no HTTP") socket.write("220 mail.example ESMTP\r\n");
    });
    expect(await ask(check(server.port), { timeoutMs: 300 })).toEqual({
      kind: "failed",
      message: `http on port ${server.port}: ${message}`,
    });
    await eventually(() => {
      expect(server.open.size).toBe(0);
    });
  });

  it("one that hangs up fails", async () => {
    const server = await serveTcp((socket) => socket.on("data", () => socket.destroy()));
    expect(await ask(http(server.port))).toMatchObject({ message: /closed without an answer$/ });
  });
});

describe("over TCP", () => {
  it("a connection is enough, and is closed", async () => {
    const server = await serveTcp();
    expect(await ask({ kind: "tcp", port: server.port })).toEqual({ kind: "ready" });
    await eventually(() => {
      expect(server.open.size).toBe(0);
    });
  });

  it("nobody there fails at once", async () => {
    expect(await ask({ kind: "tcp", port: 1 }, { timeoutMs: 30_000 })).toEqual({
      kind: "failed",
      message: "tcp on port 1: connection refused",
    });
  });
});

describe("with a command", () => {
  const check = { kind: "exec", command: ["/app", "s3cret"] } as const;
  it.each<[ExecResult | FairleadError, ProbeAnswer]>([
    [{ kind: "ended", exitCode: 0, output: "noise" }, { kind: "ready" }],
    [
      { kind: "ended", exitCode: 1, output: "not yet" },
      { kind: "failed", message: "the command ended with exit code 1: not yet" },
    ],
    [
      { kind: "ended", exitCode: 9, output: "" },
      { kind: "failed", message: "the command ended with exit code 9" },
    ],
    [{ kind: "timed-out" }, { kind: "failed", message: "the command did not end within 2s" }],
    [{ kind: "running" }, { kind: "failed", message: "an earlier command that did not end in time still runs" }],
    [
      new FairleadError("EngineRefused", "forbidden", { remedy: "allow it" }),
      { kind: "unknown", message: "it cannot be asked: forbidden (allow it)" },
    ],
  ])("%o", async (exec, answer) => {
    expect(await ask(check, { exec })).toEqual(answer);
  });
});

describe("where it is asked from", () => {
  it.each<[string, World, ProbeAnswer["kind"]]>([
    ["on the host", { location: on("n") }, "ready"],
    ["in a container on its network", { location: on("n"), inside: own, known: { [own]: on("n") } }, "ready"],
    ["in a container on another", { location: on("n"), inside: own, known: { [own]: on("m") } }, "unknown"],
    [
      "in a container without a network",
      { location: on("n"), inside: own, known: { [own]: { kind: "none" } } },
      "unknown",
    ],
    ["in a container on the host's network", { inside: own, known: { [own]: onHost } }, "ready"],
    [
      "in a container that shares another's",
      { location: on("n"), inside: own, known: { [own]: { kind: "container", container: other }, [other]: on("n") } },
      "ready",
    ],
    ["in a container of another engine", { location: on("n"), inside: own }, "ready"],
    [
      "of one that shares another's network",
      { location: { kind: "container", container: other }, known: { [other]: on("n") } },
      "ready",
    ],
    ["of one that shares that of one that is gone", { location: { kind: "container", container: other } }, "unknown"],
    ["of one that has no network", { location: { kind: "none" } }, "unknown"],
  ])("%s", async (_where, world, kind) => {
    const server = await serveTcp();
    expect((await ask({ kind: "tcp", port: server.port }, world)).kind).toBe(kind);
  });

  it("is looked at again after a question without a good answer", async () => {
    const server = await serveTcp();
    const joined = { location: on("m") };
    const engine = { locate: () => Promise.resolve(joined.location), exec: () => Promise.reject(new Error("no")) };
    const prober = connectProber({ engine, version: "1", own: () => Promise.resolve(own) });
    const check = { kind: "tcp", port: server.port } as const;
    const { signal } = new AbortController();
    const target = { container: web, location: on("n") };
    expect(await prober.attempt(target, check, 1_000, signal)).toMatchObject({
      kind: "unknown",
      message: /docker network connect net-n CONTAINER/,
    });
    joined.location = on("n");
    expect(await prober.attempt(target, check, 1_000, signal)).toEqual({ kind: "ready" });
  });

  it("ends at once when it is called off", async () => {
    const server = await serveTcp();
    const over = new AbortController();
    const answer = ask(http(server.port), { timeoutMs: 60_000, signal: over.signal });
    await eventually(() => {
      expect(server.open.size).toBe(1);
    });
    over.abort();
    expect(await answer).toMatchObject({ kind: "unknown" });
    expect(await ask(http(server.port), { signal: over.signal })).toMatchObject({ kind: "unknown" });
    await eventually(() => {
      expect(server.open.size).toBe(0);
    });
  });
});

describe("the container this process runs in", () => {
  const read = async (text: string) => {
    const directory = await mkdtemp(join(tmpdir(), "fairlead-self-"));
    onTestFinished(() => rm(directory, { recursive: true }));
    await writeFile(join(directory, "mountinfo"), text);
    return ownContainer(join(directory, "mountinfo"));
  };
  const root = "1114 1067 0:52 / / rw,relatime master:301 - overlay overlay rw,lowerdir=/var/lib/docker/overlay2/l/A\n";
  const volume = `1120 1114 254:1 /var/lib/docker/volumes/${"d".repeat(64)}/_data /data rw - ext4 /dev/vda1 rw\n`;

  it("is the one whose files the engine has mounted", async () => {
    const hosts = `1123 1114 254:1 /var/lib/docker/containers/${own}/hosts /etc/hosts rw,relatime - ext4 /dev/vda1 rw\n`;
    expect(await read(root + volume + hosts)).toBe(own);
    const resolv = `1121 1114 254:1 /data/docker/containers/${own}/resolv.conf /etc/resolv.conf rw - ext4 /dev/vda1 rw\n`;
    expect(await read(root + resolv)).toBe(own);
  });

  it("is none on a host, nor where there is no such file", async () => {
    const seen = `88 25 0:45 / /var/lib/docker/containers/${own}/mounts/shm rw - tmpfs shm rw\n`;
    expect(await read(root + volume + seen)).toBeUndefined();
    expect(await ownContainer("/nowhere/mountinfo")).toBeUndefined();
  });
});
