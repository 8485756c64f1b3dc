import { join } from "node:path";
import type { Log } from "../ports/log.js";
import type { Disk } from "./disk/disk.js";
import { parseBare, parseSealed, sealText } from "./line.js";
import type { Line } from "./line.js";
import { linesIn } from "./disk/lines.js";
import { Damage } from "./disk/quarantine.js";
import type { Quarantine } from "./disk/quarantine.js";
import { segmentsIn } from "./disk/segments.js";
import type { Segment } from "./disk/segments.js";

/** The name of the one file that older versions wrote. */
export const oldName = "journal.jsonl";
const mostRecent = 1_000;
const mostRecentBytes = 4 * 1024 * 1024;

export interface LoadOptions {
  readonly disk: Disk;
  readonly data: string;
  readonly folder: string;
  readonly log: Log;
  /** Absent: nothing is changed on the disk. */
  readonly quarantine?: Quarantine;
  /** Throws where a line cannot be applied: it counts as damaged. */
  readonly take: (line: Line) => void;
  /** Something has been read. */
  readonly onProgress?: () => void;
}

export interface Loaded {
  /** The segment that can be written on; undefined: a fresh one is due. */
  readonly current: (Segment & SegmentBytes) | undefined;
  readonly old: OldJournal | undefined;
}

/** An older version's journal: how much of it has been read, and the lines of it that tell what happened last, sealed. */
export interface OldJournal {
  readonly file: string;
  readonly bytes: number;
  readonly recent: readonly string[];
}

export interface SegmentBytes {
  /** Bytes of the lines that say how services stood and what had happened, and of the others. */
  readonly stateBytes: number;
  readonly entryBytes: number;
}

interface Reading extends SegmentBytes {
  readonly damage: Damage;
  readonly torn: boolean;
}

/** Reads whatever is there. What cannot be read is said once and put aside; all the rest counts. */
export async function loadJournal(options: LoadOptions): Promise<Loaded> {
  const { disk, folder, data } = options;
  const taken = { bytes: 0 };
  const take = (line: Line) => {
    if (line.kind === "taken-over") taken.bytes = line.bytes;
    else options.take(line);
  };
  await clearPlace(options, data, "journal", "directory");
  const { segments, strangers } = await segmentsIn(disk, folder);
  for (const { name } of strangers) await moveAside(options, join(folder, name), name);
  let current: Loaded["current"];
  for (const segment of segments) {
    const reading = await readSegment({ ...options, take }, segment);
    const isSound = reading !== undefined && !reading.torn;
    current = isSound ? { ...segment, stateBytes: reading.stateBytes, entryBytes: reading.entryBytes } : undefined;
  }
  const old = await readOld({ ...options, take }, taken.bytes);
  return { current: old === undefined ? current : undefined, old };
}

/** Undefined: it cannot be read. One with damaged lines is written anew without them. */
async function readSegment(options: LoadOptions, { file }: Segment): Promise<Reading | undefined> {
  const name = file.slice(-"00000001.jsonl".length);
  try {
    const reading = await readLines(options, { file, offset: 0 }, parseSealed);
    if (reading.damage.lines === 0) return reading;
    return (await repair(options, file, name, reading)) ? { ...reading, torn: false } : reading;
  } catch (thrown) {
    await unreadable(options, file, name, thrown);
    return undefined;
  }
}

async function readOld(options: LoadOptions, takenBytes: number): Promise<OldJournal | undefined> {
  const { disk, data, log, quarantine } = options;
  const file = join(data, oldName);
  const found = (await disk.list(data)).find(({ name }) => name === oldName);
  if (found === undefined) return undefined;
  if (found.kind !== "file") {
    await moveAside(options, file, oldName);
    return undefined;
  }
  const recent: string[] = [];
  const offset = found.bytes >= takenBytes ? takenBytes : 0;
  let bytes = 0;
  const remember = (text: string) => {
    const sealed = sealText(text.trim());
    recent.push(sealed);
    bytes += sealed.length;
    while (recent.length > mostRecent || bytes > mostRecentBytes) bytes -= recent.shift()?.length ?? 0;
  };
  try {
    const { damage } = await readLines(options, { file, offset }, parseBare, remember);
    if (damage.lines > 0) {
      const kept = await quarantine?.keep(oldName, damage).catch(() => undefined);
      log.warn({ file, lines: damage.lines, kept }, "the journal has lines that cannot be read; they are left out");
    }
    return { file, bytes: found.bytes, recent };
  } catch (thrown) {
    await unreadable(options, file, oldName, thrown);
    return undefined;
  }
}

async function readLines(
  { disk, take, onProgress }: LoadOptions,
  { file, offset }: { readonly file: string; readonly offset: number },
  parse: (text: string) => Line | undefined,
  remember: (text: string) => void = () => undefined,
): Promise<Reading> {
  const damage = new Damage();
  let [stateBytes, entryBytes, torn] = [0, 0, false];
  for await (const lines of linesIn(disk.read(file, offset))) {
    onProgress?.();
    for (const line of lines) {
      if (line.state === "whole" && line.text === "") continue;
      const said = line.state === "too-long" ? undefined : parse(line.text);
      torn = line.state === "torn";
      if (said === undefined || !taken(said, take)) damage.add(line);
      else if (said.kind === "state" || said.kind === "past") stateBytes += line.bytes;
      else entryBytes += line.bytes;
      if (said?.kind === "entry") remember(line.text);
    }
  }
  return { damage, torn, stateBytes, entryBytes };
}

function taken(line: Line, take: (line: Line) => void): boolean {
  try {
    take(line);
    return true;
  } catch {
    return false;
  }
}

/** Answers whether the segment is sound now. */
async function repair(options: LoadOptions, file: string, name: string, { damage }: Reading): Promise<boolean> {
  const { disk, log, quarantine, folder } = options;
  const told = { file, lines: damage.lines };
  if (quarantine === undefined) {
    log.warn(told, "the journal has lines that cannot be read; they are left out");
    return false;
  }
  const fresh = `${file}.new`;
  try {
    const kept = await quarantine.keep(name, damage);
    await disk.remove(fresh);
    const copy = await disk.open(fresh);
    try {
      for await (const lines of linesIn(disk.read(file))) {
        const good = lines.filter(({ text, state }) => state !== "too-long" && parseSealed(text) !== undefined);
        await copy.write(good.map(({ text }) => `${text}\n`).join(""));
      }
      await copy.sync();
    } finally {
      await copy.close();
    }
    await disk.rename(fresh, file);
    await disk.syncDirectory(folder);
    log.warn({ ...told, kept }, "the journal had lines that cannot be read; they are put aside, all the others count");
    return true;
  } catch (thrown) {
    await disk.remove(fresh).catch(() => undefined);
    log.warn(
      { ...told, error: messageOf(thrown) },
      "the journal has lines that cannot be read; they are left out, and cannot be put aside",
    );
    return false;
  }
}

/** What stands where a file or a folder of ours belongs. */
async function clearPlace(options: LoadOptions, parent: string, name: string, wanted: "directory"): Promise<void> {
  const found = (await options.disk.list(parent)).find((entry) => entry.name === name);
  if (found !== undefined && found.kind !== wanted) await moveAside(options, join(parent, name), name);
}

async function unreadable(options: LoadOptions, file: string, name: string, thrown: unknown): Promise<void> {
  options.log.error(
    { file, error: messageOf(thrown) },
    "a file of the journal cannot be read; what it held is not known",
  );
  await moveAside(options, file, name);
}

async function moveAside({ quarantine, log }: LoadOptions, path: string, name: string): Promise<void> {
  if (quarantine === undefined) return;
  try {
    const kept = await quarantine.move(path, name);
    log.warn({ file: path, kept }, "something else is in the place of a journal file; it is put aside");
  } catch (thrown) {
    log.error(
      { file: path, error: messageOf(thrown) },
      "something else is in the place of a journal file; it cannot be put aside",
    );
  }
}

export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}
