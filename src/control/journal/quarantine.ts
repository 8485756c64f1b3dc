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

  /** Answers the file. */
  async keep(name: string, damage: Damage): Promise<string> {
    const file = await this.#place(name);
    const copy = await this.disk.open(file);
    try {
      await copy.write(damage.text);
      await copy.sync();
    } finally {
      await copy.close();
    }
    return file;
  }

  /** Moves what stands in the place of a file of ours; answers where it is now. */
  async move(from: string, name: string): Promise<string> {
    const file = await this.#place(name);
    await this.disk.rename(from, file);
    return file;
  }

  async #place(name: string): Promise<string> {
    const { disk, folder } = this;
    await disk.makeDirectory(folder);
    const known = (await disk.list(folder)).filter(({ kind }) => kind === "file").map((entry) => entry.name);
    for (const old of known.sort().slice(0, Math.max(0, known.length + 1 - mostFiles)))
      await disk.remove(join(folder, old));
    const time = new Date(this.now()).toISOString().replaceAll(/[:.]/g, "-");
    return join(folder, `${time}-${name}`);
  }
}
