/*
 * What Docker cannot hold, and how it gets onto the disk and back, lives here. What follows from it is planned.
 */

import { join } from "node:path";
import type { ServiceKey } from "../../compose/model/service.js";
import { FairleadError } from "../../errors.js";
import { writeFault } from "../../tools/files/file-fault.js";
import type { Clock } from "../ports/clock.js";
import type { Log } from "../ports/log.js";
import { systemClock } from "../time/clock.js";
import { inTime } from "../time/in-time.js";
import { bounded } from "./bounds.js";
import type { Disk } from "./disk/disk.js";
import type { Entry } from "./entry.js";
import { Events } from "./events.js";
import { entryLine, stateLine } from "./line.js";
import type { Line } from "./line.js";
import { loadJournal, messageOf } from "./load.js";
import { nodeDisk } from "./disk/node-disk.js";
import { Quarantine } from "./disk/quarantine.js";
import { Past } from "./past.js";
import { applyEntry, emptyRecord } from "./record.js";
import type { ServiceRecord } from "./record.js";
import type { JournalState } from "./standing.js";
import { Writer } from "./writer.js";

export interface JournalOptions {
  readonly disk?: Disk;
  readonly clock?: Clock;
}

/** A disk that gives nothing for so long while the journal is read is not waited for at the start. */
const silenceMs = 10_000;
const checkMs = 10_000;

/** Whether people decide it: they are told whether it will outlive us. A record: a new entry does not compile without its word. */
const isDecision: Readonly<Record<Entry["type"], boolean>> = {
  ...{ pin: true, pause: true, resume: true, approve: true, retry: true, adopt: true, "build-asked": true },
  ...{ stop: true, start: true },
  ...{
    hold: false,
    job: false,
    attempt: false,
    stable: false,
    "same-content": false,
    verified: false,
    rollout: false,
    step: false,
    mounted: false,
    reload: false,
    reloaded: false,
  },
  ...{ volumes: false, built: false, "build-failed": false, resolved: false, leaving: false, "post-start": false },
  ...{ promoted: false, drift: false },
  ...{ asked: false, ending: false, left: false, seen: false, revision: false, forget: false },
};

/**
 * Lines of JSON in the data directory, one per decision (`journal/`). A journal that cannot be read or written costs
 * history and holds, never a service: it is said, work goes on, and it is taken up again when that can be done. Nobody
 * waits for its disk without bound.
 */
export class Journal {
  readonly events = new Events();
  readonly #past = new Past();
  #records = new Map<string, ServiceRecord>();
  /** What has been decided while the journal was still being read. */
  #meanwhile: Entry[] | undefined;
  readonly #writer: Writer;
  readonly #disk: Disk;
  readonly #clock: Clock;
  readonly #folder: string;
  /** The services of which something that was decided may not be on the disk. */
  readonly #unsaved = new Set<string>();
  #stopChecking: () => void = () => undefined;

  private constructor(
    private readonly data: string,
    private readonly log: Log,
    { disk = nodeDisk, clock = systemClock }: JournalOptions,
  ) {
    this.#disk = disk;
    this.#clock = clock;
    this.#folder = join(data, "journal");
    const onSaved = () => {
      this.#unsaved.clear();
    };
    this.#writer = new Writer({ disk, folder: this.#folder, clock, log, state: () => this.#stateLines(), onSaved });
  }

  /** For a verb that only looks: nothing is created or written, and what cannot be read in time counts as empty. */
  static async peek(data: string, log: Log, options: JournalOptions = {}): Promise<Journal> {
    const journal = new Journal(data, log, options);
    const ignored = "the journal cannot be read; holds are not considered";
    const outcome = await untilSilent(journal.#clock, (onProgress) =>
      journal.#load(undefined, onProgress).catch((thrown: unknown) => {
        log.warn({ data, error: messageOf(thrown) }, ignored);
      }),
    );
    if (outcome === "silent") log.warn({ data, error: "its disk does not answer" }, ignored);
    return journal;
  }

  /** Throws FairleadError `ConfigInvalid` where the data directory can never be one. */
  static async open(data: string, log: Log, options: JournalOptions = {}): Promise<Journal> {
    const journal = new Journal(data, log, options);
    const outcome = await untilSilent(journal.#clock, (onProgress) => journal.#begin(onProgress));
    if (outcome instanceof FairleadError) throw outcome;
    if (outcome === "silent") {
      log.error(
        { data },
        "the journal cannot be read: its disk does not answer; only containers tell now what is held",
      );
    }
    return journal;
  }

  record(key: ServiceKey): ServiceRecord {
    return this.#records.get(key) ?? emptyRecord;
  }

  /**
   * In force at once. Resolves, within bounded time, to whether it is on the disk for good: if not, it is written when
   * that can be done. Never rejects.
   */
  async append(entry: Entry): Promise<boolean> {
    const durable = await this.#append(bounded(entry));
    if (!durable) this.#unsaved.add(entry.key);
    return durable;
  }

  /** Whether what has been decided on the service so far outlives us; a decision counts from when its `append` has resolved. */
  isDurable(key: ServiceKey): boolean {
    return !this.#unsaved.has(key);
  }

  /** What has happened lately and people are told of, oldest first; then everything of that kind as it happens, at once. */
  follow(onEntry: (entry: Entry) => void): void {
    this.#past.follow(onEntry);
  }

  #append(kept: Entry): Promise<boolean> {
    this.#apply(this.#records, kept);
    this.#noted(kept);
    if (this.#meanwhile !== undefined) {
      this.#meanwhile.push(kept);
      return Promise.resolve(false);
    }
    return this.#writer.add(entryLine(kept), { sync: kept.type !== "step", urgent: isDecision[kept.type] });
  }

  /** As of this moment. */
  state(): JournalState {
    return this.#meanwhile === undefined ? this.#writer.state() : { kind: "reading" };
  }

  /** From now on looks at intervals whether what is written is still there, and whether what was not written can be. */
  watch(): void {
    this.#stopChecking();
    this.#stopChecking = this.#clock.after(checkMs, () => {
      if (this.#meanwhile === undefined) this.#writer.check();
      this.watch();
    });
  }

  /** False: its disk does not answer, so that something may be lost. */
  async close(): Promise<boolean> {
    this.#stopChecking();
    return this.#meanwhile === undefined && (await this.#writer.close());
  }

  /** Answers why there can be no journal at all; never rejects. */
  async #begin(onProgress: () => void): Promise<FairleadError | "ready"> {
    const { data, log } = this;
    this.#meanwhile = [];
    const quarantine = new Quarantine(this.#disk, data, () => this.#clock.now());
    try {
      await this.#disk.makeDirectory(data);
    } catch (thrown) {
      if (isNoDirectory(thrown)) return unusable(data, thrown);
      log.error({ data, error: messageOf(thrown) }, "the data directory cannot be created");
    }
    try {
      const loaded = await this.#load(quarantine, onProgress);
      await this.#writer.begin(loaded, this.#meanwhile.length > 0);
    } catch (thrown) {
      this.#writer.spare();
      log.error(
        { data, error: messageOf(thrown) },
        "the journal cannot be read; only containers tell now what is held",
      );
    }
    this.#meanwhile = undefined;
    await this.#writer.settle();
    return "ready";
  }

  /** What was decided before it had been read counts after what it says. */
  async #load(quarantine: Quarantine | undefined, onProgress: () => void): ReturnType<typeof loadJournal> {
    const read = new Map<string, ServiceRecord>();
    const take = (line: Line) => {
      if (line.kind === "state") read.set(line.key, line.record);
      if (line.kind !== "entry" && line.kind !== "past") return;
      if (line.kind === "entry") this.#apply(read, line.entry);
      this.#noted(line.entry);
    };
    const { log, data } = this;
    const given = quarantine === undefined ? {} : { quarantine };
    try {
      return await loadJournal({ disk: this.#disk, data, folder: this.#folder, log, take, onProgress, ...given });
    } finally {
      for (const entry of this.#meanwhile ?? []) this.#apply(read, entry);
      this.#records = read;
    }
  }

  #noted(entry: Entry): void {
    if (this.#past.add(entry)) this.events.noted(entry);
  }

  #apply(records: Map<string, ServiceRecord>, entry: Entry): void {
    records.set(entry.key, applyEntry(records.get(entry.key) ?? emptyRecord, entry));
  }

  #stateLines(): string {
    const states = [...this.#records].map(([key, record]) => stateLine(key, record));
    return `${this.#past.lines()}${states.join("")}`;
  }
}

/** How it ended; it is given up when it does not get on for `silenceMs`. The work must not reject. */
async function untilSilent<T>(clock: Clock, work: (onProgress: () => void) => Promise<T>): Promise<T | "silent"> {
  const progress = { count: 0 };
  const ended = work(() => {
    progress.count += 1;
  }).then((outcome) => ({ outcome }));
  for (;;) {
    const before = progress.count;
    const done = await inTime(ended, clock, silenceMs, () => undefined);
    if (done !== undefined) return done.outcome;
    if (progress.count === before) return "silent";
  }
}

function isNoDirectory(thrown: unknown): boolean {
  return thrown instanceof Error && "code" in thrown && (thrown.code === "ENOTDIR" || thrown.code === "EEXIST");
}

function unusable(data: string, cause: unknown): FairleadError {
  const { message } = writeFault(data, cause);
  return new FairleadError("ConfigInvalid", `the data directory cannot be used: ${message}`, {
    remedy: "name a directory with --data",
    cause,
  });
}
