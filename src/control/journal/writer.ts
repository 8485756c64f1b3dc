import type { Clock } from "../ports/clock.js";
import type { Log } from "../ports/log.js";
import { inTime } from "../time/in-time.js";
import type { Disk, DiskFile } from "./disk/disk.js";
import { takenOverLine } from "./line.js";
import { messageOf } from "./load.js";
import type { Loaded, OldJournal } from "./load.js";
import { segmentFile, segmentsIn } from "./disk/segments.js";
import type { WriterState } from "./standing.js";

/** How long anybody waits for the disk. */
export const patienceMs = 2_000;
/** After a failure the disk is left alone for so long, unless a person wants something written. */
const pauseMs = 5_000;
/** A segment ends when its decisions fill this, or twice what it says of how services stood, whichever is more. */
const leastEntryBytes = 1024 * 1024;
/** What waits for a disk that does not answer; beyond it, only how services stand is written when it does. */
const mostPendingBytes = 1024 * 1024;

export interface WriterOptions {
  readonly disk: Disk;
  readonly folder: string;
  readonly clock: Clock;
  readonly log: Log;
  /** What has happened lately, and how every service stands now, as lines. */
  readonly state: () => string;
  /** Everything that has been decided is on the disk. */
  readonly onSaved: () => void;
}

interface Pending {
  readonly line: string;
  readonly sync: boolean;
  readonly settle: (durable: boolean) => void;
}

interface Current {
  readonly file: DiskFile;
  readonly path: string;
  readonly stateBytes: number;
  entryBytes: number;
  bytes: number;
}

/**
 * Writes lines at the end of the last segment, all that wait in one write. Whenever it cannot be sure of what stands
 * there, it begins a fresh segment with how every service stands: so a line never joins a torn one, and what failed to
 * be written is made up for.
 */
export class Writer {
  #pending: Pending[] = [];
  #pendingBytes = 0;
  #current: Current | undefined;
  #busySince: number | undefined;
  #pump: Promise<void> = Promise.resolve();
  #failure: { readonly message: string; readonly at: number } | undefined;
  #saidStuck = false;
  #checking = false;
  /** Something in force is not on the disk: only a fresh segment tells all of it. */
  #isBehind = false;
  #old: OldJournal | undefined;
  #sparesOlder = false;

  constructor(private readonly options: WriterOptions) {}

  state(): WriterState {
    const forMs = this.#busySince === undefined ? 0 : this.options.clock.monotonic() - this.#busySince;
    if (forMs >= patienceMs) return { kind: "stuck", forMs };
    return this.#failure === undefined ? { kind: "written" } : { kind: "failing", message: this.#failure.message };
  }

  /** Before the first line. `isBehind`: more is in force than was loaded. */
  async begin({ current, old }: Loaded, isBehind: boolean): Promise<void> {
    this.#old = old;
    this.#isBehind = isBehind;
    if (current === undefined) return;
    const { stateBytes, entryBytes } = current;
    try {
      const file = await this.options.disk.open(current.file);
      this.#current = { file, path: current.file, stateBytes, entryBytes, bytes: stateBytes + entryBytes };
    } catch (thrown) {
      this.#failed(thrown);
    }
  }

  /** What is on the disk is not known: nothing of it is removed. */
  spare(): void {
    this.#sparesOlder = true;
  }

  /**
   * Resolves within `patienceMs`: whether the line is on the disk for good. `urgent`: the disk is asked even if it has
   * just refused. Without `sync` a loss of power may take the line.
   */
  add(line: string, { sync, urgent }: { readonly sync: boolean; readonly urgent: boolean }): Promise<boolean> {
    const { clock } = this.options;
    if (this.#failure !== undefined && !urgent && clock.monotonic() - this.#failure.at < pauseMs) {
      return Promise.resolve(false);
    }
    const written = new Promise<boolean>((settle) => {
      this.#pending.push({ line, sync, settle });
    });
    this.#pendingBytes += line.length;
    this.#run();
    if (this.state().kind === "stuck") {
      if (this.#pendingBytes > mostPendingBytes) this.#dropPending();
      return Promise.resolve(false);
    }
    return inTime(written, clock, patienceMs, () => undefined).then((durable) => {
      if (durable === undefined) this.#sayStuck();
      return durable ?? false;
    });
  }

  /** Looks whether what has been written is still there, and whether what could not be written can be now. */
  check(): void {
    this.#checking = true;
    this.#run();
  }

  /** Once what is to be written at the start has been, or cannot be. */
  settle(): Promise<void> {
    this.check();
    return this.#pump;
  }

  /** Waits for what is under way; false: the disk does not answer. */
  async close(): Promise<boolean> {
    const ended = await inTime(
      this.#pump.then(() => true),
      this.options.clock,
      patienceMs,
      () => undefined,
    );
    if (ended !== true) return false;
    await this.#current?.file.close().catch(() => undefined);
    this.#current = undefined;
    return true;
  }

  #run(): void {
    if (this.#busySince !== undefined) return;
    this.#busySince = this.options.clock.monotonic();
    this.#pump = this.#drain().finally(() => {
      if (!this.#isBehind) this.options.onSaved();
      this.#busySince = undefined;
      if (this.#saidStuck) this.options.log.info({}, "the journal's disk answers again");
      this.#saidStuck = false;
      // Between its last look and this, something may have come.
      if (this.#pending.length > 0) this.#run();
    });
  }

  async #drain(): Promise<void> {
    while (this.#pending.length > 0 || this.#checking) {
      this.#checking = false;
      const batch = this.#takePending();
      this.#busySince = this.options.clock.monotonic();
      let durable = false;
      try {
        await this.#write(batch);
        durable = true;
        this.#recovered();
      } catch (thrown) {
        await this.#abandon();
        this.#failed(thrown);
      }
      for (const { settle } of batch) settle(durable);
    }
  }

  async #write(batch: Pending[]): Promise<void> {
    const { disk } = this.options;
    const current = this.#current;
    const isFull = current !== undefined && current.entryBytes >= Math.max(leastEntryBytes, 2 * current.stateBytes);
    const isThere = current !== undefined && (await disk.identity(current.path)) === current.file.identity;
    if (current === undefined || this.#isBehind || isFull || !isThere) {
      await this.#beginSegment(batch);
      return;
    }
    const text = textOf(batch);
    if (text === "") return;
    const bytes = Buffer.byteLength(text);
    await current.file.write(text);
    current.bytes += bytes;
    current.entryBytes += bytes;
    if (batch.some(({ sync }) => sync)) await current.file.sync();
  }

  async #beginSegment(batch: Pending[]): Promise<void> {
    const { disk, folder } = this.options;
    const old = this.#old;
    // Whatever waits is in force already: it has to stand before what says so, or it would count twice.
    batch.push(...this.#takePending());
    const decided = textOf(batch);
    const entries = old === undefined ? decided : `${takenOverLine(old.bytes)}${old.recent.join("")}${decided}`;
    const states = this.options.state();
    this.#isBehind = false;
    await this.#current?.file.close().catch(() => undefined);
    this.#current = undefined;
    await disk.makeDirectory(folder);
    const { segments } = await segmentsIn(disk, folder);
    const path = segmentFile(folder, (segments.at(-1)?.number ?? 0) + 1);
    const file = await disk.open(path);
    try {
      await file.write(entries + states);
      await file.sync();
      await disk.syncDirectory(folder);
    } catch (thrown) {
      await file.close().catch(() => undefined);
      await disk.remove(path).catch(() => undefined);
      throw thrown;
    }
    const [stateBytes, entryBytes] = [Buffer.byteLength(states), Buffer.byteLength(entries)];
    this.#current = { file, path, stateBytes, entryBytes, bytes: stateBytes + entryBytes };
    // The one before is kept: it tells what happened, and makes up for a damaged line of this one.
    for (const older of this.#sparesOlder ? [] : segments.slice(0, -1)) await disk.remove(older.file);
    if (old === undefined) return;
    this.#old = { ...old, recent: [] };
    await disk.remove(old.file);
    this.#old = undefined;
  }

  /** What stands at its end now is not known: it is cut off where that can be done, and not written on in any case. */
  async #abandon(): Promise<void> {
    const current = this.#current;
    this.#current = undefined;
    if (current === undefined) return;
    await current.file.truncate(current.bytes).catch(() => undefined);
    await current.file.close().catch(() => undefined);
  }

  #dropPending(): void {
    for (const { settle } of this.#takePending()) settle(false);
    this.#isBehind = true;
  }

  #takePending(): Pending[] {
    const taken = this.#pending;
    this.#pending = [];
    this.#pendingBytes = 0;
    return taken;
  }

  #failed(thrown: unknown): void {
    const message = messageOf(thrown);
    this.#isBehind = true;
    if (this.#failure === undefined) {
      this.options.log.error(
        { folder: this.options.folder, error: message },
        "the journal cannot be written; work goes on without it, and what is decided now is lost if the controller ends before it can be written",
      );
    }
    this.#failure = { message, at: this.options.clock.monotonic() };
  }

  #recovered(): void {
    if (this.#failure === undefined) return;
    this.#failure = undefined;
    this.options.log.info({ folder: this.options.folder }, "the journal is written again, with everything in force");
  }

  #sayStuck(): void {
    if (this.#saidStuck) return;
    this.#saidStuck = true;
    this.options.log.error(
      { folder: this.options.folder },
      "the journal's disk does not answer; work goes on without it, and what is decided now is lost if the controller ends before the disk answers",
    );
  }
}

function textOf(batch: readonly Pending[]): string {
  return batch.map(({ line }) => line).join("");
}
