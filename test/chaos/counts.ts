import { printTable } from "../bench/table.js";
import type { Outcome } from "./matrix.js";

/** How many cells of each scenario and fault held, of how many that were tried and struck. */
export function printCounts(outcomes: readonly Outcome[]): void {
  const names = (of: (outcome: Outcome) => string) => [...new Set(outcomes.map(of))];
  const scenarios = names(({ cell }) => cell.scenario.name);
  const rows = names(({ cell }) => cell.fault.name).map((fault) => [
    fault,
    ...scenarios.map((scenario) => {
      const its = outcomes.filter(
        ({ cell, call }) => cell.fault.name === fault && cell.scenario.name === scenario && call !== undefined,
      );
      return `${its.filter(({ problems }) => problems.length === 0).length}/${its.length}`;
    }),
  ]);
  printTable("cells that held", ["fault", ...scenarios], rows);
  const struck = outcomes.filter(({ call }) => call !== undefined);
  const held = struck.filter(({ problems }) => problems.length === 0);
  console.log(`\n${struck.length} cells struck, ${held.length} held, ${struck.length - held.length} broke`);
}
