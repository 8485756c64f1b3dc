import { printable } from "../../tools/printable.js";
import { framesOf } from "../client/frames.js";

const lineLimit = 2000;

/** Lines of both streams in the order of their ends, printable and bounded. */
export function logLines(body: Buffer): string[] {
  const open = new Map<number, Buffer[]>();
  const lines: string[] = [];
  const take = (stream: number, piece: Buffer) => {
    const parts = splitLines(piece);
    const rest = parts.pop() ?? piece;
    for (const part of parts) {
      lines.push(printable(Buffer.concat([...(open.get(stream) ?? []), part]).toString("utf8"), lineLimit));
      open.delete(stream);
    }
    if (rest.length > 0) open.set(stream, [...(open.get(stream) ?? []), rest]);
  };
  for (const { stream, bytes } of framesOf(body)) take(stream, bytes);
  for (const pieces of open.values()) lines.push(printable(Buffer.concat(pieces).toString("utf8"), lineLimit));
  return lines;
}

/** Both streams as they came, without the engine's marks. */
export function wholeText(body: Buffer): string {
  return Buffer.concat([...framesOf(body)].map(({ bytes }) => bytes)).toString("utf8");
}

/** Always ends with what follows the last line break, empty or not. */
export function splitLines(piece: Buffer): Buffer[] {
  const parts: Buffer[] = [];
  let start = 0;
  for (let end = piece.indexOf(10); end >= 0; end = piece.indexOf(10, start)) {
    parts.push(piece.subarray(start, end));
    start = end + 1;
  }
  return [...parts, piece.subarray(start)];
}
