import { messageOf } from "../load.js";
import type { Disk } from "../disk/disk.js";
import { linesIn } from "../disk/lines.js";
import type { RawLine } from "../disk/lines.js";
import type { Lost } from "./findings.js";

interface Place {
  readonly line: number;
  readonly byte: number;
}

export interface FileReader<Line> {
  /** Undefined: damaged. */
  readonly parse: (text: string) => Line | undefined;
  readonly take: (line: Line, place: Place, text: string) => void;
  /** Epoch ms; undefined: it tells no time. */
  readonly timeOf: (line: Line) => number | undefined;
}

export interface FileReading {
  readonly bytes: number;
  /** Those that stand together are one. */
  readonly lost: readonly Omit<Lost, "inForce">[];
}

type Open = { -readonly [Key in keyof Omit<Lost, "inForce" | "kinds" | "services">]: Lost[Key] } & {
  readonly kinds: Set<string>;
  readonly services: Set<string>;
};

/** All lines of a file, and what of it cannot be read. Never rejects: an error of the disk is a finding. */
export async function readFile<Line>(disk: Disk, file: string, reader: FileReader<Line>): Promise<FileReading> {
  const lost: Open[] = [];
  const at = { line: 1, byte: 0 };
  let last: string | undefined;
  let open: Open | undefined;
  const lose = (what: Lost["what"], bytes: number, text: string) => {
    if (open === undefined || what !== open.what) {
      open = { ...at, lines: 0, bytes: 0, what, kinds: new Set(), services: new Set() };
      if (last !== undefined) open.after = last;
      lost.push(open);
    }
    open.lines += 1;
    open.bytes += bytes;
    guess(text, open);
  };
  const take = ({ text, bytes, state }: RawLine) => {
    const line = state === "too-long" || (state === "whole" && text === "") ? undefined : reader.parse(text);
    if (line !== undefined) {
      const time = reader.timeOf(line);
      if (time !== undefined) {
        last = new Date(time).toISOString();
        for (const one of lost) one.before ??= last;
      }
      open = undefined;
      reader.take(line, { ...at }, text);
    } else if (text !== "" || state === "too-long") {
      lose(state === "torn" ? "torn" : state === "too-long" ? "too-long" : "damaged", bytes, text);
    }
    at.line += 1;
    at.byte += bytes;
  };
  try {
    for await (const lines of linesIn(disk.read(file))) for (const line of lines) take(line);
  } catch (thrown) {
    open = undefined;
    lose("unreadable", 0, "");
    Object.assign(lost.at(-1) ?? {}, { why: messageOf(thrown) });
  }
  const closed = lost.map(({ kinds, services, ...one }) => ({ ...one, kinds: [...kinds], services: [...services] }));
  return { bytes: at.byte, lost: closed };
}

const mostGuesses = 20;

function guess(text: string, { kinds, services }: Pick<Open, "kinds" | "services">): void {
  const [, kind] = /^\{"type":"([a-z-]{1,20})"/.exec(text) ?? [];
  const [, service] = /"key":"([\w.-]{1,100}\/[\w.-]{1,100})"/.exec(text) ?? [];
  if (kind !== undefined && kinds.size < mostGuesses) kinds.add(kind);
  if (service !== undefined && services.size < mostGuesses) services.add(service);
}
