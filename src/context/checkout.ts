import { existsSync } from "node:fs";
import { mkdir, mkdtemp, realpath, rm } from "node:fs/promises";
import { join } from "node:path";
import type { GitContext } from "../compose/model/container/build-spec.js";
import { FairleadError } from "../errors.js";
import { withoutUrlSecrets } from "../tools/mask.js";
import { git, repositoryAt } from "./git.js";
import type { Environment, Repository } from "./git.js";

const askMs = 30_000;
const fetchMs = 600_000;
const commitPattern = /^[0-9a-f]{40}$/;

/** The commit that a context's reference stands for now. A whole commit stands for itself and costs nothing. */
export async function commitOf(context: GitContext, environment: Environment): Promise<string> {
  const { ref } = context;
  if (ref !== undefined && commitPattern.test(ref)) return ref;
  const names = ref === undefined ? ["HEAD"] : [`refs/tags/${ref}^{}`, `refs/tags/${ref}`, `refs/heads/${ref}`, ref];
  const repository = repositoryAt(context, environment);
  const listed = await git(repository, ["ls-remote", "--quiet", "--", repository.url, ...names], { timeoutMs: askMs });
  const found = new Map(listed.split("\n").map((line) => line.split("\t").reverse() as [string, string]));
  const commit = names.map((name) => found.get(name)).find((one) => one !== undefined);
  if (commit !== undefined && commitPattern.test(commit)) return commit;
  throw new FairleadError("BuildFailed", `${withoutUrlSecrets(context.url)} has no branch or tag ${ref ?? "HEAD"}`, {
    remedy: "name a branch, a tag, or a whole commit of 40 digits",
  });
}

export interface Checkout {
  /** The context's folder, with all links resolved. */
  readonly root: string;
  readonly remove: () => Promise<void>;
}

/** The files of one commit with its submodules, without git's own folder, as BuildKit takes them. */
export async function checkOut(
  context: GitContext,
  commit: string,
  {
    scratch,
    environment,
    signal,
  }: { readonly scratch: string; readonly environment: Environment; readonly signal: AbortSignal },
): Promise<Checkout> {
  await mkdir(scratch, { recursive: true, mode: 0o700 });
  const folder = await mkdtemp(join(scratch, "git-"));
  const remove = () => rm(folder, { recursive: true, force: true });
  const repository = repositoryAt(context, environment);
  const options = { cwd: folder, timeoutMs: fetchMs, signal };
  try {
    await git(repository, ["init", "--quiet"], options);
    await git(repository, ["remote", "add", "origin", repository.url], options);
    await fetchCommit(repository, context, commit, options);
    await git(repository, ["checkout", "--quiet", "--detach", commit], options);
    if (existsSync(join(folder, ".gitmodules"))) {
      await git(repository, ["submodule", "--quiet", "update", "--init", "--recursive", "--depth", "1"], options);
    }
    await rm(join(folder, ".git"), { recursive: true });
    return { root: await within(folder, context), remove };
  } catch (error) {
    await remove();
    throw error;
  }
}

/** Old servers hand out no commit by its name: then by the reference, and only if it has not moved meanwhile. */
async function fetchCommit(
  repository: Repository,
  { ref }: GitContext,
  commit: string,
  options: Parameters<typeof git>[2],
): Promise<void> {
  const fetch = ["fetch", "--quiet", "--no-tags", "--depth", "1", "origin"];
  try {
    await git(repository, [...fetch, commit], options);
  } catch (error) {
    if (options.signal?.aborted === true || ref === commit) throw error;
    await git(repository, [...fetch, ref ?? "HEAD"], options);
    const fetched = await git(repository, ["rev-parse", "FETCH_HEAD^{commit}"], options);
    if (fetched.trim() === commit) return;
    throw new FairleadError("BuildFailed", `${withoutUrlSecrets(repository.url)} has moved on meanwhile`, {
      cause: error,
    });
  }
}

/** A link in a stranger's repository must not lead to our own files. */
async function within(folder: string, { url, subdirectory = "." }: GitContext): Promise<string> {
  const base = await realpath(folder);
  const root = await realpath(join(base, subdirectory)).catch(() => undefined);
  if (root !== undefined && (root === base || root.startsWith(`${base}/`))) return root;
  throw new FairleadError("BuildFailed", `${withoutUrlSecrets(url)} has no folder ${subdirectory}`);
}
