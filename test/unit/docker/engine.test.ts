import { variables } from "../../../src/compose/model/container/variables.js";
import type { ServerResponse } from "node:http";
import { Readable } from "node:stream";
import { afterEach, describe, expect, it } from "vitest";
import { parseImage } from "../../../src/compose/values/image.js";
import type { Engine } from "../../../src/control/ports/engine.js";
import type { EngineEvent } from "../../../src/control/ports/events.js";
import { Connection } from "../../../src/docker/client/connection.js";
import { resolveEndpoint } from "../../../src/docker/client/endpoint.js";
import { connectEngine } from "../../../src/docker/engine.js";
import { Secret } from "../../../src/tools/secret.js";
import { creation, serviceSpec } from "../../contract/engine/service.js";
import { refuse, startFakeEngine } from "./fake-engine.js";
import type { FakeEngine } from "./fake-engine.js";
import { digestOf } from "../../digests.js";

const image = { image: parseImage("ghcr.io/shop/web:2"), digest: digestOf("b") } as const;
const pinned = `ghcr.io/shop/web@${image.digest}`;
const id = "c".repeat(64);
const never = new AbortController().signal;
const open: FakeEngine[] = [];

type Answer = Parameters<typeof startFakeEngine>[0];

async function serve(answer: Answer): Promise<{ engine: Engine; fake: FakeEngine }> {
  const fake = await startFakeEngine(answer);
  open.push(fake);
  const login = { username: "me", password: new Secret("hunter2"), serveraddress: "ghcr.io" };
  return { fake, engine: connectEngine({ host: fake.host, credentials: () => Promise.resolve(login) }) };
}

afterEach(async () => {
  for (const fake of open.splice(0)) await fake[Symbol.asyncDispose]();
});

const noContent: Answer = (_request, response) => {
  response.statusCode = 204;
  response.end();
};

describe("connections", () => {
  it("are as many at once as are allowed; what is read without end takes none of them", async () => {
    const held: ServerResponse[] = [];
    const fake = await startFakeEngine(({ path }, response) => {
      if (/\/(logs|events)/.test(path)) response.flushHeaders();
      else held.push(response);
    });
    open.push(fake);
    const connections = { reads: 2, changes: 1 };
    const engine = connectEngine({ host: fake.host, credentials: () => Promise.resolve(undefined), connections });
    const reader = new AbortController();
    await Promise.all([1, 2, 3].map(() => engine.logs(id, { follow: true }, reader.signal)));

    const looks = [1, 2, 3, 4].map(() => engine.locate(id));
    const changes = [1, 2, 3].map(() => engine.startContainer(id));
    const answer = (response: ServerResponse) => {
      if (response.req.method === "GET") return void response.end(JSON.stringify({ Id: id, State: {} }));
      response.statusCode = 204;
      response.end();
    };
    for (let answered = 0; answered < 7; answered += 1) {
      await expect.poll(() => held.length).toBeGreaterThan(0);
      const at = (method: string) => held.filter(({ req }) => req.method === method).length;
      expect([at("GET") <= 2, at("POST") <= 1]).toEqual([true, true]);
      answer(held.shift()!);
    }
    await Promise.all([...looks, ...changes]);
    reader.abort();
  });
});

describe("the version", () => {
  it("is asked once, and spoken ever after", async () => {
    const { engine, fake } = await serve(noContent);
    await engine.startContainer(id);
    await engine.startContainer(id);
    expect(fake.requests).toEqual([
      "GET /version",
      `POST /v1.44/containers/${id}/start`,
      `POST /v1.44/containers/${id}/start`,
    ]);
  });

  it.each([
    ["newer", { version: "1.52", minimum: "1.50" }, "1.51"],
    ["older", { version: "1.41", minimum: "1.12" }, "1.41"],
  ])("is agreed on anew when the engine is a %s one all at once", async (_which, api, spoken) => {
    const { engine, fake } = await serve(noContent);
    await engine.startContainer(id);
    fake.api = Object.assign(fake.api, api);
    await engine.startContainer(id);
    expect(fake.requests.slice(2)).toEqual([
      `POST /v1.44/containers/${id}/start`,
      "GET /version",
      `POST /v${spoken}/containers/${id}/start`,
    ]);
  });

  it("that cannot be agreed on is said, and asked again at the next call", async () => {
    const { engine, fake } = await serve(noContent);
    fake.api.version = "1.40";
    await expect(engine.startContainer(id)).rejects.toMatchObject({ code: "EngineTooOld" });
    fake.api.version = "1.43";
    await engine.startContainer(id);
  });
});

describe("an engine that is not there", () => {
  it("is said to be so, until it is", async () => {
    const engine = connectEngine({
      host: "unix:///nowhere/docker.sock",
      credentials: () => Promise.resolve(undefined),
    });
    await expect(engine.snapshot()).rejects.toMatchObject({ code: "EngineUnreachable", message: /nowhere.*ENOENT/ });
  });

  it("or hangs up in the middle of an answer is said to be so at once", async () => {
    const { engine } = await serve((_request, response) => {
      response.writeHead(200, { "content-length": "100" });
      response.write("[", () => response.destroy());
    });
    await expect(engine.snapshot()).rejects.toMatchObject({ code: "EngineUnreachable" });
  });

  it("or does not answer in time is said to be so", async () => {
    const { fake } = await serve(() => undefined);
    const connection = new Connection(resolveEndpoint({ host: fake.host }));
    const call = connection.read({ method: "GET", path: "/networks", task: "list networks", timeoutMs: 50 });
    await expect(call).rejects.toMatchObject({ code: "EngineUnreachable", message: /ETIMEDOUT/ });
  });

  it("is asked a second time where only a kept connection had died", async () => {
    let calls = 0;
    const { engine } = await serve((_request, response) => {
      calls += 1;
      if (calls === 1) response.destroy();
      else response.end(JSON.stringify({ OSType: "linux", Architecture: "x86_64" }));
    });
    expect(await engine.platform()).toMatchObject({ architecture: "amd64" });
  });

  it("is not asked to change anything on its way down, though it still answers on a kept connection", async () => {
    const { engine, fake } = await serve((_request, response) => {
      response.end(JSON.stringify({ OSType: "linux", Architecture: "x86_64" }));
    });
    await engine.platform();
    fake.shutDown();
    const asked = fake.requests.length;
    await expect(engine.startContainer(id)).rejects.toMatchObject({ code: "EngineUnreachable" });
    expect(fake.requests).toHaveLength(asked);
    await engine.snapshot().catch(() => undefined);
    expect(fake.requests.length).toBeGreaterThan(asked);
  });

  it("is not asked a second time to change something", async () => {
    const { engine, fake } = await serve((_request, response) => response.destroy());
    await expect(engine.startContainer(id)).rejects.toMatchObject({ code: "EngineUnreachable" });
    expect(fake.requests.filter((line) => line.startsWith("POST"))).toHaveLength(1);
  });
});

describe("secrets", () => {
  it("go in bodies and headers, never in URLs", async () => {
    const { engine, fake } = await serve((_request, response) => {
      response.end(JSON.stringify({ Id: id }));
    });
    const spec = serviceSpec("web", image, { environment: variables({ TOKEN: "s3cr3t-value" }) });
    await engine.createContainer(creation(spec, image));
    await engine.pull(pinned, never);
    expect(fake.requests.join()).not.toMatch(/s3cr3t|hunter2/);
    expect(fake.requests).toContain("POST /v1.44/containers/create?name=contract-web-1.next");
    expect(fake.bodies.join()).toContain("TOKEN=s3cr3t-value");
    const auth = fake.headers.find((each) => "x-registry-auth" in each)?.["x-registry-auth"] as string;
    expect(JSON.parse(Buffer.from(auth, "base64url").toString())).toMatchObject({ password: "hunter2" });
  });

  it("of registries reach the classic builder in a header", async () => {
    const { engine, fake } = await serve(({ path }, response) => {
      if (path.startsWith("/session")) refuse(response, 404, "no such path");
      else response.end(JSON.stringify({ error: "stop here" }));
    });
    const build = { context: { kind: "path", path: "/srv" }, args: {}, labels: {} } as const;
    const context = {
      ...{ archive: Readable.from([]), dockerfile: "Dockerfile", registries: ["ghcr.io", "docker.io"] },
      close: () => Promise.resolve(),
    };
    const order = { build, context, tags: ["shop/web:1"], onLine: () => undefined };
    await expect(engine.build(order, never)).rejects.toMatchObject({ code: "BuildFailed" });
    const header = fake.headers.find((each) => "x-registry-config" in each)?.["x-registry-config"] as string;
    const login = { username: "me", password: "hunter2", serveraddress: "ghcr.io" };
    expect(JSON.parse(Buffer.from(header, "base64url").toString())).toEqual({
      "ghcr.io": login,
      "https://index.docker.io/v1/": login,
    });
    expect(fake.requests.join()).not.toContain("hunter2");
  });

  it("do not come back in messages", async () => {
    const { engine } = await serve((_request, response) => {
      refuse(response, 400, "invalid variable TOKEN=s3cr3t-value, see https://x.example/y?sig=abcdef");
    });
    const spec = serviceSpec("web", image, { environment: variables({ TOKEN: "s3cr3t-value" }) });
    const creating = engine.createContainer(creation(spec, image));
    await expect(creating).rejects.toMatchObject({ code: "EngineRefused" });
    await expect(creating).rejects.not.toThrow(/s3cr3t|abcdef/);
  });
});

describe("another platform than the host's", () => {
  it("is asked for when its image is pulled and its container created", async () => {
    const { engine, fake } = await serve((_request, response) => {
      response.end(JSON.stringify({ Id: id }));
    });
    await engine.createContainer(creation(serviceSpec("web", image, { platform: "linux/arm64" }), image));
    await engine.pull(pinned, never, "linux/arm64");
    const asked = fake.requests.filter((line) => line.includes("platform=linux%2Farm64"));
    expect(asked.map((line) => line.replace(/\?.*/, ""))).toEqual([
      "POST /v1.44/containers/create",
      "POST /v1.44/images/create",
    ]);
  });
});

describe("the engine's warnings of a new container", () => {
  it("are passed on, without the values of variables, and so is what an old engine lacks", async () => {
    const warnings: string[] = [];
    const { fake } = await serve((_request, response) => {
      response.end(JSON.stringify({ Id: id, Warnings: ["no swap limit for s3cr3t-value"] }));
    });
    fake.api.version = "1.41";
    const engine = connectEngine({
      host: fake.host,
      credentials: () => Promise.resolve(undefined),
      onWarning: (container, message) => warnings.push(`${container}: ${message}`),
    });
    const timed = {
      disabled: false,
      test: undefined,
      intervalMs: 1,
      timeoutMs: undefined,
      retries: undefined,
    } as const;
    const healthcheck = { ...timed, startPeriodMs: undefined, startIntervalMs: 500 };
    const environment = variables({ TOKEN: "s3cr3t-value" });
    await engine.createContainer(creation(serviceSpec("web", image, { healthcheck, environment }), image));
    expect(warnings).toEqual([
      "contract-web-1.next: `healthcheck.start_interval` is left out: it needs API 1.44 (Docker 25), this engine speaks 1.41",
      "contract-web-1.next: no swap limit for …",
    ]);
  });
});

describe("only full ids and references", () => {
  it("get into a path", async () => {
    const { engine, fake } = await serve(noContent);
    for (const wrong of ["web", "../images/json?x=", "c".repeat(63), "C".repeat(64)]) {
      await expect(engine.startContainer(wrong)).rejects.toMatchObject({ code: "Internal" });
    }
    await expect(engine.removeImage("../containers/x")).rejects.toMatchObject({ name: "FairleadError" });
    await engine.disconnectNetwork(id, "../../containers");
    expect(fake.requests).toEqual(["GET /version", "POST /v1.44/networks/..%2F..%2Fcontainers/disconnect"]);
  });
});

describe("a start", () => {
  it.each([
    [
      "driver failed programming external connectivity: Bind for 0.0.0.0:80 failed: port is already allocated",
      "PortConflict",
    ],
    ["listen tcp4 127.0.0.1:80: bind: address already in use", "PortConflict"],
    ["OCI runtime create failed: exec: /nope: not found", "EngineRefused"],
  ])("refused with %j is %s", async (message, code) => {
    const { engine } = await serve((_request, response) => {
      refuse(response, 500, message);
    });
    await expect(engine.startContainer(id)).rejects.toMatchObject({
      code,
      message: expect.stringContaining(message) as string,
    });
  });

  it("that is already so is success", async () => {
    const { engine } = await serve((_request, response) => {
      response.statusCode = 304;
      response.end();
    });
    await engine.startContainer(id);
    await engine.stopContainer(id, 0);
  });
});

describe("a pull", () => {
  const pulling =
    (lines: string[], present = false): Answer =>
    ({ path }, response) => {
      if (path.startsWith("/images/create")) response.end(lines.join("\n"));
      else if (present) response.end("{}");
      else refuse(response, 404, "no such image");
    };
  const failing = (message: string) => [
    '{"status":"Pulling"}',
    JSON.stringify({ errorDetail: { message }, error: message }),
  ];

  it.each([
    ["manifest for ghcr.io/shop/web not found: manifest unknown", "ImageNotFound"],
    ["pull access denied for shop/web, repository does not exist or may require 'docker login'", "Unauthorized"],
    ["Head https://ghcr.io/v2/: no basic auth credentials", "Unauthorized"],
    ["toomanyrequests: You have reached your pull rate limit", "RateLimited"],
    ["read tcp 10.0.0.1: connection reset by peer", "PullFailed"],
    ["no matching manifest for linux/amd64 in the manifest list entries", "ImageNotFound"],
  ])("that ends in %j is %s", async (message, code) => {
    const { engine } = await serve(pulling(failing(message)));
    await expect(engine.pull(pinned, never)).rejects.toMatchObject({
      code,
      message: expect.stringContaining(message) as string,
    });
  });

  it("is refused before it begins, with a status that says little", async () => {
    const { engine } = await serve((_request, response) => {
      refuse(response, 500, "unauthorized: authentication required");
    });
    await expect(engine.pull(pinned, never)).rejects.toMatchObject({ name: "FairleadError" });
  });

  it("counts by what is there afterwards, whatever was said", async () => {
    const { engine, fake } = await serve(pulling(failing("connection reset"), true));
    await engine.pull(pinned, never);
    expect(fake.requests.at(-1)).toBe(`GET /v1.44/images/${pinned}/json`);
    expect(fake.requests.at(-2)).toBe(
      `POST /v1.44/images/create?fromImage=ghcr.io%2Fshop%2Fweb&tag=${encodeURIComponent(image.digest)}`,
    );
    const silent = await serve(pulling(['{"status":"Pulling"}', "<html>not json"]));
    await expect(silent.engine.pull(pinned, never)).rejects.toMatchObject({ code: "PullFailed" });
  });

  it("that is cut off has failed", async () => {
    const { engine } = await serve(({ path }, response) => {
      if (path.startsWith("/images/create")) response.write('{"status":"Pulling"}\n', () => response.destroy());
      else refuse(response, 404, "no such image");
    });
    await expect(engine.pull(pinned, never)).rejects.toMatchObject({ code: "PullFailed", message: /cut/ });
  });

  it("ends when its caller wants no more", async () => {
    const stop = new AbortController();
    let closed = false;
    const { engine } = await serve(({ path }, response) => {
      if (!path.startsWith("/images/create")) return;
      response.on("close", () => (closed = true));
      response.write('{"status":"Pulling"}\n', () => {
        stop.abort();
      });
    });
    await expect(engine.pull(pinned, stop.signal)).rejects.toMatchObject({
      code: "PullFailed",
      message: /interrupted/,
    });
    await expect.poll(() => closed).toBe(true);
  });
});

describe("the event stream", () => {
  it("survives what is no event, and comes back after its end", async () => {
    const streams: ServerResponse[] = [];
    const { engine } = await serve(({ path }, response) => {
      if (!path.startsWith("/events")) return;
      response.write("");
      response.flushHeaders();
      streams.push(response);
    });
    const events: EngineEvent[] = [];
    const stop = new AbortController();
    const watching = engine.watch((event) => events.push(event), stop.signal);
    await expect.poll(() => streams.length).toBe(1);
    streams[0]?.write('not json\n{}\n{"Type":"daemon","Action":"reload"}\n{"Type":"volume","Action":"create"}\n');
    await expect.poll(() => events).toEqual([{ kind: "resync" }, { kind: "other" }]);
    streams[0]?.end();
    await expect.poll(() => streams.length).toBe(2);
    await expect.poll(() => events.map(({ kind }) => kind)).toEqual(["resync", "other", "lost", "resync"]);
    stop.abort();
    await watching;
  });
});
