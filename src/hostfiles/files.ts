import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import type { HostFiles } from "../control/ports/host-files.js";
import { survey } from "./folder.js";

/** A larger one is told by its size and its time. */
const longestRead = 1024 * 1024;

/**
 * Those of the machine, or container, that we run in: whether they are the engine's is for others to find out. Nothing but
 * a plain file is ever opened: with a device that could do something.
 */
export const hostFiles: HostFiles = {
  look: async (path) => {
    const found = await stat(path).catch(() => undefined);
    const kind = found?.isFile() === true ? "file" : found?.isDirectory() === true ? "folder" : undefined;
    if (found === undefined || kind === undefined) return undefined;
    const { dev, ino, size, mtimeMs, ctimeMs } = found;
    const times = { modifiedAt: Math.floor(mtimeMs), changedAt: Math.floor(ctimeMs) };
    return { kind, identity: `${dev}:${ino}`, size, ...times };
  },
  contentOf,
  survey: (path) => survey(path, contentOf),
};

async function contentOf(path: string): Promise<string | undefined> {
  try {
    const found = await stat(path);
    if (!found.isFile()) return undefined;
    if (found.size > longestRead) return `${found.size} ${found.mtimeMs}`;
    const hash = createHash("sha256");
    for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
    return hash.digest("hex");
  } catch {
    return undefined;
  }
}
