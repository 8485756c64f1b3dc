import { mkdir, open, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { FairleadError } from "../errors.js";
import type { ServiceKey } from "../spec/service.js";
import { Events } from "./events.js";
import type { Log } from "./ports.js";
import { applyEntry, emptyRecord, entrySchema } from "./record.js";
import type { Entry, ServiceRecord } from "./record.js";

/** Lines kept when the file is rewritten: the history; what is in force is kept whatever its age. */
const historyLines = 2_000;
const longestFile = 8 * 1024 * 1024;

/**
 * JSON lines in the data directory, one per decision, appended and synced; a torn last line (a crash) is skipped. A
 * journal that cannot be written costs history and holds, never a service: it is logged and work goes on.
 */
export class Journal {
  readonly events = new Events();
  readonly #records = new Map<string, ServiceRecord>();
  #lines: string[] = [];
  #size = 0;
  #writing: Promise<void> = Promise.resolve();

  private constructor(
    private readonly file: string,
    private readonly log: Log,
  ) {}

  /** For a verb that only looks: nothing is created or written, and what cannot be read counts as empty. */
  static async peek(directory: string, log: Log): Promise<Journal> {
    const journal = new Journal(join(directory, "journal.jsonl"), log);
    await journal.#read().catch((cause: unknown) => {
      log.warn({ file: journal.file, error: String(cause) }, "the journal cannot be read; holds are not considered");
    });
    return journal;
  }

  static async open(directory: string, log: Log): Promise<Journal> {
    const journal = new Journal(join(directory, "journal.jsonl"), log);
    try {
      await mkdir(directory, { recursive: true, mode: 0o700 });
      const skipped = await journal.#read();
      await (await open(journal.file, "a", 0o600)).close();
      if (skipped > 0 || journal.#size > longestFile) await journal.#compact();
    } catch (cause) {
      const message = `the data directory ${directory} cannot be used: ${cause instanceof Error ? cause.message : "unknown"}`;
      throw new FairleadError("ConfigInvalid", message, {
        remedy: "make it writable, or name another with --data",
        cause,
      });
    }
    return journal;
  }

  record(key: ServiceKey): ServiceRecord {
    return this.#records.get(key) ?? emptyRecord;
  }

  /** In force at once; on disk when the promise resolves. Never rejects. */
  append(entry: Entry): Promise<void> {
    this.#apply(entry);
    const line = JSON.stringify(entry);
    this.#lines.push(line);
    this.#writing = this.#writing.then(() => this.#write(line));
    return this.#writing;
  }

  #apply(entry: Entry): void {
    this.#records.set(entry.key, applyEntry(this.record(entry.key as ServiceKey), entry));
    this.events.noted(entry);
  }

  /** Answers how many lines could not be read. */
  async #read(): Promise<number> {
    let text: string;
    try {
      text = await readFile(this.file, "utf8");
    } catch (cause) {
      if (cause instanceof Error && "code" in cause && cause.code === "ENOENT") return 0;
      throw cause;
    }
    let skipped = 0;
    for (const line of text.split("\n").filter((one) => one !== "")) {
      const entry = parseLine(line);
      if (entry === undefined) skipped += 1;
      else {
        this.#apply(entry);
        this.#lines.push(line);
      }
    }
    this.#size = Buffer.byteLength(text);
    if (skipped > 0)
      this.log.warn({ file: this.file, skipped }, "the journal has lines that cannot be read; they are left out");
    return skipped;
  }

  async #write(line: string): Promise<void> {
    try {
      const handle = await open(this.file, "a", 0o600);
      try {
        await handle.appendFile(`${line}\n`);
        await handle.sync();
      } finally {
        await handle.close();
      }
      this.#size += Buffer.byteLength(line) + 1;
      if (this.#size > longestFile) await this.#compact();
    } catch (cause) {
      const error = cause instanceof Error ? cause.message : "unknown";
      this.log.error(
        { file: this.file, error },
        "the journal cannot be written; holds and history will be lost on a restart",
      );
    }
  }

  /** Old steps go first; what a record still needs stays. The new file replaces the old one in one rename. */
  async #compact(): Promise<void> {
    const recent = this.#lines.length - historyLines;
    this.#lines = this.#lines.filter((line, index) => index >= recent || !line.includes('"type":"step"'));
    const text = this.#lines.map((line) => `${line}\n`).join("");
    const fresh = `${this.file}.new`;
    await writeFile(fresh, text, { mode: 0o600, flush: true });
    await rename(fresh, this.file);
    this.#size = Buffer.byteLength(text);
  }
}

function parseLine(line: string): Entry | undefined {
  try {
    return entrySchema.safeParse(JSON.parse(line)).data;
  } catch {
    return undefined;
  }
}
