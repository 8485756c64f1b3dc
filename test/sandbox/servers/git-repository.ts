import { execFile } from "node:child_process";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

/** A bare repository, as a forge has it, and a clone that pushes to it. */
export interface GitRepository {
  /** The bare one. */
  readonly path: string;
  /** The clone's work tree. */
  readonly work: string;
  git(...args: readonly string[]): Promise<string>;
  /** Writes files (null: removes one), commits and pushes them; answers the commit. */
  commit(files: Readonly<Record<string, string | Buffer | null>>, options?: CommitOptions): Promise<string>;
  push(...args: readonly string[]): Promise<void>;
}

interface CommitOptions {
  readonly message?: string;
  readonly push?: boolean;
  /** Further arguments of `git commit`. */
  readonly args?: readonly string[];
}

export async function gitRepository(root: string, name = "fleet"): Promise<GitRepository> {
  const path = join(root, `${name}.git`);
  const work = join(root, `${name}-work`);
  const env = {
    ...{ PATH: process.env["PATH"], HOME: root, GIT_CONFIG_NOSYSTEM: "1", GIT_CONFIG_GLOBAL: "/dev/null" },
    ...{ GIT_AUTHOR_NAME: "Ann Author", GIT_AUTHOR_EMAIL: "ann@example.com" },
    ...{ GIT_COMMITTER_NAME: "Carl Committer", GIT_COMMITTER_EMAIL: "carl@example.com" },
  };
  const git = async (...args: readonly string[]) => {
    const { stdout } = await run("git", [...args], { cwd: work, env, maxBuffer: 64 << 20 });
    return stdout.trim();
  };
  await mkdir(work, { recursive: true });
  await run("git", ["init", "-q", "--bare", "-b", "main", path], { env });
  await run("git", ["-C", path, "config", "uploadpack.allowFilter", "true"], { env });
  await run("git", ["-C", path, "config", "http.receivepack", "true"], { env });
  // A forge lets its branch be deleted.
  await run("git", ["-C", path, "config", "receive.denyDeleteCurrent", "ignore"], { env });
  await git("init", "-q", "-b", "main");
  await git("remote", "add", "origin", path);
  const push = async (...args: readonly string[]) => {
    await git("push", "-q", "--force", "origin", ...(args.length === 0 ? ["main"] : args));
  };
  return {
    path,
    work,
    git,
    push,
    commit: async (files, { message = "a change", push: isPushed = true, args = [] } = {}) => {
      for (const [file, text] of Object.entries(files)) {
        const at = join(work, file);
        if (text === null) await rm(at, { recursive: true });
        else {
          await mkdir(dirname(at), { recursive: true });
          await writeFile(at, text);
        }
      }
      await git("add", "--all");
      await git("commit", "-q", "--allow-empty", "-m", message, ...args);
      if (isPushed) await push();
      return git("rev-parse", "HEAD");
    },
  };
}
