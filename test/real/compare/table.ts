import { intendedDifferences } from "./intended.js";
import type { PeerName } from "./peers.js";
import type { PeerOutcome, StackResult } from "./run.js";

/** What the comparison found: a line for each file, and how often each intended difference was met. */
export function resultTable(results: readonly StackResult[]): string {
  const peers = [...new Set(results.flatMap(({ outcomes }) => outcomes.map(({ peer }) => peer)))];
  const header = ["file", "services", ...peers.map((peer) => `${peer}: fields, intended, other`)];
  const rows = results.map(({ stack, services, outcomes }) => [
    stack,
    String(services),
    ...peers.map((peer) => cell(outcomes.find((outcome) => outcome.peer === peer))),
  ]);
  return `${columns([header, ...rows])}\n\n${classes(results, peers)}`;
}

function cell(outcome: PeerOutcome | undefined): string {
  if (outcome === undefined) return "";
  if (outcome.comparison !== undefined) return outcome.text;
  const said = outcome.text.split("\n").at(-1)!.slice(0, 90);
  return outcome.alike ? `the engine refuses both: ${said}` : `not compared: ${said}`;
}

function classes(results: readonly StackResult[], peers: readonly PeerName[]): string {
  const count = (peer: PeerName, where: string) =>
    results
      .flatMap(({ outcomes }) => outcomes.filter((outcome) => outcome.peer === peer))
      .flatMap(({ comparison }) => comparison?.intended ?? [])
      .filter((entry) => entry.where === where).length;
  const rows = intendedDifferences.map(({ where }) => [where, ...peers.map((peer) => String(count(peer, where)))]);
  return columns([["intended difference", ...peers], ...rows]);
}

function columns(rows: readonly (readonly string[])[]): string {
  const widths = rows[0]!.map((_, index) => Math.max(...rows.map((row) => row[index]!.length)));
  return rows
    .map((row) =>
      row
        .map((cell, index) => cell.padEnd(widths[index]!))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}
