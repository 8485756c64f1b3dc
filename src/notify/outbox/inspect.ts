import { join } from "node:path";
import type { Disk } from "../../control/journal/disk/disk.js";
import type { Lost } from "../../control/journal/inspect/findings.js";
import { readFile } from "../../control/journal/inspect/read-file.js";
import { type Line, parseLine } from "./line.js";

export interface OutboxFindings {
  readonly file: string;
  readonly bytes: number;
  readonly lines: number;
  /** Of a line that is torn nobody was promised anything. */
  readonly lost: readonly Omit<Lost, "inForce">[];
  /** By channel, how many notices wait. */
  readonly waiting: Readonly<Record<string, number>>;
}

/** What waits to be told, as it stands on the disk. Undefined: nothing was ever to be told. */
export async function inspectOutbox(disk: Disk, data: string): Promise<OutboxFindings | undefined> {
  const folder = join(data, "outbox");
  const found = (await disk.list(folder)).find(({ name }) => name === "outbox.jsonl");
  if (found === undefined) return undefined;
  const file = join(folder, "outbox.jsonl");
  const waiting = new Map<string, Set<string>>();
  let lines = 0;
  const { bytes, lost } = await readFile<Line>(disk, file, {
    parse: parseLine,
    timeOf: (line) => (line.type === "noted" ? line.at : undefined),
    take: (line) => {
      lines += 1;
      if (line.type === "begun") waiting.clear();
      if (line.type === "done") waiting.get(line.channel)?.delete(line.id);
      if (line.type !== "noted") return;
      for (const channel of line.for) waiting.set(channel, (waiting.get(channel) ?? new Set()).add(line.notice.id));
    },
  });
  const counts = [...waiting].map(([channel, ids]) => [channel, ids.size] as const);
  return { file, bytes, lines, lost, waiting: Object.fromEntries(counts) };
}
