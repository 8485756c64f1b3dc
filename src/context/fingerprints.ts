import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import type { Folder } from "./folder.js";
import type { Entry } from "./tree.js";

/** A file that was written a moment before it was read may be written once more without a trace in its times. */
const settledMs = 100;

interface Known {
  readonly stamp: string;
  readonly hash: string;
}

/** What folders hold, as one hash each. A file is read again only when the file system says that it has changed. */
export class Fingerprints {
  readonly #known = new Map<string, ReadonlyMap<string, Known>>();

  /** 64 hexadecimal digits; the same wherever the folder lies and whenever its files were touched. */
  async of({ root, entries, dockerfile }: Folder): Promise<string> {
    const before = this.#known.get(root);
    const known = new Map<string, Known>();
    const whole = createHash("sha256").update(JSON.stringify([dockerfile.path, dockerfile.text]));
    for (const entry of entries) {
      const content = entry.type === "file" ? await fileHash(root, entry, before, known) : entry.target;
      whole.update(JSON.stringify([entry.type, entry.mode, entry.path, content]));
    }
    this.#known.set(root, known);
    return whole.digest("hex");
  }
}

async function fileHash(
  root: string,
  { path, stamp, mtime }: Entry,
  before: ReadonlyMap<string, Known> | undefined,
  known: Map<string, Known>,
): Promise<string> {
  const earlier = before?.get(path);
  if (earlier?.stamp === stamp) {
    known.set(path, earlier);
    return earlier.hash;
  }
  const settled = Date.now() - mtime.getTime() > settledMs;
  const hash = createHash("sha256");
  await pipeline(createReadStream(join(root, path)), hash);
  const answer = hash.digest("hex");
  if (settled) known.set(path, { stamp, hash: answer });
  return answer;
}
