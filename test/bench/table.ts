export type Cell = string | number;

/** A heading, and rows under column names: the first column to the left, the others to the right. Numbers keep what matters of them. */
export function printTable(title: string, columns: readonly string[], rows: readonly (readonly Cell[])[]): void {
  const lines = [columns, ...rows.map((row) => row.map(formatCell))];
  const widths = columns.map((_, at) => Math.max(...lines.map((line) => line[at]?.length ?? 0)));
  const render = (line: readonly string[]): string =>
    widths
      .map((width, at) => (at === 0 ? (line[at] ?? "").padEnd(width) : (line[at] ?? "").padStart(width)))
      .join("  ")
      .trimEnd();
  const [header = [], ...body] = lines;
  const rule = widths.map((width) => "-".repeat(width)).join("  ");
  console.log([`\n${title}`, render(header), rule, ...body.map(render)].join("\n"));
}

function formatCell(cell: Cell): string {
  if (typeof cell === "string") return cell;
  if (Number.isNaN(cell)) return "-";
  if (Number.isInteger(cell) || Math.abs(cell) >= 100) return cell.toFixed(0);
  return cell.toFixed(Math.abs(cell) >= 10 ? 1 : 2);
}
