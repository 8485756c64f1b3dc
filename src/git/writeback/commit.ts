import { posix } from "node:path";
import { GitFault, asGitFault } from "../program/fault.js";
import { pushAnswers, pushedOf, pushFault } from "../program/push.js";
import type { Environment } from "../../process/environment.js";
import type { Store } from "../repository/store.js";

export interface Author {
  readonly name: string;
  readonly email: string;
}

export interface NewCommit {
  readonly parent: string;
  /** The new texts of files that are there, by their paths from the root on. */
  readonly texts: ReadonlyMap<string, string>;
  readonly message: string;
  readonly author: Author;
  /** Epoch milliseconds. */
  readonly at: number;
}

/** Makes a commit of objects alone: there is no work tree, no index, no hook and no filter. Answers its id. */
export async function writeCommit(store: Store, { parent, texts, message, author, at }: NewCommit): Promise<string> {
  let tree = await idOf(store, ["rev-parse", "--verify", `${parent}^{tree}`]);
  for (const [path, text] of texts) {
    const blob = await idOf(store, ["hash-object", "-w", "--stdin"], text);
    tree = await treeWith(store, tree, path.split("/"), blob);
  }
  const when = `@${Math.floor(at / 1_000)} +0000`;
  const people = {
    ...{ GIT_AUTHOR_NAME: author.name, GIT_AUTHOR_EMAIL: author.email, GIT_AUTHOR_DATE: when },
    ...{ GIT_COMMITTER_NAME: author.name, GIT_COMMITTER_EMAIL: author.email, GIT_COMMITTER_DATE: when },
  };
  const args = ["-c", "commit.gpgSign=false", "commit-tree", "-p", parent, "-F", "-", tree];
  return idOf(store, args, message, people);
}

export interface Push {
  readonly commit: string;
  /** Its full name. */
  readonly branch: string;
  readonly url: string;
  /** What git is told for it. */
  readonly variables: Environment;
}

/**
 * Hands a commit to a branch, and never by force. Of the branch no more is known here than the commit's parent: git refuses by
 * itself where the branch stands anywhere else.
 */
export async function push(
  store: Store,
  { commit, branch, url, variables }: Push,
  signal: AbortSignal,
): Promise<"pushed" | "moved"> {
  const args = ["push", "--porcelain", "--no-verify", "--", url, `${commit}:${branch}`];
  try {
    return pushedOf(await store.run(args, variables, pushAnswers, { signal }));
  } catch (thrown) {
    signal.throwIfAborted();
    throw pushFault(asGitFault(thrown));
  }
}

/** Each line of a tree as git has it, but for one name. */
async function treeWith(
  store: Store,
  tree: string,
  [name = "", ...rest]: readonly string[],
  blob: string,
): Promise<string> {
  const { output } = await store.run(["ls-tree", "-z", "--full-tree", tree]);
  // Names are bytes, not always text.
  const own = Buffer.from(name, "utf8").toString("latin1");
  const lines = output.toString("latin1").split("\0");
  const index = lines.findIndex((line) => line.slice(line.indexOf("\t") + 1) === own);
  const [, head = "", id = ""] = /^(\d{6} \w+ )([0-9a-f]{40,64})\t/.exec(lines[index] ?? "") ?? [];
  if (id === "") throw new GitFault("FetchFailed", `${posix.join(name, ...rest)} is not in the commit`);
  const next = rest.length === 0 ? blob : await treeWith(store, id, rest, blob);
  lines[index] = `${head}${next}\t${own}`;
  return idOf(store, ["mktree", "-z", "--missing"], Buffer.from(lines.join("\0"), "latin1"));
}

async function idOf(
  store: Store,
  args: readonly string[],
  input?: string | Buffer,
  extra: Environment = {},
): Promise<string> {
  const { output } = await store.run(args, extra, [], input === undefined ? {} : { input });
  return output.toString("latin1").trim();
}
