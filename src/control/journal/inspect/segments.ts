import { basename, join } from "node:path";
import type { Disk } from "../disk/disk.js";
import { segmentsIn } from "../disk/segments.js";
import type { Segment } from "../disk/segments.js";
import type { Entry } from "../entry.js";
import { type Line, parseBare, parseSealed } from "../line.js";
import { oldName } from "../load.js";
import type { FileFindings, Lost } from "./findings.js";
import { readFile } from "./read-file.js";

export interface JournalFindings {
  /** Oldest first. */
  readonly files: readonly FileFindings[];
  /** What stands under a segment's name and is no file, and gaps in the numbers: in words. */
  readonly oddities: readonly string[];
  /** What controllers have put aside, since they could not read it. */
  readonly putAside: readonly string[];
}

/** Told of each decision that can be read, oldest first. */
export type OnEntry = (entry: Entry, text: string) => void;

/** The journal of a data directory, as it stands on the disk at this moment. Never rejects for what is wrong with it. */
export async function inspectJournal(
  disk: Disk,
  data: string,
  onEntry: OnEntry = () => undefined,
): Promise<JournalFindings> {
  const { segments, strangers } = await segmentsIn(disk, join(data, "journal"));
  const files: FileFindings[] = [];
  const old = (await disk.list(data)).find(({ name }) => name === oldName);
  if (old?.kind === "file")
    files.push(await inspectFile(disk, { file: join(data, oldName), parse: parseBare, onEntry }));
  for (const [index, { file }] of segments.entries()) {
    const isLast = index === segments.length - 1;
    files.push(await inspectFile(disk, { file, parse: parseSealed, onEntry, isLast }));
  }
  const aside = await disk.list(join(data, "journal-unreadable"));
  return {
    files,
    oddities: [
      ...strangers.map(({ name, kind }) => `${name} is a ${kind === "other" ? "device or pipe" : kind}, not a file`),
      ...gapsIn(segments),
      ...disorderIn(files),
    ],
    putAside: aside.map(({ name }) => join(data, "journal-unreadable", name)),
  };
}

interface Inspection {
  readonly file: string;
  readonly parse: (text: string) => Line | undefined;
  readonly onEntry: OnEntry;
  /** No later segment says once more how everything stands. */
  readonly isLast?: boolean;
}

async function inspectFile(disk: Disk, { file, parse, onEntry, isLast = false }: Inspection): Promise<FileFindings> {
  const count = { states: 0, decisions: 0, past: 0 };
  const times: number[] = [];
  const seen = new Set<string>();
  const oddities: string[] = [];
  let firstState: number | undefined;
  const { bytes, lost } = await readFile<Line>(disk, file, {
    parse,
    timeOf: (line) => (line.kind === "entry" ? line.entry.at : undefined),
    take: (line, place, text) => {
      if (line.kind === "state") {
        count.states += 1;
        firstState ??= place.byte;
      } else if (line.kind === "entry") {
        count.decisions += 1;
        times.push(line.entry.at);
        onEntry(line.entry, text);
      } else count.past += 1;
      if (line.kind === "entry" || line.kind === "state") {
        if (seen.has(text)) oddities.push(`line ${place.line} is there twice`);
        seen.add(text);
      }
    },
  });
  const inForce = (one: Omit<Lost, "inForce">): Lost["inForce"] => {
    if (!isLast || isPassing(one)) return "nothing";
    return firstState !== undefined && one.byte < firstState ? "nothing" : "perhaps";
  };
  const [from, to] = [Math.min(...times), Math.max(...times)];
  return {
    file,
    bytes,
    lines: count,
    ...(times.length === 0 ? {} : { from: new Date(from).toISOString(), to: new Date(to).toISOString() }),
    lost: lost.map((one) => ({ ...one, inForce: inForce(one) })),
    oddities: oddities.slice(0, mostOddities),
  };
}

const mostOddities = 20;

/** Only people read what a run did, and what was decided before the segment. */
function isPassing({ what, kinds, lines }: Omit<Lost, "inForce">): boolean {
  return (
    what === "damaged" && lines === 1 && kinds.length === 1 && kinds.every((kind) => kind === "step" || kind === "past")
  );
}

function gapsIn(segments: readonly Segment[]): readonly string[] {
  return segments.slice(1).flatMap(({ number }, index) => {
    const before = segments[index]?.number ?? 0;
    const missing = number - before - 1;
    if (missing === 0) return [];
    const which = missing === 1 ? `segment ${before + 1} is` : `segments ${before + 1} to ${number - 1} are`;
    return [`${which} missing`];
  });
}

/** Clocks are set too, so that is no proof. */
function disorderIn(files: readonly FileFindings[]): readonly string[] {
  return files.slice(1).flatMap((later, index) => {
    const earlier = files[index];
    if (earlier?.from === undefined || later.to === undefined || later.to >= earlier.from) return [];
    return [
      `${basename(later.file)} ends before ${basename(earlier.file)} begins: they may have changed places, or a clock was set`,
    ];
  });
}
