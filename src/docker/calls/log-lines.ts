import type { LogLine } from "../../control/ports/logs.js";
import { Frames } from "../client/frames.js";
import type { Piece } from "../client/frames.js";
import { splitLines } from "./logs.js";
import { given } from "../../tools/present.js";

/** Longer lines are cut. The engine itself hands them out in parts of 16 KiB. */
const lineLimit = 64 * 1024;
const beginning = "1970-01-01T00:00:00.000000000Z";

/** A line with what the engine says of where it comes from, between its time and its text. Absent: it says nothing. */
export interface DetailedLine extends LogLine {
  readonly details?: string;
}

/** The lines of a log that the engine was asked for with its timestamps, as they come; `detailed`: and with its details. */
export async function* readLog(chunks: AsyncIterable<Buffer>, detailed = false): AsyncGenerator<DetailedLine> {
  const frames = new Frames();
  const lines = new Lines(detailed);
  for await (const chunk of chunks) for (const piece of frames.take(chunk)) yield* lines.take(piece);
  for (const piece of frames.end()) yield* lines.take(piece);
  yield* lines.end();
}

interface Open {
  readonly at: string | undefined;
  readonly details: string | undefined;
  readonly parts: Buffer[];
  /** Bytes in `parts`. */
  size: number;
}

/** Puts lines together. Every part of a line that came in several frames bears a time: the first one counts. */
class Lines {
  readonly #open = new Map<string, Open>();
  #last = beginning;

  constructor(private readonly detailed: boolean) {}

  *take({ stream, bytes, framed }: Piece): Generator<DetailedLine> {
    const stamped = framed ? this.#head(bytes) : { at: undefined, details: undefined, text: bytes };
    // Parts of lines of several sources come among each other.
    const key = `${stream} ${stamped.details ?? ""}`;
    const parts = splitLines(stamped.text);
    for (const [index, part] of parts.entries()) {
      const isWhole = index < parts.length - 1;
      if (!isWhole && part.length === 0) continue;
      const open = this.#open.get(key) ?? { at: stamped.at, details: stamped.details, parts: [], size: 0 };
      this.#open.set(key, open);
      if (open.size <= lineLimit) open.parts.push(part.subarray(0, lineLimit + 1 - open.size));
      open.size = Math.min(open.size + part.length, lineLimit + 1);
      if (isWhole) yield this.#close(key, open);
    }
  }

  *end(): Generator<DetailedLine> {
    for (const [key, open] of this.#open) yield this.#close(key, open);
  }

  #head(bytes: Buffer): Omit<Open, "parts" | "size"> & { readonly text: Buffer } {
    const { at, text } = takeStamp(bytes);
    const end = this.detailed && at !== undefined ? text.indexOf(32) : -1;
    if (end < 0) return { at, details: undefined, text };
    return { at, details: text.toString("utf8", 0, end), text: text.subarray(end + 1) };
  }

  #close(key: string, open: Open): DetailedLine {
    this.#open.delete(key);
    const bytes = Buffer.concat(open.parts);
    // Of a terminal the line as a whole tells its time, not the pieces that it came in.
    const { at, details, text } = open.at === undefined ? this.#head(bytes) : { ...open, text: bytes };
    this.#last = at ?? this.#last;
    const line = text.subarray(0, lineLimit).toString("utf8").replace(/\r$/, "");
    const isCut = open.size > lineLimit;
    const stream = Number(key.slice(0, 1)) < 2 ? "stdout" : "stderr";
    return { at: this.#last, stream, text: isCut ? `${line}…` : line, ...given({ details }) };
  }
}

const stampPattern = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?(Z|[+-]\d\d:\d\d)$/;
const longestStamp = 40;

/** The engine's time before a text, in UTC and with nine decimals whatever its zone; undefined where it has put none. */
function takeStamp(bytes: Buffer): { readonly at: string | undefined; readonly text: Buffer } {
  const end = bytes.subarray(0, longestStamp).indexOf(32);
  const match = end < 0 ? null : stampPattern.exec(bytes.toString("latin1", 0, end));
  if (match === null) return { at: undefined, text: bytes };
  const [, seconds = "", decimals = "", zone = ""] = match;
  const utc = zone === "Z" ? seconds : new Date(Date.parse(`${seconds}${zone}`)).toISOString().slice(0, 19);
  return { at: `${utc}.${decimals.padEnd(9, "0")}Z`, text: bytes.subarray(end + 1) };
}
