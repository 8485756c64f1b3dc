import { fork, spawnSync, type ChildProcess } from "node:child_process";
import { cp, mkdtemp, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { resolve } from "node:path";
import { startRegistryStub } from "../registry-stub.js";
import { median } from "../statistics.js";
import { printTable, type Cell } from "../table.js";
import type { Looked, Order } from "./protocol.js";

interface Case {
  readonly services: number;
  readonly images: number;
}

const pairs = Number(process.env["BENCH_PAIRS"] ?? 9);
const base = process.env["BENCH_BASE"];
const sizes: readonly Case[] = [
  { services: 100, images: 100 },
  { services: 1_000, images: 1_000 },
  { services: 1_000, images: 100 },
];
/** Too many for the builds from before services were left alone. */
const large: readonly Case[] = [{ services: 10_000, images: 10_000 }];
/** Only those with so many services: `1000` or `1000,10000`. */
const only = process.env["BENCH_SERVICES"]?.split(",").map(Number);

/**
 * What a look at everything costs where nothing has changed: this build beside an earlier one (`BENCH_BASE`, a commit), look
 * by look in turns, each in a process of its own.
 */
export async function benchResync({ quick }: { readonly quick: boolean }): Promise<void> {
  const earlier = base === undefined ? undefined : await checkOut(base);
  const registry = await startRegistryStub();
  const rows: Cell[][] = [];
  try {
    for (const size of wanted(quick ? sizes.slice(0, 2) : sizes))
      rows.push(...(await compare(size, earlier, registry.url)));
    if (!quick) for (const size of wanted(large)) rows.push(...(await compare(size, undefined, registry.url)));
  } finally {
    await registry.close();
    if (earlier !== undefined) await rm(earlier, { recursive: true });
  }
  printTable(
    `resync: one look at N settled services, medians of ${pairs} looks in turns`,
    [
      "build",
      "services",
      "images",
      "cpu ms",
      "wall ms",
      "cpu ratio",
      "wall ratio",
      "longest pause ms",
      "asked run begins ms",
      "lists",
      "calls",
    ],
    rows,
  );
}

function wanted(cases: readonly Case[]): readonly Case[] {
  return only === undefined ? cases : cases.filter(({ services }) => only.includes(services));
}

/** The commit's own program, with the simulator and the benchmark of this one. */
async function checkOut(commit: string): Promise<string> {
  const directory = await mkdtemp(`${tmpdir()}/fairlead-base-`);
  const archive = spawnSync("sh", ["-c", 'git archive "$1" | tar -x -C "$2"', "sh", commit, directory]);
  if (archive.status !== 0) throw new Error(`${commit} cannot be had: ${archive.stderr.toString()}`);
  for (const folder of ["test/simulator", "test/bench"])
    await cp(folder, `${directory}/${folder}`, { recursive: true });
  await symlink(resolve("node_modules"), `${directory}/node_modules`);
  return directory;
}

async function compare(size: Case, earlier: string | undefined, registryUrl: string): Promise<Cell[][]> {
  const builds = [...(earlier === undefined ? [] : [{ name: "earlier", root: earlier }]), { name: "this", root: "." }];
  const runs: { name: string; worker: ChildProcess; looks: Looked[] }[] = [];
  for (const { name, root } of builds) runs.push({ name, worker: await start(root, size, registryUrl), looks: [] });
  for (let pair = 0; pair < pairs; pair += 1)
    for (const { worker, looks } of runs) looks.push(await ask<Looked>(worker, "look"));
  for (const { worker } of runs) worker.send("end" satisfies Order);
  const of = (looks: readonly Looked[], field: keyof Looked) => median(looks.map((look) => look[field]));
  const [first] = runs;
  return runs.map(({ name, looks }) => [
    name,
    size.services,
    size.images,
    of(looks, "cpuMs"),
    of(looks, "wallMs"),
    ...(["cpuMs", "wallMs"] as const).map((field) => of(looks, field) / of(first?.looks ?? [], field)),
    Math.max(...looks.map(({ pauseMs }) => pauseMs)),
    Math.max(...looks.map(({ beginMs }) => beginMs)),
    of(looks, "lists"),
    of(looks, "calls"),
  ]);
}

async function start(root: string, { services, images }: Case, registryUrl: string): Promise<ChildProcess> {
  const worker = fork("test/bench/resync/worker.ts", [`${services}`, `${images}`, registryUrl], {
    cwd: root,
    execArgv: ["--import", "tsx", "--expose-gc", ...(process.env["BENCH_PROF"] === undefined ? [] : ["--cpu-prof"])],
  });
  await answerOf(worker);
  return worker;
}

function ask<T>(worker: ChildProcess, order: Order): Promise<T> {
  worker.send(order);
  return answerOf<T>(worker);
}

function answerOf<T>(worker: ChildProcess): Promise<T> {
  return new Promise((resolve, reject) => {
    const ended = (code: number | null) => {
      reject(new Error(`the worker ended with ${code}`));
    };
    worker.once("exit", ended);
    worker.once("message", (answer: T) => {
      worker.off("exit", ended);
      resolve(answer);
    });
  });
}
