import { execFile, spawn } from "node:child_process";
import { createHmac } from "node:crypto";
import { once } from "node:events";
import { mkdir, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { promisify } from "node:util";
import { expect, onTestFinished } from "vitest";
import { test, type Scene } from "../scene/scene.js";

const check = {
  test: ["CMD", "wget", "-q", "-O", "/dev/null", "http://127.0.0.1:8080/healthz"],
  interval: "400ms",
  timeout: "10s",
  retries: 2,
} as const;

/** On the base image, which serves /site. */
async function writeContext(scene: Scene, page: string, ...lines: readonly string[]): Promise<string> {
  const folder = `${scene.directory}/web`;
  await mkdir(folder, { recursive: true });
  const dockerfile = [`FROM ${scene.image("base")}:latest`, "ARG TOKEN", "COPY index.html /site/index.html", ...lines];
  await writeFile(`${folder}/Dockerfile`, `${dockerfile.join("\n")}\n`);
  await writeFile(`${folder}/index.html`, page);
  return folder;
}

async function signedHook(scene: Scene): Promise<number> {
  const body = JSON.stringify({ container_name: `${scene.project}-web-1` });
  const timestamp = String(Math.floor(Date.now() / 1_000));
  const signature = createHmac("sha256", scene.hookSecret)
    .update(body + timestamp)
    .digest("hex");
  const answer = await fetch(`${scene.fairlead.hooksUrl}/hooks/delivery-hook/build`, {
    method: "POST",
    headers: { "content-type": "application/json", "x-timestamp": timestamp, "x-signature": signature },
    body,
  });
  return answer.status;
}

async function hook(scene: Scene, body: object): Promise<number> {
  const answer = await fetch(`${scene.fairlead.hooksUrl}/hooks/generic/${scene.hookSecret}`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  return answer.status;
}

const untilNew = (scene: Scene, before: string | undefined) =>
  scene.untilStatus(
    ({ sync, activeDigest, desiredDigest }) =>
      sync === "Synced" && activeDigest !== undefined && activeDigest === desiredDigest && activeDigest !== before,
  );

const readyReason = (scene: Scene, reason: string) =>
  scene.untilStatus(({ conditions }) => conditions.some((one) => one.type === "Ready" && one.reason === reason));

test("a folder is built, built again on a hook, and what is bad changes nothing", async ({ scene }) => {
  await scene.push({ name: "base" });
  const context = await writeContext(scene, "one");
  const token = "t0p-secret-value";
  await scene.write({ web: { image: undefined, build: { context, args: { TOKEN: token } }, healthcheck: check } });
  await scene.start({ args: ["--log-level", "debug"] });

  const first = await untilNew(scene, undefined);
  const container = await scene.docker.getContainer(`${scene.project}-web-1`).inspect();
  expect(container.Image).toBe(first.activeDigest);
  const image = await scene.docker.getImage(`${scene.project}-web:latest`).inspect();
  expect(image.Id).toBe(first.activeDigest);
  expect(scene.logs().some(({ msg, level }) => level === "debug" && String(msg).includes("COPY index.html"))).toBe(
    true,
  );

  await writeContext(scene, "two");
  expect(await signedHook(scene)).toBe(202);
  const second = await untilNew(scene, first.activeDigest);
  expect(second.lastRollout).toMatchObject({ from: first.activeDigest, to: second.activeDigest, outcome: "promoted" });

  await writeContext(scene, "three", "QUUX");
  expect(await hook(scene, { service: `${scene.project}/web`, build: true })).toBe(202);
  await readyReason(scene, "BuildFailed");
  expect((await scene.active())?.digest).toBe(second.activeDigest);
  expect(await scene.journal()).toMatch(/"type":"build-failed".*unknown instruction/);

  await writeContext(
    scene,
    "four",
    'RUN ["/bin/busybox", "rm", "/site/healthz"]',
    'RUN ["/bin/busybox", "echo", "a line"]',
  );
  expect(await hook(scene, { service: `${scene.project}/web` })).toBe(202);
  const held = await scene.untilStatus(({ sync }) => sync === "Held");
  expect(held).toMatchObject({ activeDigest: second.activeDigest, lastRollout: { outcome: "rolled-back" } });

  await writeContext(scene, "two");
  expect(await hook(scene, { service: `${scene.project}/web` })).toBe(202);
  await scene.untilStatus(({ sync, activeDigest }) => sync === "Synced" && activeDigest === second.activeDigest);
  expect(await scene.everythingSaid()).not.toContain(token);
});

test("a git repository is built, and built again when its branch moves", async ({ scene }) => {
  await scene.push({ name: "base" });
  const run = promisify(execFile);
  const identity = ["-c", "user.name=test", "-c", "user.email=test@example.com"];
  const folder = await writeContext(scene, "one");
  const git = (...args: string[]) => run("git", [...identity, ...args], { cwd: folder });
  const commit = async () => {
    await git("add", "--all");
    await git("commit", "--quiet", "--message", "a change");
    await git("push", "--quiet", `${scene.directory}/git/shop.git`, "HEAD:refs/heads/main");
  };
  await run("git", ["init", "--quiet", "--bare", `${scene.directory}/git/shop.git`]);
  await git("init", "--quiet");
  await commit();
  const port = await serveGit(`${scene.directory}/git`);

  await scene.write({ web: { image: undefined, build: `git://127.0.0.1:${port}/shop.git#main` } });
  await scene.start();
  const first = await untilNew(scene, undefined);
  await writeContext(scene, "two");
  await commit();
  expect(await hook(scene, { service: `${scene.project}/web` })).toBe(202);
  const second = await untilNew(scene, first.activeDigest);
  expect(second.lastRollout).toMatchObject({ to: second.activeDigest, outcome: "promoted" });
});

/** Answers the port. */
async function serveGit(base: string): Promise<number> {
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const { port } = probe.address() as AddressInfo;
  probe.close();
  const args = [
    "daemon",
    "--verbose",
    "--export-all",
    "--reuseaddr",
    `--base-path=${base}`,
    "--listen=127.0.0.1",
    `--port=${port}`,
  ];
  const daemon = spawn("git", args, { stdio: ["ignore", "ignore", "pipe"], detached: true });
  onTestFinished(() => {
    process.kill(-daemon.pid!);
  });
  await once(daemon.stderr, "data");
  return port;
}
