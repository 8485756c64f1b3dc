import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { describe, inject } from "vitest";
import { faultProxy } from "../../../sandbox/proxies/fault-proxy.js";
import { freePort } from "../../../sandbox/network/ports.js";
import { order, quick, test } from "../scene/scene.js";
import type { Scene } from "../scene/scene.js";

const program = fileURLToPath(new URL("../../../../dist/main.js", import.meta.url));

interface Applying {
  /** Everything it has said so far, of both streams. */
  readonly said: () => string;
  readonly printed: () => string;
  kill(signal: NodeJS.Signals): void;
  readonly ended: Promise<number | null>;
}

interface Ways {
  /** In a terminal of its own. */
  readonly terminal?: boolean;
  readonly env?: Readonly<Record<string, string>>;
  readonly verb?: string;
}

/** `fairlead apply` of a scene's file, as a person or a pipeline calls it. */
async function applying(scene: Scene, args: readonly string[] = [], ways: Ways = {}): Promise<Applying> {
  const { terminal = false, env = {}, verb = "apply" } = ways;
  const words = [process.execPath, program, verb, ...args, "-f", scene.servicesFile, "--config", scene.settingsFile];
  const [file, ...rest] = terminal
    ? ["script", "-qefc", words.map((word) => `'${word}'`).join(" "), "/dev/null"]
    : words;
  const child = spawn(file ?? "", rest, {
    env: {
      PATH: process.env["PATH"] ?? "",
      HOME: process.env["HOME"] ?? "/root",
      TERM: "xterm",
      DOCKER_HOST: scene.engineHost,
      FAIRLEAD_DATA: `${scene.directory}/data`,
      FAIRLEAD_LEASE: scene.lease,
      FAIRLEAD_ADMIN_LISTEN: `127.0.0.1:${await freePort()}`,
      ...env,
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const texts = { out: "", all: "" };
  child.stdout.on("data", (chunk: Buffer) => {
    texts.out += chunk.toString();
    texts.all += chunk.toString();
  });
  child.stderr.on("data", (chunk: Buffer) => (texts.all += chunk.toString()));
  const ended = once(child, "close").then(([code]) => code as number | null);
  return {
    said: () => texts.all,
    printed: () => texts.out,
    kill: (signal) => {
      child.kill(signal);
    },
    ended,
  };
}

async function applied(scene: Scene, args: readonly string[] = [], ways: Ways = {}) {
  const run = await applying(scene, args, ways);
  const code = await run.ended;
  return { code, said: run.said(), printed: run.printed() };
}

const steering = /[^\P{Cc}\n]/u;

describe.concurrent("apply without a controller", () => {
  test("brings everything up from nothing, tells each step in plain lines, and then finds nothing to do", async ({
    scene,
    expect,
  }) => {
    const { digest } = await scene.push({ healthcheck: quick, size: 300_000 });
    const db = await scene.push({ name: "db" });
    await scene.write({ web: { depends_on: ["db"] }, db: {} });
    const first = await applied(scene);
    expect(first.said).toContain(`${scene.project}/web: promoted after`);
    expect(first.code).toBe(0);
    expect(first.printed).not.toMatch(steering);
    for (const text of ["begun: pull", "pulled ", "done in", "begun: wait until it has been well", "as wanted: Synced"])
      expect(first.printed).toContain(text);
    expect(await scene.active()).toMatchObject({ digest, state: "running", restartPolicy: "unless-stopped" });
    expect(await scene.active("db")).toMatchObject({ digest: db.digest, state: "running" });

    const before = await scene.containers();
    const again = await applied(scene, ["web"]);
    expect([again.code, again.printed]).toEqual([
      0,
      expect.stringMatching(new RegExp(`^${scene.project}/web: as wanted: Synced: [^\\n]*\\n$`)),
    ]);
    expect(await scene.containers()).toEqual(before);
    // A controller that comes later goes on from there.
    await scene.start();
    const status = await scene.untilServing(digest);
    expect(status).toMatchObject({ revision: 1, lastRollout: { outcome: "promoted" } });
    expect((await scene.containers()).map(({ id }) => id)).toEqual(before.map(({ id }) => id));
  });

  test("of one service leaves the others alone, but for what that one needs", async ({ scene, expect }) => {
    for (const name of ["web", "db", "other"]) await scene.push({ name });
    await scene.write({ web: { depends_on: ["db"] }, db: {}, other: {} });
    expect((await applied(scene, ["web"])).code).toBe(0);
    expect((await scene.containers()).map(({ service }) => service).sort()).toEqual(["db", "web"]);
  });

  test("goes back from a bad image with exit 3, and shows what the container and its check have said", async ({
    scene,
    expect,
  }) => {
    const good = await scene.push({ healthcheck: quick });
    await scene.write({ web: order("start-first") });
    expect((await applied(scene)).code).toBe(0);
    await scene.push({ healthcheck: quick, behaviour: "never-healthy", version: "v2" });
    const sick = await applied(scene);
    expect(sick.code).toBe(3);
    expect(sick.said).toMatch(/web: [^\n]*the check is not passed \(exit code 1\)/);
    expect(sick.said).toMatch(/rolled-back after/);
    expect(await scene.active()).toMatchObject({ digest: good.digest, state: "running" });

    await scene.push({ behaviour: "exit-at-once", version: "v3" });
    const dead = await applied(scene);
    expect(dead.code).toBe(3);
    expect(dead.said).toMatch(/not as wanted: Held/);
    expect(dead.said).toMatch(/failed at .*ContainerExited/);
    expect(dead.said).toContain("fatal");
    expect(await scene.active()).toMatchObject({ digest: good.digest, state: "running" });
    // It is held, and no further try of it is made.
    expect((await applied(scene)).code).toBe(3);
  });

  test("gives up after its time with exit 4, and the next one finishes", async ({ scene, expect }) => {
    const { digest } = await scene.push({
      healthcheck: { ...quick, startPeriodMs: 60_000 },
      behaviour: { slowStartMs: 6_000 },
    });
    await scene.write({ web: {} });
    expect((await applied(scene, ["--timeout", "2s"])).code).toBe(4);
    expect((await applied(scene)).code).toBe(0);
    expect(await scene.active()).toMatchObject({ digest, state: "running" });
  });

  test("does the plan that is meant, and no other", async ({ scene, expect }) => {
    const first = await scene.push();
    await scene.write({ web: {} });
    const planned = await applied(scene, [], { verb: "plan" });
    expect(planned.code).toBe(2);
    const fingerprint = /--plan (\S+)/.exec(planned.said)?.[1] ?? "";
    await scene.push({ version: "v2" });
    const refused = await applied(scene, ["--plan", fingerprint]);
    expect(refused.code).toBe(1);
    expect(refused.said).toMatch(/the plan is another by now \(\S+\); nothing was done/);
    expect(refused.said).toContain(`${scene.project}/web`);
    expect(await scene.containers()).toEqual([]);
    const now = /by now \((\S+)\)/.exec(refused.said)?.[1] ?? "";
    expect((await applied(scene, ["--plan", now])).code).toBe(0);
    expect((await scene.active())?.digest).not.toBe(first.digest);
    expect((await applied(scene, ["--dry-run"])).code).toBe(0);
  });

  test("leaves, interrupted in the middle of a pull or of a wait, what the next one finishes", async ({
    scene,
    expect,
    onTestFinished,
  }) => {
    const proxy = await faultProxy(inject("registryUrl"));
    onTestFinished(() => proxy.stop());
    const image = `${proxy.host}/${scene.image()}:latest`;
    const { digest } = await scene.push({ healthcheck: quick, size: 3_000_000 });
    await scene.write({ web: { image, deploy: { update_config: { monitor: "3s" } } } });
    proxy.inject({ path: /\/blobs\// }, { perSecond: 400_000 });
    const pulling = await applying(scene);
    await scene.until("some of it is pulled", () => pulling.said().includes("pulled "));
    pulling.kill("SIGINT");
    expect(await pulling.ended).toBe(1);
    expect(pulling.said()).toContain("interrupted: ");
    expect(await scene.active()).toBeUndefined();
    proxy.heal();

    const waiting = await applying(scene);
    await scene.until("it waits", () => waiting.said().includes("begun: wait until it has been well"));
    waiting.kill("SIGTERM");
    expect(await waiting.ended).toBe(1);
    expect((await scene.containers()).map(({ name }) => name)).toEqual([`${scene.project}-web-1.next`]);
    const last = await applied(scene);
    expect(last.code).toBe(0);
    expect(await scene.active()).toMatchObject({ digest, state: "running" });
  });

  test("ends at once at a second signal", async ({ scene, expect, onTestFinished }) => {
    const proxy = await faultProxy(inject("registryUrl"));
    onTestFinished(() => proxy.stop());
    await scene.push({ size: 3_000_000 });
    await scene.write({ web: { image: `${proxy.host}/${scene.image()}:latest` } });
    proxy.inject({ path: /\/blobs\// }, { perSecond: 300_000 });
    const run = await applying(scene);
    await scene.until("it pulls", () => run.said().includes("begun: pull"));
    run.kill("SIGINT");
    run.kill("SIGINT");
    expect(await run.ended).toBe(1);
  });

  test("draws what goes on on a terminal, and nothing with --no-color, NO_COLOR or CI", async ({ scene, expect }) => {
    await scene.push({ healthcheck: quick });
    await scene.write({ web: {} });
    const drawn = await applied(scene, [], { terminal: true });
    expect(drawn.code).toBe(0);
    expect(drawn.said).toContain("\u001b[?25l");
    expect(drawn.said).toMatch(/\[>\][^\n]*wait until it has been well/);
    expect(drawn.said).toMatch(/\[x\][^\n]*start /);
    // The cursor and the wrapping of lines are as they were.
    expect(drawn.said.lastIndexOf("\u001b[?25h")).toBeGreaterThan(drawn.said.lastIndexOf("\u001b[?25l"));
    expect(drawn.said.lastIndexOf("\u001b[?7h")).toBeGreaterThan(drawn.said.lastIndexOf("\u001b[?7l"));
    for (const env of [{ NO_COLOR: "1" }, { CI: "true" }, { TERM: "dumb" }]) {
      const plain = await applied(scene, [], { terminal: true, env });
      expect(plain.said).not.toMatch(/[^\P{Cc}\r\n]/u);
      expect(plain.said).toContain("as wanted");
    }
    expect((await applied(scene, ["--no-color"], { terminal: true })).said).not.toMatch(/[^\P{Cc}\r\n]/u);
  });

  test("is data line by line with --json", async ({ scene, expect }) => {
    await scene.push();
    await scene.write({ web: {} });
    const { code, printed } = await applied(scene, ["--json"]);
    expect(code).toBe(0);
    const lines = printed
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(lines.at(-1)).toMatchObject({ project: scene.project, service: "web", verdict: "as wanted" });
    expect(lines.slice(0, -1).some(({ rollout }) => rollout !== null)).toBe(true);
  });
});

describe.concurrent("apply beside a controller", () => {
  test("has it done by that one, follows it, and refuses where that has other files", async ({ scene, expect }) => {
    await scene.push({ healthcheck: quick });
    await scene.push({ name: "old" });
    await scene.write({ web: order("start-first"), old: {} });
    const { adminUrl } = await scene.start();
    await scene.untilStatus(({ sync }) => sync === "Synced");
    const env = { FAIRLEAD_ADMIN_LISTEN: adminUrl.slice("http://".length) };
    const next = await scene.push({ healthcheck: quick, version: "v2" });
    const followed = await applied(scene, [], { env });
    expect(followed.said).toContain(`the controller at ${adminUrl} does it`);
    expect(followed.said).toContain("promoted after");
    expect(followed.code).toBe(0);
    expect((await scene.active())?.digest).toBe(next.digest);

    await scene.push({ behaviour: "exit-at-once", version: "v3" });
    const held = await applied(scene, ["web"], { env });
    expect(held.code).toBe(3);
    expect(held.said).toContain("fatal");

    // Where it cannot be found, it is in office all the same.
    const blind = await applied(scene, []);
    expect(blind.code).toBe(1);
    expect(blind.said).toContain("held by another controller");
    await scene.until("the other one runs", () => scene.active("old"));
    await scene.write({ web: order("start-first") });
    const pruning = await applied(scene, ["--prune"], { env });
    expect(pruning.code).toBe(1);
    expect(pruning.said).toContain("does not prune");
    expect(await scene.active("old")).toMatchObject({ state: "running" });
  });
});
