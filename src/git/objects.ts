import { quote } from "../tools/quote.js";
import { nearest } from "../tools/suggest.js";
import type { Commit } from "../control/ports/source.js";
import type { Environment } from "../process/environment.js";
import { printable } from "../tools/printable.js";
import { gitVariables } from "./program/environment.js";
import { GitFault } from "./program/fault.js";
import type { Revision } from "./reading/revision.js";
import { RevisionShelf } from "./reading/shelf.js";
import { exists } from "./repository/disk.js";
import { verifyCommit } from "./repository/signature.js";
import type { Store } from "./repository/store.js";
import { submodulesOf } from "./repository/submodules.js";
import type { RepositorySettings } from "./settings/settings.js";
import { Stores } from "./stores.js";

const mostNames = 8;

/** `names`: the branches and tags that there are. */
function noSuchReference(ref: string, names: readonly string[]): GitFault {
  if (names.length === 0) {
    const remedy = "push a commit with the services file; it is looked for again";
    return new GitFault("RefNotFound", "the repository is empty: it has no commit, no branch and no tag", remedy);
  }
  const short = ref.replace(/^refs\/(?:heads|tags)\//, "");
  const meant = nearest(short, names);
  const shown = [...new Set([...(meant === undefined ? [] : [meant]), ...names])].slice(0, mostNames);
  const more = new Set(names).size - shown.length;
  const list = `${shown.map((name) => printable(name, 60)).join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
  const message =
    ref === "HEAD"
      ? "the repository's own branch (HEAD) has no commit"
      : `the repository has no branch or tag ${quote(short)}`;
  const remedy =
    meant === undefined ? "name another with `ref` (--git-ref)" : `did you mean ${printable(quote(meant), 60)}?`;
  return new GitFault("RefNotFound", `${message}; there is ${list}`, remedy);
}

/** With so many packs the objects are fetched anew, which leaves behind what nobody needs any more. */
const mostPacks = 64;

export interface ObjectsOptions {
  readonly settings: RepositorySettings;
  /** Where the stores are. */
  readonly base: string;
  /** The folder that the repository's root stands for. */
  readonly root: string;
  readonly environment: Environment;
}

/** The objects of one repository, and the other side that they come from. What fails is thrown as GitFault. */
export class Objects {
  readonly stores: Stores;

  constructor(private readonly options: ObjectsOptions) {
    const { base: folder, settings } = options;
    this.stores = new Stores({ folder, address: settings.address, variables: () => this.#variables() });
  }

  /** What is to be followed, as it stands at the other side now. */
  async ask(signal: AbortSignal): Promise<{ readonly name: string; readonly id: string }> {
    const { ref } = this.options.settings;
    const asked = await this.stores.current.ask(ref, signal);
    if (asked !== undefined) return asked;
    throw noSuchReference(ref, await this.stores.current.names(signal));
  }

  /** A store that is damaged is made anew where `isReplaceable`: where nothing is in force that only it could give back. */
  async fetch(name: string, isReplaceable: boolean, signal: AbortSignal): Promise<string> {
    try {
      return await this.stores.current.fetch(name, signal);
    } catch (thrown) {
      const isOurs = thrown instanceof GitFault && thrown.reason === "FetchFailed";
      if (!isOurs || !isReplaceable) throw thrown;
      const { name: next, store } = await this.stores.next();
      this.stores.use(next);
      return store.fetch(name, signal);
    }
  }

  /** Where somebody has taken the store away an empty one takes its place. Answers whether that is so. */
  async mend(): Promise<boolean> {
    const { current } = this.stores;
    if (await exists(current.folder)) return false;
    await current.open();
    return true;
  }

  commit(id: string): Promise<Commit> {
    return this.stores.current.commit(id);
  }

  /** Throws where the commit has to be signed, and is not. */
  async verify(id: string): Promise<void> {
    const { settings, base: scratch } = this.options;
    if (settings.verify === undefined) return;
    await verifyCommit(this.stores.current, id, settings.verify, { scratch, environment: await this.#variables() });
  }

  async open(commit: Commit, signal: AbortSignal, store: Store = this.stores.current): Promise<Revision> {
    const { settings, root } = this.options;
    const further = settings.submodules ? await submodulesOf(store, commit.id, settings.address, signal) : [];
    const tree = await store.tree(commit.id, further, signal);
    const textsOf = (ids: readonly string[]) => store.blobs(ids, signal);
    return { commit, tree, shelf: new RevisionShelf({ tree, root, textsOf }) };
  }

  /** Whether so much has come together that a new store is worth its while. */
  async isFull(): Promise<boolean> {
    return (await this.stores.current.packs()) >= mostPacks;
  }

  #variables(): Promise<Environment> {
    const { settings, base: folder, environment } = this.options;
    const { address, login, caFile } = settings;
    return Promise.resolve(gitVariables({ address, login, caFile, folder, environment }));
  }
}
