type Labels = Readonly<Record<string, string>>;

/** What `/metrics` says, in the text exposition format. */
export interface Exposition {
  /** The sum of all series of that name with these labels; undefined if there is none. */
  value(name: string, labels?: Labels): number | undefined;
  /** The names of all series that have these labels. */
  names(labels?: Labels): ReadonlySet<string>;
  readonly text: string;
}

export async function scrape(adminUrl: string): Promise<Exposition> {
  const response = await fetch(`${adminUrl}/metrics`);
  const text = await response.text();
  const series = text
    .split("\n")
    .filter((line) => line !== "" && !line.startsWith("#"))
    .map(parseSeries);
  const find = (labels: Labels) =>
    series.filter((one) => Object.entries(labels).every(([label, value]) => one.labels[label] === value));
  return {
    text,
    value: (name, labels = {}) => {
      const found = find(labels).filter((one) => one.name === name);
      return found.length === 0 ? undefined : found.reduce((sum, one) => sum + one.value, 0);
    },
    names: (labels = {}) => new Set(find(labels).map(({ name }) => name)),
  };
}

function parseSeries(line: string): { name: string; labels: Record<string, string>; value: number } {
  const match = /^([a-z_0-9]+)(?:\{(.*)\})? (\S+)$/.exec(line);
  if (match === null) throw new Error(`not a series: ${line}`);
  const labels = [...(match[2] ?? "").matchAll(/([a-z_]+)="((?:[^"\\]|\\.)*)"/g)].map(([, label, value]) => [
    label,
    value,
  ]);
  return { name: match[1]!, labels: Object.fromEntries(labels) as Record<string, string>, value: Number(match[3]) };
}
