import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { setTimeout as sleep } from "node:timers/promises";
import { fileSource } from "../../../src/source/file.js";
import { startInProcess } from "../in-process.js";
import { settledHost, sharedNetwork } from "./host.js";
import type { Looked, Order } from "./protocol.js";

/*
 * A controller over a simulated host with the registry client over real HTTP, in a process of its own, so that its processor
 * time is its own. It is told by its parent when to look at everything.
 */

const services = Number(process.argv[2]);
const images = Number(process.argv[3]);
const registryUrl = process.argv[4] ?? "";

const directory = await mkdtemp(`${tmpdir()}/fairlead-bench-`);
const entries = Array.from({ length: services }, (_, at) => [
  `service${at}`,
  { image: `fairlead-bench/resync${at % images}`, restart: "always" },
]);
const networks = { default: { name: sharedNetwork, external: true } };
const compose = { name: "resync", services: Object.fromEntries(entries) as object, networks };
await writeFile(`${directory}/seed.yaml`, JSON.stringify(compose));
const { projects } = await fileSource({ files: [`${directory}/seed.yaml`], environment: {} }).load();
const engine = settledHost(projects.flatMap((project) => project.services));
const controller = await startInProcess({
  directory,
  engine,
  clock: engine.clock,
  registryUrl,
  services: compose,
  passTime: async () => {
    await sleep(2);
    await engine.clock.advance(1);
  },
});
await controller.converged();
// What has been begun for the first look is over.
await controller.resync();
const { counts } = engine;
/** Another one each time: of what comes soon after each other only the first is acted on at once. */
let asked = 0;

async function look(): Promise<Looked> {
  const before = { lists: counts.lists, calls: [...counts.calls.values()].reduce((sum, one) => sum + one, 0) };
  const delay = monitorEventLoopDelay({ resolution: 1 });
  globalThis.gc?.();
  const cpu = process.cpuUsage();
  delay.enable();
  const resync = controller.resync();
  asked += 1;
  const beginMs = await controller.ask(`resync/service${services - asked}`);
  const { reconciles, ms } = await resync;
  delay.disable();
  const { user, system } = process.cpuUsage(cpu);
  return {
    cpuMs: (user + system) / 1_000,
    wallMs: ms,
    pauseMs: delay.max / 1e6,
    beginMs,
    reconciles,
    lists: counts.lists - before.lists,
    calls: [...counts.calls.values()].reduce((sum, one) => sum + one, 0) - before.calls,
  };
}

process.on("message", (order: Order) => {
  if (order === "look") void look().then((looked) => process.send?.(looked));
  else
    void controller
      .stop()
      .then(() => rm(directory, { recursive: true }))
      .then(() => process.exit(0));
});
process.send?.("ready");
