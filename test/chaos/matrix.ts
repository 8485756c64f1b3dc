import { until } from "../load/until.js";
import { runCell } from "./cell.js";
import type { Cell, CellResult } from "./cell.js";
import type { Fault } from "./fault.js";
import { faults as allFaults } from "./faults.js";
import { openLane, openPlay, type Lane, type Play } from "./lane.js";
import { scenarios as allScenarios, type Scenario } from "./scenario.js";

export interface MatrixOptions {
  /** Of every scenario and fault: how many of its calls are tried, picked by chance. Default: each of them, before and after. */
  readonly callsEach?: number;
  readonly lastsMs: number;
  readonly random: () => number;
  readonly scenarios?: readonly Scenario[];
  readonly faults?: readonly Fault[];
  readonly say: (line: string) => void;
}

export interface Outcome extends CellResult {
  readonly cell: Cell;
}

/** Scenario after scenario on one engine; a cell that did not hold ends its project, and the next one gets a new one. */
export async function runMatrix(options: MatrixOptions): Promise<readonly Outcome[]> {
  const { scenarios = allScenarios, faults = allFaults, say } = options;
  const outcomes: Outcome[] = [];
  const lane = await openLane(say);
  try {
    for (const scenario of scenarios) {
      for (const movesClock of [false, true]) {
        const chosen = faults.filter(({ clock }) => (clock === true) === movesClock);
        if (chosen.length === 0) continue;
        outcomes.push(...(await runScenario(lane, scenario, chosen, { ...options, movesClock })));
      }
    }
  } finally {
    await lane.close();
  }
  return outcomes;
}

async function runScenario(
  lane: Lane,
  scenario: Scenario,
  faults: readonly Fault[],
  options: MatrixOptions & { readonly movesClock: boolean },
): Promise<readonly Outcome[]> {
  const outcomes: Outcome[] = [];
  let stage = await begin(lane, scenario, options.movesClock);
  try {
    for (const fault of faults) {
      for (const { n, phase } of callsOf(stage.calls, options)) {
        const cell = { scenario, fault, n, phase };
        const result = await runCell(stage.play, cell, { ...options, serving: stage.serving });
        outcomes.push({ ...result, cell });
        options.say(line(cell, result));
        stage = { ...stage, serving: result.serving };
        if (result.problems.length === 0) continue;
        await stage.play.close();
        stage = await begin(lane, scenario, options.movesClock);
      }
    }
  } finally {
    await stage.play.close();
  }
  return outcomes;
}

interface Stage {
  readonly play: Play;
  readonly serving: string;
  /** The changing calls of a rollout without any fault. */
  readonly calls: number;
}

async function begin(lane: Lane, scenario: Scenario, movesClock: boolean): Promise<Stage> {
  const { service, beside = {}, image } = scenario;
  const { behaviour: _behaviour, ...first } = image;
  const play = await openPlay(lane, { service, beside, first, movesClock });
  try {
    await until("the first start", async () => isReady(await play.status()));
    const serving = (await play.status())?.activeDigest;
    if (serving === undefined) throw new Error("the first start shows no digest");
    const clean = { scenario, fault: noFault, n: Infinity, phase: "before" } as const;
    const result = await runCell(play, clean, { lastsMs: 0, random: Math.random, serving });
    if (result.problems.length > 0) throw new Error(`${scenario.name} without a fault: ${result.problems.join("; ")}`);
    return { play, serving: result.serving, calls: lane.proxy.changing() };
  } catch (error) {
    await play.close();
    throw error;
  }
}

const noFault: Fault = {
  name: "none",
  text: "nothing goes wrong",
  strike: () => Promise.resolve(undefined),
  heal: () => Promise.resolve(),
};

function isReady(status: Awaited<ReturnType<Play["status"]>>): boolean {
  return status?.conditions.some(({ type, status: is }) => type === "Ready" && is === "True") === true;
}

function callsOf(calls: number, { callsEach, random }: MatrixOptions): readonly Pick<Cell, "n" | "phase">[] {
  const all = Array.from({ length: calls }, (_, index) => index + 1).flatMap((n) =>
    (["before", "after"] as const).map((phase) => ({ n, phase })),
  );
  if (callsEach === undefined) return all;
  return Array.from({ length: callsEach }, () => all[Math.floor(random() * all.length)]!);
}

function line({ scenario, fault, n, phase }: Cell, { call, tookMs, problems }: CellResult): string {
  const at = call === undefined ? `it had no call ${n}` : `${phase} call ${n}, ${call}`;
  const end = problems.length === 0 ? `held, ${(tookMs / 1000).toFixed(1)} s` : `BROKE: ${problems.join("; ")}`;
  return `${scenario.name} · ${fault.name} · ${at}: ${end}`;
}
