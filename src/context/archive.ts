import { createReadStream } from "node:fs";
import { join } from "node:path";
import { Readable } from "node:stream";
import type TarStream from "tar-stream";
import type { Header, Pack } from "tar-stream";
import { FairleadError } from "../errors.js";
import { loadLate } from "../process/load-late.js";
import { contextFault } from "./fault.js";
import type { Folder } from "./folder.js";
import { readEntry } from "./tree.js";
import type { Entry } from "./tree.js";

/** The folder as a tar archive, read as it is sent; owned by root, as Docker's own client sends it. */
export function archiveOf(folder: Folder): Readable {
  const { pack } = loadLate("tar-stream") as typeof TarStream;
  const archive = pack();
  void fill(archive, folder).catch((error: unknown) => {
    archive.destroy(contextFault(folder.root, error));
  });
  return Readable.from(archive, { objectMode: false });
}

async function fill(archive: Pack, { root, entries, dockerfile }: Folder): Promise<void> {
  // A reader that goes away drains nothing any more.
  const closed = new Promise<void>((resolve) => void archive.once("close", resolve));
  for (const entry of entries) await add(archive, root, entry, closed);
  if (dockerfile.added) archive.entry({ name: dockerfile.path, mode: 0o644 }, dockerfile.text);
  archive.finalize();
}

async function add(archive: Pack, root: string, entry: Entry, closed: Promise<void>): Promise<void> {
  const header = headerOf(entry);
  if (entry.type !== "file") {
    archive.entry(header);
    return;
  }
  const sink = archive.entry(header);
  for await (const chunk of createReadStream(join(root, entry.path))) {
    if (sink.write(chunk)) continue;
    const drained = new Promise<void>((resolve) => void sink.once("drain", resolve));
    await Promise.race([drained, closed]);
    if (archive.destroyed) return;
  }
  sink.end(undefined);
  const now = await readEntry(root, entry.path);
  if (now?.stamp === entry.stamp) return;
  throw new FairleadError("BuildFailed", `the build's context has changed while it was sent: ${entry.path}`);
}

function headerOf({ path, type, mode, size, mtime, target }: Entry): Partial<Header> & Pick<Header, "name"> {
  const common = { name: path, mode, mtime, uid: 0, gid: 0, type };
  if (type === "symlink") return { ...common, linkname: target };
  return type === "file" ? { ...common, size } : common;
}
