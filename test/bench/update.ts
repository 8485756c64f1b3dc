import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { openImageShop } from "../load/image.js";
import { publishHaproxy } from "../sandbox/proxies/haproxy.js";
import { ensurePackages } from "../sandbox/host/packages.js";
import { followEvents } from "./events.js";
import { Floor } from "./floor.js";
import { openStage, type Stage } from "./stage.js";
import { composeUp, shellScript } from "./update/commands.js";
import { repository, type Contender, type Theatre } from "./update/contender.js";
import { fairlead } from "./update/fairlead.js";
import { measure, type Figures } from "./update/measure.js";
import { compareOverhead } from "./update/overhead.js";
import { printFigures, printGoals } from "./update/print.js";
import { swarm } from "./update/swarm.js";

/** Who is measured; `BENCH_ROWS` names words of those that are wanted. */
const contenders = (quick: boolean): readonly Contender[] => [
  { ...fairlead("gate http", { service: { "x-fairlead": { gate: "http" } } }), ...(quick ? {} : { atLeast: 20_000 }) },
  fairlead("gate tcp", { service: { "x-fairlead": { gate: "tcp", drain: "2s" } } }),
  fairlead("start-first behind Caddy", { behind: "Caddy" }),
  fairlead("start-first behind nginx", { behind: "nginx" }),
  fairlead("stop-first, held at the gate", {
    service: { "x-fairlead": { gate: { mode: "http", hold: "30s" } }, volumes: ["data:/data"] },
    declared: { volumes: { data: {} } },
  }),
  fairlead("stop-first", {}),
  swarm("byFairlead", "start-first"),
  swarm("byFairlead", "stop-first"),
  swarm("byCommand", "start-first"),
  swarm("byCommand", "stop-first"),
  swarm("byStack", "start-first"),
  swarm("byStack", "stop-first"),
  composeUp,
  shellScript,
];

/** What clients lose while a service is updated, by Fairlead and by others, and what a gate costs them meanwhile. */
export async function benchUpdate({ quick }: { readonly quick: boolean }): Promise<void> {
  const repetitions = quick ? 1 : Number(process.env["BENCH_REPETITIONS"] ?? 3);
  await ensurePackages(["caddy", "nginx-light"], console.log);
  const stage = await openStage();
  try {
    const theatre = await openTheatre(stage);
    const floorMs = await floorOf(theatre, repetitions);
    const figures: Figures[] = [];
    for (const contender of contenders(quick).filter(isWanted)) {
      const tag = contender.name.toLowerCase().replace(/[^a-z0-9]+/g, "-");
      const began = Date.now();
      const measured = await measure(theatre, contender, { tag, repetitions }).catch((error: unknown) => {
        console.log(
          `${contender.name}: could not be measured: ${error instanceof Error ? error.message : String(error)}`,
        );
      });
      if (measured === undefined) continue;
      figures.push(measured);
      console.log(`${contender.name}: ${((Date.now() - began) / 1000).toFixed(0)} s`);
    }
    printFigures(figures, floorMs);
    printGoals(figures);
    if (wanted.length === 0 || wanted.includes("overhead")) await compareOverhead(theatre, { quick });
  } finally {
    await stage.close();
  }
}

const wanted = (process.env["BENCH_ROWS"] ?? "").toLowerCase().split(",").filter(Boolean);

function isWanted({ name }: Contender): boolean {
  return wanted.length === 0 || wanted.some((word) => name.toLowerCase().includes(word));
}

async function openTheatre(stage: Stage): Promise<Theatre> {
  const shop = await openImageShop(stage.registryUrl, repository);
  await publishHaproxy(stage.registryUrl);
  const run: Theatre["run"] = async (command, ...args) => {
    const env = { PATH: process.env["PATH"], HOME: process.env["HOME"], DOCKER_HOST: stage.engineHost };
    const { stdout } = await promisify(execFile)(command, args, { env });
    return stdout;
  };
  // The large layers that all images share are on the engine before anything is timed; proxies run in this one.
  await shop.publish("proxy", { version: "none", behaviour: "good" });
  await run("docker", "pull", "--quiet", `${repository}:proxy`);
  return { stage, docker: stage.docker, shop, run };
}

/** The least that any start-first takes until the new container is healthy: bare calls in a row. */
async function floorOf({ stage, docker, shop }: Theatre, repetitions: number): Promise<readonly number[]> {
  const events = await followEvents(docker);
  await docker.createNetwork({ Name: "bench-floor" });
  const floor = new Floor(docker, events, { name: "floor", network: "bench-floor", port: undefined });
  const times: number[] = [];
  for (let n = 0; n <= repetitions; n += 1) {
    const digest = await shop.publish("floor", { version: `v${n}`, behaviour: "good" });
    const { healthy } = await floor.exchange(`${repository}@${digest}`, "start-first");
    if (n > 0) times.push(healthy);
  }
  events.close();
  await stage.docker.pruneContainers();
  return times;
}
