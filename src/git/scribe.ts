import { rm } from "node:fs/promises";
import { Objects } from "./objects.js";
import { writeConfig, pushVariables } from "./program/environment.js";
import { GitFault } from "./program/fault.js";
import { readRevision, type ReadRevisionOptions } from "./reading/revision.js";
import type { AllHeld } from "./held.js";
import type { RepositorySettings } from "./settings/settings.js";
import type { Environment } from "../process/environment.js";
import { writeCommit, push, type Author } from "./writeback/commit.js";
import { draftOf, projectIn, textsOf, wrongIn, type Planned, type Refused } from "./writeback/draft.js";
import { messageOf } from "./writeback/message.js";
import type { Wish } from "./writeback/wishes.js";

export interface ScribeOptions {
  readonly settings: RepositorySettings;
  readonly author: Author;
  /** Absent: the one that is followed. */
  readonly branch: string | undefined;
  /** For its own copy of the repository's objects: whoever follows the repository is never in its way. */
  readonly folder: string;
  readonly environment: Environment;
  /** How revisions are read, so that nothing is written down by it. */
  readonly reading: () => ReadRevisionOptions;
  /** What is in force: what has not changed since is not read again. */
  readonly held: () => AllHeld;
  /** Epoch milliseconds. */
  readonly now: () => number;
}

/** What has become of some wishes. */
export interface Written {
  /** Without `refs/heads/`. */
  readonly branch: string;
  /** Absent: nothing had to be written, or nothing could. */
  readonly commit?: string;
  readonly recorded: readonly Wish[];
  /** They stood there already, or are not meant any more. */
  readonly done: readonly Wish[];
  readonly refused: readonly Refused[];
}

/** Writes into one branch of a repository. What fails is thrown as GitFault. */
export class Scribe {
  #objects: Objects;
  #isSound = false;

  constructor(private readonly options: ScribeOptions) {
    this.#objects = this.#anew();
  }

  /** One commit for all wishes that can be granted, on top of the branch as it is now. `moved`: it is another one by now. */
  async write(wishes: readonly Wish[], signal: AbortSignal): Promise<Written | "moved"> {
    try {
      return await this.#write(wishes, signal);
    } catch (thrown) {
      this.#isSound = false;
      throw thrown;
    }
  }

  async #write(wishes: readonly Wish[], signal: AbortSignal): Promise<Written | "moved"> {
    const { settings, folder, reading, held, author, now } = this.options;
    await this.#prepare();
    const branch = await this.#branch(signal);
    const parent = await this.#objects.fetch(await this.#baseOf(branch, signal), false, signal);
    const revision = await this.#objects.open(await this.#objects.commit(parent), signal);
    const how = reading();
    const before = (await readRevision(revision, held(), how, signal)).held;
    const draft = await draftOf(wishes, revision, before, how);
    const refused = [...draft.refused];
    const make = async (planned: readonly Planned[]) => {
      const texts = await textsOf(planned, revision, how.root);
      const recorded = (wish: Wish) => {
        const one = projectIn(before, wish);
        if (wish.what === "digest") return one?.records?.get(wish.service);
        return one?.known.project?.services.find(({ name }) => name === wish.service)?.image.tag;
      };
      const message = messageOf(
        planned.map(({ wish }) => wish),
        recorded,
      );
      const commit = await writeCommit(this.#objects.stores.current, { parent, texts, message, author, at: now() });
      const next = await this.#objects.open(await this.#objects.commit(commit), signal);
      const after = (await readRevision(next, before, how, signal)).held;
      return { commit, why: wrongIn(before, after, planned) };
    };
    const { planned, commit } = await granted(draft.planned, make, (wish, message) => {
      refused.push({ wish, message, remedy: "give it an image of its own in its file" });
    });
    const result = { branch, recorded: planned.map(({ wish }) => wish), done: draft.done, refused };
    if (commit === undefined) return result;
    const target = { commit, branch: `refs/heads/${branch}`, url: settings.address.url };
    const variables = await pushVariables(folder);
    const pushed = await push(this.#objects.stores.current, { ...target, variables }, signal);
    return pushed === "moved" ? "moved" : { ...result, commit };
  }

  /** What is written to, without `refs/heads/`. */
  async #branch(signal: AbortSignal): Promise<string> {
    const { branch, settings } = this.options;
    if (branch !== undefined) return branch;
    const own = settings.ref === "HEAD" ? await this.#objects.stores.current.ownBranch(signal) : settings.ref;
    if (own !== undefined) return own.replace(/^refs\/heads\//, "");
    throw new GitFault("RefNotFound", "the repository does not say which its own branch is", "write `ref`");
  }

  /** The full name of what is built upon: the branch itself, or, where there is none yet, what is followed. */
  async #baseOf(branch: string, signal: AbortSignal): Promise<string> {
    const { settings } = this.options;
    const store = this.#objects.stores.current;
    const name = `refs/heads/${branch}`;
    if ((await store.ask(name, signal)) !== undefined) return name;
    if (this.options.branch !== undefined) return (await this.#objects.ask(signal)).name;
    const remedy = "write writeBack.branch";
    throw new GitFault("RefIsNoBranch", `${settings.ref} is no branch of the repository: nothing is written`, remedy);
  }

  /** What is there can be had again at any time: what a process before this one has left, or what is damaged, is none. */
  async #prepare(): Promise<void> {
    const { folder } = this.options;
    if (this.#isSound && !(await this.#objects.isFull())) return;
    await rm(folder, { recursive: true, force: true });
    this.#objects = this.#anew();
    await writeConfig(folder);
    await this.#objects.stores.current.open();
    this.#isSound = true;
  }

  #anew(): Objects {
    const { settings, folder: base, reading, environment } = this.options;
    return new Objects({ settings, base, root: reading().root, environment });
  }
}

interface Made {
  readonly commit: string;
  readonly why: string | undefined;
}

/** As many as go together: where some of them would change more than they may, these are left out. */
async function granted(
  planned: readonly Planned[],
  make: (planned: readonly Planned[]) => Promise<Made>,
  refuse: (wish: Wish, why: string) => void,
): Promise<{ readonly planned: readonly Planned[]; readonly commit: string | undefined }> {
  if (planned.length === 0) return { planned, commit: undefined };
  const all = await make(planned);
  if (all.why === undefined) return { planned, commit: all.commit };
  const places = [...new Set(planned.map(placeOf))];
  const good: Planned[] = [];
  for (const place of places) {
    const group = planned.filter((one) => placeOf(one) === place);
    const { why } = places.length === 1 ? all : await make(group);
    if (why === undefined) good.push(...group);
    else for (const { wish } of group) refuse(wish, why);
  }
  if (good.length === 0) return { planned: [], commit: undefined };
  const { commit, why } = await make(good);
  if (why === undefined) return { planned: good, commit };
  for (const { wish } of good) refuse(wish, why);
  return { planned: [], commit: undefined };
}

/** Several services may have their image from one and the same. */
function placeOf({ path, edit }: Planned): string {
  return `${edit.start}:${path}`;
}
