import { setTimeout as sleep } from "node:timers/promises";
import type { Log } from "../control/ports/log.js";
import type { Proven, Recorded, WriteBackState } from "../control/ports/source.js";
import type { SourceTelemetry, WriteBackResult } from "../control/ports/telemetry.js";
import { heldOf } from "./held.js";
import { asGitFault, GitFault, type FaultReason } from "./program/fault.js";
import type { Refused } from "./writeback/draft.js";
import { Scribe, type ScribeOptions, type Written } from "./scribe.js";
import type { NotedPart } from "./settings/write-back.js";
import { isMeant, Wishes, type ServiceName, type Wish } from "./writeback/wishes.js";

export interface WriterOptions extends ScribeOptions {
  readonly what: NotedPart;
  readonly telemetry: Pick<SourceTelemetry, "sourceWritesBack" | "sourceWrittenBack">;
  readonly log: Log;
  readonly random: () => number;
  readonly onRecorded: (recorded: Recorded) => void;
}

/** Several that prove themselves at about the same time become one commit. */
const gatherMs = 1_000;
/** A branch that has moved is written to again at once, so many times. */
const mostRounds = 6;
const roundMs = 200;
const firstRetryMs = 5_000;
const longestRetryMs = 300_000;
/** What a person has to change is not asked for every few seconds: forges lock out who keeps trying. */
const seldomMs = 600_000;
const persons: ReadonlySet<FaultReason> = new Set([
  ...(["PushRefused", "Unauthorized", "Forbidden", "RepositoryNotFound", "RepositoryMoved", "RefIsNoBranch"] as const),
  ...(["KeyUnusable", "HostKeyChanged", "HostKeyUnknown", "CertificateInvalid"] as const),
]);

/** Writes what has proved itself into one repository, beside all that follows it: nobody waits for it. */
export class Writer {
  readonly #wishes: Wishes;
  readonly #scribe: Scribe;
  #due = Infinity;
  /** Nothing is tried before, whatever is new. */
  #blockedUntil = 0;
  #failures = 0;
  #wake: () => void = () => undefined;
  #fault: GitFault | undefined;
  #refused: readonly Refused[] = [];
  #branch: string | undefined;
  #last: WriteBackState["last"];

  constructor(private readonly options: WriterOptions) {
    this.#wishes = new Wishes(options.what);
    this.#scribe = new Scribe(options);
    this.#branch = options.branch;
    options.telemetry.sourceWritesBack(options.settings.source);
  }

  state(): WriteBackState {
    return {
      ...(this.#branch === undefined ? {} : { branch: this.#branch }),
      condition: this.#condition(),
      ...(this.#last === undefined ? {} : { last: this.#last }),
    };
  }

  /** What a service has proved as of now. */
  tell(service: ServiceName, proven: Proven | undefined): void {
    if (this.#wishes.tell(service, proven)) this.news();
  }

  /** The files may say something else by now. */
  news(): void {
    const soon = Math.max(performance.now() + gatherMs, this.#blockedUntil);
    if (this.#open().length === 0 || soon >= this.#due) return;
    this.#due = soon;
    this.#wake();
  }

  /** Until the signal aborts; never throws. */
  async follow(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await this.#rest(signal);
      this.#due = Infinity;
      const wishes = this.#open();
      if (wishes.length > 0) await this.#try(wishes, signal);
      else this.#become(undefined, []);
    }
  }

  async #try(wishes: readonly Wish[], signal: AbortSignal): Promise<void> {
    try {
      const written = await this.#write(wishes, signal);
      this.#branch = written.branch;
      this.#failures = 0;
      for (const wish of [...written.recorded, ...written.done]) this.#wishes.done(wish);
      this.#become(undefined, written.refused);
      if (written.refused.length > 0) this.#count("refused");
      if (written.commit !== undefined) this.#tellOf(written, written.commit);
    } catch (thrown) {
      if (signal.aborted) return;
      const fault = asGitFault(thrown);
      const isSeldom = persons.has(fault.reason);
      this.#count(isSeldom ? "refused" : "failed");
      this.#become(fault, this.#refused);
      const pause = isSeldom ? seldomMs : Math.min(longestRetryMs, firstRetryMs * 2 ** this.#failures);
      this.#failures += 1;
      this.#blockedUntil = performance.now() + this.#jittered(pause);
      this.#due = this.#blockedUntil;
    }
  }

  /** Upon the branch as it is by now, as often as it moves under our hands, within reason. */
  async #write(wishes: readonly Wish[], signal: AbortSignal): Promise<Written> {
    for (let round = 0; round < mostRounds; round += 1) {
      if (round > 0) await sleep(this.#jittered(roundMs * 2 ** round), undefined, { signal, ref: false });
      const written = await this.#scribe.write(wishes, signal);
      if (written !== "moved") return written;
    }
    throw new GitFault("BranchMoving", "the branch moves faster than it can be written to", "it is tried again");
  }

  #open(): readonly Wish[] {
    const held = this.options.held();
    return this.#wishes.open((wish) => {
      const one = heldOf(held, wish.project);
      const spec = one?.known.project?.services.find(({ name }) => name === wish.service);
      if (spec === undefined || !isMeant(wish, spec)) return false;
      return wish.what === "tag" ? spec.image.tag === wish.image.tag : one?.records?.get(wish.service) === wish.digest;
    });
  }

  #tellOf({ recorded, branch }: Written, commit: string): void {
    const { settings, log, now, onRecorded } = this.options;
    const { source } = settings;
    const services = recorded.map(({ project, service, digest }) => ({ project, service, digest }));
    const names = services.map(({ project, service }) => `${project}/${service}`);
    this.#last = { commit, at: new Date(now()).toISOString(), services: names };
    this.#count("written");
    log.info({ source, branch, commit, services: names }, `what runs of ${names.join(", ")} is written to ${branch}`);
    onRecorded({ source, branch, commit, services });
  }

  #count(result: WriteBackResult): void {
    this.options.telemetry.sourceWrittenBack(this.options.settings.source, result);
  }

  /** Told once, until it is something else or over. */
  #become(fault: GitFault | undefined, refused: readonly Refused[]): void {
    const { log, settings } = this.options;
    const { source } = settings;
    const before = this.#condition();
    this.#fault = fault;
    this.#refused = refused;
    const { reason, message } = this.#condition();
    const isSame = fault === undefined ? message === before.message : reason === before.reason;
    if (isSame || (fault === undefined && refused.length === 0)) return;
    log.warn({ source, reason }, `${source}: not written back: ${message}`);
  }

  #condition(): WriteBackState["condition"] {
    const open = this.#open();
    if (open.length === 0) return { status: "True", reason: "Recorded", message: "nothing waits to be written" };
    const fault = this.#fault;
    if (fault !== undefined) return { status: "False", reason: fault.reason, message: inWords(fault) };
    const refused = this.#refused.filter(({ wish }) => open.some((one) => isSame(one, wish)));
    if (refused.length > 0) {
      const words = refused.map((one) => `${one.wish.project}/${one.wish.service}: ${inWords(one)}`);
      return { status: "False", reason: "NotWritable", message: words.join("; ") };
    }
    const names = open.map(({ project, service }) => `${project}/${service}`);
    return { status: "False", reason: "Waiting", message: `it waits to be written: ${names.join(", ")}` };
  }

  async #rest(signal: AbortSignal): Promise<void> {
    while (!signal.aborted && performance.now() < this.#due) {
      const woken = new AbortController();
      this.#wake = () => {
        woken.abort();
      };
      const left = Math.min(this.#due - performance.now(), longestRetryMs);
      const either = AbortSignal.any([signal, woken.signal]);
      await sleep(Math.max(0, left), undefined, { signal: either, ref: false }).catch(() => undefined);
    }
  }

  #jittered(ms: number): number {
    return ms * (0.75 + 0.5 * this.options.random());
  }
}

function inWords({ message, remedy }: { readonly message: string; readonly remedy?: string | undefined }): string {
  return remedy === undefined ? message : `${message} (${remedy})`;
}

function isSame(one: Wish, other: Wish): boolean {
  return one.project === other.project && one.service === other.service && one.digest === other.digest;
}
