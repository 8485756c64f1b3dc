import { existsSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readExits } from "../../../src/cli/exits.js";
import { program } from "../../../src/cli/program.js";
import type { Wiring } from "../../../src/cli/shared/wiring.js";
import { declarationHash } from "../../../src/compose/model/hash.js";
import { readAdmin } from "../../../src/config/admin.js";
import { readConfig } from "../../../src/config/config.js";
import { readCommands } from "../../docs/cli-page.js";
import { specOf } from "../plan/world.js";

const spec = specOf();
const problem = { file: "services.yaml", path: "", message: "it is broken" };

/** How the controller that is asked stands. */
interface World {
  readonly status?: object;
  readonly isForgetful?: true;
  readonly isRefusing?: true;
  readonly hasProblems?: true;
  readonly changes?: true;
  readonly differs?: true;
  readonly hasLost?: true;
}

/** One call of a verb: `HERE` stands for the controller's address. */
type Case = readonly [code: number, args: readonly string[], world?: World];

const ready = (status: string, reason: string, sync: string) => ({
  sync,
  conditions: [{ type: "Ready", status, reason, message: "so it is" }],
});
const held = ready("False", "DigestHeld", "Held");
const late = ready("False", "Pulling", "OutOfSync");
const at = ["--admin", "HERE"];
const nowhere = ["--admin", "http://127.0.0.1:1"];

const decision = (...words: readonly string[]): readonly Case[] => [
  [0, [...words, ...at]],
  [1, [...words, ...at], { isRefusing: true }],
  [1, [...words, ...nowhere]],
  [5, [...words, ...at], { isForgetful: true }],
];
const look = (...words: readonly string[]): readonly Case[] => [
  [0, [...words, ...at]],
  [1, [...words, ...nowhere]],
];

const cases: Readonly<Record<string, readonly Case[]>> = {
  validate: [
    [0, []],
    [1, [], { hasProblems: true }],
  ],
  config: [
    [0, []],
    [1, [], { hasProblems: true }],
  ],
  plan: [
    [0, at],
    [1, nowhere],
    [1, [], { hasProblems: true }],
    [2, at, { changes: true }],
  ],
  apply: [
    [0, at],
    [1, nowhere],
    [1, [], { hasProblems: true }],
    [1, [...at, "--plan", "0123456789abcdef-00"], { changes: true }],
    [2, [...at, "--dry-run"], { changes: true }],
    [3, at, { status: held }],
    [4, [...at, "--timeout", "1s"], { status: late }],
  ],
  status: [...look(), [1, at, { hasProblems: true }]],
  logs: look(),
  events: look(),
  wait: [
    ...look("web"),
    [3, ["web", ...at], { status: held }],
    [4, ["web", ...at, "--timeout", "1s"], { status: late }],
  ],
  retry: decision("web"),
  rollback: decision("web"),
  approve: decision("web"),
  pause: decision("web"),
  resume: decision("web"),
  stop: decision("web"),
  start: decision("web"),
  reconcile: decision("web"),
  adopt: decision("web"),
  sync: look("shop", "--ours"),
  history: look(),
  images: look(),
  journal: [
    [0, ["check"]],
    [1, ["count"]],
    [3, ["check"], { hasLost: true }],
  ],
  explain: look("web"),
  diff: [...look("web"), [1, ["web", ...at], { differs: true }]],
  completion: [
    [0, ["bash"]],
    [1, ["tcsh"]],
  ],
  version: [
    [0, []],
    [1, ["--no-such-flag"]],
  ],
};

/** They need a host, a terminal or a peer: the test that shows a code end to end, by verb. */
const elsewhere: Readonly<Record<string, Readonly<Record<number, string>>>> = {
  setup: { 0: "test/real/e2e/verbs/setup.test.ts", 1: "test/real/e2e/verbs/setup.test.ts" },
  run: { 0: "test/real/e2e/containers/ends.test.ts", 1: "test/real/e2e/controllers/controllers.test.ts" },
  init: { 0: "test/real/e2e/verbs/init.test.ts", 1: "test/real/e2e/verbs/init.test.ts" },
  hook: { 0: "test/real/e2e/containers/hooks.test.ts", 1: "test/unit/cli/verbs/hook.test.ts" },
  notify: { 0: "test/unit/cli/verbs/notify.test.ts", 1: "test/unit/cli/verbs/notify.test.ts" },
  doctor: { 0: "test/real/e2e/verbs/doctor.test.ts", 1: "test/real/e2e/verbs/doctor.test.ts" },
};

let world: World = {};
const fileFound = () => ({
  ...{ file: "journal", bytes: 9, lines: { decisions: 1, states: 0, past: 0 }, oddities: [] },
  lost: world.hasLost === undefined ? [] : [lost],
});
const lost = {
  ...{ line: 1, lines: 1, byte: 0, bytes: 9, what: "damaged", inForce: "perhaps" },
  ...{ kinds: [], services: [] },
};
let seen = 0;
const statusNow = () => ({
  ...{ project: "shop", service: "web", image: "acme/web:1", health: "Healthy", observedAt: String((seen += 1)) },
  ...{ replicas: { desired: 1, ready: 1, updated: 1 } },
  ...ready("True", "Converged", "Synced"),
  ...world.status,
});

function answer(method: string, url: string): object {
  const durable = world.isForgetful === undefined;
  if (method === "POST") {
    const more = { retried: {}, paused: {}, stopped: {}, started: { stoppedByFile: false }, resumed: {} };
    const digest = `sha256:${"a".repeat(64)}`;
    const whole = { rollback: { revision: 1, digest, spec: "own" }, approved: { digest, specHash: "H" } };
    return { durable, enqueued: ["shop/web"], adopted: ["web"], files: [], kept: [], left: [], ...more, ...whole };
  }
  if (url.endsWith("/history")) return { revisions: [], paused: false, reloads: [], failures: [] };
  if (url.endsWith("/images")) return { image: "acme/web:1", running: [], candidates: [], more: 0 };
  if (url.endsWith("/explain")) return { sentences: ["It runs."], next: { what: "nothing" }, can: [] };
  if (url.endsWith("/diff")) {
    const service = { image: "a" };
    const file = { service: world.differs === undefined ? service : { image: "b" } };
    return { file, running: { service, container: "web-1" }, isSameSpec: true, untold: [] };
  }
  if (url.includes("/plan")) {
    const changes = world.changes === true;
    return {
      plans: [{ project: "shop", service: "web", changes, text: "x", declared: declarationHash(spec) }],
      orphans: [],
    };
  }
  const problems = world.hasProblems === true ? [problem] : [];
  return { services: [statusNow()], problems, journal: { kind: "written" } };
}

const server = createServer((req, res) => {
  if (world.isRefusing === true && req.method === "POST") {
    res.writeHead(409, { "content-type": "application/json" }).end(JSON.stringify({ error: "no" }));
    return;
  }
  const isStream = /\/(?:logs|events|rollouts)\b/.test(req.url ?? "");
  if (isStream) res.writeHead(200, { "content-type": "text/event-stream" }).end();
  else res.setHeader("content-type", "application/json").end(JSON.stringify(answer(req.method ?? "", req.url ?? "")));
});
beforeAll(() => new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve)));
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

async function codeOf(verb: string, args: readonly string[]): Promise<number> {
  const here = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const refuse = () => Promise.reject(new Error("not here"));
  const problems = world.hasProblems === true ? [problem] : [];
  const projects = world.hasProblems === true ? [] : [{ name: "shop", file: "services.yaml", services: [spec] }];
  const wiring = {
    version: "0",
    configure: (flags: object) => Promise.resolve(readConfig(flags, {})),
    locate: (flags: object) => readAdmin(flags, {}, []),
    load: () => Promise.resolve({ projects, problems, warnings: [], files: new Map() }),
    resolve: () => Promise.resolve({ projects: [], problems, warnings: [] }),
    ...{ start: refuse, act: refuse, draft: refuse, preview: refuse, tell: refuse, examine: refuse },
    inspect: () =>
      Promise.resolve({ journal: { files: [fileFound()], oddities: [], putAside: [] }, outbox: undefined }),
    ...{ terminal: false, errorTerminal: false, readText: () => undefined },
    ...{ print: () => undefined, redraw: () => undefined, complain: () => undefined },
    pour: async (texts: AsyncIterable<string>) => {
      for await (const _text of texts) continue;
      return true;
    },
  } as unknown as Wiring;
  return program(wiring, ["node", "fairlead", verb, ...args.map((arg) => (arg === "HERE" ? here : arg))]);
}

const all = Object.entries(cases).flatMap(([verb, its]) =>
  its.map(([code, args, given]) => ({ verb, code, args, given })),
);

describe("a verb ends with the code that it declares", () => {
  it.each(all)("$verb $args: $code", async ({ verb, code, args, given = {} }) => {
    world = given;
    expect(await codeOf(verb, args)).toBe(code);
  });

  it("and every code that is declared comes, here or in the end-to-end test that is named", () => {
    const verbs = readCommands().commands.filter((verb) => !verb.name().startsWith("_"));
    const declared = verbs.flatMap((verb) => Object.keys(readExits(verb)).map((code) => `${verb.name()} ${code}`));
    const shown = [
      ...all.map(({ verb, code }) => `${verb} ${code}`),
      ...Object.entries(elsewhere).flatMap(([verb, codes]) => Object.keys(codes).map((code) => `${verb} ${code}`)),
    ];
    const named = Object.values(elsewhere).flatMap((codes) => Object.values(codes));
    expect(named.filter((file) => !existsSync(file))).toEqual([]);
    // Only a disk that hangs brings it: test/real/e2e/faults/data-directory.test.ts.
    const possible = declared.filter((one) => !one.endsWith(" 137"));
    expect([...new Set(shown)].sort()).toEqual(possible.sort());
  });
});
