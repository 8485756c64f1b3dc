/*
 * The newest part of a branch's history lives here, in a repository of its own: no files, and no deeper than asked for.
 */

import { readdir, readFile, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { GitFault } from "../program/fault.js";
import { Store, type StoreOptions } from "../repository/store.js";
import type { Graph, History as Known } from "./graph.js";

/** Within its repository no question may fetch: what is not here is not asked for one by one. */
const offline = { GIT_ALLOW_PROTOCOL: "none", GIT_NO_LAZY_FETCH: "1", GIT_LITERAL_PATHSPECS: "1" };
const newest = "refs/fairlead/newest";
const usualMostBytes = 32 << 20;
const mostReadBytes = 8 << 20;
const weighMs = 100;
/** With so many packs it is begun anew. */
const mostPacks = 32;

export interface LoggedCommit {
  readonly id: string;
  readonly author: string;
  /** The first line of its message. */
  readonly subject: string;
}

export interface HistoryOptions extends StoreOptions {
  /** What may be received at once. */
  readonly mostBytes?: number;
}

/** Whatever is wrong is thrown as GitFault. */
export class History {
  readonly #store: Store;
  #isOpen = false;

  constructor(private readonly options: HistoryOptions) {
    this.#store = new Store(options);
  }

  /** The newest of a branch or tag, so many generations deep. What an earlier process has left is not counted on. */
  async fetch(ref: string, depth: number, signal: AbortSignal): Promise<void> {
    if (!this.#isOpen || (await this.#store.packs()) >= mostPacks) {
      await this.clear();
      await this.#store.open();
      this.#isOpen = true;
    }
    const asked = await this.#store.ask(ref, signal);
    if (asked === undefined) throw new GitFault("RefNotFound", "the branch or tag is gone");
    const bounds = ["-c", "fetch.unpackLimit=1", "fetch", "--quiet", "--no-tags", "--no-write-fetch-head"];
    const what = ["--depth", String(depth), "--filter=blob:none", "--force", "origin", `+${asked.name}:${newest}`];
    await this.#weighed(signal, (bounded) => this.#store.run([...bounds, ...what], {}, [], { signal: bounded }));
  }

  /** What was fetched by now; undefined: nothing. */
  async known(signal: AbortSignal): Promise<Known | undefined> {
    if (!this.#isOpen) return undefined;
    const output = await this.#read(["rev-list", "--parents", newest, "--"], signal);
    const shallow = await readFile(join(this.#store.folder, "shallow"), "utf8").catch(() => "");
    return { graph: graphIn(output), cut: new Set(shallow.split("\n")) };
  }

  /** Without merges, oldest first; those that change any of `paths`, or with none of them all. */
  async log(
    { before, commit }: { readonly before: string; readonly commit: string },
    paths: readonly string[],
    signal: AbortSignal,
  ): Promise<readonly LoggedCommit[]> {
    const format = "--format=%H%x00%an%x00%s";
    const how = ["--no-show-signature", "--no-mailmap", "--no-color", "--no-decorate", "--no-merges", "--date-order"];
    const wanted = [commit, `^${before}`, "--", ...paths, ""].join("\n");
    const output = await this.#read(["log", ...how, "--reverse", format, "--stdin"], signal, wanted);
    return linesIn(output).map((line) => {
      const [id = "", author = "", subject = ""] = line.split("\0");
      return { id, author, subject };
    });
  }

  /** The names of tags, by the commits that they stand for. */
  async tags(signal: AbortSignal): Promise<ReadonlyMap<string, readonly string[]>> {
    const args = ["-c", "protocol.version=0", "ls-remote", "--quiet", "--tags", "--", this.options.address.url];
    const { output } = await this.#store.run(args, {}, [], { signal, mostBytes: mostReadBytes });
    const byName = new Map<string, string>();
    for (const line of linesIn(output.toString("utf8"))) {
      const [, id = "", name = ""] = /^([0-9a-f]+)\trefs\/tags\/(.+)$/.exec(line) ?? [];
      // What an annotated tag stands for comes after the tag itself.
      byName.set(name.replace(/\^\{\}$/, ""), id);
    }
    const byCommit = new Map<string, string[]>();
    for (const [name, id] of byName) byCommit.set(id, [...(byCommit.get(id) ?? []), name]);
    return byCommit;
  }

  /** Nothing of it is counted on any more. */
  async clear(): Promise<void> {
    this.#isOpen = false;
    await rm(this.#store.folder, { recursive: true, force: true });
  }

  async #read(args: readonly string[], signal: AbortSignal, input?: string): Promise<string> {
    const how = { signal, mostBytes: mostReadBytes, ...(input === undefined ? {} : { input }) };
    return (await this.#store.run(args, offline, [], how)).output.toString("utf8");
  }

  /** A server that leaves out no files, or a history of very large folders, must not fill the disk. */
  async #weighed(signal: AbortSignal, work: (signal: AbortSignal) => Promise<unknown>): Promise<void> {
    const heavy = new AbortController();
    const folder = join(this.#store.folder, "objects", "pack");
    const { mostBytes = usualMostBytes } = this.options;
    const weigh = async () => {
      if ((await bytesOnTheirWay(folder)) <= mostBytes) return;
      heavy.abort(new GitFault("FetchFailed", `its history takes more than ${mostBytes / (1 << 20)} MB`));
    };
    const timer = setInterval(() => void weigh(), weighMs);
    try {
      await work(AbortSignal.any([signal, heavy.signal]));
    } finally {
      clearInterval(timer);
    }
  }
}

/** What is still being received. */
async function bytesOnTheirWay(folder: string): Promise<number> {
  const names = (await readdir(folder).catch(() => [])).filter((name) => name.startsWith("tmp_"));
  const sizes = names.map((name) =>
    stat(join(folder, name)).then(
      ({ size }) => size,
      () => 0,
    ),
  );
  return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
}

function graphIn(output: string): Graph {
  return new Map(
    linesIn(output).map((line) => {
      const [id = "", ...parents] = line.split(" ");
      return [id, parents];
    }),
  );
}

function linesIn(text: string): readonly string[] {
  return text.split("\n").filter((line) => line !== "");
}
