import { setTimeout as sleep } from "node:timers/promises";
import autocannon from "autocannon";
import { startLoad } from "../../load/load.js";
import { median } from "../statistics.js";
import { printTable } from "../table.js";
import { appPort, repository, type Deployment, type Theatre } from "./contender.js";
import { fairlead } from "./fairlead.js";
import { rate } from "./measure.js";

interface Target {
  readonly name: string;
  readonly url: string;
}

const connections = 16;

/** What a gate takes of throughput, and what it adds to an answer, beside the ways without one. */
export async function compareOverhead(theatre: Theatre, { quick }: { readonly quick: boolean }): Promise<void> {
  const deployments: Deployment[] = [];
  const open = async (name: string, tag: string, service: object): Promise<Target> => {
    await theatre.shop.publish(tag, { version: "v1", behaviour: "good" });
    const reference = `${repository}:${tag}`;
    const image = { reference, repository, tag, pinnedHost: reference };
    const deployment = await fairlead(name, { service }).open(theatre, image);
    deployments.push(deployment);
    return { name, url: deployment.url };
  };
  try {
    const published = await open("published port", "overhead-port", {});
    const address = { name: "container's address", url: await addressOf(theatre, "overhead-port-web-1") };
    const gates = [
      await open("gate http", "overhead-http", { "x-fairlead": { gate: "http" } }),
      await open("gate tcp", "overhead-tcp", { "x-fairlead": { gate: "tcp" } }),
    ];
    await compare([address, published, ...gates], quick ? 1 : 2);
  } finally {
    for (const deployment of deployments) await deployment.close();
  }
}

async function compare(targets: readonly Target[], rounds: number): Promise<void> {
  const seen = new Map(targets.map(({ name }) => [name, [] as Figure[]]));
  for (let round = 0; round <= rounds; round += 1) {
    for (const { name, url } of targets) {
      const figure = await look(url, round === 0 ? 1 : 2);
      // The first round warms all of them up.
      if (round > 0) seen.get(name)!.push(figure);
    }
  }
  const of = (name: string, key: keyof Figure) => median(seen.get(name)!.map((figure) => figure[key]));
  const bare = targets[1]!.name;
  printTable(
    `update: what a gate costs; the most that autocannon gets over ${connections} connections, and answers at ${rate}/s to the load of above`,
    ["", "requests/s", "of the published port", "p50 ms", "p99 ms", "more than the published port"],
    targets.map(({ name }) => [
      name,
      of(name, "throughput"),
      of(name, "throughput") / of(bare, "throughput"),
      of(name, "p50"),
      of(name, "p99"),
      of(name, "p99") - of(bare, "p99"),
    ]),
  );
}

interface Figure {
  readonly throughput: number;
  readonly p50: number;
  readonly p99: number;
}

async function look(url: string, seconds: number): Promise<Figure> {
  const { requests } = await autocannon({ url: `${url}/?request=1`, connections, duration: seconds });
  const load = startLoad({ url, ratePerSecond: rate });
  await sleep(seconds * 1000);
  const { latencyMs, failed, examples } = await load.stop();
  if (failed > 0) throw new Error(`${failed} requests failed at rest: ${examples.join("; ")}`);
  return { throughput: requests.average, p50: latencyMs.p50, p99: latencyMs.p99 };
}

async function addressOf({ docker }: Theatre, container: string): Promise<string> {
  const { NetworkSettings } = await docker.getContainer(container).inspect();
  const [endpoint] = Object.values(NetworkSettings.Networks);
  return `http://${endpoint!.IPAddress}:${appPort}`;
}
