import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import type { HostFiles } from "../control/ports.js";

/** A larger one is told by its size and its time. */
const longestRead = 1024 * 1024;

/**
 * Those of the machine, or container, that we run in: whether they are the engine's is for others to find out. Nothing but
 * a plain file is ever opened: with a device that could do something.
 */
export const hostFiles: HostFiles = {
  look: async (path) => {
    const found = await stat(path).catch(() => undefined);
    if (found?.isFile() !== true) return undefined;
    const { dev, ino, size, mtimeMs, ctimeMs } = found;
    return { identity: `${dev}:${ino}`, size, modifiedAt: Math.floor(mtimeMs), changedAt: Math.floor(ctimeMs) };
  },
  contentOf: async (path) => {
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
  },
};
