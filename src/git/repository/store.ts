import { appendFile, mkdir, readdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Address } from "../program/address.js";
import { GitFault } from "../program/fault.js";
import { runGit, type Run } from "../program/run.js";
import type { Environment } from "../../process/environment.js";
import { exists } from "./disk.js";
import { entriesIn, Tree, type TreeEntry } from "./tree.js";
import type { Commit } from "../../control/ports/source.js";

const askMs = 30_000;
const fetchMs = 900_000;
const readMs = 120_000;
const newest = "refs/fairlead/newest";

/** Above all that a repository says of itself: what it holds is handed out byte by byte, and no filter runs. */
const attributes = "* -text -eol -ident -filter -working-tree-encoding -export-subst -export-ignore\n";

export interface StoreOptions {
  /** The bare repository, which is made where it is not there. */
  readonly folder: string;
  readonly address: Address;
  readonly variables: () => Promise<Environment>;
}

/** The objects of a repository, as far as they were needed. Whatever is wrong is thrown as GitFault. */
export class Store {
  /** The name that was fetched last. */
  #name: string | undefined;
  /** The other side hands out no single object: what is fetched is fetched with all its files. */
  #isWhole = false;

  constructor(private readonly options: StoreOptions) {}

  get folder(): string {
    return this.options.folder;
  }

  /** Makes the repository where it is not there. */
  async open(): Promise<void> {
    const { folder, address } = this.options;
    if (await exists(join(folder, "HEAD"))) {
      // It may have moved since.
      await this.#git(["config", "--replace-all", "remote.origin.url", address.url], readMs);
      return;
    }
    await rm(folder, { recursive: true, force: true });
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await this.#git(["init", "--quiet", "--bare", "--template=", "."], readMs);
    await this.#addRemote("origin", address.url);
    await mkdir(join(folder, "info"), { recursive: true });
    await writeFile(join(folder, "info", "attributes"), attributes);
  }

  /**
   * What a branch, a tag or a full reference stands for at the other side now: the name, and the object. One request: the old
   * protocol lists all references at once. Undefined: there is none.
   */
  async ask(ref: string, signal: AbortSignal): Promise<{ readonly name: string; readonly id: string } | undefined> {
    const names = namesOf(ref);
    const args = ["-c", "protocol.version=0", "ls-remote", "--quiet", "--", this.options.address.url, ...names];
    const { output } = await this.#git(args, askMs, { signal });
    const found = new Map(
      output
        .toString("utf8")
        .split("\n")
        .map((line) => line.split("\t").reverse() as [name: string, id: string]),
    );
    const name = names.find((one) => found.has(one));
    const id = name === undefined ? undefined : (found.get(`${name}^{}`) ?? found.get(name));
    return name === undefined || id === undefined ? undefined : { name, id };
  }

  /** The branches and tags of the other side. */
  async names(signal: AbortSignal): Promise<readonly string[]> {
    const args = ["-c", "protocol.version=0", "ls-remote", "--quiet", "--heads", "--tags", "--refs", "--"];
    const { output } = await this.#git([...args, this.options.address.url], askMs, { signal });
    const lines = output.toString("utf8").split("\n");
    return lines.flatMap((line) => /\trefs\/(?:heads|tags)\/(.+)$/.exec(line)?.[1] ?? []);
  }

  /** Fetches what the reference stands for by now, its files not yet where that can be; answers the commit. */
  async fetch(name: string, signal: AbortSignal): Promise<string> {
    await this.#clear();
    this.#name = name;
    await this.#fetchNewest(name, this.#isWhole ? ["--no-filter"] : ["--filter=blob:none"], signal);
    return this.#commitAt(newest);
  }

  /** The full name of the branch that the other side calls its own; undefined: it has none. */
  async ownBranch(signal: AbortSignal): Promise<string | undefined> {
    const args = [
      "-c",
      "protocol.version=0",
      "ls-remote",
      "--quiet",
      "--symref",
      "--",
      this.options.address.url,
      "HEAD",
    ];
    const { output } = await this.#git(args, askMs, { signal });
    return /^ref: (refs\/heads\/\S+)\tHEAD$/m.exec(output.toString("utf8"))?.[1];
  }

  /** A commit of another repository, which hangs in this one as a submodule. */
  async fetchForeign(remote: string, url: string, commit: string, signal: AbortSignal): Promise<void> {
    await this.#addRemote(remote, url);
    await this.#git(["fetch", "--quiet", "--no-tags", "--depth", "1", "--filter=blob:none", remote, commit], fetchMs, {
      signal,
    });
  }

  async commit(id: string): Promise<Commit> {
    const format = "--format=%H%x00%an%x00%aI%x00%s";
    const { output } = await this.#git(["log", "-1", "--no-show-signature", "--no-mailmap", format, id], readMs);
    const [commit = id, author = "", at = "", subject = ""] = output.toString("utf8").trimEnd().split("\0");
    return { id: commit, author, at, subject };
  }

  async entries(treeish: string, prefix = ""): Promise<readonly TreeEntry[]> {
    const { output } = await this.#git(["ls-tree", "-r", "-t", "-z", "--full-tree", treeish], readMs);
    return entriesIn(output, prefix);
  }

  /** The tree of a commit, with what its links say. */
  async tree(commit: string, further: readonly TreeEntry[], signal: AbortSignal): Promise<Tree> {
    const entries = [...(await this.entries(commit)), ...further];
    const { output } = await this.#git(["rev-parse", `${commit}^{tree}`], readMs);
    const links = entries.filter(({ kind }) => kind === "link").map(({ id }) => id);
    const texts = await this.blobs(links, signal);
    const targets = new Map([...texts].map(([id, text]) => [id, text.toString("utf8")]));
    return new Tree(output.toString("utf8").trim(), entries, targets);
  }

  /** The contents of files, by their ids. Those that are not here yet are fetched in one go. */
  async blobs(ids: readonly string[], signal: AbortSignal): Promise<ReadonlyMap<string, Buffer>> {
    const wanted = [...new Set(ids)];
    if (wanted.length === 0) return new Map();
    await this.#fetchMissing(wanted, signal);
    const input = `${wanted.join("\n")}\n`;
    const { output } = await this.#git(["cat-file", "--batch"], fetchMs, { signal, input });
    return contentsIn(output);
  }

  /** Writes a tree, by its id or its commit's, into an empty folder that is there. */
  async unpack(id: string, to: string, index: string, signal: AbortSignal): Promise<void> {
    await rm(index, { force: true });
    // Git asks for all that is missing at once where it writes a work tree.
    const args = ["--work-tree", to, "read-tree", "--reset", "-u", "--no-recurse-submodules", id];
    const write = () => this.#git(args, fetchMs, { signal, cwd: to, extra: { GIT_INDEX_FILE: index } });
    await this.#orWhole(write, signal);
  }

  /** Writes one file to an open file. */
  async pour(id: string, output: number, signal: AbortSignal): Promise<void> {
    await this.#orWhole(() => this.#git(["cat-file", "blob", id], fetchMs, { signal, output }), signal);
  }

  /** Runs git in this repository for what has a file of its own. */
  run(
    args: readonly string[],
    extra: Environment = {},
    answers: readonly number[] = [],
    how: Pick<Run, "input" | "signal" | "mostBytes"> = {},
  ) {
    return this.#git(args, readMs, { extra, answers, ...how });
  }

  /** How many packs there are: each fetch leaves one or two. */
  async packs(): Promise<number> {
    const names = await readdir(join(this.folder, "objects", "pack")).catch(() => []);
    return names.filter((name) => name.endsWith(".pack")).length;
  }

  async #fetchMissing(ids: readonly string[], signal: AbortSignal): Promise<void> {
    const list = ["cat-file", "--batch-all-objects", "--unordered", "--batch-check=%(objectname)"];
    const { output } = await this.#git(list, readMs, { signal });
    const here = new Set(output.toString("latin1").split("\n"));
    const missing = ids.filter((id) => !here.has(id));
    if (missing.length === 0) return;
    const fetch = ["-c", "fetch.negotiationAlgorithm=noop", "fetch", "--quiet", "--no-tags", "--no-write-fetch-head"];
    const input = `${missing.join("\n")}\n`;
    await this.#orWhole(async () => {
      if (this.#isWhole) return;
      await this.#git([...fetch, "--filter=blob:none", "--stdin", "origin"], fetchMs, { signal, input });
    }, signal);
  }

  /**
   * Over the old protocol, which is what an sshd speaks that does not let GIT_PROTOCOL through, a server leaves files out when
   * it is asked to, and then does not hand them out. From such a one everything is fetched, and it is tried once more.
   */
  async #orWhole(attempt: () => Promise<unknown>, signal: AbortSignal): Promise<void> {
    try {
      await attempt();
    } catch (thrown) {
      const isRefused = thrown instanceof GitFault && thrown.reason === "ObjectRefused";
      if (!isRefused || this.#name === undefined || this.#isWhole) throw thrown;
      await this.#fetchNewest(this.#name, ["--no-filter", "--refetch"], signal);
      this.#isWhole = true;
      await attempt();
    }
  }

  async #fetchNewest(name: string, how: readonly string[], signal: AbortSignal): Promise<void> {
    const fetch = ["fetch", "--quiet", "--no-tags", "--depth", "1", ...how, "--force", "origin"];
    await this.#git([...fetch, `+${name}:${newest}`], fetchMs, { signal });
  }

  /** What a git that was killed has left: nobody else works here. */
  async #clear(): Promise<void> {
    const { folder } = this;
    for (const lock of ["shallow.lock", "config.lock", "packed-refs.lock", "HEAD.lock", `${newest}.lock`]) {
      await rm(join(folder, lock), { force: true });
    }
    const packs = join(folder, "objects", "pack");
    for (const name of await readdir(packs).catch(() => [])) {
      if (name.startsWith("tmp_") || name.startsWith(".tmp-")) await rm(join(packs, name), { force: true });
    }
  }

  /** One that may leave out what is not asked for. An address never holds a login. */
  async #addRemote(name: string, url: string): Promise<void> {
    const value = `"${url.replace(/["\\]/g, "\\$&")}"`;
    const text = `[remote "${name}"]\n\turl = ${value}\n\tpromisor = true\n\tpartialclonefilter = blob:none\n`;
    await appendFile(join(this.folder, "config"), text);
  }

  async #commitAt(name: string): Promise<string> {
    const { output } = await this.#git(["rev-parse", "--verify", "--end-of-options", `${name}^{commit}`], readMs);
    const id = output.toString("latin1").trim();
    if (/^[0-9a-f]{40,64}$/.test(id)) return id;
    throw new GitFault("RefNotFound", `${name} stands for no commit`, "name a branch or a tag of a commit");
  }

  async #git(
    args: readonly string[],
    deadlineMs: number,
    {
      extra = {},
      cwd,
      ...run
    }: Partial<Omit<Run, "environment" | "deadlineMs">> & { readonly extra?: Environment } = {},
  ) {
    const { folder, variables } = this.options;
    const environment = { ...(await variables()), GIT_DIR: folder, ...extra };
    return runGit(args, { environment, cwd: cwd ?? folder, deadlineMs, ...run });
  }
}

/** In the order in which they count; `HEAD` is the repository's own choice. */
function namesOf(ref: string): readonly string[] {
  if (ref === "HEAD" || ref.startsWith("refs/")) return [ref, `${ref}^{}`];
  return [`refs/heads/${ref}`, `refs/tags/${ref}`, `refs/tags/${ref}^{}`];
}

/** What `git cat-file --batch` prints: a header, the bytes, a line's end. */
function contentsIn(output: Buffer): ReadonlyMap<string, Buffer> {
  const found = new Map<string, Buffer>();
  for (let at = 0; at < output.length;) {
    const end = output.indexOf(0x0a, at);
    const [id = "", kind = "", size = ""] = output.toString("latin1", at, end).split(" ");
    if (kind === "missing") throw new GitFault("Truncated", `the object ${id} is missing`, "it is tried again");
    const begin = end + 1;
    const length = Number(size);
    found.set(id, output.subarray(begin, begin + length));
    at = begin + length + 1;
  }
  return found;
}
