import { createHmac, randomBytes } from "node:crypto";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { connect, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, onTestFinished, test } from "vitest";
import { startFairlead, type FairleadProcess } from "../../../sandbox/fairlead.js";
import { patienceMs } from "../../../sandbox/host/patience.js";

const pull = "/hooks/delivery-hook/pull";

interface House {
  readonly fairlead: FairleadProcess;
  readonly secret: string;
}

/** Fairlead with its doors open and no engine behind it: what strangers can do to the doors needs none. */
async function open(secret = `s${randomBytes(16).toString("hex")}`): Promise<House> {
  const directory = await mkdtemp(`${tmpdir()}/fairlead-doors-`);
  const file = `${directory}/services.yaml`;
  await writeFile(file, JSON.stringify({ name: "doors", services: { web: { image: "example.com/web" } } }));
  const fairlead = await startFairlead({
    dataDir: `${directory}/data`,
    args: ["-f", file],
    env: { DOCKER_HOST: `unix://${directory}/none.sock`, FAIRLEAD_HOOK_SECRET: secret },
  });
  onTestFinished(async () => {
    await fairlead.stop();
    await rm(directory, { recursive: true, force: true });
  });
  await fairlead.waitForLog(({ msg }) => msg === "listening");
  const house = { fairlead, secret };
  if (secret !== "") await expect.poll(() => deliver(house)).toBe(202);
  return house;
}

/** `VmRSS` now, or `VmHWM`, the most it ever was; in MiB. */
async function memory(pid: number, field: "VmRSS" | "VmHWM"): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, "utf8");
  return Number(new RegExp(`^${field}:\\s+(\\d+) kB$`, "m").exec(status)?.[1]) / 1024;
}

interface Caller {
  readonly socket: Socket;
  answer: string;
  closed: boolean;
}

function call(url: string, text: string, localAddress = "127.0.0.1"): Caller {
  const { hostname, port } = new URL(url);
  const socket = connect({ host: hostname, port: Number(port), localAddress });
  const caller: Caller = { socket, answer: "", closed: false };
  socket.on("connect", () => socket.write(text));
  socket.on("data", (chunk) => (caller.answer += chunk.toString("latin1")));
  socket.on("error", () => undefined);
  socket.on("close", () => (caller.closed = true));
  onTestFinished(() => void socket.destroy());
  return caller;
}

/** A delivery that docker-delivery-hook's callers would send; the status of its answer. */
async function deliver({ fairlead, secret }: House): Promise<number> {
  const body = JSON.stringify({ service: "doors/web" });
  const timestamp = String(Math.floor(Date.now() / 1_000));
  const signature = createHmac("sha256", secret).update(body).update(timestamp).digest("hex");
  const response = await fetch(`${fairlead.hooksUrl}${pull}`, {
    method: "POST",
    headers: { "content-type": "application/json", "x-timestamp": timestamp, "x-signature": signature },
    body,
    signal: AbortSignal.timeout(patienceMs),
  });
  return response.status;
}

const forged = () => `X-Signature: ${"0".repeat(64)}\r\nX-Timestamp: ${Math.floor(Date.now() / 1_000)}\r\n`;
const chunk = `fff0\r\n${" ".repeat(0xfff0)}\r\n`;

describe("the hooks' door", () => {
  test.each(["a secret", ""])("400 strangers with bodies of 1 MiB to sign: little memory, with %j", async (secret) => {
    const house = await open(secret);
    const { fairlead } = house;
    const before = await memory(fairlead.pid, "VmRSS");
    const strangers = Array.from({ length: 400 }, (_, n) => {
      const start = `POST ${pull} HTTP/1.1\r\nHost: x\r\n${forged()}`;
      return call(
        fairlead.hooksUrl,
        n % 8 === 0
          ? `${start}Content-Length: 1048576\r\n\r\n${" ".repeat(1_048_000)}`
          : `${start}Transfer-Encoding: chunked\r\n\r\n${chunk}`,
      );
    });
    await sleep(1500);
    if (secret !== "") expect(await deliver(house)).toBe(202);
    await expect.poll(() => strangers.every(({ closed }) => closed)).toBe(true);
    // 408: the headers themselves took too long, on a busy machine.
    for (const { answer } of strangers) if (answer !== "") expect(answer).toMatch(/^HTTP\/1\.1 40[48] /);
    expect((await memory(fairlead.pid, "VmHWM")) - before).toBeLessThan(100);
  });

  test.each([
    ["one address", 1],
    ["nine addresses", 9],
  ])("1,100 connections of %s, silent or asking again and again, starve no delivery", async (_what, addresses) => {
    const house = await open();
    const { hooksUrl } = house.fairlead;
    const ask = "GET /hooks/dockerhub/guess HTTP/1.1\r\nHost: x\r\n\r\n";
    const texts = ["", "GET /", "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n", ask];
    const strangers = Array.from({ length: 1100 }, (_, n) => {
      const stranger = call(hooksUrl, texts[n % 4]!, `127.0.0.${2 + (n % addresses)}`);
      stranger.socket.on("data", () => stranger.socket.write(ask));
      return stranger;
    });
    await expect.poll(() => strangers.every(({ socket }) => !socket.connecting)).toBe(true);
    for (let n = 0; n < 5; n += 1) expect(await deliver(house)).toBe(202);
    const refused = strangers.filter(({ answer }) => answer.startsWith("HTTP/1.1 404 "));
    for (const { answer } of refused) expect(answer).toMatch(/\r\nConnection: close\r\n/);
    // Those that say nothing go within the 5 s that headers may take.
    await expect.poll(() => strangers.every(({ closed }) => closed)).toBe(true);
    expect(refused.length).toBeGreaterThan(0);
  });
});
