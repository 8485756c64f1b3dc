import { setTimeout as sleep } from "node:timers/promises";
import type { ServiceStatus } from "../../src/plan/model/condition.js";
import type { FairleadProcess } from "../sandbox/fairlead.js";
import { publishImage } from "../sandbox/registry/image.js";
import { freePort } from "../sandbox/network/ports.js";
import { followEvents, type EventLog, type SeenEvent } from "./events.js";
import { Floor, type FloorTimes, type Order } from "./floor.js";
import { postHook } from "./hook.js";
import { instantOf, now } from "./instant.js";
import { openStage, type Stage } from "./stage.js";
import { median, spread } from "./statistics.js";
import { printTable } from "./table.js";

/** When each thing had happened, in ms since the webhook was sent. */
interface ProductTimes extends FloorTimes {
  readonly accepted: number;
  readonly asked: number;
  readonly known: number;
  readonly pulling: number;
  readonly creating: number;
  readonly starting: number;
}

const rounds = Number(process.env["BENCH_ROUNDS"] ?? 10);
/** Of the layer that is new in each image. */
const layerBytes = Number(process.env["BENCH_LAYER_MB"] ?? 8) * 1024 * 1024;
const project = "bench";
const services: Readonly<Record<Order, string>> = { "stop-first": "published", "start-first": "beside" };

/** From the webhook to the new container, beside the bare calls on the same engine, in turns. */
export async function benchRollout(): Promise<void> {
  const stage = await openStage();
  try {
    const events = await followEvents(stage.docker);
    const fairlead = await startServices(stage);
    await stage.docker.createNetwork({ Name: "bench-floor" });
    for (const order of ["stop-first", "start-first"] as const) await compare(stage, fairlead, events, order);
    events.close();
  } finally {
    await stage.close();
  }
}

async function startServices(stage: Stage): Promise<FairleadProcess> {
  const common = { restart: "unless-stopped", deploy: { update_config: { monitor: "500ms" } } };
  for (const name of Object.values(services)) await publish(stage, repository(name));
  const fairlead = await stage.run("rollout", {
    name: project,
    services: {
      published: { image: repository("published"), ports: [`127.0.0.1:${await freePort()}:8080`], ...common },
      beside: { image: repository("beside"), ...common },
    },
  });
  await fairlead.ready();
  return fairlead;
}

async function compare(stage: Stage, fairlead: FairleadProcess, events: EventLog, order: Order): Promise<void> {
  const service = services[order];
  const port = order === "stop-first" ? await freePort() : undefined;
  const floor = new Floor(stage.docker, events, { name: `floor-${service}`, network: "bench-floor", port });
  const bare = async () => {
    const digest = await publish(stage, repository(`floor-${service}`));
    return floor.exchange(`${repository(`floor-${service}`)}@${digest}`, order);
  };
  const product = async () => {
    const digest = await publish(stage, repository(service));
    const times = await rollOut(stage, fairlead, events, service, digest);
    await untilServing(fairlead, service, digest);
    return times;
  };
  await untilServing(fairlead, service, undefined);
  await bare();
  const ours: ProductTimes[] = [];
  const floors: FloorTimes[] = [];
  for (let round = 0; round < rounds; round += 1) {
    if (round % 2 === 0) ours.push(await product());
    floors.push(await bare());
    if (round % 2 === 1) ours.push(await product());
  }
  report(order, ours, floors);
}

async function rollOut(
  stage: Stage,
  fairlead: FairleadProcess,
  events: EventLog,
  service: string,
  digest: string,
): Promise<ProductTimes> {
  stage.tap.forget();
  const firstLine = fairlead.logs.length;
  const began = now();
  await postHook(fairlead, repository(service));
  const accepted = now();
  const isNext = ({ type, action, attributes }: SeenEvent) =>
    type === "container" && action === "create" && attributes["com.docker.compose.service"] === service;
  const created = await events.find(began, isNext);
  const healthy = await events.find(began, ({ id, action }) => id === created.id && /: healthy$/.test(action));
  const { State } = await stage.docker.getContainer(created.id).inspect();
  const stopped = events.seen(
    began,
    ({ action, attributes, at }) =>
      action === "stop" && attributes["com.docker.compose.service"] === service && at < healthy.at,
  );
  const stepAt = (kind: string) => {
    const line = fairlead.logs.slice(firstLine).find((one) => one["step"] === kind && one["service"] === service);
    return line === undefined ? NaN : new Date(line["time"] as string | number).getTime() - began;
  };
  const head = stage.tap.requests.find(({ method }) => method === "HEAD");
  const pull = events.seen(
    began,
    ({ type, action, id }) => type === "image" && action === "pull" && id.includes(digest),
  );
  return {
    accepted: accepted - began,
    asked: (head?.cameAt ?? NaN) - began,
    known: (head?.answeredAt ?? NaN) - began,
    pulling: stepAt("pull-image"),
    pulled: (pull?.at ?? NaN) - began,
    creating: stepAt("create-container"),
    created: created.at - began,
    stopped: (stopped?.at ?? NaN) - began,
    starting: stepAt("start-container"),
    started: instantOf(State.StartedAt) - began,
    healthy: healthy.at - began,
  };
}

/** And nothing is under way any more that would disturb what is measured next. */
async function untilServing(fairlead: FairleadProcess, service: string, digest: string | undefined): Promise<void> {
  for (const deadline = Date.now() + 60_000; ;) {
    const answer = await fetch(`${fairlead.adminUrl}/api/v1/services/${project}/${service}`);
    const status = (await answer.json()) as ServiceStatus;
    const ready = status.conditions.some(({ type, status: is }) => type === "Ready" && is === "True");
    if (ready && status.sync === "Synced" && (digest === undefined || status.activeDigest === digest)) break;
    if (Date.now() > deadline) throw new Error(`${service} does not serve: ${JSON.stringify(status.conditions)}`);
    await sleep(100);
  }
  await sleep(700);
}

async function publish(stage: Stage, name: string): Promise<string> {
  return (await publishImage(stage.registryUrl, name, "latest", { size: layerBytes })).digest;
}

function repository(service: string): string {
  return `fairlead-bench/${service}`;
}

function report(order: Order, ours: readonly ProductTimes[], floors: readonly FloorTimes[]): void {
  const ratio = (key: "started" | "healthy") => {
    const [product, floor] = [ours.map((times) => times[key]), floors.map((times) => times[key])];
    const pairs = product.map((ms, at) => ms / floor[at]!);
    const ratioOfMedians = median(product) / median(floor);
    return [
      median(product),
      median(floor),
      median(product) - median(floor),
      ratioOfMedians,
      median(pairs),
      spread(floor),
    ];
  };
  printTable(
    `rollout, ${order}: POST of the webhook until the new container has …, median of ${ours.length}, beside the bare calls`,
    ["", "product ms", "floor ms", "more ms", "ratio", "median of pairs", "floor's spread"],
    [
      ["started", ...ratio("started")],
      ["become healthy", ...ratio("healthy")],
    ],
  );
  const of = (key: keyof ProductTimes) => median(ours.map((times) => times[key]));
  const atFloor = (key: keyof FloorTimes) => median(floors.map((times) => times[key]));
  printTable(
    `where the time goes: ms since the beginning, medians`,
    ["", "product", "floor"],
    [
      ["webhook answered", of("accepted"), NaN],
      ["digest asked for (HEAD comes in)", of("asked"), NaN],
      ["digest known (HEAD answered)", of("known"), NaN],
      ["pull begins", of("pulling"), 0],
      ["pull has ended", of("pulled"), atFloor("pulled")],
      ["create begins", of("creating"), atFloor("pulled")],
      ["created", of("created"), atFloor("created")],
      ["old one stopped", of("stopped"), atFloor("stopped")],
      ["start begins", of("starting"), Math.max(...[atFloor("created"), atFloor("stopped")].filter((ms) => ms > 0))],
      ["started", of("started"), atFloor("started")],
      ["healthy", of("healthy"), atFloor("healthy")],
    ],
  );
}
