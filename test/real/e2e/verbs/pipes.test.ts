import { execFile } from "node:child_process";
import { createServer } from "node:http";
import type { IncomingMessage, ServerResponse } from "node:http";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, onTestFinished, test } from "vitest";
import { commandTree } from "../../../../src/cli/commands.js";
import type { Wiring } from "../../../../src/cli/shared/wiring.js";
import { freePort } from "../../../sandbox/network/ports.js";

const program = fileURLToPath(new URL("../../../../dist/main.js", import.meta.url));

/** More than any pipe holds. */
const many = 1_000;
/** Each of them is asked about by itself. */
const few = 30;
const at = "2026-01-31T12:00:00.000Z";
const ready = {
  type: "Ready",
  status: "True",
  reason: "Converged",
  message: "x".repeat(3_000),
  lastTransitionTime: at,
};
const status = (service: string, observedAt: string) => ({
  ...{ project: "shop", service, image: "docker.io/library/nginx:1", observedAt, sync: "Synced", health: "Healthy" },
  ...{ revision: 1, replicas: { desired: 1, ready: 1, updated: 1 }, conditions: [ready] },
});
const lines = Array.from({ length: many }, (_, index) => `line ${index} ${"x".repeat(100)}`);
const revision = {
  revision: 1,
  to: `sha256:${"a".repeat(64)}`,
  startedAt: at,
  outcome: "promoted",
  reason: "Converged",
};
const history = {
  ...{ revisions: Array.from({ length: few }, () => ({ ...revision, active: false })), paused: false, reloads: [] },
  failures: [{ container: "shop-web-1", digest: "sha256:a", at, reason: "Exited", message: "1", logs: lines }],
};
const event = { id: "1-1", at, project: "shop", service: "web", type: "state", reason: "Converged", message: "well" };

/** A controller that answers everything, and more than anybody reads. */
async function controller(): Promise<string> {
  let looks = 0;
  const services = () => {
    looks += 1;
    const moment = new Date(Date.parse(at) + looks).toISOString();
    return ["web", ...Array.from({ length: few }, (_, index) => `db${index}`)].map((name) => status(name, moment));
  };
  const plans = () => lines.map((text) => ({ project: "shop", service: "web", changes: false, text }));
  const answers: readonly (readonly [RegExp, () => unknown])[] = [
    [/^\/api\/v1\/services$/, () => ({ services: services(), problems: [], journal: { kind: "written" } })],
    [/\/history$/, () => history],
    [/\/plan$/, () => ({ plans: plans(), orphans: [] })],
    [/\/build$/, () => ({ lines, dropped: 0, beganAt: at, state: "done" })],
    [
      /\/images$/,
      () => ({
        ...{ image: "docker.io/acme/web:1", policy: "semver ^1", tag: "1", running: [], more: 0 },
        candidates: lines.map((line) => ({ tag: line, verdict: "other", why: line })),
      }),
    ],
    [/\/explain$/, () => ({ sentences: lines, next: { what: "nothing" }, can: [] })],
    [/\/diff$/, () => ({ file: { service: { a: 1 } }, running: { service: { a: 1 } }, isSameSpec: true, untold: [] })],
    [/\/sync\?/, () => ({ files: lines, kept: [], left: [] })],
    [
      /\/notifications\/desk\/test/,
      () => ({ kind: "promoted", text: lines.join("\n"), answer: { outcome: "delivered" } }),
    ],
    [
      /^\/api\/v1\/services\//,
      () => ({
        ...{ enqueued: ["shop/web"], durable: true, adopted: lines, approved: { digest: "sha256:a" } },
        ...{ rollback: { revision: 1, digest: "sha256:a", spec: "own" }, resumed: {}, stopped: {}, started: {} },
        ...{ paused: {}, retried: {} },
      }),
    ],
  ];
  const server = createServer((request: IncomingMessage, response: ServerResponse) => {
    const url = request.url ?? "";
    if (/^\/api\/v1\/(?:logs|events)/.test(url)) {
      response.end(lines.map((line) => `${url.includes("events") ? JSON.stringify(event) : line}\n`).join(""));
      return;
    }
    const answer = answers.find(([path]) => path.test(url))?.[1]();
    response.statusCode = answer === undefined ? 404 : 200;
    response.setHeader("content-type", "application/json").end(JSON.stringify(answer ?? {}));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function folder(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), "fairlead-pipes-"));
  onTestFinished(() => rm(path, { recursive: true, force: true }));
  const services = Array.from({ length: many }, (_, index) => `  web${index}: {image: "nginx:1"}\n`).join("");
  await writeFile(join(path, "fairlead.yaml"), "hookSecret: of-this-test-alone\n");
  await writeFile(join(path, "services.yaml"), `name: shop\nservices:\n${services}`);
  return path;
}

/** Its exit code and errors, with its output in a pipe whose reader goes as it likes. */
function piped(reader: string, args: readonly string[], cwd: string): Promise<{ code: string; errors: string }> {
  const script = `{ "$@"; echo "code $?" >&2; } | ${reader} >/dev/null`;
  const command = ["-c", script, "sh", process.execPath, program, ...args];
  const env = { PATH: process.env["PATH"] ?? "", HOME: "/nonexistent" };
  return new Promise((resolve) => {
    execFile("/bin/sh", command, { env, cwd }, (_error, _out, stderr) => {
      const [, code = "none"] = /code (\d+)/.exec(stderr) ?? [];
      resolve({ code, errors: stderr.replace(/code \d+\n/, "") });
    });
  });
}

const asking: Readonly<Record<string, readonly (readonly string[])[]>> = {
  ...{
    status: [[], ["web"], ["--json"]],
    explain: [["web"], ["web", "--json"]],
    diff: [["web"], ["web", "--json"]],
    history: [[], ["web"], ["--json"]],
    plan: [[], ["--json"]],
  },
  ...{ logs: [[], ["--json"], ["--failed"], ["--failed", "--json"], ["--build", "web"]], events: [[], ["--json"]] },
  ...{ wait: [["web"]], retry: [["web"]], rollback: [["web"]], approve: [["web"]], pause: [["web"]] },
  ...{ resume: [["web"]], stop: [["web"]], start: [["web"]], sync: [["shop", "--ours"]], reconcile: [["web"]] },
  ...{
    notify: [
      ["test", "desk"],
      ["test", "desk", "--json"],
    ],
  },
  ...{ adopt: [["--all"], ["web"]], images: [[], ["web"], ["--json"]] },
};
const alone: Readonly<Record<string, readonly (readonly string[])[]>> = {
  validate: [[], ["--json"], ["--strict"]],
  config: [[], ["--format", "json"], ["--services"], ["--images"]],
  completion: [["bash"], ["zsh"], ["fish"]],
  version: [[], ["--json"]],
  hook: [["url"], ["url", "github"], ["url", "dockerhub"]],
  setup: [["--services", "example", "--pushes", "generic", "--run", "terminal", "--dir", "new", "--force"]],
};
/** A controller's log is no answer, and what it says may be lost; others need an engine, or a journal on the disk. */
const elsewhere = ["run", "init", "doctor", "apply", "journal"];
describe("output that nobody reads any more ends the verb in silence", () => {
  test("of every verb there is", () => {
    const verbs = commandTree({ version: "0" } as Wiring, { code: 0 })
      .commands.map((command) => command.name())
      .filter((name) => !name.startsWith("_"));
    expect([...Object.keys(asking), ...Object.keys(alone), ...elsewhere].sort()).toEqual([...verbs].sort());
  });

  test.each(Object.entries(asking))("%s, which asks a controller", async (verb, all) => {
    const [url, cwd] = [await controller(), await folder()];
    for (const words of all) {
      for (const reader of ["true", "head -n 1"]) {
        const { code, errors } = await piped(reader, [verb, ...words, "--admin", url], cwd);
        expect([words, reader, code, errors.replace(/^waiting: .*\n/gm, "")]).toEqual([words, reader, "0", ""]);
      }
    }
  });

  test.each(Object.entries(alone))("%s, which needs none", async (verb, all) => {
    const cwd = await folder();
    for (const words of all) {
      for (const reader of ["true", "head -n 1"]) {
        const { code, errors } = await piped(reader, [verb, ...words], cwd);
        expect([words, reader, code, errors]).toEqual([words, reader, "0", ""]);
      }
    }
  });

  test("help, of the whole and of each verb", async () => {
    const cwd = await folder();
    const verbs = commandTree({ version: "0" } as Wiring, { code: 0 }).commands.map((command) => command.name());
    for (const words of [["--help"], ["help"], ["--version"], ...verbs.map((verb) => [verb, "--help"])]) {
      expect([words, await piped("true", words, cwd)]).toEqual([words, { code: "0", errors: "" }]);
    }
  });

  test("a controller's log too: it works on, and ends well", async () => {
    const cwd = await folder();
    const ports = [
      "--hooks-listen",
      `127.0.0.1:${await freePort()}`,
      "--admin-listen",
      `127.0.0.1:${await freePort()}`,
    ];
    const away = ["--data", join(cwd, "data"), "--log-level", "debug"];
    const script = `timeout --signal=TERM 5 "$@"`;
    const env = { PATH: process.env["PATH"] ?? "", HOME: "/nonexistent", DOCKER_HOST: `unix://${cwd}/none.sock` };
    const errors = await new Promise<string>((resolve) => {
      const command = ["-c", `{ ${script}; echo "code $?" >&2; } | true`, "sh"];
      execFile(
        "/bin/sh",
        [...command, process.execPath, program, "run", ...ports, ...away],
        { env, cwd },
        (...told) => {
          resolve(told[2]);
        },
      );
    });
    expect(errors).toBe("code 124\n");
  });
});
