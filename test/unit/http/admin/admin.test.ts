import { request } from "node:http";
import { describe, expect, test } from "vitest";
import type { JournalState } from "../../../../src/control/journal/standing.js";
import { FairleadError } from "../../../../src/errors.js";
import { adminApp, type AdminOptions } from "../../../../src/http/admin/admin.js";
import { Secret } from "../../../../src/tools/secret.js";
import { exchange, memoryLog, serve, type Served } from "../harness.js";
import { type FakeSurface, fakeSurface } from "../surface.js";

const token = "an-admin-token";
const metrics = { contentType: "text/plain; version=0.0.4; charset=utf-8", render: () => Promise.resolve("up 1\n") };
const bearer = { headers: { authorization: `Bearer ${token}` } };

interface ServedAdmin extends Served {
  readonly surface: FakeSurface;
  readonly log: ReturnType<typeof memoryLog>;
}

async function serveAdmin(options: Partial<AdminOptions> & { surface?: FakeSurface } = {}): Promise<ServedAdmin> {
  const surface = options.surface ?? fakeSurface();
  const log = memoryLog();
  const served = await serve(adminApp({ metrics, log, version: "1.2.3", ...options, surface }));
  return { ...served, surface, log };
}

const problem = { file: "services.yaml", line: 3, column: 5, path: "services.web.imgae", message: "unknown key" };

describe("the probes", () => {
  test("/livez answers even before the host has been observed, and without a token", async () => {
    const admin = await serveAdmin({ surface: fakeSurface({ ready: false }), token: new Secret(token) });
    expect((await admin.send("/livez")).json).toEqual({ live: true });
  });

  test("/readyz is 503 with its reasons until the host has been observed", async () => {
    const admin = await serveAdmin({ surface: fakeSurface({ ready: false, problems: [problem] }) });
    const answer = await admin.send("/readyz");
    expect([answer.status, answer.json]).toEqual([
      503,
      {
        ready: false,
        reasons: [
          "the first observation of the host is not complete",
          "services.yaml:3:5: services.web.imgae: unknown key",
        ],
      },
    ]);
  });

  test("/readyz keeps the services file's problems from whoever has no token", async () => {
    const admin = await serveAdmin({
      surface: fakeSurface({ ready: false, problems: [problem] }),
      token: new Secret(token),
    });
    expect((await admin.send("/readyz")).text).not.toContain("services.yaml");
    expect((await admin.send("/readyz", bearer)).text).toContain("services.yaml");
  });

  test("/readyz is 503 while the engine cannot be reached, and tells strangers no more than that", async () => {
    const engine = {
      kind: "unreachable",
      since: "2030-01-01T00:00:00.000Z",
      message: "unix:///run/docker.sock hung up",
      clockSkewSeconds: 0,
    } as const;
    const admin = await serveAdmin({ surface: fakeSurface({ engine }), token: new Secret(token) });
    const stranger = await admin.send("/readyz");
    expect([stranger.status, stranger.json]).toEqual([
      503,
      { ready: false, reasons: ["the engine cannot be reached"] },
    ]);
    expect((await admin.send("/readyz", bearer)).json["reasons"]).toEqual([
      "the engine cannot be reached: unix:///run/docker.sock hung up",
    ]);
    expect((await admin.send("/", bearer)).text).toContain(
      'engine: it has been unreachable since <time datetime="2030-01-01',
    );
  });

  test("/readyz is 200 afterwards, whatever is wrong with the newest file", async () => {
    const admin = await serveAdmin({ surface: fakeSurface({ problems: [problem] }) });
    expect([(await admin.send("/readyz")).status, (await admin.send("/readyz")).json]).toEqual([
      200,
      { ready: true, journal: "written" },
    ]);
  });
});

describe("the API", () => {
  test("lists the services with their conditions", async () => {
    const admin = await serveAdmin({ surface: fakeSurface({ problems: [problem] }) });
    const { json } = await admin.send("/api/v1/services");
    expect(json).toEqual(
      JSON.parse(
        JSON.stringify({
          ready: true,
          services: admin.surface.services(),
          problems: [problem],
          sources: [],
          journal: { kind: "written" },
          engine: { kind: "reachable", clockSkewSeconds: 0 },
          notifications: { channels: [], durable: true },
        }),
      ) as unknown,
    );
  });

  test("says what is kept of repositories", async () => {
    const kept = [
      {
        ...{ source: "https://forge/fleet.git", kind: "content" as const, path: "/data/contents/aa", bytes: 12 },
        ...{ projects: ["shop"], containers: ["shop-web-1.previous"] },
      },
    ];
    const admin = await serveAdmin({ surface: fakeSurface({ kept: () => Promise.resolve(kept) }) });
    const { json } = await admin.send("/api/v1/kept");
    expect(json).toEqual({ kept });
  });

  test("says what to write instead of what is wrong in a file, as programs read it", async () => {
    const admin = await serveAdmin({ surface: fakeSurface({ problems: [{ ...problem, hint: "write `image`" }] }) });
    const { json } = await admin.send("/api/v1/services");
    expect(json["problems"]).toEqual([{ ...problem, remedy: "write `image`" }]);
  });

  test("has a page that shows the last deliveries, harmless", async () => {
    const admin = await serveAdmin();
    expect((await admin.send("/")).text).toContain("None since the start.");
    admin.surface.delivered({ hook: "dockerhub", outcome: "ignored", services: [], why: undefined });
    expect((await admin.send("/")).text).toContain("hook dockerhub: &#60;ignored&#62;");
  });

  test("shows one service", async () => {
    const admin = await serveAdmin();
    const { json } = await admin.send("/api/v1/services/shop/proxy");
    expect(json).toMatchObject({ project: "shop", service: "proxy", image: "nginx:1.27", sync: "Synced" });
  });

  test.each(["/api/v1/services/shop/none", "/api/v1/services/__proto__/toString"])("404 for %s", async (path) => {
    const admin = await serveAdmin();
    const answer = await admin.send(path);
    expect([answer.status, answer.json["error"]]).toEqual([404, "no such service"]);
  });

  test("enqueues a service", async () => {
    const admin = await serveAdmin();
    const answer = await admin.send("/api/v1/services/shop/web/reconcile", { method: "POST" });
    expect([answer.status, answer.json]).toEqual([202, { enqueued: ["shop/web"], durable: true }]);
    expect(admin.surface.insisted).toEqual([{ keys: ["shop/web"], cause: "api" }]);
    expect(admin.surface.retried).toEqual([]);
  });

  test("lifts a hold", async () => {
    const admin = await serveAdmin();
    const answer = await admin.post("/api/v1/services/shop/web/retry", {});
    const retried = { unchanged: "nothing of it was held" };
    expect([answer.status, answer.json]).toEqual([202, { enqueued: ["shop/web"], durable: true, retried }]);
    expect([admin.surface.retried, admin.surface.reconciled]).toEqual([["shop/web"], []]);
  });

  test("says where what was asked for may be forgotten, and how the journal stands", async () => {
    const admin = await serveAdmin();
    admin.surface.durable = false;
    const answer = await admin.post("/api/v1/services/shop/web/pause", {});
    expect([answer.status, answer.json]).toEqual([202, { enqueued: ["shop/web"], durable: false, paused: {} }]);
    expect((await admin.send("/readyz")).json).toEqual({ ready: true, journal: "failing" });
    const { json } = await admin.send("/api/v1/services");
    expect(json["journal"]).toEqual({ kind: "failing", message: "no space left" });
  });

  test("takes over what others run, and names it", async () => {
    const admin = await serveAdmin();
    const answer = await admin.post("/api/v1/services/shop/web/adopt", {});
    expect([answer.status, answer.json]).toEqual([
      202,
      { enqueued: ["shop/web"], durable: true, adopted: ["shop/web_1"] },
    ]);
    expect(admin.surface.adopted).toEqual(["shop/web"]);
  });

  test("rolls back, pauses, resumes and tells the history", async () => {
    const admin = await serveAdmin();
    const path = "/api/v1/services/shop/web";
    const answer = await admin.post(`${path}/rollback`, {});
    const rollback = { revision: 2, digest: `sha256:${"b".repeat(64)}`, spec: "own" };
    expect([answer.status, answer.json]).toEqual([202, { enqueued: ["shop/web"], durable: true, rollback }]);
    expect((await admin.post(`${path}/rollback?to=sha256%3Aabc1234`, {})).status).toBe(202);
    for (const query of ["to=1&to=2", `to=${"a".repeat(81)}`]) {
      expect((await admin.post(`${path}/rollback?${query}`, {})).status).toBe(400);
    }
    const approved = { digest: `sha256:${"c".repeat(64)}`, specHash: "H" };
    expect((await admin.post(`${path}/approve?digest=cccc`, {})).json).toEqual({
      enqueued: ["shop/web"],
      durable: true,
      approved,
    });
    expect((await admin.post(`${path}/pause`, {})).status).toBe(202);
    const resumed = { pausedByFile: true };
    expect((await admin.post(`${path}/resume`, {})).json).toEqual({ enqueued: ["shop/web"], durable: true, resumed });
    expect(admin.surface.released).toEqual([
      "rollback shop/web -",
      "rollback shop/web sha256:abc1234",
      "approve shop/web cccc",
      "pause shop/web",
      "resume shop/web",
    ]);
    expect((await admin.send(`${path}/history`)).json).toEqual({
      revisions: [],
      paused: false,
      reloads: [],
      failures: [],
    });
  });

  test("stops and starts", async () => {
    const admin = await serveAdmin();
    const path = "/api/v1/services/shop/web";
    const stopped = { until: new Date(7_200_000).toISOString() };
    expect(await admin.post(`${path}/stop?for=2h`, {})).toMatchObject({
      status: 202,
      json: { enqueued: ["shop/web"], durable: true, stopped },
    });
    expect((await admin.post(`${path}/stop`, {})).json).toEqual({
      enqueued: ["shop/web"],
      durable: true,
      stopped: {},
    });
    expect((await admin.post(`${path}/start`, {})).json).toEqual({
      enqueued: ["shop/web"],
      durable: true,
      started: { stoppedByFile: false },
    });
    for (const query of ["for=soon", "for=2", "for=1h&for=2h"]) {
      const { status, json } = await admin.post(`${path}/stop?${query}`, {});
      expect([query, status, typeof json["error"]]).toEqual([query, 400, "string"]);
    }
    for (const action of ["stop", "start"]) expect((await admin.send(`${path}/${action}`)).status).toBe(405);
    expect(admin.surface.released).toEqual(["stop shop/web 7200000", "stop shop/web", "start shop/web"]);
  });

  test("does nothing to a service that is not declared", async () => {
    const admin = await serveAdmin();
    for (const action of ["reconcile", "retry", "adopt", "rollback", "approve", "pause", "resume", "stop", "start"]) {
      expect((await admin.post(`/api/v1/services/shop/none/${action}`, {})).status).toBe(404);
    }
    expect([admin.surface.retried, admin.surface.reconciled]).toEqual([[], []]);
  });

  test("shows the plan", async () => {
    const plan = { project: "shop", service: "web", changes: true, text: "pull-image x: because" };
    const orphan = {
      kind: "volume",
      project: "shop",
      name: "shop_old",
      id: undefined,
      usedBy: [],
      text: "kept",
    } as const;
    const surface = fakeSurface({ plan: () => Promise.resolve([plan]), orphans: [orphan] });
    const admin = await serveAdmin({ surface });
    const { id: _absent, ...shown } = orphan;
    expect((await admin.send("/api/v1/plan")).json).toEqual({ plans: [plan], orphans: [shown] });
  });

  test.each([
    ["EngineUnreachable", 503, "3"],
    ["RegistryUnavailable", 503, "3"],
    ["RateLimited", 503, "3"],
    ["NameConflict", 409, null],
    ["SpecInvalid", 409, null],
  ] as const)("passes on %s as %i, with its remedy", async (code, status, retryAfter) => {
    const error = new FairleadError(code, "it refuses", { remedy: "ask it", retryAfterMs: 2001 });
    const admin = await serveAdmin({ surface: fakeSurface({ plan: () => Promise.reject(error) }) });
    const answer = await admin.send("/api/v1/plan");
    expect([answer.status, answer.headers.get("retry-after"), answer.json]).toEqual([
      status,
      retryAfter,
      { error: "it refuses", remedy: "ask it" },
    ]);
  });

  test("keeps what nobody foresaw for the log", async () => {
    const retry = () => Promise.reject(new TypeError("password=hunter2"));
    const admin = await serveAdmin({ surface: fakeSurface({ retry }) });
    const answer = await admin.post("/api/v1/services/shop/web/retry", {});
    expect([answer.status, answer.json["error"]]).toEqual([500, "internal error"]);
    expect(admin.log.lines.find(({ message }) => message === "a request failed")?.fields["err"]).toBeInstanceOf(
      TypeError,
    );
  });

  test.each([
    ["GET", "/api/v1/services/shop/web/retry", "POST"],
    ["POST", "/api/v1/services", "GET, HEAD"],
    ["DELETE", "/api/v1/services/shop/web", "GET, HEAD"],
    ["POST", "/metrics", "GET, HEAD"],
    ["POST", "/livez", "GET, HEAD"],
    ["OPTIONS", "/", "GET, HEAD"],
  ])("%s %s: 405", async (method, path, allow) => {
    const admin = await serveAdmin();
    const answer = await admin.send(path, { method });
    expect([answer.status, answer.headers.get("allow")]).toEqual([405, allow]);
  });

  test("names every path that does not exist so", async () => {
    const admin = await serveAdmin();
    for (const path of ["/nowhere", "/api/v1/", "/livez/", "/API/v1/services", "/%", "/api/v1/services/%/x"]) {
      expect([path, (await admin.send(path)).status]).toEqual([path, 404]);
    }
  });
});

test("no answer is kept by a cache", async () => {
  const admin = await serveAdmin();
  for (const path of ["/", "/metrics", "/api/v1/services", "/nowhere"]) {
    expect((await admin.send(path)).headers.get("cache-control")).toBe("no-store");
  }
});

test("/metrics is the exposition, in its own content type", async () => {
  const admin = await serveAdmin();
  const answer = await admin.send("/metrics");
  expect([answer.text, answer.headers.get("content-type")]).toEqual(["up 1\n", metrics.contentType]);
});

describe("with a token", () => {
  test.each(["/metrics", "/", "/api/v1/services", "/api/v1/plan", "/api/v1/openapi.json", "/nowhere"])(
    "%s asks for it",
    async (path) => {
      const admin = await serveAdmin({ token: new Secret(token) });
      const answer = await admin.send(path);
      expect([answer.status, answer.headers.get("www-authenticate")]).toEqual([401, 'Bearer realm="fairlead"']);
      expect((await admin.send(path, bearer)).status).toBe(path === "/nowhere" ? 404 : 200);
    },
  );

  test.each(["", "Bearer", "Bearer wrong", `Basic ${token}`, `Bearer ${token}x`, token])(
    "%j is none",
    async (value) => {
      const admin = await serveAdmin({ token: new Secret(token) });
      expect((await admin.send("/metrics", { headers: { authorization: value } })).status).toBe(401);
    },
  );

  test("a guesser is slowed down, the operator is not", async () => {
    const admin = await serveAdmin({ token: new Secret(token), failuresPerMinute: 1 });
    const statuses = [await admin.send("/"), await admin.send("/"), await admin.send("/", bearer)].map(
      ({ status }) => status,
    );
    expect(statuses).toEqual([401, 429, 200]);
  });

  test("any host name will do", async () => {
    const admin = await serveAdmin({ token: new Secret(token) });
    expect(await statusUnder(admin.port, "evil.example", bearer.headers)).toBe(200);
  });
});

describe("without a token", () => {
  test.each([
    "localhost",
    "LOCALHOST:1234",
    "127.0.0.1:8421",
    "[::1]",
    "[::1]:8421",
    "fairlead.lan",
    "Fairlead.lan:80",
  ])("answers under the name %s", async (host) => {
    const admin = await serveAdmin({ hostNames: ["Fairlead.LAN"] });
    expect(await statusUnder(admin.port, host)).toBe(200);
  });

  test.each(["evil.example", "localhost.evil.example", "127.0.0.1.nip.io:8421", "[::2]", "localhost@evil.example"])(
    "refuses the name %j, which a rebound DNS entry may bring",
    async (host) => {
      const admin = await serveAdmin();
      expect(await statusUnder(admin.port, host)).toBe(403);
    },
  );
});

test("without a token and without a name there is no answer either", async () => {
  const admin = await serveAdmin();
  const { text } = await exchange(admin.port, "GET /metrics HTTP/1.1\r\nHost:\r\nConnection: close\r\n\r\n");
  expect(text).toMatch(/^HTTP\/1\.1 403 /);
});

describe("a browser on another site", () => {
  const path = "/api/v1/services/shop/web/reconcile";

  test.each([
    [{ "sec-fetch-site": "cross-site" }, 403],
    [{ "sec-fetch-site": "same-site" }, 403],
    [{ "sec-fetch-site": "same-origin" }, 202],
    [{ "sec-fetch-site": "none" }, 202],
    [{ origin: "http://evil.example" }, 403],
    [{ origin: "null" }, 403],
    [{ "content-type": "text/plain" }, 415],
    [{ "content-type": "application/x-www-form-urlencoded" }, 415],
  ])("posting with %j: %i", async (headers, status) => {
    const admin = await serveAdmin();
    expect((await admin.post(path, "{}", headers)).status).toBe(status);
    expect(admin.surface.insisted).toHaveLength(status === 202 ? 1 : 0);
  });

  test("on our own page may post", async () => {
    const admin = await serveAdmin();
    expect((await admin.post(path, "{}", { origin: admin.url })).status).toBe(202);
  });

  test("is never told that it may read an answer", async () => {
    const admin = await serveAdmin();
    const answer = await admin.send("/api/v1/services", { headers: { origin: "http://evil.example" } });
    expect(answer.headers.get("access-control-allow-origin")).toBeNull();
    expect(answer.headers.get("cross-origin-resource-policy")).toBe("same-origin");
  });
});

test("the page says that the journal cannot be written, and nothing of one that is", async () => {
  const page = async (journal: JournalState) => {
    const admin = await serveAdmin({ surface: { ...fakeSurface(), journal: () => journal } });
    return (await admin.send("/")).text;
  };
  expect(await page({ kind: "failing", message: "<full>" })).toContain(
    '<p class="notice">journal: it cannot be written (&#60;full&#62;): what is decided now is lost',
  );
  expect(await page({ kind: "written" })).not.toContain('<p class="notice">');
});

/** fetch sets Host by itself. */
function statusUnder(port: number, host: string, headers: Readonly<Record<string, string>> = {}): Promise<number> {
  return new Promise((resolve, reject) => {
    const sent = request({ port, host: "127.0.0.1", path: "/metrics", headers: { ...headers, host } }, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
    sent.on("error", reject).end();
  });
}

describe("files that a commit and a container have both changed", () => {
  test("are decided about by side and name", async () => {
    const asked: unknown[] = [];
    const synced = { files: ["conf/a"], kept: [{ file: "conf/a", path: "/kept/a" }], left: [] };
    const sync = (...word: unknown[]) => {
      asked.push(word);
      return Promise.resolve(word[0] === "shop" ? synced : undefined);
    };
    const admin = await serveAdmin({ surface: fakeSurface({ sync }) });
    const answer = await admin.post("/api/v1/projects/shop/sync?side=theirs&file=conf%2Fa&file=b", {});
    expect([answer.status, answer.json]).toEqual([200, synced]);
    await admin.post("/api/v1/projects/shop/sync?side=ours", {});
    expect(asked).toEqual([
      ["shop", "theirs", ["conf/a", "b"]],
      ["shop", "ours", []],
    ]);
    expect((await admin.post("/api/v1/projects/none/sync?side=ours", {})).status).toBe(404);
    for (const query of ["", "?side=mine", "?side=ours&file="]) {
      expect((await admin.post(`/api/v1/projects/shop/sync${query}`, {})).status, query).toBe(400);
    }
    expect((await admin.send("/api/v1/projects/shop/sync")).status).toBe(405);
  });
});
