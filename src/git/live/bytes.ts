import { constants } from "node:fs";
import { open, type FileHandle } from "node:fs/promises";

const { O_NOFOLLOW, O_NONBLOCK, O_RDONLY } = constants;
const atOnce = 256 * 1024;

/** For reading; a link is refused, and what is no file does not hold us up. */
export function openToRead(path: string): Promise<FileHandle> {
  return open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
}

/** From its beginning on. Each chunk counts until the next one is asked for. */
export async function* chunksOf(file: FileHandle): AsyncGenerator<Buffer> {
  const buffer = Buffer.allocUnsafe(atOnce);
  for (let at = 0; ;) {
    const { bytesRead } = await file.read(buffer, 0, atOnce, at);
    if (bytesRead === 0) return;
    at += bytesRead;
    yield buffer.subarray(0, bytesRead);
  }
}

export async function readAll(file: FileHandle): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of chunksOf(file)) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks);
}

export async function contentOf(path: string): Promise<Buffer> {
  const file = await openToRead(path);
  try {
    return await readAll(file);
  } finally {
    await file.close();
  }
}

/** A new file, with all that is in another one, on the disk. */
export async function copyFile(from: string, to: string): Promise<void> {
  const source = await openToRead(from);
  try {
    const target = await open(to, "wx", 0o600);
    try {
      for await (const chunk of chunksOf(source)) await target.writeFile(chunk);
      await target.sync();
    } finally {
      await target.close();
    }
  } finally {
    await source.close();
  }
}
