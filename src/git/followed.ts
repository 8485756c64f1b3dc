import type { Log } from "../control/ports/log.js";
import type { Commit, RepositoryState, Synced } from "../control/ports/source.js";
import type { SourceTelemetry } from "../control/ports/telemetry.js";
import { asFairleadError } from "../errors.js";
import type { ReadOptions } from "../source/project.js";
import { given } from "../tools/present.js";
import { Complaint } from "./complaint.js";
import { Grounds, type GroundsOptions } from "./grounds.js";
import { heldOf, isAnyStale, isHeldBack, isSameHeld, neededBy, pathsOf, type AllHeld } from "./held.js";
import type { State } from "./kept/state.js";
import { Objects } from "./objects.js";
import { readRevision, type Revision } from "./reading/revision.js";
import { recalled, stateOfHeld } from "./recalled.js";
import type { RepositorySettings } from "./settings/settings.js";
import { inWords, stateOf, type SourceFault } from "./told.js";
import { Working, type WorkingOptions } from "./working.js";

export interface FollowedOptions
  extends
    GroundsOptions,
    Pick<ReadOptions, "environment" | "profiles" | "engine" | "gateImage" | "policy" | "ageKeys" | "commands"> {
  readonly telemetry: SourceTelemetry;
  readonly log: Log;
  readonly hostFiles: WorkingOptions["tended"]["files"];
  readonly now: () => number;
}

/** One repository: what is known of it, and what of it is in force. */
export class Followed {
  readonly #grounds: Grounds;
  /** What of it stands on the host and is brought up to date there. */
  readonly working: Working;
  readonly #complaint: Complaint;
  readonly #objects: Objects;
  #held: AllHeld = new Map();
  #barren: readonly string[] = [];
  #revision: Revision | undefined;
  #newest: Commit | undefined;
  #inForce: Commit | undefined;
  #lastSuccess: number | undefined;
  #isPrepared = false;
  /** By the keys that are demanded now: they may have been others when the process before this one ended. */
  #isJudged = false;
  #version = 0;

  constructor(private readonly options: FollowedOptions) {
    const { settings, log, environment } = options;
    const { source } = settings;
    this.#grounds = new Grounds(options);
    const { base, root, live, tended: folder } = this.#grounds;
    const onChange = () => {
      this.#version += 1;
    };
    const disk = { root, folder: live, idLength: () => this.#newest?.id.length ?? 40 };
    const tended = { folder, files: options.hostFiles };
    this.working = new Working({ disk, tended, source, log, onChange });
    this.#complaint = new Complaint({ source, log, newest: () => this.#newest?.id, onChange });
    this.#objects = new Objects({ settings, base, root, environment });
  }

  get settings(): RepositorySettings {
    return this.options.settings;
  }

  get held(): AllHeld {
    return this.#held;
  }

  get barren(): readonly string[] {
    return this.#barren;
  }

  get fault(): SourceFault | undefined {
    return this.#complaint.fault;
  }

  /** Counts what a snapshot would show otherwise. */
  get version(): number {
    return this.#version;
  }

  get newest(): Commit | undefined {
    return this.#newest;
  }

  /** A project's own file as all the world knows it. */
  nameOf(file: string): string {
    return `${this.settings.source}//${file}`;
  }

  has(project: string): boolean {
    return heldOf(this.#held, project) !== undefined;
  }

  /** What of the repository a project is made of, from its root on. Empty: all of it. */
  pathsOf(project: string): readonly string[] {
    const held = heldOf(this.#held, project);
    return held === undefined ? [] : pathsOf(held, this.#grounds.root);
  }

  /** A person's word about what of a project is not as git has it. */
  sync(project: string, side: "ours" | "theirs", files: readonly string[]): Promise<Synced> {
    return this.working.sync(heldOf(this.#held, project), side, files);
  }

  state(): RepositoryState {
    const { source, ref } = this.settings;
    return stateOf({
      ...{ source, ref, held: this.#held, fault: this.fault },
      ...{ newest: this.#newest, inForce: this.#inForce, lastSuccess: this.#lastSuccess },
    });
  }

  /** What was in force when the process before this one ended, from our own disk. */
  async recall(signal: AbortSignal): Promise<void> {
    await this.#complaint.around(() => this.#prepare(signal), signal);
  }

  /** Asks the other side once; fetches and reads what is new. Throws only where the signal has aborted. */
  async look(signal: AbortSignal): Promise<boolean> {
    const { telemetry } = this.options;
    const { source } = this.settings;
    const isNew = await this.#complaint.around(() => this.#lookOnce(signal), signal);
    telemetry.sourceFetched(source, isNew === undefined ? "failed" : isNew ? "fetched" : "unchanged");
    if (isNew === undefined) return false;
    this.#lastSuccess = this.options.now();
    telemetry.sourceSucceeded(source, this.#lastSuccess / 1_000);
    return true;
  }

  /** Whether a file that is not in git, and that a project reads, is otherwise than it was. */
  async isStale(): Promise<boolean> {
    const shelf = this.#revision?.shelf;
    return shelf !== undefined && isAnyStale(this.#held, shelf);
  }

  /** Reads the newest revision again. */
  async refresh(signal: AbortSignal): Promise<void> {
    const revision = this.#revision;
    if (revision !== undefined) await this.#complaint.around(() => this.#take(revision, signal), signal);
  }

  /** A look by which nothing is to be changed leaves them alone. */
  async #settle(held: AllHeld, newest: string): Promise<void> {
    if (!this.#grounds.isForOneLook) await this.working.settle(held, newest);
  }

  async tidy(mounted: ReadonlySet<string>): Promise<void> {
    const now = this.options.now();
    const used = [...neededBy(this.#held), ...mounted];
    await this.#grounds.contents.sweep([...used, ...(await this.working.tidy(used, now))], now);
  }

  async #lookOnce(signal: AbortSignal): Promise<boolean> {
    await this.#prepare(signal);
    await this.#mend();
    const asked = await this.#objects.ask(signal);
    if (this.#isJudged && asked.id === this.#revision?.commit.id) {
      await this.working.again();
      return false;
    }
    const known = asked.id === this.#newest?.id;
    const id = known ? asked.id : await this.#objects.fetch(asked.name, this.#inForce === undefined, signal);
    const commit = await this.#objects.commit(id);
    if (!known) {
      this.options.log.info(
        { source: this.settings.source, commit: id, author: commit.author },
        `fetched ${inWords(commit)}`,
      );
    }
    this.#newest = commit;
    await this.#objects.verify(id);
    await this.#take(await this.#objects.open(commit, signal), signal);
    this.#isJudged = true;
    await this.#renewStore(asked.name, signal);
    return true;
  }

  /** Reads it as a whole; only then anything of it counts. */
  async #take(revision: Revision, signal: AbortSignal): Promise<void> {
    const before = this.#held;
    const { held: read, barren } = await readRevision(revision, before, this.#reading(), signal);
    const held = this.#grounds.isForOneLook ? read : await this.working.withDue(read);
    const { commit } = revision;
    const isTaken = [...held.values()].some((one) => one.revision === commit.id && one.known.problems.length === 0);
    const inForce = isTaken ? commit : this.#inForce;
    if (!this.#grounds.isForOneLook && inForce !== undefined) {
      await this.#save(held, barren, inForce, commit);
      await this.#settle(held, commit.id);
    }
    this.#revision = revision;
    if (!isSameHeld(before, held) || this.#barren.join("\0") !== barren.join("\0")) this.#version += 1;
    this.#held = held;
    this.#barren = barren;
    if (inForce !== undefined && inForce.id !== this.#inForce?.id) this.#enforce(inForce);
    this.#newest = commit;
  }

  #enforce(commit: Commit): void {
    const { log, telemetry } = this.options;
    const { source } = this.settings;
    this.#inForce = commit;
    telemetry.sourceInForce(source, commit.id);
    log.info({ source, revision: commit.id, author: commit.author }, `${inWords(commit)} is in force`);
  }

  async #recallAll(state: State, signal: AbortSignal): Promise<void> {
    const open = (commit: Commit) => this.#objects.open(commit, signal);
    const { held, barren, newest } = await recalled(state, open, this.#reading(), signal);
    this.#held = held;
    this.#barren = barren;
    this.#newest = state.newest;
    await this.#settle(held, state.newest.id);
    // What is newer than all that is in force was broken, or is not signed: it is judged again at the first look.
    this.#revision = held.size > 0 ? newest : undefined;
    this.#isJudged = this.settings.verify === undefined;
    if (state.inForce !== undefined) this.#enforce(state.inForce);
  }

  #save(held: AllHeld, barren: readonly string[], inForce: Commit, newest: Commit): Promise<void> {
    return this.#grounds.save(stateOfHeld(held, barren, { store: this.#objects.stores.name, newest, inForce }));
  }

  /** Fetches what is in force into a new store, and goes over to it once all of it is there. */
  async #renewStore(name: string, signal: AbortSignal): Promise<void> {
    const inForce = this.#inForce;
    if (inForce === undefined || isHeldBack(this.#held, inForce.id) || !(await this.#objects.isFull())) return;
    const { name: next, store } = await this.#objects.stores.next();
    if ((await store.fetch(name, signal)) !== inForce.id) return;
    const revision = await this.#objects.open(inForce, signal, store);
    // Everything that it declares is read from there once, so that all of that is there too.
    await readRevision(revision, new Map(), this.reading(), signal);
    this.#revision = revision;
    await this.#objects.stores.replaceBy(next, store, () => this.#save(this.#held, this.#barren, inForce, inForce));
  }

  /** What somebody has taken away of ours is made again, and filled by reading the revision anew. */
  async #mend(): Promise<void> {
    const lost = await this.#grounds.mend(this.#objects);
    if (lost === undefined) return;
    this.options.log.warn(
      { source: this.settings.source, folder: this.#grounds.base },
      "what was kept of it is gone: it is made anew",
    );
    this.#isJudged = false;
    if (lost === "objects") this.#newest = undefined;
  }

  /** Once: makes what is wanted on the disk, and takes up what is there. */
  async #prepare(signal: AbortSignal): Promise<void> {
    if (this.#isPrepared) return;
    const state = await this.#grounds.prepare(this.#objects);
    this.#isPrepared = true;
    if (state === undefined) return;
    try {
      await this.#recallAll(state, signal);
    } catch (thrown) {
      signal.throwIfAborted();
      this.options.log.warn(
        { source: this.settings.source, error: asFairleadError(thrown).message },
        "what was in force cannot be read from the data directory; the repository is fetched anew",
      );
      // What is there stays until something else is in force: it may be the disk's fault.
      this.#objects.stores.use((await this.#objects.stores.next()).name);
    }
    this.#version += 1;
  }

  /** How a revision is read so that nothing is written down by it. */
  reading() {
    return { ...this.#reading(), unpacker: undefined };
  }

  #reading() {
    const { environment, profiles, engine, gateImage, policy, ageKeys, commands, settings } = this.options;
    const { root, contents, tended } = this.#grounds;
    return {
      ...{ environment, profiles, policy, paths: settings.paths, root, contents, tended },
      ...given({ engine, gateImage, ageKeys, commands }),
      homeOf: (file: string) => this.#grounds.homeOf(file),
      unpacker: this.#grounds.isForOneLook ? undefined : this.#objects.stores.current,
      nameOf: (file: string) => this.nameOf(file),
      followsTags: settings.writeBack?.what === "digest",
    };
  }
}
