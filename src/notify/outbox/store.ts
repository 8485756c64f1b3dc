import { join } from "node:path";
import type { Disk, DiskFile } from "../../control/journal/disk/disk.js";
import { linesIn } from "../../control/journal/disk/lines.js";
import { messageOf } from "../../control/journal/load.js";
import type { Clock } from "../../control/ports/clock.js";
import type { Log } from "../../control/ports/log.js";
import { inTime } from "../../control/time/in-time.js";
import { type Line, lineText, parseLine } from "./line.js";

/** How long anybody waits for the disk. */
const patienceMs = 2_000;
/** After a failure the disk is tried again so often. */
const retryMs = 5_000;
/** The file is written anew when what was added to it fills this, or twice what it began with. */
const leastAddedBytes = 1024 * 1024;

export interface StoreOptions {
  readonly disk: Disk;
  readonly folder: string;
  readonly clock: Clock;
  readonly log: Log;
  /** Everything that is to be known, as lines. */
  readonly state: () => string;
}

interface Pending {
  readonly text: string;
  readonly settle: (durable: boolean) => void;
}

/**
 * One file of lines. It is replaced as a whole at the start, when it has grown, and whenever nobody can be sure of what
 * stands at its end: so no line ever joins a torn one, and what failed to be written is made up for.
 */
export class Store {
  #file: DiskFile | undefined;
  #begunBytes = 0;
  #addedBytes = 0;
  #pending: Pending[] = [];
  #isBehind = true;
  #isBusy = false;
  #failure: string | undefined;
  #pump: Promise<void> = Promise.resolve();
  #cancelRetry: () => void = () => undefined;
  #isClosed = false;

  constructor(private readonly options: StoreOptions) {}

  /** False: what was noted may not outlive this process. */
  isDurable(): boolean {
    return this.#failure === undefined;
  }

  /** All that can be read of the file. Answers whether there is one. Never rejects; may take as long as the disk does. */
  async read(take: (line: Line) => void): Promise<boolean> {
    const { disk, folder, log } = this.options;
    let damaged = 0;
    try {
      if ((await disk.identity(this.#path)) === undefined) return false;
      for await (const lines of linesIn(disk.read(this.#path))) {
        for (const { text, state } of lines) {
          const line = state === "whole" ? parseLine(text) : undefined;
          if (line !== undefined) take(line);
          // A last line that is torn was promised to nobody.
          else if (state !== "torn") damaged += 1;
        }
      }
    } catch (thrown) {
      log.error({ folder, error: messageOf(thrown) }, "the outbox cannot be read; what waited in it is not told");
      await disk.rename(this.#path, `${this.#path}.unreadable`).catch(() => undefined);
    }
    if (damaged > 0)
      log.warn({ folder, lines: damaged }, "the outbox has lines that cannot be read; they are left out");
    return true;
  }

  /** Replaces the file by what is known now. */
  begin(): Promise<boolean> {
    return this.#add("");
  }

  /** Resolves within bounded time: whether it is on the disk for good. What it says is in the state already. */
  add(line: Line): Promise<boolean> {
    return this.#add(lineText(line));
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#cancelRetry();
    // What is still being written opens files: they are closed after it, however late that is.
    const closed = this.#pump.then(() => this.#closeFile());
    await inTime(closed, this.options.clock, patienceMs, () => undefined);
  }

  async #closeFile(): Promise<void> {
    const file = this.#file;
    this.#file = undefined;
    await file?.close().catch(() => undefined);
  }

  get #path(): string {
    return join(this.options.folder, "outbox.jsonl");
  }

  #add(text: string): Promise<boolean> {
    if (this.#isClosed || this.#failure !== undefined) {
      this.#isBehind = true;
      return Promise.resolve(false);
    }
    const written = new Promise<boolean>((settle) => {
      this.#pending.push({ text, settle });
    });
    this.#run();
    return inTime(written, this.options.clock, patienceMs, () => undefined).then((durable) => {
      if (durable === undefined) this.#failed("its disk does not answer");
      return durable ?? false;
    });
  }

  #run(): void {
    if (this.#isBusy) return;
    this.#isBusy = true;
    this.#pump = this.#drain().finally(() => {
      this.#isBusy = false;
      // Between its last look and this, something may have come.
      if (this.#pending.length > 0) this.#run();
    });
  }

  async #drain(): Promise<void> {
    while (this.#pending.length > 0) {
      const batch = this.#pending;
      this.#pending = [];
      let durable = false;
      try {
        await this.#write(batch.map(({ text }) => text).join(""));
        durable = true;
        if (!this.#isBehind) this.#recovered();
      } catch (thrown) {
        this.#isBehind = true;
        await this.#closeFile();
        this.#failed(messageOf(thrown));
      }
      for (const { settle } of batch) settle(durable);
    }
    if (this.#isBehind) this.#retryLater();
  }

  async #write(text: string): Promise<void> {
    const file = this.#file;
    const isFull = this.#addedBytes >= Math.max(leastAddedBytes, 2 * this.#begunBytes);
    const isThere = file !== undefined && (await this.options.disk.identity(this.#path)) === file.identity;
    if (file === undefined || !isThere || isFull || this.#isBehind) {
      await this.#replace();
      return;
    }
    await file.write(text);
    await file.sync();
    this.#addedBytes += Buffer.byteLength(text);
  }

  async #replace(): Promise<void> {
    const { disk, folder, state } = this.options;
    const fresh = `${this.#path}.new`;
    await this.#closeFile();
    await disk.makeDirectory(folder);
    await disk.remove(fresh);
    const file = await disk.open(fresh);
    // Whatever waits to be written by now is in it already.
    const batch = this.#pending;
    this.#pending = [];
    const text = state();
    this.#isBehind = false;
    try {
      await file.write(text);
      await file.sync();
      await disk.rename(fresh, this.#path);
      await disk.syncDirectory(folder);
    } catch (thrown) {
      await file.close().catch(() => undefined);
      this.#pending = [...batch, ...this.#pending];
      throw thrown;
    }
    this.#file = file;
    [this.#begunBytes, this.#addedBytes] = [Buffer.byteLength(text), 0];
    for (const { settle } of batch) settle(true);
  }

  #failed(message: string): void {
    const { log, folder } = this.options;
    if (this.#failure === undefined) {
      const lost = "notices are told all the same; a restart loses those that wait, or tells some twice";
      log.error({ folder, error: message }, `the outbox cannot be written: ${lost}`);
    }
    this.#failure = message;
    this.#isBehind = true;
    for (const { settle } of this.#pending.splice(0)) settle(false);
  }

  #retryLater(): void {
    this.#cancelRetry();
    if (this.#isClosed) return;
    this.#cancelRetry = this.options.clock.after(retryMs, () => {
      this.#pending.push({ text: "", settle: () => undefined });
      this.#run();
    });
  }

  #recovered(): void {
    if (this.#failure === undefined) return;
    this.#failure = undefined;
    this.options.log.info({ folder: this.options.folder }, "the outbox is written again");
  }
}
