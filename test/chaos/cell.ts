import { setTimeout as sleep } from "node:timers/promises";
import type { ServiceStatus } from "../../src/plan/model/condition.js";
import { until } from "../load/until.js";
import { lookAt, type SeenContainer } from "../real/e2e/scene/host.js";
import type { EngineCall, Phase } from "../sandbox/proxies/killing-proxy.js";
import type { Fault, Moment } from "./fault.js";
import { clearOutside } from "./faults/outside.js";
import type { Play } from "./lane.js";
import { readRows, writeRow } from "./rows.js";
import type { Scenario } from "./scenario.js";

export interface Cell {
  readonly scenario: Scenario;
  readonly fault: Fault;
  /** The changing call of the rollout at which the fault strikes, from 1. */
  readonly n: number;
  readonly phase: Phase;
}

export interface CellResult {
  /** `POST /containers/create`; undefined: the rollout ended before the n-th call. */
  readonly call: string | undefined;
  /** From the push to the end of the rollout. */
  readonly tookMs: number;
  /** What should not be so. Empty: it held. */
  readonly problems: readonly string[];
}

export interface CellOptions {
  readonly lastsMs: number;
  readonly random: () => number;
  /** What serves when the cell begins. */
  readonly serving: string;
}

const patienceMs = 240_000;
const tidyMs = 30_000;

/** One rollout with one fault in it. Throws only where the stage itself fails. */
export async function runCell(play: Play, cell: Cell, options: CellOptions): Promise<CellResult & { serving: string }> {
  const { scenario, fault } = cell;
  const { lane } = play;
  const moment: Moment = { play, lastsMs: options.lastsMs, random: options.random };
  const rows = scenario.writes === true ? await writeRow(play) : [];
  const foreign = await seenOf(play, fault);
  const digest = await play.push(scenario.image);
  const good = scenario.ends === "promoted" ? digest : options.serving;
  const from = play.fairlead.logs.length;
  const began = Date.now();
  const strike = arm(cell, moment);
  await play.hook().catch(() => undefined);
  const retry = onceCutShort(play, from);
  const hasEnded = async () => {
    await retry();
    return ends(scenario, digest, options.serving, await play.status());
  };
  const problems: string[] = [];
  try {
    await until("the fault or the end", async () => strike.call() !== undefined || (await hasEnded()), patienceMs);
    await strike.healed();
    await until("the end of the rollout", hasEnded, patienceMs);
  } catch (error) {
    problems.push(`${String(error)}; status ${JSON.stringify(await play.status())}`);
  }
  const tookMs = Date.now() - began;
  lane.onCall = undefined;
  if (problems.length === 0) problems.push(...(await disorder(play, scenario, good)));
  problems.push(...heldGood(play, good, from));
  if ((await seenOf(play, fault)) !== foreign) problems.push("somebody else's container was touched");
  if (scenario.writes === true && fault.removes !== true) problems.push(...(await lostRows(play, rows)));
  await restoreOutside(play, moment);
  const call = strike.call();
  return {
    call: call === undefined ? undefined : `${call.method} ${call.path.replace(/[0-9a-f]{64}/, "…")}`,
    tookMs,
    problems,
    serving: good,
  };
}

/** The container of somebody else: all that is seen of it, or, where the engine itself ends it, who it is. */
async function seenOf({ lane, foreign }: Play, { endsAll }: Fault): Promise<string> {
  const seen = await lookAt(lane.docker, foreign);
  if (seen === undefined) return "it is gone";
  const { id, name, restartPolicy } = seen;
  return JSON.stringify(endsAll === true ? { id, name, restartPolicy } : seen);
}

interface Strike {
  call(): EngineCall | undefined;
  /** Waits for the end of what has struck. */
  healed(): Promise<void>;
}

function arm({ fault, n, phase }: Cell, moment: Moment): Strike {
  const { lane } = moment.play;
  let struck: EngineCall | undefined;
  let healing: Promise<void> = Promise.resolve();
  lane.proxy.reset();
  lane.onCall = async (at, call, around) => {
    if (struck !== undefined || at !== n || around !== phase) return undefined;
    struck = call;
    const answer = await fault.strike(moment);
    healing = fault.heal(moment);
    // Whoever awaits `healed` hears of it.
    healing.catch(() => undefined);
    return answer;
  };
  return {
    call: () => struck,
    healed: async () => {
      // The strike itself may still be under way.
      let before: Promise<void> | undefined;
      while (before !== healing) {
        before = healing;
        await healing;
        await sleep(200);
      }
    },
  };
}

function ends(scenario: Scenario, digest: string, before: string, status: ServiceStatus | undefined): boolean {
  if (status === undefined) return false;
  const ready = status.conditions.find(({ type }) => type === "Ready");
  if (scenario.ends === "promoted")
    return status.sync === "Synced" && status.activeDigest === digest && ready?.status === "True";
  return (
    status.sync === "Held" &&
    status.health === "Healthy" &&
    status.desiredDigest === digest &&
    status.activeDigest === before &&
    ready?.reason === "DigestHeld"
  );
}

/** What is not as it must be soon after the end; the status comes before the last clean-up. */
async function disorder(play: Play, { replicas }: Scenario, good: string): Promise<readonly string[]> {
  const deadline = Date.now() + tidyMs;
  for (;;) {
    const found = wrongIn(await play.containers(), play, replicas, good);
    if (found.length === 0 || Date.now() > deadline) return found;
    await sleep(300);
  }
}

function wrongIn(containers: readonly SeenContainer[], play: Play, replicas: number, good: string): readonly string[] {
  const ours = containers.filter(
    ({ service, id, name }) => service === "web" && id !== play.foreign && !name.includes(".before."),
  );
  const names = Array.from({ length: replicas }, (_, index) => `${play.project}-web-${index + 1}`);
  const active = names.flatMap((name) => {
    const found = ours.find((container) => container.name === name);
    if (found === undefined) return [`${name} is missing`];
    const is = `${name}: ${found.state}, ${found.restartPolicy}, ${found.digest}`;
    return found.state === "running" && found.restartPolicy === "unless-stopped" && found.digest === good ? [] : [is];
  });
  const others = ours.filter(({ name }) => !names.includes(name));
  const strange = others
    .filter(
      ({ name, state, restartPolicy }) =>
        !/-\d+\.(previous|failed)$/.test(name) || state === "running" || restartPolicy !== "no",
    )
    .map(({ name, state, restartPolicy }) => `left over: ${name}, ${state}, ${restartPolicy}`);
  return [...active, ...strange];
}

/** What a job that was cut short has done is for a person to find out: nothing is run again until one says so. */
const cutShort = "may have done half its work";

/** That person. */
function onceCutShort({ fairlead, project }: Play, from: number): () => Promise<void> {
  let asked = false;
  return async () => {
    if (asked || !fairlead.logs.slice(from).some(({ msg }) => String(msg).includes(`${cutShort}; it is held`))) return;
    const url = `${fairlead.adminUrl}/api/v1/services/${project}/web/retry`;
    asked = await fetch(url, { method: "POST" }).then(
      ({ ok }) => ok,
      () => false,
    );
  };
}

function heldGood({ fairlead }: Play, good: string, from: number): readonly string[] {
  const held = fairlead.logs
    .slice(from)
    .filter(({ digest, msg }) => digest === good && String(msg).includes("is held") && !String(msg).includes(cutShort));
  return held.map(({ msg }) => `a good digest was held: ${String(msg)}`);
}

async function lostRows(play: Play, rows: readonly string[]): Promise<readonly string[]> {
  const found = await readRows(play);
  const lost = rows.filter((row) => !found.includes(row));
  return lost.length === 0 ? [] : [`lost from the volume: ${lost.join(", ")}`];
}

async function restoreOutside({ lane }: Play, moment: Moment): Promise<void> {
  lane.events = () => true;
  await clearOutside(moment);
  await lane.clock.set(0);
}
