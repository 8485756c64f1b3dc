import { join } from "node:path";
import type { Disk, DiskEntry } from "./disk.js";

/** One file of the journal: it may stand for itself, since it says at one point how every service stood. */
export interface Segment {
  readonly number: number;
  readonly file: string;
}

export function segmentFile(folder: string, number: number): string {
  return join(folder, `${String(number).padStart(8, "0")}.jsonl`);
}

/** In order of age, and what else is there under their names and cannot be one. */
export async function segmentsIn(
  disk: Disk,
  folder: string,
): Promise<{ readonly segments: readonly Segment[]; readonly strangers: readonly DiskEntry[] }> {
  const named = (await disk.list(folder)).filter(({ name }) => /^\d{8}\.jsonl$/.test(name));
  const segments = named
    .filter(({ kind }) => kind === "file")
    .map(({ name }) => ({ number: Number(name.slice(0, 8)), file: join(folder, name) }))
    .sort((one, other) => one.number - other.number);
  return { segments, strangers: named.filter(({ kind }) => kind !== "file") };
}
