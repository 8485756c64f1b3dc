import { fork } from "node:child_process";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import autocannon from "autocannon";
import type { FairleadProcess } from "../sandbox/fairlead.js";
import { publishImage } from "../sandbox/image.js";
import { hookBody, hookPath } from "./hook.js";
import { openStage, type Stage } from "./stage.js";
import { median } from "./statistics.js";
import { printTable, type Cell } from "./table.js";

const repository = "fairlead-bench/intake";
const connections = 50;
const deliveries = 10_000;
const rounds = 3;
const secondsEach = 4;

/** How many webhooks a second are taken in, beside a bare server; and how much work a flood of them makes. */
export async function benchIntake(): Promise<void> {
  const stage = await openStage();
  try {
    await publishImage(stage.registryUrl, repository, "latest", { serve: "none" });
    const services = { hit: { image: repository, deploy: { update_config: { monitor: "200ms" } } } };
    const fairlead = await stage.run("intake", { name: "intake", services });
    await fairlead.ready();
    await quiet(fairlead);
    await compareRates(fairlead);
    await countReconciles(stage, fairlead);
  } finally {
    await stage.close();
  }
}

async function compareRates(fairlead: FairleadProcess): Promise<void> {
  const bare = fork(fileURLToPath(new URL("bare-server.ts", import.meta.url)), { execArgv: ["--import", "tsx"] });
  const [{ port }] = (await once(bare, "message")) as [{ port: number }];
  const results = { fairlead: [] as autocannon.Result[], bare: [] as autocannon.Result[] };
  for (let round = 0; round <= rounds; round += 1) {
    const pair = {
      fairlead: await flood(fairlead.hooksUrl, { duration: secondsEach }),
      bare: await flood(`http://127.0.0.1:${port}`, { duration: secondsEach }),
    };
    // The first round warms both up.
    if (round === 0) continue;
    results.fairlead.push(pair.fairlead);
    results.bare.push(pair.bare);
  }
  bare.disconnect();
  const rate = (of: readonly autocannon.Result[]) => median(of.map(({ requests }) => requests.average));
  const latency = (of: readonly autocannon.Result[], key: "p50" | "p99") => median(of.map((one) => one.latency[key]));
  const failed = (of: readonly autocannon.Result[]) =>
    of.reduce((total, one) => total + one.non2xx + one.errors + one.timeouts, 0);
  const ratio = rate(results.fairlead) / rate(results.bare);
  printTable(
    `intake: POST /hooks/dockerhub with a Docker Hub body over ${connections} connections, median of ${rounds} rounds`,
    ["", "requests/s", "p50 ms", "p99 ms", "failed", "of the bare rate"],
    (["fairlead", "bare"] as const).map((name) => [
      name === "bare" ? "bare node:http" : name,
      rate(results[name]),
      latency(results[name], "p50"),
      latency(results[name], "p99"),
      failed(results[name]),
      name === "bare" ? 1 : ratio,
    ]),
  );
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
