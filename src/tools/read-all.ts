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
