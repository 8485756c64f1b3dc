import { randomInt } from "node:crypto";
import type { ServiceStatus } from "../../src/plan/model/condition.js";
import { runChaos } from "../load/chaos.js";
import { openImageShop } from "../load/image.js";
import { until } from "../load/until.js";
import { containersOf } from "../real/e2e/scene/host.js";
import type { FairleadProcess } from "../sandbox/fairlead.js";
import { publishHaproxy } from "../sandbox/proxies/haproxy.js";
import { freePort } from "../sandbox/network/ports.js";
import { postHook } from "./hook.js";
import { openStage } from "./stage.js";
import { median } from "./statistics.js";
import { printTable } from "./table.js";

const repository = "fairlead-bench/chaos";
const project = "chaos";
const tag = "latest";

/** What clients lose behind a gate while Fairlead is killed in every rollout; `BENCH_SEED` plays one again. */
export async function benchChaos({ quick }: { readonly quick: boolean }): Promise<void> {
  const seed = Number(process.env["BENCH_SEED"] ?? randomInt(2 ** 31));
  const rollouts = Number(process.env["BENCH_ROLLOUTS"] ?? (quick ? 10 : 50));
  console.log(`chaos: seed ${seed}`);
  const stage = await openStage();
  try {
    await publishHaproxy(stage.registryUrl);
    const shop = await openImageShop(stage.registryUrl, repository);
    const digest = await shop.publish(tag, { version: "v0", behaviour: "good" });
    const port = await freePort();
    const web = {
      image: `${repository}:${tag}`,
      ports: [`127.0.0.1:${port}:8080`],
      restart: "unless-stopped",
      deploy: { update_config: { monitor: "500ms" } },
      "x-fairlead": { gate: "http" },
    };
    let fairlead: FairleadProcess;
    const start = async () => {
      fairlead = await stage.run(project, { name: project, services: { web } });
      await fairlead.ready();
    };
    const status = async () => {
      const answer = await fetch(`${fairlead.adminUrl}/api/v1/services/${project}/web`);
      return answer.ok ? ((await answer.json()) as ServiceStatus) : undefined;
    };
    await start();
    await until("the first start", async () => (await status())?.activeDigest === digest);
    const report = await runChaos(
      {
        url: `http://127.0.0.1:${port}`,
        shop,
        tag,
        serving: { version: "v0", digest },
        fairlead: () => fairlead,
        restart: start,
        hook: () => postHook(fairlead, repository, tag),
        status,
        containers: () => containersOf(stage.docker, project),
      },
      { rollouts, seed, say: console.log },
    );
    print(report, seed);
  } finally {
    await stage.close();
  }
}

function print({ load, deaths, left }: Awaited<ReturnType<typeof runChaos>>, seed: number): void {
  const good = deaths.filter(({ behaviour }) => behaviour === "good").length;
  printTable(
    `chaos: Fairlead killed at a random point of every rollout, behind a gate (http), seed ${seed}`,
    ["", "figure"],
    [
      ["rollouts, each with a death", deaths.length],
      ["of them to a good image", good],
      ["to a bad one", deaths.length - good],
      ["requests", load.requests],
      ["failed", load.failed],
      ["longest gap ms", load.longestGapMs],
      ["p99 ms", load.latencyMs.p99],
      ["death to the rollout's end, median ms", median(deaths.map(({ recoveredMs }) => recoveredMs))],
      ["containers left over", left.length],
    ],
  );
  const steps = deaths.map(({ step }) => step ?? "(none)");
  printTable(
    "chaos: the last step before the death",
    ["step", "deaths"],
    [...new Set(steps)].sort().map((step) => [step, steps.filter((one) => one === step).length]),
  );
  const trouble = [...load.examples, ...left];
  if (trouble.length > 0) console.log(trouble.join("\n"));
  console.log(`\ngoal: 0 failed, all converged, nothing left over: ${trouble.length === 0 ? "met" : "missed"}`);
}
