import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import { parseImage, pinnedImage } from "../../src/compose/values/image.js";
import { systemClock } from "../../src/control/time/clock.js";
import { connectEngine } from "../../src/docker/engine.js";
import { publishImage } from "../sandbox/registry/image.js";
import { killingProxy } from "../sandbox/proxies/killing-proxy.js";
import { SimulatedEngine } from "../simulator/engine.js";
import { hostNetwork } from "../simulator/world.js";
import { startInProcess } from "./in-process.js";
import { startRegistryStub, stubDigest } from "./registry-stub.js";
import { openStage, type Stage } from "./stage.js";
import { printTable, type Cell } from "./table.js";

/** That no case pays for the making of its own. */
const sharedNetwork = "bench-steady";

interface Case {
  readonly services: number;
  readonly images: number;
}

const simulated: readonly Case[] = [
  { services: 1, images: 1 },
  { services: 100, images: 100 },
  { services: 1000, images: 1000 },
  { services: 1000, images: 100 },
];
const real: readonly Case[] = [
  { services: 1, images: 1 },
  { services: 20, images: 20 },
  { services: 20, images: 4 },
];

/** What one resync of converged services costs the engine and the registry. */
export async function benchSteady(): Promise<void> {
  const rows: Cell[][] = [];
  for (const size of simulated) rows.push(await onSimulator(size));
  const stage = await openStage();
  try {
    await stage.docker.createNetwork({ Name: sharedNetwork });
    for (const size of real) rows.push(await onEngine(stage, size));
  } finally {
    await stage.close();
  }
  printTable(
    "steady: one resync of N converged services (a container list, and a HEAD for each image, are what it may cost)",
    [
      "engine",
      "services",
      "images",
      "lists",
      "other engine calls",
      "HEAD",
      "HEAD per image",
      "GET",
      "reconciles",
      "ms",
    ],
    rows,
  );
}

async function onSimulator(size: Case): Promise<Cell[]> {
  const registry = await startRegistryStub();
  const directory = await mkdtemp(`${tmpdir()}/fairlead-bench-`);
  const engine = new SimulatedEngine();
  engine.world.host = { ...engine.world.host, networks: new Map([[sharedNetwork, hostNetwork(sharedNetwork)]]) };
  for (let at = 0; at < size.images; at += 1) {
    const name = repository(at);
    engine.publish(pinnedImage(parseImage(name), stubDigest(name)), { check: "none" });
  }
  const { clock, counts } = engine;
  const passTime = async () => {
    await sleep(2);
    await clock.advance(100);
  };
  const controller = await startInProcess({
    directory,
    engine,
    clock,
    registryUrl: registry.url,
    services: compose("steady", size),
    passTime,
  });
  await controller.converged();
  await sleep(300);
  const before = { ...counts, calls: sum(counts.calls) };
  registry.forget();
  const { reconciles, ms } = await controller.resync();
  const lists = counts.lists - before.lists;
  const others = counts.inspections - before.inspections + counts.otherLists - before.otherLists;
  const calls = sum(counts.calls) - before.calls - lists;
  const [heads, gets] = ["HEAD", "GET"].map((method) => registry.counts.get(method) ?? 0) as [number, number];
  await controller.stop();
  await registry.close();
  await rm(directory, { recursive: true });
  return [
    "simulated",
    size.services,
    size.images,
    lists,
    others + calls,
    heads,
    heads / size.images,
    gets,
    reconciles,
    ms,
  ];
}

async function onEngine(stage: Stage, size: Case): Promise<Cell[]> {
  const project = `steady-${size.services}-${size.images}`;
  const directory = `${stage.directory}/${project}`;
  await mkdir(directory);
  for (let at = 0; at < size.images; at += 1) {
    await publishImage(stage.registryUrl, repository(at), "latest", { serve: "none" });
  }
  const proxy = await killingProxy({ socket: `${directory}/engine.sock`, upstreamSocket: stage.engineSocket });
  const controller = await startInProcess({
    directory,
    engine: connectEngine({
      host: proxy.host,
      tlsVerify: false,
      certPath: undefined,
      credentials: () => Promise.resolve(undefined),
    }),
    clock: systemClock,
    registryUrl: stage.tap.url,
    services: compose(project, size),
    passTime: () => sleep(50),
  });
  await controller.converged();
  await sleep(2_000);
  proxy.reset();
  stage.tap.forget();
  const { reconciles, ms } = await controller.resync();
  const lists = proxy.count("GET", /^\/containers\/json$/);
  const others = proxy.calls.length - lists;
  const [heads, gets] = ["HEAD", "GET"].map(
    (method) => stage.tap.requests.filter((one) => one.method === method).length,
  ) as [number, number];
  await controller.stop();
  await proxy.stop();
  return ["20.10", size.services, size.images, lists, others, heads, heads / size.images, gets, reconciles, ms];
}

function compose(project: string, { services, images }: Case): object {
  const entries = Array.from({ length: services }, (_, at) => [
    `service${at}`,
    { image: repository(at % images), deploy: { update_config: { monitor: "200ms" } } },
  ]);
  const networks = { default: { name: sharedNetwork, external: true } };
  return { name: project, services: Object.fromEntries(entries) as object, networks };
}

function repository(at: number): string {
  return `fairlead-bench/steady${at}`;
}

function sum(counts: ReadonlyMap<string, number>): number {
  return [...counts.values()].reduce((total, one) => total + one, 0);
}
