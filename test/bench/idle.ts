import { execFile } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import type { ServiceStatus } from "../../src/plan/model/condition.js";
import type { FairleadProcess } from "../sandbox/fairlead.js";
import { publishImage } from "../sandbox/registry/image.js";
import { now } from "./instant.js";
import { openStage, type Stage } from "./stage.js";
import { median } from "./statistics.js";
import { printTable, type Cell } from "./table.js";
import { cpuOf, memoryOf } from "./usage.js";

const count = Number(process.env["BENCH_SERVICES"] ?? 100);
const windowMs = 30_000;
const starts = 5;
/** What whoever runs it in a small place can set without a change to it. */
const variants: readonly Readonly<Record<string, string>>[] = [
  {},
  { NODE_OPTIONS: "--v8-pool-size=1" },
  { NODE_OPTIONS: "--max-semi-space-size=1" },
  { MALLOC_ARENA_MAX: "2" },
];
const network = "bench-idle";

/** What Fairlead costs while nothing happens, over sleeping containers on a real engine. */
export async function benchIdle(): Promise<void> {
  const stage = await openStage();
  try {
    for (let at = 0; at < count; at += 1) {
      await publishImage(stage.registryUrl, repository(at), "latest", { serve: "none" });
    }
    await stage.docker.createNetwork({ Name: network });
    await firstStart(stage);
    await restarts(stage);
    await variantsOfNode(stage);
  } finally {
    await stage.close();
  }
}

/** From an empty host to every service serving. */
async function firstStart(stage: Stage): Promise<void> {
  const began = now();
  const fairlead = await start(stage);
  await untilServing(fairlead);
  const seconds = (now() - began) / 1000;
  const { rss, peak } = await memoryOf(fairlead.pid);
  await fairlead.stop();
  printTable(
    `idle: ${count} services from nothing to serving`,
    ["", "s", "RSS MB", "peak MB"],
    [["first start", seconds, rss, peak]],
  );
}

async function restarts(stage: Stage): Promise<void> {
  const times: { listening: number; ready: number; converged: number }[] = [];
  const bare: number[] = [];
  for (let round = 0; round < starts; round += 1) {
    const began = now();
    const fairlead = await start(stage);
    await fairlead.waitForLog(({ msg }) => msg === "listening");
    const listening = now() - began;
    await fairlead.ready(120_000);
    const ready = now() - began;
    await untilServing(fairlead);
    times.push({ listening, ready, converged: now() - began });
    await fairlead.stop();
    bare.push(await timeOfBareNode());
  }
  const of = (key: keyof (typeof times)[number]) => median(times.map((one) => one[key]));
  const node = median(bare);
  printTable(
    `idle: a restart over ${count} running services, ms from the start of the process, median of ${starts}`,
    ["", "ms", "of a bare node"],
    [
      ["node -e 0", node, 1],
      ["listening", of("listening"), of("listening") / node],
      ["ready", of("ready"), of("ready") / node],
      ["all reported as serving", of("converged"), of("converged") / node],
    ],
  );
}

async function variantsOfNode(stage: Stage): Promise<void> {
  const rows: Cell[][] = [];
  for (const variant of variants) {
    const fairlead = await start(stage, variant);
    await fairlead.ready(120_000);
    await untilServing(fairlead);
    // The surface has been asked above: what that left behind is not idle's.
    await sleep(10_000);
    const [cpuBefore, began] = [await cpuOf(fairlead.pid), now()];
    await sleep(windowMs);
    const cpu = ((await cpuOf(fairlead.pid)) - cpuBefore) / (now() - began);
    const { rss, anonymous, peak } = await memoryOf(fairlead.pid);
    rows.push([label(variant), rss, anonymous, peak, cpu * 100]);
    await fairlead.stop();
  }
  printTable(
    `idle: ${count} services, ${windowMs / 1000} s in which nothing happens`,
    ["environment", "RSS MB", "anonymous MB", "peak MB", "CPU % of a core"],
    rows,
  );
}

function label(variant: Readonly<Record<string, string>>): string {
  const settings = Object.entries(variant).map(([name, value]) => `${name}=${value}`);
  return settings.length === 0 ? "as it comes" : settings.join(" ");
}

function start(stage: Stage, variant: Readonly<Record<string, string>> = {}): Promise<FairleadProcess> {
  const entries = Array.from({ length: count }, (_, at) => [
    `service${at}`,
    { image: repository(at), deploy: { update_config: { monitor: "200ms" } } },
  ]);
  const networks = { default: { name: network, external: true } };
  const services = Object.fromEntries(entries) as object;
  // A resync would be work, and has a benchmark of its own.
  const env = { FAIRLEAD_RESYNC: "0 0 1 1 *", ...variant };
  return stage.run("idle", { name: "idle", services, networks }, env);
}

async function untilServing(fairlead: FairleadProcess): Promise<void> {
  for (const deadline = Date.now() + 300_000; ;) {
    const answer = await fetch(`${fairlead.adminUrl}/api/v1/services`).then(
      (response) => response.json() as Promise<{ readonly services: readonly ServiceStatus[] }>,
      () => ({ services: [] }),
    );
    const serving = answer.services.filter(({ sync, health }) => sync === "Synced" && health === "Healthy");
    if (serving.length === count) return;
    if (Date.now() > deadline) throw new Error(`${serving.length} of ${count} services serve`);
    await sleep(100);
  }
}

async function timeOfBareNode(): Promise<number> {
  const began = now();
  await promisify(execFile)(process.execPath, ["-e", "0"]);
  return now() - began;
}

function repository(at: number): string {
  return `fairlead-bench/idle${at}`;
}
