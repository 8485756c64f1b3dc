/** One piece of a stream, as the engine sends it without a terminal. */
export function frame(stream: 1 | 2 | 3, text: string | Buffer): Buffer {
  const piece = Buffer.from(text);
  const header = Buffer.alloc(8);
  header.writeUInt8(stream, 0);
  header.writeUInt32BE(piece.length, 4);
  return Buffer.concat([header, piece]);
}
