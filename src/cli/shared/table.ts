import pc from "picocolors";
import { printable } from "../../tools/printable.js";
import type { Wiring } from "./wiring.js";

/** Columns as wide as their widest cell; the first row is the head. */
export function printTable(wiring: Wiring, cells: readonly (readonly string[])[]): void {
  const rows = cells.map((row) => row.map((cell) => printable(cell)));
  const widths = (rows[0] ?? []).map((_, index) => Math.max(...rows.map((row) => row[index]?.length ?? 0)));
  for (const [index, row] of rows.entries()) {
    const line = row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join("  ")
      .trimEnd();
    wiring.print(wiring.terminal && index === 0 ? pc.bold(line) : line);
  }
}
