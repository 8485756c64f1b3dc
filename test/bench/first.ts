import { execFile } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { promisify } from "node:util";
import { modernCompose } from "../sandbox/engine/compose.js";
import { publishImage } from "../sandbox/registry/image.js";
import { followEvents, type EventLog } from "./events.js";
import { now } from "./instant.js";
import { openStage, type Stage } from "./stage.js";
import { median } from "./statistics.js";
import { printTable, type Cell } from "./table.js";

const count = Number(process.env["BENCH_SERVICES"] ?? 100);
const images = Math.min(20, count);
const project = "first";
const repository = (at: number) => `fairlead-bench/first${at % images}`;

interface Case {
  readonly name: string;
  /** The images are not on the host. */
  readonly pulls: boolean;
  /** Services that wait for another one stand in so many rows. */
  readonly layers: number;
}

const cases: readonly Case[] = [
  { name: "images are there", pulls: false, layers: 1 },
  { name: `${images} images to pull`, pulls: true, layers: 1 },
  { name: "dependencies in 3 layers", pulls: false, layers: 3 },
];

interface Times {
  readonly started: number;
  readonly gone: number;
}

/**
 * From nothing to all services running, and back to nothing: Fairlead beside `docker compose up -d` and `down`, in turns on one
 * engine. Each from the start of its program to the engine's last event.
 */
export async function benchFirst({ quick }: { readonly quick: boolean }): Promise<void> {
  const rounds = Number(process.env["BENCH_ROUNDS"] ?? (quick ? 1 : 3));
  const compose = await modernCompose((line) => {
    console.log(line);
  });
  const stage = await openStage();
  const events = await followEvents(stage.docker);
  const rows: Cell[][] = [];
  try {
    for (let at = 0; at < images; at += 1)
      await publishImage(stage.registryUrl, repository(at), "latest", { serve: "none" });
    await publishImage(stage.registryUrl, "fairlead-bench/stays", "latest", { serve: "none" });
    for (const one of quick ? cases.slice(0, 1) : cases) {
      const ways: Readonly<Record<string, () => Promise<Times>>> = {
        fairlead: () => byFairlead(stage, events, one),
        "docker compose": () => byCompose(stage, events, one, compose),
      };
      const times = new Map<string, Times[]>(Object.keys(ways).map((name) => [name, []]));
      for (let round = 0; round < rounds; round += 1) {
        for (const [name, way] of Object.entries(ways)) {
          await prepare(stage, one);
          times.get(name)?.push(await way());
        }
      }
      const of = (name: string, field: keyof Times) => median((times.get(name) ?? []).map((time) => time[field]));
      const ratio = (field: keyof Times) => of("fairlead", field) / of("docker compose", field);
      const fields = ["started", "gone"] as const;
      rows.push([
        one.name,
        ...fields.flatMap((field): Cell[] => [of("fairlead", field), of("docker compose", field), ratio(field)]),
      ]);
    }
  } finally {
    events.close();
    await stage.close();
  }
  printTable(
    `first: ${count} services, medians of ${rounds} in turns`,
    ["", "started ms", "up -d ms", "ratio", "removed ms", "down ms", "ratio"],
    rows,
  );
}

function servicesOf({ layers }: Case): Readonly<Record<string, object>> {
  const row = Math.ceil(count / layers);
  const entries = Array.from({ length: count }, (_, at) => {
    const before = at >= row ? { depends_on: [`service${at - row}`] } : {};
    // Whoever has no word of it waits ten seconds for the process; Compose knows no `monitor`.
    return [`service${at}`, { image: repository(at), deploy: { update_config: { monitor: "200ms" } }, ...before }];
  });
  return Object.fromEntries(entries) as Readonly<Record<string, object>>;
}

/** A network of its own would be made by one of them, and is there for the other. */
const networks = { default: { name: "bench-first", external: true } };

async function prepare({ docker }: Stage, { pulls }: Case): Promise<void> {
  const found = await docker.listNetworks({ filters: { name: ["bench-first"] } });
  if (found.length === 0) await docker.createNetwork({ Name: "bench-first" });
  for (let at = 0; at < images; at += 1) {
    const image = docker.getImage(repository(at));
    if (!pulls) {
      const stream = await docker.pull(`${repository(at)}:latest`);
      await new Promise((resolve, reject) => stream.on("end", resolve).on("error", reject).resume());
    } else await image.remove({ force: true }).catch(() => undefined);
  }
  if (!pulls) return;
  // Also what has tags of ours.
  const left = await docker.listImages();
  const ofOurs = left.filter(({ RepoDigests }) => RepoDigests?.some((one) => one.startsWith("fairlead-bench/first")));
  for (const { Id } of ofOurs) await docker.getImage(Id).remove({ force: true });
}

/** When the last of them has come to that, in ms since `began`. */
async function untilAll(events: EventLog, action: string, began: number): Promise<number> {
  const seen = new Set<string>();
  const { at } = await events.find(began, ({ type, action: what, id, attributes }) => {
    if (type !== "container" || what !== action || attributes["com.docker.compose.project"] !== project) return false;
    if (!(attributes["com.docker.compose.service"] ?? "").startsWith("service")) return false;
    return seen.add(id).size >= count;
  });
  return at - began;
}

async function byFairlead(stage: Stage, events: EventLog, one: Case): Promise<Times> {
  const stays = { stays: { image: "fairlead-bench/stays" } };
  const file = `${stage.directory}/first-fairlead.yaml`;
  const write = (services: object) => writeFile(file, JSON.stringify({ name: project, services, networks }));
  await write({ ...servicesOf(one), ...stays });
  const began = now();
  const fairlead = await stage.start(`first-${began}`, ["-f", file, "--prune"]);
  const started = await untilAll(events, "start", began);
  const { adminUrl } = fairlead;
  await untilQuiet(adminUrl);
  const removed = now();
  // What has left the file goes; an empty file would remove nothing.
  await write(stays);
  const gone = await untilAll(events, "destroy", removed);
  await fairlead.stop();
  const left = await stage.docker.listContainers({ all: true });
  for (const { Id } of left) await stage.docker.getContainer(Id).remove({ force: true });
  return { started, gone };
}

/** All that has been begun has ended: each serves. */
async function untilQuiet(adminUrl: string): Promise<void> {
  for (const deadline = now() + 300_000; now() < deadline;) {
    const answer = (await (await fetch(`${adminUrl}/api/v1/services`)).json()) as {
      readonly services: readonly { readonly sync: string; readonly health: string }[];
    };
    if (answer.services.every(({ sync, health }) => sync === "Synced" && health === "Healthy")) return;
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
  throw new Error("not all services serve");
}

async function byCompose(stage: Stage, events: EventLog, one: Case, program: string): Promise<Times> {
  const file = `${stage.directory}/first-compose.yaml`;
  await writeFile(file, JSON.stringify({ name: project, services: servicesOf(one), networks }));
  const env = { PATH: process.env["PATH"], HOME: process.env["HOME"], DOCKER_HOST: stage.engineHost };
  const run = (...args: readonly string[]) => promisify(execFile)(program, ["-f", file, ...args], { env });
  const began = now();
  const up = run("up", "-d");
  const started = await untilAll(events, "start", began);
  await up;
  const removed = now();
  const down = run("down");
  const gone = await untilAll(events, "destroy", removed);
  await down;
  return { started, gone };
}
