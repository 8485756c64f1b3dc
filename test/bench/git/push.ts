import { execFile } from "node:child_process";
import { promisify } from "node:util";
import type { FairleadProcess } from "../../sandbox/fairlead.js";
import { findCompose, type Compose } from "../../sandbox/engine/docker-compose.js";
import { followEvents, type EventLog, type SeenEvent } from "../events.js";
import { instantOf, now } from "../instant.js";
import type { Stage } from "../stage.js";
import { median, spread } from "../statistics.js";
import { printTable } from "../table.js";
import { image, openForge, postPush, untilServing } from "./forge.js";

const run = promisify(execFile);
const network = "bench-git-push";
/** Of the script. */
const project = "bench-script";

/** When each thing had happened, in ms since a push had ended. */
interface Times {
  readonly created: number;
  readonly started: number;
}

/** From the end of a push to the start of the new container: by hook, beside `git fetch` and `docker-compose up -d`, in turns. */
export async function benchPush(stage: Stage, quick: boolean): Promise<void> {
  const rounds = quick ? 2 : Number(process.env["BENCH_ROUNDS"] ?? 10);
  const compose = await findCompose(stage.engineHost, console.log);
  if (compose === undefined) throw new Error("there is no Docker Compose to compare with");
  const forge = await openForge(stage, "push");
  const { repository, server, url } = forge;
  await stage.docker.createNetwork({ Name: network });
  const commit = (round: number) => repository.commit({ "compose.yaml": fileOf(round), README: `${round}` });
  await commit(0);
  const clone = `${stage.directory}/clone`;
  await run("git", ["clone", "-q", url, clone]);
  const events = await followEvents(stage.docker);
  const fairlead = await stage.start("push", ["--git", url, "--git-ref", "main"]);
  try {
    await fairlead.ready();
    await untilServing(fairlead, 1);
    const bare = () => byScript(stage, { compose, clone, events });
    await bare();
    const [ours, theirs]: [Times[], Times[]] = [[], []];
    const first = fairlead.logs.length;
    for (let round = 1; round <= rounds; round += 1) {
      await commit(round);
      if (round % 2 === 0) theirs.push(await bare());
      ours.push(await byHook(stage, fairlead, url, events));
      await untilServing(fairlead, 1);
      if (round % 2 === 1) theirs.push(await bare());
    }
    report(ours, theirs);
    reportStages(fairlead, first, rounds);
  } finally {
    events.close();
    await fairlead.stop();
    await compose(["-p", project, "-f", `${clone}/compose.yaml`, "down"], stage.engineHost);
    await server.stop();
  }
}

/** As both read it. */
function fileOf(round: number): string {
  const web = {
    image,
    environment: { ROUND: `${round}` },
    restart: "unless-stopped",
    networks: ["bench"],
  };
  return JSON.stringify({ version: "3.8", services: { web }, networks: { bench: { external: true, name: network } } });
}

async function byHook(stage: Stage, fairlead: FairleadProcess, url: string, events: EventLog): Promise<Times> {
  const began = now();
  await postPush(fairlead, url);
  return timesOf(stage, events, began, "fleet");
}

interface Script {
  readonly compose: Compose;
  readonly clone: string;
  readonly events: EventLog;
}

async function byScript(stage: Stage, { compose, clone, events }: Script): Promise<Times> {
  const began = now();
  await run("sh", ["-ec", `cd '${clone}'; git fetch -q origin main; git reset -q --hard FETCH_HEAD`]);
  await compose(["-p", project, "-f", `${clone}/compose.yaml`, "up", "-d"], stage.engineHost);
  return timesOf(stage, events, began, project);
}

async function timesOf(stage: Stage, events: EventLog, began: number, of: string): Promise<Times> {
  const isNew = (wanted: string) => (event: SeenEvent) =>
    event.type === "container" && event.action === wanted && event.attributes["com.docker.compose.project"] === of;
  const created = await events.find(began, isNew("create"));
  await events.find(began, (event) => isNew("start")(event) && event.id === created.id);
  const { State } = await stage.docker.getContainer(created.id).inspect();
  return { created: created.at - began, started: instantOf(State.StartedAt) - began };
}

function report(ours: readonly Times[], theirs: readonly Times[]): void {
  const rowOf = (key: keyof Times) => {
    const [product, script] = [ours.map((times) => times[key]), theirs.map((times) => times[key])];
    const pairs = product.map((ms, at) => ms / (script[at] ?? NaN));
    return [median(product), median(script), median(product) / median(script), median(pairs), spread(script)];
  };
  printTable(
    `git, push: from the hook, or the script's start, until the new container is …, median of ${ours.length}; aim: 0.8`,
    ["", "product ms", "script ms", "ratio", "median of pairs", "script's spread"],
    [
      ["created", ...rowOf("created")],
      ["started", ...rowOf("started")],
    ],
  );
}

/** Between which lines of the log the time goes. */
function reportStages(fairlead: FairleadProcess, first: number, rounds: number): void {
  const marks: readonly (readonly [string, (line: (typeof fairlead.logs)[number]) => boolean])[] = [
    ["fetched", ({ msg }) => String(msg).startsWith("fetched commit")],
    ["in force", ({ msg }) => String(msg).endsWith("is in force")],
    ["create begins", ({ step }) => step === "create-container"],
    ["start begins", ({ step }) => step === "start-container"],
  ];
  const at = (line: (typeof fairlead.logs)[number]) => new Date(String(line["time"])).getTime();
  const lines = fairlead.logs.slice(first);
  const hooks = lines.filter(({ hook, outcome }) => hook === "generic" && outcome === "accepted").map(at);
  const rows = marks.map(([name, fits]) => {
    const times = hooks.flatMap((began, index) => {
      const end = hooks[index + 1] ?? Infinity;
      const found = lines.find((line) => at(line) >= began && at(line) < end && fits(line));
      return found === undefined ? [] : [at(found) - began];
    });
    return [name, median(times)];
  });
  printTable(`where the time goes: ms since the hook, medians of ${rounds}`, ["", "ms"], rows);
}
