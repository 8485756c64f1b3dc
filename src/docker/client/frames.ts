const headerLength = 8;

export interface Piece {
  /** 1 output, 2 errors, 3 the engine's own errors. Of a terminal, always 1. */
  readonly stream: number;
  readonly bytes: Buffer;
  /** It came as one frame of the engine, whole; else it is as much of plain text as has come. */
  readonly framed: boolean;
}

/**
 * Takes a container's output apart as it comes. Without a terminal the engine puts eight bytes before each piece (stream,
 * three zeros, length); with one it sends plain text. Holds no more than one frame that is not whole yet.
 */
export class Frames {
  #rest: Buffer = Buffer.alloc(0);
  #plain = false;

  *take(chunk: Buffer): Generator<Piece> {
    let bytes = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    this.#rest = Buffer.alloc(0);
    while (bytes.length > 0) {
      this.#plain ||= !mayBeFrame(bytes);
      if (this.#plain) {
        yield plain(bytes);
        return;
      }
      const end = bytes.length < headerLength ? Infinity : headerLength + bytes.readUInt32BE(4);
      if (bytes.length < end) break;
      yield frame(bytes.subarray(0, end));
      bytes = bytes.subarray(end);
    }
    this.#rest = bytes;
  }

  /** What is left when no more comes: a frame that was cut off, or too little to tell. */
  *end(): Generator<Piece> {
    const rest = this.#rest;
    this.#rest = Buffer.alloc(0);
    if (rest.length > 0) yield rest.length < headerLength ? plain(rest) : frame(rest);
  }
}

/** All of an output that is there. */
export function* framesOf(body: Buffer): Generator<Piece> {
  const frames = new Frames();
  yield* frames.take(body);
  yield* frames.end();
}

/** A header begins with its stream and three zeros; a text that does is none. */
function mayBeFrame(bytes: Buffer): boolean {
  return bytes.subarray(0, 4).every((byte, index) => (index === 0 ? byte <= 3 : byte === 0));
}

function frame(bytes: Buffer): Piece {
  return { stream: bytes.readUInt8(0), bytes: bytes.subarray(headerLength), framed: true };
}

function plain(bytes: Buffer): Piece {
  return { stream: 1, bytes, framed: false };
}
