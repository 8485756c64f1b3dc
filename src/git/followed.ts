import { mkdir } from "node:fs/promises";
import { join, relative } from "node:path";
import type { Log } from "../control/ports/log.js";
import type { Commit, LocalChange, RepositoryState, Synced } from "../control/ports/source.js";
import type { SourceTelemetry } from "../control/ports/telemetry.js";
import { asFairleadError } from "../errors.js";
import type { Environment } from "../process/environment.js";
import type { ReadOptions } from "../source/project.js";
import { given } from "../tools/present.js";
import { Contents } from "./kept/contents.js";
import { readState, writeState, type State } from "./kept/state.js";
import { gitVariables, writeConfig } from "./program/environment.js";
import { asGitFault, GitFault } from "./program/fault.js";
import { NodeLiveDisk } from "./live/disk.js";
import { Live } from "./live/live.js";
import { changesOf, isOf, wishOf } from "./live/wish.js";
import { readRevision, type Held, type Revision } from "./reading/revision.js";
import { recalled, stateOfHeld } from "./recalled.js";
import { RevisionShelf } from "./reading/shelf.js";
import { submodulesOf } from "./repository/submodules.js";
import { verifyCommit } from "./repository/signature.js";
import type { RepositorySettings } from "./settings/settings.js";
import { Stores } from "./stores.js";
import { faultProblem, inWords, stateOf, type SourceFault } from "./told.js";

/** With so many packs the objects are fetched anew, which leaves behind what nobody needs any more. */
const mostPacks = 64;

export interface FollowedOptions extends Pick<
  ReadOptions,
  "environment" | "profiles" | "gateImage" | "policy" | "ageKeys" | "commands"
> {
  readonly settings: RepositorySettings;
  /** Of this repository alone: what outlives the process and every revision. */
  readonly folder: string;
  /** A folder for one look, by which nothing is to be changed. Absent: the one above. */
  readonly scratch?: string | undefined;
  readonly telemetry: SourceTelemetry;
  readonly log: Log;
  readonly now: () => number;
}

/** One repository: what is known of it, and what of it is in force. */
export class Followed {
  readonly #contents: Contents;
  readonly #root: string;
  readonly #base: string;
  readonly #environment: Environment;
  readonly #live: Live;
  readonly #stores: Stores;
  #held: ReadonlyMap<string, Held> = new Map();
  #barren: readonly string[] = [];
  #fault: SourceFault | undefined;
  #revision: Revision | undefined;
  #newest: Commit | undefined;
  #inForce: Commit | undefined;
  #lastSuccess: number | undefined;
  #isPrepared = false;
  /** By the keys that are demanded now: they may have been others when the process before this one ended. */
  #isJudged = false;
  #version = 0;

  constructor(private readonly options: FollowedOptions) {
    const { folder, scratch, settings } = options;
    this.#base = scratch ?? folder;
    this.#root = join(folder, "work", settings.address.name);
    this.#contents = new Contents(join(folder, "contents"));
    const disk = { root: this.#root, folder: join(folder, "live"), idLength: () => this.#newest?.id.length ?? 40 };
    this.#live = new Live(new NodeLiveDisk(disk), (text) => {
      options.log.warn({ source: settings.source }, text);
    });
    this.#environment = options.environment;
    const variables = () => this.#variables();
    this.#stores = new Stores({ folder: this.#base, address: settings.address, variables });
  }

  get settings(): RepositorySettings {
    return this.options.settings;
  }

  get held(): ReadonlyMap<string, Held> {
    return this.#held;
  }

  get barren(): readonly string[] {
    return this.#barren;
  }

  get fault(): SourceFault | undefined {
    return this.#fault;
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
    return this.#heldOf(project) !== undefined;
  }

  /** What of a project is not as git has it. */
  localChanges(held: Held): readonly LocalChange[] {
    return changesOf(this.#live.changes, held.inForce, this.#root);
  }

  /** A person's word about them. */
  async sync(project: string, side: "ours" | "theirs", files: readonly string[]): Promise<Synced> {
    const held = this.#heldOf(project);
    const {
      files: decided,
      kept,
      unknown,
    } = await this.#noticing(() => this.#live.sync(side, files, (path) => isOf(path, held?.inForce)));
    this.options.log.info(
      { project, side, files: decided },
      `${decided.length} files are as ${side} by a person's word`,
    );
    return { files: decided, kept: [...kept].map(([file, path]) => ({ file, path })), left: unknown };
  }

  state(): RepositoryState {
    const { source, ref } = this.settings;
    return stateOf({
      ...{ source, ref, held: this.#held, fault: this.#fault },
      ...{ newest: this.#newest, inForce: this.#inForce, lastSuccess: this.#lastSuccess },
    });
  }

  /** What was in force when the process before this one ended, from our own disk. */
  async recall(signal: AbortSignal): Promise<void> {
    await this.#guarded(() => this.#prepare(signal), signal);
  }

  /** Asks the other side once; fetches and reads what is new. Throws only where the signal has aborted. */
  async look(signal: AbortSignal): Promise<boolean> {
    const { telemetry } = this.options;
    const { source } = this.settings;
    const isNew = await this.#guarded(() => this.#lookOnce(signal), signal);
    telemetry.sourceFetched(source, isNew === undefined ? "failed" : isNew ? "fetched" : "unchanged");
    if (isNew === undefined) return false;
    this.#lastSuccess = this.options.now();
    telemetry.sourceSucceeded(source, this.#lastSuccess / 1_000);
    return true;
  }

  /** Undefined: it has failed, and is told of. */
  async #guarded<T>(work: () => Promise<T>, signal: AbortSignal): Promise<T | undefined> {
    const { source } = this.settings;
    const { log } = this.options;
    try {
      const result = await work();
      if (this.#fault !== undefined) log.info({ source }, `${source} is followed again`);
      this.#fail(undefined);
      return result;
    } catch (thrown) {
      signal.throwIfAborted();
      const error = asGitFault(thrown);
      const { reason } = error;
      const commit = reason === "NotSigned" ? this.#newest?.id : undefined;
      const fault = { reason, problem: faultProblem(source, error, commit) };
      if (!isSameFault(fault, this.#fault)) {
        log.error(
          { source, reason, remedy: error.remedy },
          `${source}: ${error.message}; the last good revision stays`,
        );
      }
      this.#fail(fault);
      return undefined;
    }
  }

  /** Whether a file that is not in git, and that a project reads, is otherwise than it was. */
  async isStale(): Promise<boolean> {
    const shelf = this.#revision?.shelf;
    if (shelf === undefined) return false;
    for (const { known } of this.#held.values()) {
      if (!known.gone && !(await known.texts.areCurrent(shelf))) return true;
    }
    return false;
  }

  /** Reads the newest revision again. */
  async refresh(signal: AbortSignal): Promise<void> {
    const revision = this.#revision;
    if (revision !== undefined) await this.#guarded(() => this.#take(revision, signal), signal);
  }

  #heldOf(project: string): Held | undefined {
    return [...this.#held.values()].find(({ known }) => known.project?.name === project);
  }

  /** Files that containers may write to, as what is in force has them. */
  async #settle(held: ReadonlyMap<string, Held>, newest: string): Promise<void> {
    if (this.options.scratch !== undefined) return;
    await this.#noticing(() => this.#live.settle(wishOf([...held.values()], newest)));
  }

  async #noticing<T>(work: () => Promise<T>): Promise<T> {
    const before = JSON.stringify(this.#live.changes);
    try {
      return await work();
    } finally {
      if (JSON.stringify(this.#live.changes) !== before) this.#version += 1;
    }
  }

  async tidy(mounted: ReadonlySet<string>): Promise<void> {
    const wanted = [...this.#held.values()].flatMap(({ ground, inForce }) =>
      [...(ground?.needs ?? []), ...(inForce?.needs ?? [])].map(({ path }) => path),
    );
    // What a held-back project mounts is among the mounts of its specs.
    const specs = [...this.#held.values()].flatMap(({ known }) => textsIn(known.project));
    await this.#contents.sweep([...wanted, ...specs, ...mounted], this.options.now());
  }

  async #lookOnce(signal: AbortSignal): Promise<boolean> {
    const { ref } = this.settings;
    await this.#prepare(signal);
    const asked = await this.#stores.current.ask(ref, signal);
    if (asked === undefined) {
      const remedy = "make it again, or name another with `ref`";
      throw new GitFault("RefNotFound", `the repository has no branch or tag ${ref}`, remedy);
    }
    if (this.#isJudged && asked.id === this.#revision?.commit.id) {
      await this.#noticing(() => this.#live.again());
      return false;
    }
    const known = asked.id === this.#newest?.id;
    const id = known ? asked.id : await this.#fetch(asked.name, signal);
    const commit = await this.#stores.current.commit(id);
    if (!known) {
      this.options.log.info(
        { source: this.settings.source, commit: id, author: commit.author },
        `fetched ${inWords(commit)}`,
      );
    }
    this.#newest = commit;
    if (this.settings.verify !== undefined) {
      const around = { scratch: this.#base, environment: await this.#variables() };
      await verifyCommit(this.#stores.current, id, this.settings.verify, around);
    }
    await this.#take(await this.#open(commit, signal), signal);
    this.#isJudged = true;
    await this.#renewStore(asked.name, signal);
    return true;
  }

  /** A store that is damaged is made anew while nothing is in force that only it could give back. */
  async #fetch(name: string, signal: AbortSignal): Promise<string> {
    try {
      return await this.#stores.current.fetch(name, signal);
    } catch (thrown) {
      const isOurs = thrown instanceof GitFault && thrown.reason === "FetchFailed";
      if (!isOurs || this.#inForce !== undefined) throw thrown;
      const { name: next, store } = await this.#stores.next();
      this.#stores.use(next);
      return store.fetch(name, signal);
    }
  }

  async #open(commit: Commit, signal: AbortSignal, store = this.#stores.current): Promise<Revision> {
    const { submodules, address } = this.settings;
    const further = submodules ? await submodulesOf(store, commit.id, address, signal) : [];
    const tree = await store.tree(commit.id, further, signal);
    const textsOf = (ids: readonly string[]) => store.blobs(ids, signal);
    return { commit, tree, shelf: new RevisionShelf({ tree, root: this.#root, textsOf }) };
  }

  /** Reads it as a whole; only then anything of it counts. */
  async #take(revision: Revision, signal: AbortSignal): Promise<void> {
    const before = this.#held;
    const { held, barren } = await readRevision(revision, before, this.#reading(), signal);
    const commit = revision.commit;
    const isTaken = [...held.values()].some((one) => one.revision === commit.id && one.known.problems.length === 0);
    const inForce = isTaken ? commit : this.#inForce;
    if (this.options.scratch === undefined && inForce !== undefined) {
      await this.#save(held, barren, inForce, commit);
      await this.#settle(held, commit.id);
    }
    this.#revision = revision;
    if (!isSame(before, held) || this.#barren.join("\0") !== barren.join("\0")) this.#version += 1;
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
    const open = (commit: Commit) => this.#open(commit, signal);
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

  #save(held: ReadonlyMap<string, Held>, barren: readonly string[], inForce: Commit, newest: Commit): Promise<void> {
    return writeState(this.#stateFile, stateOfHeld(held, barren, { store: this.#stores.name, newest, inForce }));
  }

  /** Fetches what is in force into a new store, and goes over to it once all of it is there. */
  async #renewStore(name: string, signal: AbortSignal): Promise<void> {
    const inForce = this.#inForce;
    if ((await this.#stores.current.packs()) < mostPacks || inForce === undefined || this.#isHeldBack()) return;
    const { name: next, store } = await this.#stores.next();
    if ((await store.fetch(name, signal)) !== inForce.id) return;
    const revision = await this.#open(inForce, signal, store);
    // Everything that it declares is read from there once, so that all of that is there too.
    await readRevision(revision, new Map(), { ...this.#reading(), unpacker: undefined }, signal);
    this.#revision = revision;
    await this.#stores.replaceBy(next, store, () => this.#save(this.#held, this.#barren, inForce, inForce));
  }

  /** Some project is in force by an older revision, whose objects only this store has. */
  #isHeldBack(): boolean {
    return [...this.#held.values()].some(({ revision }) => revision !== undefined && revision !== this.#inForce?.id);
  }

  /** Once: makes what is wanted on the disk, and takes up what is there. */
  async #prepare(signal: AbortSignal): Promise<void> {
    if (this.#isPrepared) return;
    const { scratch, log } = this.options;
    await writeConfig(this.#base);
    if (scratch === undefined) {
      await mkdir(this.#root, { recursive: true, mode: 0o755 });
      await this.#contents.clear();
    }
    const state = scratch === undefined ? await readState(this.#stateFile) : undefined;
    if (state !== undefined) {
      this.#stores.use(state.store);
      await this.#stores.clear();
    }
    await this.#stores.current.open();
    this.#isPrepared = true;
    if (state === undefined) return;
    try {
      await this.#recallAll(state, signal);
    } catch (thrown) {
      signal.throwIfAborted();
      log.warn(
        { source: this.settings.source, error: asFairleadError(thrown).message },
        "what was in force cannot be read from the data directory; the repository is fetched anew",
      );
      // What is there stays until something else is in force: it may be the disk's fault.
      this.#stores.use((await this.#stores.next()).name);
    }
    this.#version += 1;
  }

  #reading() {
    const { environment, profiles, gateImage, policy, ageKeys, commands, scratch, folder, settings } = this.options;
    const folders = [this.#root, join(folder, "contents")];
    return {
      ...{ environment, profiles, policy },
      homeOf: (file: string) => ({
        origin: { repository: settings.address.normal, file: relative(this.#root, file) },
        folders,
      }),
      ...given({ gateImage, ageKeys, commands }),
      paths: this.settings.paths,
      root: this.#root,
      contents: this.#contents,
      unpacker: scratch === undefined ? this.#stores.current : undefined,
      nameOf: (file: string) => this.nameOf(file),
    };
  }

  #variables(): Promise<Environment> {
    const { address, login, caFile } = this.settings;
    return Promise.resolve(
      gitVariables({ address, login, caFile, folder: this.#base, environment: this.#environment }),
    );
  }

  get #stateFile(): string {
    return join(this.options.folder, "state.json");
  }

  #fail(fault: SourceFault | undefined): void {
    if (!isSameFault(this.#fault, fault)) this.#version += 1;
    this.#fault = fault;
  }
}

function isSame(one: ReadonlyMap<string, Held>, other: ReadonlyMap<string, Held>): boolean {
  const others = [...other];
  return (
    one.size === other.size &&
    [...one].every(([file, { known }], index) => others[index]?.[0] === file && others[index][1].known === known)
  );
}

/** Every text in it, among them all its paths. */
function textsIn(value: unknown): readonly string[] {
  if (typeof value === "string") return [value];
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(textsIn) : [];
}

/** Words that change with every try, such as how long one has waited, are not news. */
function isSameFault(one: SourceFault | undefined, other: SourceFault | undefined): boolean {
  return one?.reason === other?.reason && one?.problem.commit === other?.problem.commit;
}
