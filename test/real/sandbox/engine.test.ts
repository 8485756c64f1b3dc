import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { dirname } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { expect, inject, onTestFinished, test } from "vitest";
import { isAlive } from "../../sandbox/engine/daemon.js";
import { startEngine } from "../../sandbox/engine/engine.js";
import { findEngine } from "../../sandbox/engine/find-engine.js";
import { publishImage } from "../../sandbox/registry/image.js";
import { createNetns } from "../../sandbox/network/netns.js";
import { startRegistry } from "../../sandbox/registry/registry.js";
import { connect, pull, runContainer } from "./docker.js";

test("Docker Hub's names are pulled from the local registry", async () => {
  const docker = connect(inject("engineHost"));
  const { digest } = await publishImage(inject("registryUrl"), "notarock/portfolio-ng", "latest", { version: "v7" });
  await pull(docker, `notarock/portfolio-ng@${digest}`);
  const image = await docker.getImage(`notarock/portfolio-ng@${digest}`).inspect();
  expect(image.RepoDigests).toContain(`notarock/portfolio-ng@${digest}`);
});

test("a second engine in the same network namespace is refused, and leaves nothing behind", async () => {
  await expect(startEngine()).rejects.toThrow(/another (Docker|private) engine .*runs in this network namespace/i);
});

test("an engine survives restart and crash with its containers, and takes everything along at the end", async () => {
  const netns = await createNetns();
  const registry = await startRegistry({ netns: netns.path });
  const engine = await startEngine({ netns: netns.path, mirror: registry.url });
  onTestFinished(async () => {
    await engine.stop();
    await registry.stop();
    await netns.close();
  });
  const docker = connect(engine.host);
  const before = engine.pid;
  await docker.createVolume({ Name: "kept" });
  await engine.restart();
  expect(engine.pid).not.toBe(before);
  await engine.kill();
  await expect(docker.ping()).rejects.toThrow();
  await engine.restart();
  expect((await docker.listVolumes()).Volumes.map(({ Name }) => Name)).toEqual(["kept"]);
  await engine.stop();
  expect(existsSync(dirname(engine.socket))).toBe(false);
  expect(await isAlive(engine.pid)).toBe(false);
});

test("when its owner is killed, engine, containers and data go too", async () => {
  const tsx = fileURLToPath(new URL("../../../node_modules/.bin/tsx", import.meta.url));
  const script = fileURLToPath(new URL("owner.ts", import.meta.url));
  const owner = spawn(tsx, [script], { stdio: ["ignore", "pipe", "inherit"], detached: true });
  const [line] = (await once(createInterface({ input: owner.stdout }), "line")) as [string];
  const { socket, pids } = JSON.parse(line) as { socket: string; pids: number[] };
  expect(existsSync(socket)).toBe(true);
  process.kill(-owner.pid!, "SIGKILL");
  for (let tries = 0; tries < 200 && existsSync(dirname(socket)); tries++) await sleep(100);
  expect(existsSync(dirname(socket))).toBe(false);
  expect(await Promise.all(pids.map(isAlive))).toEqual([false, false, false]);
});

test("an engine whose janitor was killed as well is cleared away by the next start", async () => {
  const netns = await createNetns();
  const lost = await startEngine({ netns: netns.path });
  const directory = dirname(lost.socket);
  process.kill(Number(await readFile(`${directory}/janitor.pid`, "utf8")), "SIGKILL");
  await sleep(100);
  expect(await isAlive(lost.pid)).toBe(true);
  const next = await startEngine({ netns: netns.path });
  onTestFinished(async () => {
    await next.stop();
    await netns.close();
  });
  expect([await isAlive(lost.pid), existsSync(directory)]).toEqual([false, false]);
});

test("findEngine answers DOCKER_HOST where it lives, and complains where it does not", async () => {
  const host = inject("engineHost");
  expect(await findEngine({ DOCKER_HOST: host })).toBe(host);
  await expect(findEngine({ DOCKER_HOST: "unix:///nowhere.sock" })).rejects.toThrow("DOCKER_HOST=unix:///nowhere.sock");
});

test("a sample answers on its published port, is healthy, and stops at once", async () => {
  const docker = connect(inject("engineHost"));
  const { digest } = await publishImage(inject("registryUrl"), "sample/good", "latest", { version: "v3" });
  const { container, port } = await runContainer(docker, `sample/good@${digest}`);
  let answer: Response | undefined;
  for (let tries = 0; tries < 100 && answer === undefined; tries++) {
    answer = await fetch(`http://127.0.0.1:${port}/`).catch(() => undefined);
    await sleep(50);
  }
  expect(await answer?.text()).toBe("v3\n");
  await container.stop({ t: 30 });
  expect((await container.inspect()).State.ExitCode).toBe(0);
});
