import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import { load } from "js-yaml";
import { describe, expect, onTestFinished, test } from "vitest";
import { patienceMs } from "../../../sandbox/host/patience.js";

const program = fileURLToPath(new URL("../../../../dist/main.js", import.meta.url));

const at = "2026-01-31T12:00:00.000Z";
const digest = `sha256:${"a".repeat(64)}`;
const service = (name: string, reason: string, status: string) => ({
  ...{ project: "shop", service: name, image: "docker.io/acme/web:1", tag: "1", sync: "Synced", health: "Healthy" },
  ...{ desiredDigest: digest, activeDigest: digest, revision: 2, createdAt: at, observedAt: at },
  replicas: { desired: 1, ready: 1, updated: 1 },
  conditions: [
    { type: "Ready", status, reason, message: `because ${reason}`, observedGeneration: 1, lastTransitionTime: at },
  ],
});
const revision = {
  ...{ revision: 2, to: digest, startedAt: at, reason: "Converged" },
  outcome: "promoted",
  active: true,
};

/** A controller that knows two services; what it says of the first can change. */
async function controller() {
  const state = { reason: "Converged", status: "True" };
  const server = createServer(({ url = "" }, response) => {
    const services = [service("web", state.reason, state.status), service("db", "Converged", "True")];
    const answer = url.endsWith("/history")
      ? { revisions: [revision], paused: false, reloads: [], failures: [] }
      : url.endsWith("/images")
        ? { image: "docker.io/acme/web:1", digest, running: ["1"], candidates: [], more: 0 }
        : { services, problems: [], journal: { kind: "written" } };
    response.setHeader("content-type", "application/json").end(JSON.stringify(answer));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { address: `127.0.0.1:${(server.address() as AddressInfo).port}`, state };
}

interface Ways {
  /** In a terminal of its own. */
  readonly terminal?: boolean;
  readonly env?: Readonly<Record<string, string>>;
}

function begin(address: string, args: readonly string[], { terminal = false, env = {} }: Ways = {}) {
  const words = [process.execPath, program, ...args];
  const [file = "", ...rest] = terminal
    ? ["script", "-qefc", words.map((word) => `'${word}'`).join(" "), "/dev/null"]
    : words;
  const child = spawn(file, rest, {
    env: { PATH: process.env["PATH"] ?? "", HOME: "/nowhere", TERM: "xterm", FAIRLEAD_ADMIN_LISTEN: address, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const texts = { out: "" };
  child.stdout.on("data", (chunk: Buffer) => (texts.out += chunk.toString()));
  return { child, said: () => texts.out, code: once(child, "close").then(([code]) => code as number | null) };
}

async function said(address: string, args: readonly string[], ways?: Ways): Promise<string> {
  const run = begin(address, args, ways);
  expect(await run.code).toBe(0);
  return run.said();
}

async function until(what: string, isSo: () => boolean): Promise<void> {
  for (const deadline = Date.now() + patienceMs; !isSo();) {
    if (Date.now() > deadline) throw new Error(`it never came to be: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

const verbs = ["status", "history", "images"] as const;
const names = {
  status: "shop/web\nshop/db\n",
  history: "shop/web@2\nshop/db@2\n",
  images: `docker.io/acme/web:1@${digest}\n`.repeat(2),
} as const;

describe.each(verbs)("fairlead %s", (verb) => {
  test("prints the same as JSON, as YAML and with --json, and names with -o name and -q", async () => {
    const { address } = await controller();
    const json = JSON.parse(await said(address, [verb, "-o", "json"])) as { readonly services: readonly object[] };
    expect(json.services).toMatchObject([
      { project: "shop", service: "web" },
      { project: "shop", service: "db" },
    ]);
    expect(JSON.parse(await said(address, [verb, "--json"]))).toEqual(json);
    expect(load(await said(address, [verb, "-o", "yaml"]))).toEqual(json);
    expect(await said(address, [verb, "-o", "name"])).toBe(names[verb]);
    expect(await said(address, [verb, "-q"])).toBe(names[verb]);
  });

  test("refuses a form that there is none of, and two at once", async () => {
    const { address } = await controller();
    for (const args of [
      ["-o", "xml"],
      ["-o", "json", "-q"],
      ["--json", "-q"],
      ["-o", ""],
    ]) {
      expect(await begin(address, [verb, ...args]).code).toBe(1);
    }
  });

  test("prints a table in colours on a terminal only, and there not with --no-color or NO_COLOR", async () => {
    const { address } = await controller();
    expect(await said(address, [verb])).not.toContain("\u001b");
    expect(await said(address, [verb], { terminal: true })).toContain("\u001b[1mSERVICE");
    expect(await said(address, [verb, "--no-color"], { terminal: true })).not.toContain("\u001b");
    expect(await said(address, [verb], { terminal: true, env: { NO_COLOR: "1" } })).not.toContain("\u001b");
  });
});

test("fairlead status -o wide has what the table has, and more", async () => {
  const { address } = await controller();
  const [head = "", first = ""] = (await said(address, ["status", "-o", "wide"])).split("\n");
  const [plain = ""] = (await said(address, ["status"])).split("\n");
  expect(head.startsWith(plain.trimEnd())).toBe(true);
  expect(head).toMatch(/DESIRED +TAG +POLICY +MESSAGE$/);
  expect(first).toContain("because Converged");
});

describe("fairlead status --watch", () => {
  test("says each change in a line of its own where there is no terminal, until it is ended", async () => {
    const { address, state } = await controller();
    const run = begin(address, ["status", "--watch"]);
    await until("both are told", () => run.said().split("\n").length === 3);
    Object.assign(state, { reason: "RolloutStarted", status: "False" });
    await until("the change is told", () => run.said().includes("RolloutStarted"));
    run.child.kill("SIGINT");
    expect(await run.code).toBe(0);
    const lines = run.said().trimEnd().split("\n");
    expect(lines).toHaveLength(3);
    for (const line of lines) expect(line).toMatch(/^20\d\d-\S+Z {2}shop\/(?:web|db) {2}Synced/);
    expect(run.said()).not.toContain("\u001b");
  });

  test("draws on a terminal anew, and goes with no other form", async () => {
    const { address, state } = await controller();
    const run = begin(address, ["status", "-w"], { terminal: true });
    await until("it is drawn", () => run.said().includes("Converged"));
    Object.assign(state, { reason: "RolloutStarted", status: "False" });
    await until("the change is drawn", () => run.said().includes("RolloutStarted"));
    expect(run.said()).toContain("\u001b[H\u001b[2J");
    run.child.kill("SIGTERM");
    await run.code;
    for (const args of [["-o", "json"], ["-q"], ["--json"], ["--kept"]]) {
      expect(await begin(address, ["status", "-w", ...args]).code).toBe(1);
    }
  });
});
