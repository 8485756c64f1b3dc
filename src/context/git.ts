import { execFile } from "node:child_process";
import { promisify } from "node:util";
import type { GitContext } from "../compose/model/container/build-spec.js";
import { FairleadError } from "../errors.js";
import { withoutUrlSecrets } from "../tools/mask.js";
import type { Secret } from "../tools/secret.js";

const run = promisify(execFile);

export type Environment = Readonly<Record<string, string | undefined>>;

export interface GitOptions {
  readonly cwd?: string;
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
}

/** A repository, and all that git is given to reach it but for its login. */
export interface Repository {
  readonly url: string;
  readonly login: Secret | undefined;
  readonly environment: Environment;
}

export function repositoryAt({ url, login }: Pick<GitContext, "url" | "login">, environment: Environment): Repository {
  const safe = {
    ...environment,
    LC_ALL: "C",
    GIT_TERMINAL_PROMPT: "0",
    GIT_ALLOW_PROTOCOL: "git:http:https:ssh",
    GIT_SSH_COMMAND: environment["GIT_SSH_COMMAND"] ?? "ssh -oBatchMode=yes",
  };
  return { url: login !== undefined && URL.canParse(url) ? new URL(url).href : url, login, environment: safe };
}

/** Credentials reach git by its environment, which no other user can list, and never by its command line. */
export function loginVariables({ url, login }: Pick<Repository, "url" | "login">): Environment {
  if (login === undefined || !URL.canParse(url)) return {};
  const [user = "", ...password] = login.reveal().split(":");
  const plain = `${decoded(user)}:${decoded(password.join(":"))}`;
  return {
    GIT_CONFIG_COUNT: "1",
    GIT_CONFIG_KEY_0: `http.${new URL(url).origin}/.extraHeader`,
    GIT_CONFIG_VALUE_0: `Authorization: Basic ${Buffer.from(plain).toString("base64")}`,
  };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Runs git and answers what it prints. Throws FairleadError `BuildFailed`, without credentials. */
export async function git(
  repository: Repository,
  args: readonly string[],
  { cwd, timeoutMs, signal }: GitOptions,
): Promise<string> {
  // A repository's own settings and hooks are a stranger's word.
  const options = ["-c", "core.hooksPath=/dev/null", "-c", "core.fsmonitor=false", "-c", "protocol.file.allow=never"];
  try {
    const env = { ...repository.environment, ...loginVariables(repository) };
    const { stdout } = await run("git", [...options, ...args], {
      cwd,
      env,
      timeout: timeoutMs,
      signal,
      maxBuffer: 16 << 20,
    });
    return stdout;
  } catch (cause) {
    throw gitFault(repository.url, cause, timeoutMs);
  }
}

function gitFault(url: string, cause: unknown, timeoutMs: number): FairleadError {
  const { code, killed, stderr = "" } = cause as { code?: unknown; killed?: boolean; stderr?: string };
  if (code === "ENOENT") {
    return new FairleadError("BuildFailed", `git is not installed, and ${withoutUrlSecrets(url)} is to be built`, {
      remedy: "install git where Fairlead runs: in its image, or on the host",
    });
  }
  const lines = withoutUrlSecrets(stderr)
    .split("\n")
    .filter((line) => /^(fatal|error|remote):|denied|not found/i.test(line));
  const reason = killed === true ? `no end after ${timeoutMs / 1_000}s` : (lines.at(-1) ?? "git failed").slice(0, 300);
  return new FairleadError("BuildFailed", `${withoutUrlSecrets(url)} cannot be fetched: ${reason}`, {
    remedy: "check the URL, the branch and the access; a key for ssh must be usable without a question",
  });
}
