import type { LogLine } from "../../control/ports/logs.js";
import { Frames } from "../client/frames.js";
import type { Piece } from "../client/frames.js";
import { splitLines } from "./logs.js";

/** Longer lines are cut. The engine itself hands them out in parts of 16 KiB. */
const lineLimit = 64 * 1024;
const beginning = "1970-01-01T00:00:00.000000000Z";

/** The lines of a log that the engine was asked for with its timestamps, as they come. */
export async function* readLog(chunks: AsyncIterable<Buffer>): AsyncGenerator<LogLine> {
  const frames = new Frames();
  const lines = new Lines();
  for await (const chunk of chunks) for (const piece of frames.take(chunk)) yield* lines.take(piece);
  for (const piece of frames.end()) yield* lines.take(piece);
  yield* lines.end();
}

interface Open {
  readonly at: string | undefined;
  readonly parts: Buffer[];
  /** Bytes in `parts`. */
  size: number;
}

/** Puts lines together. Every part of a line that came in several frames bears a time: the first one counts. */
class Lines {
  readonly #open = new Map<number, Open>();
  #last = beginning;

  *take({ stream, bytes, framed }: Piece): Generator<LogLine> {
    const stamped = framed ? takeStamp(bytes) : { at: undefined, text: bytes };
    const parts = splitLines(stamped.text);
    for (const [index, part] of parts.entries()) {
      const isWhole = index < parts.length - 1;
      if (!isWhole && part.length === 0) continue;
      const open = this.#open.get(stream) ?? { at: stamped.at, parts: [], size: 0 };
      this.#open.set(stream, open);
      if (open.size <= lineLimit) open.parts.push(part.subarray(0, lineLimit + 1 - open.size));
      open.size = Math.min(open.size + part.length, lineLimit + 1);
      if (isWhole) yield this.#close(stream, open);
    }
  }

  *end(): Generator<LogLine> {
    for (const [stream, open] of this.#open) yield this.#close(stream, open);
  }

  #close(stream: number, open: Open): LogLine {
    this.#open.delete(stream);
    const bytes = Buffer.concat(open.parts);
    // Of a terminal the line as a whole tells its time, not the pieces that it came in.
    const { at, text } = open.at === undefined ? takeStamp(bytes) : { at: open.at, text: bytes };
    this.#last = at ?? this.#last;
    const line = text.subarray(0, lineLimit).toString("utf8").replace(/\r$/, "");
    const isCut = open.size > lineLimit;
    return { at: this.#last, stream: stream < 2 ? "stdout" : "stderr", text: isCut ? `${line}…` : line };
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
