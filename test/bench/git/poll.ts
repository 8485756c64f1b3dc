import { execFile } from "node:child_process";
import { chmod, mkdir, readFile, writeFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { scrape } from "../../real/e2e/scene/metrics.js";
import { now } from "../instant.js";
import type { Stage } from "../stage.js";
import { median } from "../statistics.js";
import { printTable } from "../table.js";
import { image, openForge, postPush, untilServing } from "./forge.js";

const looks = 20;
const run = promisify(execFile);

/** What a look costs that finds nothing new, beside a `git fetch`, in turns: requests, processes of git that are begun, time. */
export async function benchPoll(stage: Stage): Promise<void> {
  const { repository, server, url } = await openForge(stage, "poll");
  const web = { image, network_mode: "none" };
  await repository.commit({ "compose.yaml": JSON.stringify({ name: "bench-poll", services: { web } }) });
  const clone = `${stage.directory}/poll-clone`;
  await run("git", ["clone", "-q", url, clone]);
  const { folder, runs } = await countedGit(stage.directory);
  const env = { PATH: `${folder}:${process.env["PATH"] ?? ""}` };
  const fairlead = await stage.start("poll", ["--git", url, "--git-ref", "main"], env);
  try {
    await fairlead.ready();
    await untilServing(fairlead, 1);
    const looked = async () => (await scrape(fairlead.adminUrl)).value("fairlead_source_fetches_total") ?? 0;
    const counted = async (work: () => Promise<unknown>) => {
      const [requests, processes, began] = [server.requests.length, await runs(), now()];
      await work();
      const ms = now() - began;
      return { requests: server.requests.length - requests, processes: (await runs()) - processes, ms };
    };
    const [ours, fetches]: [Awaited<ReturnType<typeof counted>>[], Awaited<ReturnType<typeof counted>>[]] = [[], []];
    for (let look = 0; look < looks; look += 1) {
      const before = await looked();
      ours.push(
        await counted(async () => {
          await postPush(fairlead, url);
          while ((await looked()) === before) await sleep(5);
        }),
      );
      fetches.push(await counted(() => run("git", ["-C", clone, "fetch", "-q", "origin", "main"], { env })));
    }
    const rowOf = (name: string, all: typeof ours) => [
      name,
      ...(["requests", "processes", "ms"] as const).map((key) => median(all.map((one) => one[key]))),
    ];
    printTable(
      `git, poll: a look that finds nothing new, median of ${looks}; aim: one request, one process`,
      ["", "requests", "processes of git", "ms"],
      [rowOf("fairlead", ours), rowOf("git fetch", fetches)],
    );
  } finally {
    await fairlead.stop();
    await server.stop();
  }
}

/** The program git, which leaves a line for each time that somebody runs it. What it runs itself is not counted. */
async function countedGit(directory: string) {
  const folder = `${directory}/counted`;
  const log = `${directory}/git-runs`;
  const { stdout } = await run("sh", ["-c", "command -v git"]);
  await mkdir(folder);
  await writeFile(log, "");
  await writeFile(`${folder}/git`, `#!/bin/sh\necho "$1" >> '${log}'\nexec '${stdout.trim()}' "$@"\n`);
  await chmod(`${folder}/git`, 0o755);
  return { folder, runs: async () => (await readFile(log, "utf8")).split("\n").length - 1 };
}
