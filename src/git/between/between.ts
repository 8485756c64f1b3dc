/*
 * Which commits a project has come by, from one that ran before to another one: found out once somebody is to be told, beside
 * all that follows the repository.
 */

import type { CommitsBetween, CommitSpan } from "../../control/ports/source.js";
import type { Log } from "../../control/ports/log.js";
import { BoundedMap } from "../../tools/sharing/bounded-map.js";
import { Mutex } from "../../tools/sharing/mutex.js";
import { asGitFault, GitFault } from "../program/fault.js";
import type { StoreOptions } from "../repository/store.js";
import { passageIn } from "./graph.js";
import { History } from "./history.js";

/** First what nearly always does. */
const usualDepths = [32, 256] as const;
const mostCommits = 30;
/** In all, for one question. */
const patienceMs = 20_000;
/** After a failure nobody is asked again at once: several messages tell of one commit. */
const restMs = 60_000;
const mostRemembered = 50;

export interface BetweenOptions extends StoreOptions {
  readonly source: string;
  readonly ref: string;
  readonly log: Pick<Log, "warn">;
  readonly patienceMs?: number;
  /** How many generations are fetched, and then where that is too few. */
  readonly depths?: readonly [number, number];
  /** What may be received at once. */
  readonly mostBytes?: number;
}

/** One repository's answers. */
export class Between {
  readonly #history: History;
  readonly #turns = new Mutex();
  readonly #answers = new BoundedMap<string, CommitsBetween>(mostRemembered);
  #failure: { readonly fault: GitFault; readonly at: number } | undefined;

  constructor(private readonly options: BetweenOptions) {
    this.#history = new History(options);
  }

  /** `paths`: what the project is made of, from the repository's root on; none: everything. Rejects with a GitFault. */
  async commits(span: CommitSpan, paths: readonly string[], signal: AbortSignal): Promise<CommitsBetween> {
    return this.#turns.run(async () => {
      const key = JSON.stringify([span, paths]);
      const known = this.#answers.get(key);
      if (known !== undefined) return known;
      if (this.#failure !== undefined && performance.now() - this.#failure.at < restMs) throw this.#failure.fault;
      return this.#find(span, paths, key, signal);
    });
  }

  async #find(span: CommitSpan, paths: readonly string[], key: string, signal: AbortSignal): Promise<CommitsBetween> {
    const { source, log, patienceMs: ms = patienceMs } = this.options;
    const late = new AbortController();
    const timer = setTimeout(() => {
      late.abort(new GitFault("Stalled", `the server has not answered within ${ms / 1_000} s`));
    }, ms);
    try {
      const found = await this.#within(span, paths, AbortSignal.any([signal, late.signal]));
      this.#answers.set(key, found);
      this.#failure = undefined;
      return found;
    } catch (thrown) {
      // Whatever has gone wrong, the next one begins with an empty folder.
      await this.#history.clear().catch(() => undefined);
      signal.throwIfAborted();
      const fault = asGitFault(thrown);
      this.#failure = { fault, at: performance.now() };
      log.warn(
        { source, reason: fault.reason },
        `${source}: messages go without the commits between: ${fault.message}`,
      );
      throw fault;
    } finally {
      clearTimeout(timer);
    }
  }

  async #within(span: CommitSpan, paths: readonly string[], signal: AbortSignal): Promise<CommitsBetween> {
    const { before, commit } = span;
    const { ref, depths = usualDepths } = this.options;
    const [, deepest] = depths;
    let isThere = false;
    for (const depth of [0, ...depths]) {
      if (depth > 0) await this.#history.fetch(ref, depth, signal);
      const known = await this.#history.known(signal);
      if (known === undefined) continue;
      const passage = passageIn(known, before, commit);
      isThere = passage.kind !== "unknown";
      if (passage.kind === "rewritten") return { kind: "rewritten" };
      if (passage.kind !== "passed" || (!passage.isAll && depth !== deepest)) continue;
      const logged = await this.#history.log(span, paths, signal);
      return this.#told(
        logged.filter(({ id }) => id !== commit && passage.certain.has(id)),
        passage.isAll,
        signal,
      );
    }
    return isThere ? { kind: "beyond", depth: deepest } : { kind: "gone" };
  }

  async #told(
    commits: readonly { readonly id: string; readonly author: string; readonly subject: string }[],
    isAll: boolean,
    signal: AbortSignal,
  ): Promise<CommitsBetween> {
    // They only adorn the list.
    const tags = commits.length === 0 ? undefined : await this.#history.tags(signal).catch(() => undefined);
    signal.throwIfAborted();
    const shown = commits.slice(-mostCommits).map((one) => ({ ...one, tags: tags?.get(one.id) ?? [] }));
    return { kind: "listed", commits: shown, more: commits.length - shown.length, isAll };
  }
}
