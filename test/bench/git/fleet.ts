import { setTimeout as sleep } from "node:timers/promises";
import { startCountingProxy, type CountingProxy } from "../../sandbox/proxies/counting-proxy.js";
import type { FairleadProcess } from "../../sandbox/fairlead.js";
import type { Stage } from "../stage.js";
import { median } from "../statistics.js";
import { printTable } from "../table.js";
import { memoryOf, type Memory } from "../usage.js";
import { image, openForge, postPush, untilServing, type Forge } from "./forge.js";

const network = "bench-git-fleet";

interface Change {
  /** Calls that name a container of another service. */
  readonly ofOthers: number;
  readonly reads: number;
  readonly writes: number;
  /** From the hook until it is decided what is to be done. */
  readonly planMs: number;
}

/**
 * A repository with many projects beside one with one: what a commit that changes one of them costs; then the memory that it
 * takes, beside the same services from files.
 */
export async function benchFleet(stage: Stage, quick: boolean): Promise<void> {
  const count = Number(process.env["BENCH_PROJECTS"] ?? 200);
  const rounds = quick ? 2 : 5;
  await stage.docker.createNetwork({ Name: network });
  const [one, many] = [await measured(stage, 1, rounds), await measured(stage, count, rounds, quick ? 1 : 3)];
  const rowOf = (name: string, changes: readonly Change[]) => [
    name,
    ...(["ofOthers", "reads", "writes", "planMs"] as const).map((key) => median(changes.map((change) => change[key]))),
  ];
  printTable(
    `git, fleet: a commit that changes one project, median of ${rounds}; aim: 0 calls of others, reads at most 1.2`,
    ["", "engine calls of others", "engine reads", "engine writes", "ms to the plan"],
    [
      rowOf(`${count} projects`, many.changes),
      rowOf("1 project", one.changes),
      [
        "ratio",
        NaN,
        ...(["reads", "writes", "planMs"] as const).map((key) => {
          const of = (changes: readonly Change[]) => median(changes.map((change) => change[key]));
          return of(many.changes) / of(one.changes);
        }),
      ],
    ],
  );
  const of = (all: readonly Memory[], key: keyof Memory) => median(all.map((memory) => memory[key]));
  const keys = ["rss", "anonymous", "peak"] as const;
  printTable(
    `git, memory: ${count} projects, idle for 10 s after a start, median of ${many.fromGit.length} in turns; aim: at most 5 MB more`,
    ["", "RSS MB", "anonymous MB", "peak MB"],
    [
      ["from git", ...keys.map((key) => of(many.fromGit, key))],
      ["from files", ...keys.map((key) => of(many.fromFiles, key))],
      ["more", ...keys.map((key) => of(many.fromGit, key) - of(many.fromFiles, key))],
    ],
  );
}

async function measured(stage: Stage, count: number, rounds: number, memories = 0) {
  const name = `fleet${count}`;
  const forge = await openForge(stage, name);
  const projects = Array.from({ length: count }, (_, at) => `${name}-${at}`);
  await forge.repository.commit(Object.fromEntries(projects.map((one) => [fileOf(one), contentOf(one, 0)])));
  const proxy = await startCountingProxy(stage.engineSocket);
  // A resync would be work of its own.
  const env = { DOCKER_HOST: proxy.host, FAIRLEAD_RESYNC: "0 0 1 1 *" };
  const fromGit = ["--git", forge.url, "--git-ref", "main", "--git-path", "stacks/*/compose.yaml"];
  const start = async (args: readonly string[]) => {
    const fairlead = await stage.start(name, args, env);
    await fairlead.ready(120_000);
    await untilServing(fairlead, count);
    return fairlead;
  };
  const result = { changes: [] as Change[], fromGit: [] as Memory[], fromFiles: [] as Memory[] };
  try {
    const fairlead = await start(fromGit);
    await sleep(5_000);
    for (let round = 1; round <= rounds; round += 1) {
      const changed = projects[(round * 7) % count] ?? name;
      result.changes.push(await change(stage, { forge, proxy, fairlead }, changed, round));
      await untilServing(fairlead, count);
      await sleep(2_000);
    }
    await fairlead.stop();
    for (let turn = 0; turn < memories; turn += 1) {
      result.fromFiles.push(
        await memoryWhenIdle(await start(["-f", `${forge.repository.work}/stacks/*/compose.yaml`])),
      );
      result.fromGit.push(await memoryWhenIdle(await start(fromGit)));
    }
  } finally {
    await proxy.close();
    await forge.server.stop();
  }
  return result;
}

interface Scene {
  readonly forge: Forge;
  readonly proxy: CountingProxy;
  readonly fairlead: FairleadProcess;
}

async function change(
  stage: Stage,
  { forge, proxy, fairlead }: Scene,
  changed: string,
  round: number,
): Promise<Change> {
  const containers = await stage.docker.listContainers({ all: true });
  const others = containers
    .filter(({ Labels }) => Labels["com.docker.compose.project"] !== changed)
    .flatMap(({ Id, Names }) => [Id, ...Names.map((one) => one.slice(1))]);
  await forge.repository.commit({ [fileOf(changed)]: contentOf(changed, round) });
  const [before, firstLine, began] = [proxy.requests.length, fairlead.logs.length, Date.now()];
  await postPush(fairlead, forge.url);
  const step = await fairlead.waitForLog(
    ({ step: kind, project }) => kind !== undefined && project === changed,
    firstLine,
  );
  await fairlead.waitForLog(
    ({ outcome, rollout }) => outcome === "promoted" && String(rollout).startsWith(changed),
    firstLine,
  );
  // What comes afterwards belongs to it as well.
  await sleep(2_000);
  const made = proxy.requests.slice(before);
  const names = (request: string) => others.some((one) => request.includes(`/${one}/`) || request.endsWith(`/${one}`));
  return {
    ofOthers: made.filter(names).length,
    reads: made.filter((request) => request.startsWith("GET ")).length,
    writes: made.filter((request) => !/^(?:GET|HEAD) /.test(request)).length,
    planMs: new Date(String(step["time"])).getTime() - began,
  };
}

async function memoryWhenIdle(fairlead: FairleadProcess): Promise<Memory> {
  await sleep(10_000);
  const memory = await memoryOf(fairlead.pid);
  await fairlead.stop();
  return memory;
}

function fileOf(project: string): string {
  return `stacks/${project}/compose.yaml`;
}

function contentOf(project: string, round: number): string {
  const update_config = { monitor: "200ms" };
  const web = { image, environment: { ROUND: `${round}` }, stop_grace_period: "1s", deploy: { update_config } };
  const networks = { default: { name: network, external: true } };
  return JSON.stringify({ name: project, services: { web }, networks });
}
