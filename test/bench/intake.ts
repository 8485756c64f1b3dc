import { fork, spawn } from "node:child_process";
import { createHmac } from "node:crypto";
import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import autocannon from "autocannon";
import type { FairleadProcess } from "../sandbox/fairlead.js";
import { publishImage } from "../sandbox/registry/image.js";
import { ensurePackages } from "../sandbox/host/packages.js";
import { freePort } from "../sandbox/network/ports.js";
import { hookBody, hookPath } from "./hook.js";
import { hookSecret, openStage, type Stage } from "./stage.js";
import { median } from "./statistics.js";
import { printTable, type Cell } from "./table.js";
import { cpuOf, memoryOf } from "./usage.js";

const repository = "fairlead-bench/intake";
const connections = 50;
const deliveries = 10_000;
const rounds = 3;
const secondsEach = Number(process.env["BENCH_SECONDS"] ?? 4);
const floodSeconds = Number(process.env["BENCH_FLOOD_SECONDS"] ?? 60);

/** How many webhooks a second are taken in, beside a bare server; and how much work a flood of them makes. */
export async function benchIntake(): Promise<void> {
  const stage = await openStage();
  try {
    await publishImage(stage.registryUrl, repository, "latest", { serve: "none" });
    const services = { hit: { image: repository, deploy: { update_config: { monitor: "200ms" } } } };
    const fairlead = await stage.run("intake", { name: "intake", services });
    await fairlead.ready();
    await quiet(fairlead);
    await compareRates(stage, fairlead);
    await floodMemory(fairlead);
    await countReconciles(stage, fairlead);
  } finally {
    await stage.close();
  }
}

interface Receiver {
  readonly name: string;
  readonly url: string;
  readonly pid: number;
}

interface Round extends autocannon.Result {
  /** On a processor, for one request. */
  readonly cpuUs: number;
}

/** One signed body, to each of them in turns. */
async function compareRates(stage: Stage, fairlead: FairleadProcess): Promise<void> {
  const bare = fork(fileURLToPath(new URL("bare-server.ts", import.meta.url)), [hookSecret], {
    execArgv: ["--import", "tsx"],
  });
  const [{ port }] = (await once(bare, "message")) as [{ port: number }];
  const webhook = await startWebhook(stage.directory);
  const receivers: readonly Receiver[] = [
    { name: "fairlead", url: `${fairlead.hooksUrl}/hooks/generic`, pid: fairlead.pid },
    { name: "bare node:http", url: `http://127.0.0.1:${port}`, pid: bare.pid! },
    { name: "webhook (adnanh)", url: webhook.url, pid: webhook.pid },
  ];
  const results = new Map(receivers.map(({ name }) => [name, [] as Round[]]));
  for (let round = 0; round <= rounds; round += 1) {
    for (const { name, url, pid } of receivers) {
      const before = await cpuOf(pid);
      const result = await floodSigned(url, secondsEach);
      const cpuUs = (((await cpuOf(pid)) - before) * 1000) / Math.max(1, result.requests.total);
      // The first round warms them up.
      if (round > 0) results.get(name)!.push({ ...result, cpuUs });
    }
  }
  bare.disconnect();
  webhook.stop();
  const of = (name: string, value: (one: Round) => number) => median(results.get(name)!.map(value));
  const rate = (name: string) => of(name, ({ requests }) => requests.average);
  const failed = ({ non2xx, errors, timeouts }: Round) => non2xx + errors + timeouts;
  printTable(
    `intake: one body with its HMAC over ${connections} connections, median of ${rounds} rounds`,
    ["", "requests/s", "p50 ms", "p99 ms", "failed", "of the bare rate", "processor us each", "of the bare one"],
    receivers.map(({ name }) => [
      name,
      rate(name),
      of(name, ({ latency }) => latency.p50),
      of(name, ({ latency }) => latency.p99),
      of(name, failed),
      rate(name) / rate("bare node:http"),
      of(name, ({ cpuUs }) => cpuUs),
      of(name, ({ cpuUs }) => cpuUs) / of("bare node:http", ({ cpuUs }) => cpuUs),
    ]),
  );
}

/** The program of that name, which starts a program for each delivery: the least there is, `true`. */
async function startWebhook(directory: string) {
  await ensurePackages(["webhook"], (line) => {
    console.log(line);
  });
  const file = `${directory}/hooks.json`;
  const parameter = { source: "header", name: "X-Signature-256" };
  const rule = { match: { type: "payload-hmac-sha256", secret: hookSecret, parameter } };
  await writeFile(file, JSON.stringify([{ id: "bench", "execute-command": "/bin/true", "trigger-rule": rule }]));
  const port = await freePort();
  const child = spawn("webhook", ["-hooks", file, "-ip", "127.0.0.1", "-port", String(port)], { stdio: "ignore" });
  const url = `http://127.0.0.1:${port}`;
  for (;;) {
    const isThere = await fetch(url).then(
      () => true,
      () => false,
    );
    if (isThere) return { url: `${url}/hooks/bench`, pid: child.pid!, stop: () => child.kill() };
    await sleep(50);
  }
}

function floodSigned(url: string, duration: number): Promise<autocannon.Result> {
  const body = JSON.stringify({ image: repository });
  const signature = `sha256=${createHmac("sha256", hookSecret).update(body).digest("hex")}`;
  const headers = { "content-type": "application/json", "x-signature-256": signature };
  return autocannon({ url, method: "POST", headers, body, connections, duration });
}

/** What a long flood leaves behind. */
async function floodMemory(fairlead: FairleadProcess): Promise<void> {
  const rows: Cell[][] = [];
  for (const tenth of [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10]) {
    if (tenth > 0) await floodSigned(`${fairlead.hooksUrl}/hooks/generic`, floodSeconds / 10);
    const { rss, anonymous } = await memoryOf(fairlead.pid);
    rows.push([(tenth * floodSeconds) / 10, rss, anonymous]);
  }
  printTable(`intake: memory in a flood of ${floodSeconds} s`, ["s", "RSS MB", "anonymous MB"], rows);
}

/** While a reconcile waits for the engine, or for the registry, from the first delivery to the last; and while nothing waits. */
async function countReconciles(stage: Stage, fairlead: FairleadProcess): Promise<void> {
  const cases: readonly (readonly [string, () => () => void])[] = [
    ["while a reconcile waits for the engine", () => stage.pauseEngine()],
    ["while a reconcile waits for the registry", () => stage.tap.hold()],
    ["while nothing waits", () => () => undefined],
  ];
  const rows: Cell[][] = [];
  for (const [name, hold] of cases) {
    await quiet(fairlead);
    stage.tap.forget();
    const before = await reconciles(fairlead);
    const release = hold();
    const result = await flood(fairlead.hooksUrl, { amount: deliveries });
    release();
    await quiet(fairlead);
    const made = (await reconciles(fairlead)) - before;
    const heads = stage.tap.requests.filter(({ method }) => method === "HEAD").length;
    rows.push([name, result["2xx"], result.duration, made, heads]);
  }
  printTable(
    `intake: what ${deliveries} deliveries for one service cause`,
    ["", "accepted", "seconds", "reconciles", "HEAD"],
    rows,
  );
}

function flood(
  url: string,
  much: { readonly duration: number } | { readonly amount: number },
): Promise<autocannon.Result> {
  return autocannon({
    url: url + hookPath,
    method: "POST",
    headers: { "content-type": "application/json" },
    body: hookBody(repository),
    connections,
    ...much,
  });
}

async function reconciles(fairlead: FairleadProcess): Promise<number> {
  const text = await (await fetch(`${fairlead.adminUrl}/metrics`)).text();
  const counts = [...text.matchAll(/^fairlead_reconcile_total\{.*service="hit".*\} (\d+)$/gm)].map(([, count]) =>
    Number(count),
  );
  return counts.reduce((total, one) => total + one, 0);
}

/** Until a second has passed without a reconcile. */
async function quiet(fairlead: FairleadProcess): Promise<void> {
  for (let before = -1, count = 0; before !== count || count === 0;) {
    before = count;
    await sleep(1_000);
    count = await reconciles(fairlead);
  }
}
