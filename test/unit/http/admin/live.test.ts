import { request } from "node:http";
import { Readable } from "node:stream";
import { afterAll, describe, expect, test } from "vitest";
import type { RepositoryState } from "../../../../src/control/ports/source.js";
import type { KeptFor } from "../../../../src/control/surface/kept.js";
import type { Surface } from "../../../../src/control/surface/surface.js";
import { FairleadError } from "../../../../src/errors.js";
import { adminApp, type AdminOptions } from "../../../../src/http/admin/admin.js";
import { moved, refused } from "../../../../src/http/admin/answers/values.js";
import { refusalsOf } from "../../../../src/http/admin/declare/openapi.js";
import type { Route } from "../../../../src/http/admin/declare/route.js";
import { routes } from "../../../../src/http/admin/routes/all.js";
import { startStandby } from "../../../../src/http/admin/standby.js";
import type { Notifications, TestOutcome } from "../../../../src/notify/model/standing.js";
import { Secret } from "../../../../src/tools/secret.js";
import type { Behaviour } from "../../../simulator/behaviour.js";
import { openStage, type Stage } from "../../control/lives/stage.js";
import { digestOf, specOf } from "../../plan/world.js";
import { memoryLog, serve } from "../harness.js";
import { fakeSurface } from "../surface.js";
import { Coverage } from "./coverage.js";

/*
 * Whatever is answered here is held against the declarations: each answer fits, has no field that is not documented, and of
 * all that is documented nothing never comes.
 */

const metrics = { contentType: "text/plain", render: () => Promise.resolve("up 1\n") };
const coverage = new Coverage();
/** `get /api/v1/plan 200`. */
const answered = new Set<string>();
const good: Behaviour = {};

interface Asking {
  readonly path: string;
  readonly method?: "GET" | "POST";
  readonly headers?: Readonly<Record<string, string>>;
}

interface Got {
  readonly status: number;
  readonly type: string;
  readonly text: string;
  readonly etag: string;
}

/** By hand: `fetch` sends no other host's name. */
function send(port: number, { path, method = "GET", headers = {} }: Asking): Promise<Got> {
  return new Promise((resolve, reject) => {
    const sent = request({ host: "127.0.0.1", port, path, method, headers, agent: false }, (response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (chunk: string) => (text += chunk));
      response.on("end", () => {
        const { "content-type": type = "", etag = "" } = response.headers;
        resolve({ status: response.statusCode ?? 0, type: type.replace(/;.*/, ""), text, etag });
      });
    });
    sent.on("error", reject).end();
  });
}

function routeOf({ path, method = "GET" }: Asking): Route {
  const [place = ""] = path.split("?");
  const found = routes.find(
    (route) =>
      route.method === method.toLowerCase() &&
      new RegExp(`^${route.path.replace(/\{\w+\}/g, "[^/]+").replaceAll(".", "\\.")}$`).test(place),
  );
  if (found === undefined) throw new Error(`${method} ${path} is no route`);
  return found;
}

/** Sends it, and holds what comes against what is declared. */
async function ask(port: number, asking: Asking): Promise<Got> {
  const route = routeOf(asking);
  const got = await send(port, asking);
  const { status, type, text } = got;
  const told = `${route.method} ${route.path} ${status}`;
  answered.add(told);
  const declared = route.answers[status];
  if (declared === undefined) {
    expect(refusalsOf(route), told).toHaveProperty(String(status));
    const body: unknown = JSON.parse(text);
    expect((status === 412 ? moved : refused).parse(body), told).toEqual(body);
    return got;
  }
  if (Object.keys(declared.media).length === 0) {
    expect(text, told).toBe("");
    return got;
  }
  const schema = declared.media[type];
  if (schema === undefined) throw new Error(`${told}: ${type} is not documented`);
  const bodies: readonly unknown[] =
    type === "application/json"
      ? [JSON.parse(text)]
      : type === "application/x-ndjson"
        ? text
            .split("\n")
            .filter((line) => line !== "")
            .map((line): unknown => JSON.parse(line))
        : [];
  for (const body of bodies) {
    // A shape leaves out what it does not know.
    expect(schema.parse(body), told).toEqual(body);
    coverage.note(schema, body);
  }
  return got;
}

async function app(surface: Surface, options: Partial<AdminOptions> = {}): Promise<number> {
  return (await serve(adminApp({ surface, metrics, log: memoryLog(), version: "1", ...options }))).port;
}

/** Lets simulated time pass until it has come. */
async function during<T>(stage: Stage, work: Promise<T>): Promise<T> {
  const state = { isOver: false };
  const ended = work.finally(() => (state.isOver = true));
  ended.catch(() => undefined);
  while (!state.isOver) {
    await stage.pass(100);
    await new Promise((resolve) => setImmediate(resolve));
  }
  return ended;
}

const web = "/api/v1/services/shop/web";
const everyOrder = ["reconcile", "retry", "rollback", "approve", "pause", "resume", "stop", "start", "adopt", "build"];

const commit = { id: "1".repeat(40), author: "Ann", at: "2026-01-31T12:00:00.000Z", subject: "web: 2" };
const repository: RepositoryState = {
  ...{ source: "https://forge.example/fleet.git", ref: "main", newest: commit, inForce: commit },
  lastSuccessAt: "2026-01-31T12:00:00.000Z",
  condition: { status: "True", reason: "InForce", message: "" },
  projects: [{ project: "shop", file: "compose.yaml", revision: commit.id }],
  writeBack: {
    branch: "main",
    condition: { status: "True", reason: "Recorded", message: "" },
    last: { commit: commit.id, at: "2026-01-31T12:00:00.000Z", services: ["shop/web"] },
  },
};
const kept: KeptFor = {
  ...{ source: repository.source, kind: "content", path: "/data/git/1", bytes: 5 },
  ...{ projects: ["shop"], containers: ["shop-web-1"] },
};

const progress: Surface["progress"] = () => ({
  ...{ project: "shop", service: "web" },
  rollout: {
    ...{ revision: 2, from: digestOf("a"), to: digestOf("b"), image: "acme/web:1", cause: "hook dockerhub" },
    ...{ beganAt: commit.at, endedAt: commit.at, outcome: "failed", message: "sick", moreSteps: 0 },
    steps: [
      { text: "pull", kind: "pull-image", state: "failed", beganAt: commit.at, endedAt: commit.at, message: "no" },
    ],
    pull: {
      ...{ reference: `acme/web@${digestOf("b")}`, bytes: 1, total: 2, bytesPerSecond: 3 },
      layers: [{ id: "abc", state: "downloading", bytes: 1, total: 2 }],
    },
    health: {
      ...{ container: "shop-web-1.next", state: "unhealthy", since: commit.at, deadline: commit.at },
      probe: { exitCode: 1, output: "no" },
    },
  },
});

function told(outcome: TestOutcome | undefined): Notifications {
  const at = "2026-01-31T12:00:00.000Z";
  const lastError = { message: "503", at };
  const channel = {
    name: "team",
    waiting: 1,
    dropped: 0,
    lastDelivered: { id: "1", at },
    lastError,
    troubledSince: at,
  };
  return {
    standing: () => ({ channels: [channel], durable: true }),
    test: () => Promise.resolve(outcome),
  };
}

describe("a controller on a simulated host", () => {
  test("answers as is documented", { timeout: 120_000 }, async () => {
    const stage = await openStage([specOf(), specOf({ name: "db", release: { approve: true } })]);
    stage.push("a", good, stage.specs[0]);
    stage.push("a", good, stage.specs[1]);
    const { surface } = await stage.start();
    const port = await app(surface);
    const get = (path: string, headers = {}) => during(stage, ask(port, { path, headers }));
    const post = (path: string, headers = {}) => during(stage, ask(port, { path, method: "POST", headers }));

    await stage.until("it serves", () => surface.service("shop/web")?.sync === "Synced");
    expect((await post(`${web}/rollback`)).status).toBe(409);
    expect((await post(`${web}/build`)).status).toBe(409);
    expect((await get(`${web}/plan?if=rollback`)).status).toBe(409);
    const { etag } = await get(web);
    stage.push("b", { healthyAfterMs: "never", output: ["oh no"] }, stage.specs[0]);
    await post(`${web}/reconcile`);
    await stage.until("it is held", () => surface.service("shop/web")?.sync === "Held");
    expect((await post(`${web}/retry`, { "if-match": etag })).status).toBe(412);
    await get("/api/v1/services");
    await get(`${web}/history`);
    await get(`${web}/explain`);
    await get(`${web}/diff`);
    await get(`${web}/images`);
    await get("/api/v1/plan?prune=true");
    await get(`${web}/logs`, { accept: "application/x-ndjson" });
    await get("/api/v1/logs?service=shop%2Fweb", { accept: "text/plain" });
    await get("/api/v1/logs", { accept: "application/x-ndjson" });
    await get("/api/v1/events?follow=false", { accept: "application/x-ndjson" });
    await get("/api/v1/events?follow=false");
    stage.push("c", good, stage.specs[0]);
    for (const verb of ["retry", "pause", "resume", "start"]) await post(`${web}/${verb}`);
    await stage.until("c serves", () => surface.service("shop/web")?.activeDigest === digestOf("c"));
    await get(`${web}/diff`);
    await post(`${web}/rollback`);
    await stage.until("it is pinned", () => surface.service("shop/web")?.sync === "Pinned");
    await get(web);
    await get(`${web}/history`);
    for (const verb of ["resume", "stop?for=2h", "stop", "stop", "start", "adopt"]) await post(`${web}/${verb}`);
    for (const verb of ["retry", "pause", "pause", "resume", "resume", "start"]) await post(`${web}/${verb}`);
    await post("/api/v1/services/shop/db/approve");
    await post("/api/v1/services/shop/db/approve");
    expect((await post("/api/v1/services/shop/db/approve?digest=0000000")).status).toBe(409);
    stage.specs.shift();
    stage.reload();
    await stage.pass(5_000);
    for (const look of ["diff", "images"]) expect((await get(`${web}/${look}`)).status).toBe(409);
    await get("/api/v1/services");
    await stage.close();
  });
});

test("what a simulated host has not is answered as is documented too", async () => {
  const surface: Surface = {
    ...fakeSurface({ kept: () => Promise.resolve([kept]), builds: ["shop/web"] }),
    repositories: () => [repository],
    problems: () => [
      {
        ...{ file: "compose.yaml", commit: commit.id, line: 3, column: 5, path: "services.web" },
        message: "no",
        hint: "so",
      },
    ],
    sync: () => Promise.resolve({ files: ["a"], kept: [{ file: "a", path: "/data/a" }], left: ["b"] }),
    orphans: () =>
      Promise.resolve([{ kind: "network", project: "shop", name: "shop_old", id: "1", usedBy: ["x"], text: "left" }]),
    plan: () =>
      Promise.resolve([
        { ...{ project: "shop", service: "web", changes: false, text: "nothing", declared: "H" }, error: "unknown" },
      ]),
    logs: () => {
      const common = { project: "shop", service: "web", container: "shop-web-1" };
      const lines = [
        { ...common, at: "2026-01-31T12:00:00.000000000Z", stream: "stdout" as const, text: "hello" },
        { ...common, notice: "its log cannot be read" },
      ];
      return Promise.resolve({ containers: ["shop-web-1"], entries: Readable.from(lines) });
    },
    replicas: () =>
      Promise.resolve({
        replicas: [
          {
            ...{ slot: 1, container: "shop-web-1", role: "active", state: "running", health: "healthy" },
            ...{
              problem: "it was late",
              revision: 2,
              digest: digestOf("b"),
              startedAt: commit.at,
              exitCode: 1,
              restarts: 0,
            },
            gate: { open: true, underWay: 2 },
            tasks: [
              ...[{ task: "t1", slot: 1, node: "n1", state: "running", since: commit.at }],
              ...[{ task: "t0", slot: 1, node: "n1", state: "failed", error: "exit (1)", since: commit.at }],
            ],
          },
        ],
        gate: { container: "shop-web.gate", known: true, underWay: 2 },
      }),
    progress,
    services: () => [],
    engine: () => ({ kind: "unreachable", clockSkewSeconds: 0, since: "2026-01-31T12:00:00.000Z", message: "away" }),
    images: () =>
      Promise.resolve({
        ...{
          image: "acme/web:1",
          policy: "semver ^1",
          tag: "1.2",
          digest: digestOf("a"),
          signed: true,
          running: ["1.1"],
        },
        ...{ problem: { reason: "TagGone", message: "gone" }, more: 3 },
        candidates: [{ tag: "1.2", verdict: "chosen", why: "the highest version" }],
        kept: [
          { id: digestOf("i"), digest: digestOf("a"), bytes: 5, revisions: [1], why: ["it serves"], isSpare: false },
        ],
      }),
    diff: () => {
      const side = { container: "shop-web-1", revision: 1, service: {} };
      return Promise.resolve({ file: { service: {} }, running: side, previous: side, isSameSpec: false, untold: [] });
    },
    history: () =>
      Promise.resolve({
        ...{ paused: false, failures: [], pinned: { revision: 1, digest: digestOf("a") } },
        reloads: [
          { ...{ container: "c", signal: "SIGHUP", files: ["/f"], at: commit.at, outcome: "failed" }, message: "sick" },
        ],
        revisions: [
          {
            ...{
              revision: 2,
              active: true,
              from: digestOf("a"),
              to: digestOf("b"),
              startedAt: commit.at,
              image: "acme/web:1",
            },
            ...{ finishedAt: commit.at, outcome: "rolled-back", reason: "Unhealthy", message: "sick", specHash: "H" },
            ...{ rollback: true, onRollback: { outcome: "done", message: "ran" }, cause: "hook dockerhub" },
            tag: { from: "1", tag: "2", policy: "semver", skipped: { tags: ["1.1"], more: 1 } },
            commit: { id: commit.id, source: "fleet", author: "Ann", subject: "2" },
            steps: [{ text: "pull", kind: "pull-image", beganAt: commit.at, endedAt: commit.at, message: "no" }],
            ...{ moreSteps: 1, changes: [{ field: "command", from: "a", to: "b" }] },
          },
        ],
      }),
    service: (key) => {
      const found = fakeSurface().service(key);
      if (found === undefined) return undefined;
      return {
        ...found,
        ...{ policy: "semver ^1", tag: "1", observedAt: commit.at, createdAt: commit.at, desiredSpec: "H" },
        pinned: { revision: 1, digest: digestOf("a") },
        lastRollout: {
          ...{ id: "shop/web@2", from: digestOf("a"), to: digestOf("b"), startedAt: commit.at, finishedAt: commit.at },
          ...{
            outcome: "failed",
            reason: "Unhealthy",
            message: "sick",
            image: "acme/web:1",
            specHash: "H",
            rollback: true,
          },
          ...{ onRollback: { outcome: "done", message: "ran" }, cause: "hook dockerhub" },
          tag: { from: "1", tag: "2", policy: "semver", skipped: { tags: ["1.1"], more: 1 } },
          commit: { id: commit.id, source: "fleet", author: "Ann", subject: "2" },
        },
      };
    },
  };
  for (const outcome of [
    { kind: "promoted", text: "t", isUnwanted: true, answer: { outcome: "delivered", said: "ok" } },
    { kind: "promoted", text: "t", answer: { outcome: "later", why: "503", afterMs: 5 } },
    { kind: "promoted", text: "t", answer: { outcome: "refused", why: "403" } },
  ] as const) {
    const port = await app(surface, { notifications: told(outcome) });
    await ask(port, { path: "/api/v1/notifications/team/test", method: "POST" });
    await ask(port, { path: "/api/v1/notifications" });
  }
  const nobody = await app(surface, { notifications: told(undefined) });
  expect((await ask(nobody, { path: "/api/v1/notifications/x/test", method: "POST" })).status).toBe(404);
  const self = { send: () => Promise.resolve({ url: "https://h.example", arrived: false, message: "404" }) };
  const port = await app(surface, { self });
  for (const verb of everyOrder) await ask(port, { path: `${web}/${verb}`, method: "POST" });
  await ask(port, { path: "/api/v1/self-delivery", method: "POST" });
  await ask(port, { path: "/api/v1/projects/shop/sync?side=ours", method: "POST" });
  const looks = ["", "/history", "/explain", "/diff", "/images", "/build", "/replicas", "/plan", "/rollout"].map(
    (look) => `${web}${look}`,
  );
  const others = [
    "/metrics",
    "/livez",
    "/readyz",
    ...["services", "kept", "plan", "rollouts", "openapi.json"].map((one) => `/api/v1/${one}`),
  ];
  for (const path of [...looks, ...others]) await ask(port, { path });
  await ask(port, { path: `${web}/logs`, headers: { accept: "application/x-ndjson" } });
  await ask(
    await app({
      ...surface,
      explain: () => Promise.resolve({ sentences: [], next: { what: "w", at: commit.at }, can: [] }),
    }),
    {
      path: `${web}/explain`,
    },
  );
  for (const state of [
    { kind: "written" },
    { kind: "failing", message: "no space left" },
    { kind: "stuck", forMs: 5 },
    { kind: "reading" },
  ] as const) {
    const one = await app({
      ...surface,
      journal: () => state,
      engine: () => ({ kind: "reachable", clockSkewSeconds: 0 }),
    });
    await ask(one, { path: "/api/v1/services" });
    await ask(one, { path: "/readyz" });
  }
});

test.each([true, false])("one that stands by answers the probes as is documented, fit: %s", async (isFit) => {
  const server = await startStandby("127.0.0.1:0", "test", () => isFit);
  for (const path of ["/livez", "/readyz"]) await ask(server.address.port, { path });
  await server.close(0);
});

describe("every refusal that is documented comes", () => {
  const away = () => Promise.reject(new FairleadError("EngineUnreachable", "away"));
  const blind: Surface = {
    ...fakeSurface(),
    history: away,
    diff: away,
    images: away,
    plan: away,
    preview: away,
    replicas: away,
    kept: away,
    logs: away,
    adopt: away,
  };
  const example = (path: string) =>
    path.replace("{project}", "shop").replace("{service}", "web").replace("{name}", "x") +
    (path.endsWith("/sync") ? "?side=ours" : "");

  test.each(routes.map((route) => [route.method, route.path, route] as const))(
    "%s %s",
    async (_method, _path, route) => {
      const path = example(route.path);
      const asking = { path, method: route.method === "get" ? "GET" : "POST" } as const;
      const plain = await app(fakeSurface());
      const guarded = await app(fakeSurface(), { token: new Secret("an-admin-token"), failuresPerMinute: 1 });
      const gone =
        path.includes("/web") || path.includes("/x/") || path.includes("/sync")
          ? path.replace("/web", "/none")
          : `${path}?service=a%2Fb`;
      const ways: Readonly<Record<number, () => Promise<Got>>> = {
        400: () => ask(plain, { ...asking, path: `${path.replace(/\?.*/, "")}?nonsense=1` }),
        401: () => ask(guarded, asking),
        403: () => ask(plain, { ...asking, headers: { host: "evil.example" } }),
        404: () => ask(plain, { ...asking, path: gone }),
        412: () => ask(plain, { ...asking, headers: { "if-match": '"old"' } }),
        415: () => ask(plain, { ...asking, headers: { "content-type": "text/plain", "transfer-encoding": "chunked" } }),
        429: async () => {
          await ask(guarded, asking);
          return ask(guarded, asking);
        },
        503: async () => {
          const isStream = /\/(?:events|rollouts?)$/.test(route.path);
          const headers = isStream ? { accept: "text/event-stream" } : {};
          return ask(await app(blind, { streams: isStream ? 0 : 8 }), { ...asking, headers });
        },
      };
      for (const status of Object.keys(refusalsOf(route)).map(Number)) {
        // Those come of what a controller knows: the first test has them.
        if (status === 409) continue;
        expect([status, (await ways[status]?.())?.status]).toEqual([status, status]);
      }
    },
  );

  test("and a caller who has it already is told so", async () => {
    const port = await app(fakeSurface({ builds: ["shop/web"] }));
    for (const route of routes.filter(({ answers }) => answers[304] !== undefined)) {
      const path = example(route.path);
      const { etag } = await ask(port, { path });
      expect((await ask(port, { path, headers: { "if-none-match": etag } })).status, path).toBe(304);
    }
  });
});

afterAll(() => {
  const documented = routes.flatMap((route) =>
    [...Object.keys(route.answers), ...Object.keys(refusalsOf(route))].map(
      (status) => `${route.method} ${route.path} ${status}`,
    ),
  );
  expect(documented.filter((one) => !answered.has(one))).toEqual([]);
  const missing = routes.flatMap((route) =>
    Object.values(route.answers).flatMap(({ media }) =>
      Object.values(media).flatMap((schema) =>
        coverage.missing(schema).map((field) => `${route.method} ${route.path}: ${field}`),
      ),
    ),
  );
  expect(missing).toEqual([]);
});
