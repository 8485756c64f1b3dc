import { printable } from "./printable.js";

const lineLimit = 2000;
const headerLength = 8;

/**
 * Lines of both streams in the order of their ends, printable and bounded. Without a terminal the engine puts eight bytes
 * before each piece (stream, three zeros, length); with one it sends plain text.
 */
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
  for (const { stream, piece } of frames(body)) take(stream, piece);
  for (const pieces of open.values()) lines.push(printable(Buffer.concat(pieces).toString("utf8"), lineLimit));
  return lines;
}

/** Both streams as they came, without the engine's marks. */
export function wholeText(body: Buffer): string {
  return Buffer.concat([...frames(body)].map(({ piece }) => piece)).toString("utf8");
}

function* frames(body: Buffer): Generator<{ stream: number; piece: Buffer }> {
  let offset = 0;
  while (offset < body.length) {
    const multiplexed = body.length - offset >= headerLength && body.readUInt32LE(offset) <= 2;
    if (!multiplexed) {
      yield { stream: 1, piece: body.subarray(offset) };
      return;
    }
    const end = offset + headerLength + body.readUInt32BE(offset + 4);
    yield { stream: body.readUInt8(offset), piece: body.subarray(offset + headerLength, end) };
    offset = end;
  }
}

/** Always ends with what follows the last line break, empty or not. */
function splitLines(piece: Buffer): Buffer[] {
  const parts: Buffer[] = [];
  let start = 0;
  for (let end = piece.indexOf(10); end >= 0; end = piece.indexOf(10, start)) {
    parts.push(piece.subarray(start, end));
    start = end + 1;
  }
  return [...parts, piece.subarray(start)];
}
