import { execFile } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { Agent, request, type IncomingMessage } from "node:http";
import { connect, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { promisify } from "node:util";
import { describe, expect, onTestFinished } from "vitest";
import { leastOpenFiles } from "../../../../src/process/open-files.js";
import { startFairlead, type FairleadProcess, type LogLine } from "../../../sandbox/fairlead.js";
import { readAll } from "../../../sandbox/network/forward.js";
import { test } from "../scene/scene.js";

const run = promisify(execFile);

async function openFilesOf(pid: number): Promise<number> {
  return (await readdir(`/proc/${pid}/fd`)).length;
}

/** Of a process that runs. */
async function limitOpenFiles(pid: number, most: number): Promise<void> {
  await run("prlimit", ["--pid", String(pid), `--nofile=${most}:20000`]);
}

interface Siege {
  /** So many connections have been closed by the other side. */
  turnedAway: number;
}

/** Connections that say nothing, from several addresses. Those that are closed come again, so that as many as can be are open. */
function besiege(url: string, count: number): Siege {
  const { hostname, port } = new URL(url);
  const sockets = new Set<Socket>();
  const siege = { turnedAway: 0 };
  const over = new AbortController();
  const come = (n: number): void => {
    if (over.signal.aborted) return;
    const socket = connect({ host: hostname, port: Number(port), localAddress: `127.0.0.${2 + (n % 20)}` });
    sockets.add(socket);
    socket.resume().on("error", () => undefined);
    socket.on("close", () => {
      siege.turnedAway += 1;
      sockets.delete(socket);
      setTimeout(come, 200, n);
    });
  };
  for (let n = 0; n < count; n += 1) come(n);
  onTestFinished(() => {
    over.abort();
    for (const socket of sockets) socket.destroy();
  });
  return siege;
}

interface Line {
  ask(method: "GET" | "POST", path: string): Promise<unknown>;
}

/** One connection that is kept. */
function lineTo(url: string): Line {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  onTestFinished(() => {
    agent.destroy();
  });
  return {
    ask: async (method, path) => {
      const call = request(`${url}${path}`, { method, agent, timeout: 10_000 });
      const answered = once(call, "response") as Promise<[IncomingMessage]>;
      call.end();
      const [response] = await answered;
      return JSON.parse((await readAll(response)).toString()) as unknown;
    },
  };
}

describe("with few files to open", () => {
  /** With as many open files at the most, and no engine. */
  async function startWith(openFiles: number): Promise<FairleadProcess> {
    const directory = await mkdtemp(`${tmpdir()}/fairlead-few-`);
    await writeFile(`${directory}/services.yaml`, "name: few\nservices: {web: {image: example.com/web}}\n");
    const args = ["-f", `${directory}/services.yaml`];
    const env = { DOCKER_HOST: `unix://${directory}/none.sock` };
    const fairlead = await startFairlead({ dataDir: `${directory}/data`, args, env, openFiles });
    onTestFinished(async () => {
      await fairlead.stop();
      await rm(directory, { recursive: true, force: true });
    });
    return fairlead;
  }

  test("64: one error that says what is needed and how to have it, and no more", async () => {
    const fairlead = await startWith(64);
    expect(await fairlead.exited).toBe(1);
    expect(fairlead.logs).toEqual([]);
    expect(fairlead.output).toEqual([
      expect.stringMatching(/^fairlead: this process may have 64 files open, and needs \d+$/),
      expect.stringMatching(/^ {2}raise the hard limit: LimitNOFILE=.*ulimits.*ulimit -Hn/),
    ]);
  });

  test("the fewest that will do: it is loaded, and serves", async () => {
    const fairlead = await startWith(leastOpenFiles);
    await fairlead.waitForLog(({ msg }) => msg === "listening");
    expect((await fetch(`${fairlead.adminUrl}/livez`)).status).toBe(200);
    expect(fairlead.output).toEqual([]);
  });

  test("200, and both doors full of silent connections: it says so, rolls out, and writes all down", async ({
    scene,
  }) => {
    const first = await scene.push({ version: "v1" });
    await scene.write(
      { web: { configs: [{ source: "note", target: "/note" }] } },
      { configs: { note: { content: "x" } } },
    );
    const { pid, hooksUrl, adminUrl } = await scene.start({ openFiles: 200 });
    const [warning] = scene.logs().filter(({ level }) => level === "warn");
    expect(warning).toMatchObject({ limit: 200, remedy: expect.stringContaining("LimitNOFILE") as string });
    await scene.untilServing(first.digest);
    expect((await scene.hook()).status).toBe(202);

    const sieges = [besiege(hooksUrl, 300), besiege(adminUrl, 300)];
    await scene.until("the doors' being full", () => sieges.every(({ turnedAway }) => turnedAway > 300));
    const second = await scene.push({ version: "v2" });
    expect((await scene.hook()).status).toBe(202);
    await scene.untilServing(second.digest);
    const pause = `/api/v1/services/${scene.project}/web/pause`;
    expect(await lineTo(adminUrl).ask("POST", pause)).toMatchObject({ durable: true });
    expect(await scene.journal()).toContain(`"type":"pause"`);
    expect(await openFilesOf(pid)).toBeLessThan(100);
    expect(await openFilesOf(pid)).toBeGreaterThan(30);
    expect(scene.logs().filter(({ level }) => level === "error")).toEqual([]);
  });

  test("none left at all for a while: nothing ends, and what was decided meanwhile is written down afterwards", async ({
    scene,
  }) => {
    const first = await scene.push({ version: "v1" });
    await scene.write({ web: {} });
    const { pid, adminUrl } = await scene.start();
    await scene.untilServing(first.digest);
    const second = await scene.push({ version: "v2" });
    const service = `/api/v1/services/${scene.project}/web`;
    const line = lineTo(adminUrl);
    await line.ask("GET", service);
    await rm(`${scene.directory}/data/journal`, { recursive: true });
    await limitOpenFiles(pid, 10);
    expect(await line.ask("POST", `${service}/pause`)).toMatchObject({ durable: false });
    besiege(adminUrl, 40);
    // Configs are packed by code that is loaded when it is first needed: now that cannot be.
    const from = scene.logs().length;
    await scene.write(
      { web: { configs: [{ source: "note", target: "/note" }] } },
      { configs: { note: { content: "x" } } },
    );
    const noticed = ({ msg }: LogLine) => msg === "the services file has changed";
    const trouble = ({ level }: LogLine) => level === "warn" || level === "error";
    await scene.fairlead.waitForLog((one) => noticed(one) || trouble(one), from);
    await line.ask("GET", service);
    await limitOpenFiles(pid, 20_000);
    const written = ({ msg }: LogLine) => /^the journal is written again/.test(String(msg));
    await scene.fairlead.waitForLog(written);
    expect(
      (await fetch(`${adminUrl}/metrics`).then((response) => response.text())).match(/^process_\w+_fds /gm),
    ).toEqual(["process_open_fds ", "process_max_fds "]);
    await scene.fairlead.kill("SIGKILL");
    await scene.start();
    await scene.untilStatus(({ sync }) => sync === "Paused");
    await lineTo(scene.fairlead.adminUrl).ask("POST", `${service}/resume`);
    await scene.untilServing(second.digest);
  });
});
