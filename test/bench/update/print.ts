import { median } from "../statistics.js";
import { printTable, type Cell } from "../table.js";
import { rate, type BadUpdate, type Figures, type GoodUpdate } from "./measure.js";

export function printFigures(figures: readonly Figures[], floors: readonly number[]): void {
  const floor = median(floors);
  const peers = figures.filter(({ name }) => !isOurs(name)).map(allOnNew);
  const best = peers.length === 0 ? NaN : Math.min(...peers);
  printTable(
    `update: what 8 keep-alive and 8 new-connection clients see at ${rate} requests/s, medians of ${floors.length}, per update`,
    [
      "",
      "failed",
      "of",
      "kept",
      "fresh",
      "reconnected",
      "longest gap ms",
      "p99 ms",
      "at rest",
      "all on new ms",
      "of floor",
      "of best peer",
    ],
    [
      ...figures.map((one): Cell[] => [
        one.name,
        of(one, ({ report }) => report.failed),
        of(one, ({ report }) => report.requests),
        of(one, ({ report }) => report.clients.kept.failed),
        of(one, ({ report }) => report.clients.fresh.failed),
        of(one, ({ reconnected }) => reconnected),
        of(one, ({ report }) => report.longestGapMs),
        of(one, ({ report }) => report.latencyMs.p99),
        one.atRest.latencyMs.p99,
        allOnNew(one),
        allOnNew(one) / floor,
        allOnNew(one) / best,
      ]),
      ["floor: pull, create, start, healthy", ...Array<Cell>(8).fill("-"), floor, 1, floor / best],
    ],
  );
  printTable(
    "update: with a bad image, the same",
    ["", "answers 500: failed", "of", "broken s", "exits: failed", "of", "broken s"],
    figures.map((one) => [one.name, ...bad(one.broken), ...bad(one.exits)]),
  );
  for (const { name, updates, broken, exits } of figures) {
    const kinds = [
      ["a good image", updates.map(({ report }) => report)],
      ["one that answers 500", [broken.report]],
      ["one that exits", [exits.report]],
    ] as const;
    for (const [kind, reports] of kinds) {
      const failures = reports.flatMap(({ examples }) => examples).slice(0, 2);
      if (failures.length > 0) console.log(`${name}, with ${kind}: such as ${failures.join("; ")}`);
    }
  }
}

/** What is aimed at. Nothing depends on it: a machine can be too slow for anything. */
export function printGoals(figures: readonly Figures[]): void {
  const row = (name: string) => figures.find((one) => one.name === name);
  const [http, tcp] = [row("Fairlead, gate http"), row("Fairlead, gate tcp")];
  const startFirst = figures.find(({ name }) => name.startsWith("Swarm, start-first"));
  const lines: string[] = [];
  const say = (goal: string, met: boolean, figure: string) =>
    lines.push(`${met ? "met   " : "missed"}  ${goal}: ${figure}`);
  if (http !== undefined) {
    const all = [...http.updates, http.broken, http.exits].map(({ report }) => report);
    const [failed, requests] = [sum(all.map((one) => one.failed)), sum(all.map((one) => one.requests))];
    say("gate http, 0 failed of at least 20,000", failed === 0 && requests >= 20_000, `${failed} of ${requests}`);
  }
  if (tcp !== undefined) {
    const fresh = tcp.updates.map(({ report }) => report.clients.fresh);
    const [failed, requests] = [sum(fresh.map((one) => one.failed)), sum(fresh.map((one) => one.requests))];
    say("gate tcp, 0 failed on new connections", failed === 0, `${failed} of ${requests}`);
  }
  for (const gate of [http, tcp].filter((one) => one !== undefined)) {
    const failed = gate.broken.report.failed + gate.exits.report.failed;
    say(`${gate.name}, 0 failed with bad images`, failed === 0, String(failed));
  }
  if (http !== undefined && startFirst !== undefined) {
    const [ours, theirs] = [allOnNew(http), allOnNew(startFirst)];
    const figure = `${ours.toFixed(0)} ms, ${theirs.toFixed(0)} ms`;
    say(`start to all traffic: gate http before ${startFirst.name}`, ours < theirs, figure);
  }
  if (lines.length > 0) console.log(`\ngoals\n${lines.join("\n")}`);
}

function isOurs(name: string): boolean {
  return name.startsWith("Fairlead");
}

function of({ updates }: Figures, figure: (update: GoodUpdate) => number): number {
  return median(updates.map(figure));
}

function allOnNew(figures: Figures): number {
  return of(figures, ({ allOnNewMs }) => allOnNewMs);
}

function bad({ report, brokenMs, forEver }: BadUpdate): Cell[] {
  const seconds = (brokenMs / 1000).toFixed(1);
  return [report.failed, report.requests, forEver ? `until repaired` : seconds];
}

function sum(values: readonly number[]): number {
  return values.reduce((total, one) => total + one, 0);
}
