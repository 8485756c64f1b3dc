import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { HostFiles } from "../control/ports/host-files.js";
import type { Log } from "../control/ports/log.js";
import type {
  CommitsBetween,
  CommitSpan,
  DeclaredService,
  Kept,
  Proven,
  Recorded,
  RepositoryState,
  Synced,
  ToldFile,
} from "../control/ports/source.js";
import type { SourceTelemetry } from "../control/ports/telemetry.js";
import type { ReadOptions } from "../source/project.js";
import { Between } from "./between/between.js";
import { Followed } from "./followed.js";
import { Inventory } from "./inventory.js";
import { gitVariables } from "./program/environment.js";
import type { RepositorySettings } from "./settings/settings.js";
import { Writer } from "./writer.js";

export interface FollowerOptions extends Pick<
  ReadOptions,
  "environment" | "profiles" | "engine" | "gateImage" | "policy" | "ageKeys" | "commands"
> {
  /** For one look: everything is fetched anew, and nothing is left behind. */
  readonly once?: boolean;
  readonly telemetry: SourceTelemetry;
  readonly log: Log;
  /** How mounted files are told. */
  readonly hostFiles: Pick<HostFiles, "contentOf" | "survey">;
  readonly random?: () => number;
  /** How long a start waits for a repository of which nothing is kept; default 10 s. */
  readonly firstLookMs?: number;
}

/** How often files that are not in git are looked at. */
const filesMs = 1_000;
/** A source that has never been seen is worth waiting for. */
const defaultFirstLookMs = 10_000;
const firstRetryMs = 5_000;
/** A forge that refuses a login may lock out who keeps trying. */
const patient: ReadonlySet<string> = new Set(["Unauthorized", "Forbidden", "KeyUnusable", "HostKeyChanged"]);

/** One repository, over time. */
export class Follower {
  readonly #random: () => number;
  readonly #inventory: Inventory;
  readonly #between: Between;
  #followed: Followed;
  #failures = 0;
  #wake: () => void = () => undefined;
  #report: () => void = () => undefined;
  #isTold = false;
  #first: Promise<boolean> | undefined;
  readonly #end = new AbortController();
  readonly #writer: Writer | undefined;
  #onRecorded: (recorded: Recorded) => void = () => undefined;

  constructor(
    private readonly settings: RepositorySettings,
    private readonly folder: string,
    private readonly options: FollowerOptions,
  ) {
    this.#random = options.random ?? Math.random;
    const { source, ref, address } = settings;
    this.#inventory = new Inventory({ source, folder });
    const variables = () => Promise.resolve(gitVariables({ ...settings, folder, environment: options.environment }));
    const { log } = options;
    this.#between = new Between({ source, ref, address, log, variables, folder: join(folder, "history") });
    this.#followed = this.#follow();
    this.#writer = this.#open();
  }

  get followed(): Followed {
    return this.#followed;
  }

  state(): RepositoryState {
    const state = this.#followed.state();
    return this.#writer === undefined ? state : { ...state, writeBack: this.#writer.state() };
  }

  proved(service: DeclaredService, proven: Proven | undefined): void {
    if (service.source === this.settings.source) this.#writer?.tell(service, proven);
  }

  /** Begins to write what is proved. */
  record(onRecorded: (recorded: Recorded) => void, signal: AbortSignal): void {
    this.#onRecorded = onRecorded;
    void this.#writer?.follow(signal);
  }

  /** What was in force before, at once; where nothing was, what the other side says within a while. */
  async begin(): Promise<void> {
    const { signal } = this.#end;
    if (this.#first !== undefined) return;
    await this.#followed.recall(signal);
    if (this.#followed.newest !== undefined) return;
    this.#first = this.#followed.look(signal);
    // Whoever follows it is told.
    this.#first.catch(() => undefined);
    const { firstLookMs = defaultFirstLookMs } = this.options;
    await Promise.race([this.#first, sleep(firstLookMs, undefined, { ref: false })]);
  }

  async lookOnce(): Promise<void> {
    const scratch = await mkdtemp(join(tmpdir(), "fairlead-git-"));
    const { signal } = new AbortController();
    try {
      this.#followed = this.#follow(scratch);
      await this.#followed.recall(signal);
      await this.#followed.look(signal);
    } finally {
      await rm(scratch, { recursive: true, force: true });
    }
  }

  /** Looks now, also where it is just looking: what it is told of may be newer. */
  tell(): void {
    this.#isTold = true;
    this.#wake();
  }

  async sync(project: string, side: "ours" | "theirs", files: readonly string[]): Promise<Synced> {
    const synced = await this.#followed.sync(project, side, files);
    this.#report();
    return synced;
  }

  commitsBetween(span: CommitSpan, signal: AbortSignal): Promise<CommitsBetween> {
    const either = AbortSignal.any([signal, this.#end.signal]);
    return this.#between.commits(span, this.#followed.pathsOf(span.project), either);
  }

  kept(): Promise<readonly Kept[]> {
    return this.#inventory.take(this.#followed.held);
  }

  async takeBack(told: readonly ToldFile[]): Promise<void> {
    if (await this.#followed.working.takeBack(told)) this.#report();
  }

  async forgive(paths: ReadonlySet<string>): Promise<boolean> {
    const any = await this.#followed.working.forgive(paths);
    if (any) this.#report();
    return any;
  }

  async follow(onChange: () => void, signal: AbortSignal): Promise<void> {
    let version = this.#followed.version;
    const report = () => {
      if (version === this.#followed.version) return;
      version = this.#followed.version;
      this.#writer?.news();
      onChange();
    };
    this.#report = report;
    signal.addEventListener("abort", () => {
      this.#end.abort();
    });
    try {
      if (this.#first !== undefined) this.#count(await this.#first);
      report();
      for (let isFirst = this.#first === undefined; !signal.aborted; isFirst = false) {
        if (!isFirst) await this.#rest(report, signal);
        this.#isTold = false;
        this.#count(await this.#followed.look(signal));
        report();
      }
    } catch (thrown) {
      // Whatever fails is told of as a fault of the source: only the end comes this far.
      if (!signal.aborted) throw thrown;
    }
  }

  #count(isWell: boolean): void {
    this.#failures = isWell ? 0 : this.#failures + 1;
  }

  /** Until it is time, or somebody tells of news; meanwhile files that are not in git are watched. */
  async #rest(report: () => void, signal: AbortSignal): Promise<void> {
    const { intervalMs } = this.settings;
    const soon = firstRetryMs * 2 ** (this.#failures - 1);
    const isPatient = this.#failures === 0 || patient.has(this.#followed.fault?.reason ?? "");
    const base = isPatient ? intervalMs : Math.min(intervalMs, soon);
    const due = performance.now() + base * (0.9 + 0.2 * this.#random());
    while (!signal.aborted && !this.#isTold) {
      const left = due - performance.now();
      if (left <= 0) return;
      await this.#nap(Math.min(left, filesMs), signal);
      if (await this.#followed.isStale()) {
        await this.#followed.refresh(signal);
        report();
      }
    }
    signal.throwIfAborted();
  }

  async #nap(ms: number, signal: AbortSignal): Promise<void> {
    const woken = new AbortController();
    this.#wake = () => {
      woken.abort();
    };
    if (this.#isTold) return;
    await sleep(ms, undefined, { signal: AbortSignal.any([signal, woken.signal]), ref: false }).catch(() => undefined);
  }

  #open(): Writer | undefined {
    const { settings, folder, options } = this;
    if (settings.writeBack === undefined || options.once === true) return undefined;
    return new Writer({
      ...options,
      ...settings.writeBack,
      settings,
      folder: join(folder, "write"),
      reading: () => this.#followed.reading(),
      held: () => this.#followed.held,
      now: () => Date.now(),
      random: this.#random,
      onRecorded: (recorded) => {
        this.tell();
        this.#onRecorded(recorded);
      },
    });
  }

  #follow(scratch?: string): Followed {
    return new Followed({
      ...this.options,
      settings: this.settings,
      folder: this.folder,
      scratch,
      now: () => Date.now(),
    });
  }
}
