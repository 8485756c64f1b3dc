import { join } from "node:path";
import type { Disk } from "./disk.js";
import type { RawLine } from "./lines.js";

const mostBytes = 1024 * 1024;
const mostOfLine = 64 * 1024;
const mostFiles = 16;

/** The lines of one file that could not be read: the first of them, so many as fit. */
export class Damage {
  readonly #texts: string[] = [];
  #bytes = 0;
  lines = 0;

  add({ text }: RawLine): void {
    this.lines += 1;
    const kept = text.slice(0, mostOfLine);
    this.#bytes += kept.length + 1;
    if (this.#bytes <= mostBytes) this.#texts.push(kept);
  }

  get text(): string {
    return this.#texts.map((text) => `${text}\n`).join("");
  }
}

/** Where what cannot be read is put aside: some files, beside the journal. */
export class Quarantine {
  readonly folder: string;

  constructor(
    private readonly disk: Disk,
    data: string,
    private readonly now: () => number,
  ) {
    this.folder = join(data, "journal-unreadable");
  }

  /** Answers the file. Where it cannot be written, nothing of it stays, and nothing that was kept before goes. */
  async keep(name: string, damage: Damage): Promise<string> {
    const file = await this.#place(name);
    const copy = await this.disk.open(file);
    try {
      await copy.write(damage.text);
      await copy.sync();
    } catch (thrown) {
      await this.disk.remove(file).catch(() => undefined);
      throw thrown;
    } finally {
      await copy.close();
    }
    await this.#dropOldest().catch(() => undefined);
    return file;
  }

  /** Moves what stands in the place of a file of ours; answers where it is now. */
  async move(from: string, name: string): Promise<string> {
    const file = await this.#place(name);
    await this.disk.rename(from, file);
    await this.#dropOldest().catch(() => undefined);
    return file;
  }

  async #place(name: string): Promise<string> {
    await this.disk.makeDirectory(this.folder);
    const time = new Date(this.now()).toISOString().replaceAll(/[:.]/g, "-");
    return join(this.folder, `${time}-${name}`);
  }

  async #dropOldest(): Promise<void> {
    const { disk, folder } = this;
    const known = (await disk.list(folder)).filter(({ kind }) => kind === "file").map((entry) => entry.name);
    const spare = known.sort().slice(0, Math.max(0, known.length - mostFiles));
    for (const old of spare) await disk.remove(join(folder, old));
  }
}
