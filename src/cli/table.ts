import pc from "picocolors";
import type { Wiring } from "./wiring.js";

/** Columns as wide as their widest cell; the first row is the head. */
export function printTable(wiring: Wiring, rows: readonly (readonly string[])[]): void {
  const widths = (rows[0] ?? []).map((_, index) => Math.max(...rows.map((row) => row[index]?.length ?? 0)));
  for (const [index, row] of rows.entries()) {
    const line = row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join("  ")
      .trimEnd();
    wiring.print(wiring.terminal && index === 0 ? pc.bold(line) : line);
  }
}
