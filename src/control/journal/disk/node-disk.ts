import { constants } from "node:fs";
import { lstat, open, readdir, rename, rm, stat } from "node:fs/promises";
import type { FileHandle } from "node:fs/promises";
import { join } from "node:path";
import { makeFolder } from "../../../tools/files/folder.js";
import type { Disk, DiskEntry, DiskFile } from "./disk.js";

const { O_APPEND, O_CREAT, O_NONBLOCK, O_RDONLY, O_WRONLY } = constants;
const pieceBytes = 256 * 1024;

/** The real one. */
export const nodeDisk: Disk = {
  async makeDirectory(path) {
    await makeFolder(path, { mode: 0o700 });
  },

  async list(directory) {
    const names = await unlessMissing(readdir(directory));
    const entries: DiskEntry[] = [];
    for (const name of names ?? []) {
      const found = await unlessMissing(lstat(join(directory, name)));
      if (found === undefined) continue;
      const kind = found.isFile() ? "file" : found.isDirectory() ? "directory" : "other";
      entries.push({ name, kind, bytes: found.size });
    }
    return entries;
  },

  async *read(file, offset = 0) {
    // Without O_NONBLOCK a named pipe in the file's place would hold us for ever.
    const handle = await openPlain(file, O_RDONLY | O_NONBLOCK);
    try {
      for (let position = offset; ;) {
        const { bytesRead, buffer } = await handle.read(Buffer.allocUnsafe(pieceBytes), 0, pieceBytes, position);
        if (bytesRead === 0) return;
        position += bytesRead;
        yield buffer.subarray(0, bytesRead);
      }
    } finally {
      await handle.close();
    }
  },

  async open(file) {
    const handle = await openPlain(file, O_WRONLY | O_APPEND | O_CREAT | O_NONBLOCK);
    return diskFile(handle, identityOf(await handle.stat()));
  },

  async identity(file) {
    const found = await unlessMissing(stat(file));
    return found === undefined ? undefined : identityOf(found);
  },

  rename,

  async remove(file) {
    await rm(file, { force: true });
  },

  async syncDirectory(directory) {
    const handle = await open(directory, O_RDONLY);
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  },
};

async function openPlain(file: string, flags: number): Promise<FileHandle> {
  const handle = await open(file, flags, 0o600);
  const found = await handle.stat();
  if (found.isFile()) return handle;
  await handle.close();
  throw Object.assign(new Error(`${file} is not a plain file`), { code: "EINVAL" });
}

function diskFile(handle: FileHandle, identity: string): DiskFile {
  return {
    identity,
    write: (text) => handle.appendFile(text),
    sync: () => handle.sync(),
    truncate: (bytes) => handle.truncate(bytes),
    close: () => handle.close(),
  };
}

function identityOf({ dev, ino }: { readonly dev: number; readonly ino: number }): string {
  return `${dev}:${ino}`;
}

async function unlessMissing<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (thrown) {
    if (thrown instanceof Error && "code" in thrown && thrown.code === "ENOENT") return undefined;
    throw thrown;
  }
}
