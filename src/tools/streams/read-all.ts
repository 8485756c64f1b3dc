/** The first bytes of a stream, at most as many; the rest is not read. What comes of it before it breaks off is enough. */
export async function readBeginning(stream: AsyncIterable<unknown>, most: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  try {
    for await (const chunk of stream) {
      if (!Buffer.isBuffer(chunk)) continue;
      length += chunk.length;
      chunks.push(chunk);
      if (length >= most) break;
    }
  } catch {
    // Whoever wants all of it takes `readAll`.
  }
  return Buffer.concat(chunks, Math.min(length, most));
}

/** All bytes of a stream. Throws an Error once they are more than `longest`. */
export async function readAll(stream: AsyncIterable<unknown>, longest = Infinity): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of stream) {
    if (!Buffer.isBuffer(chunk)) continue;
    length += chunk.length;
    if (length > longest) throw new Error(`answered with more than ${longest} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, length);
}
