/*
 * The program git lives here: how it is run, what it is told, what it says. What is asked of it does not.
 */

import { spawn } from "node:child_process";
import { FairleadError } from "../../errors.js";
import type { Environment } from "../../process/environment.js";
import { faultOf, gitMissing, stalled } from "./fault.js";

export interface Run {
  readonly environment: Environment;
  /** Never in a folder that git would take for a repository. */
  readonly cwd: string;
  readonly deadlineMs: number;
  readonly signal?: AbortSignal | undefined;
  /** What it reads. */
  readonly input?: string | Buffer;
  /** Where its output goes, as an open file. Absent: it is answered. */
  readonly output?: number;
  /** So much of its output at the most. */
  readonly mostBytes?: number;
  /** Exit codes that are answers, not faults. */
  readonly answers?: readonly number[];
}

export interface Ran {
  readonly output: Buffer;
  readonly said: string;
  readonly code: number;
}

const mostBytes = 256 << 20;
const mostSaid = 64 << 10;

/**
 * Runs git without a shell, in a process group of its own: what it starts, ssh above all, ends with it. Throws GitFault, and
 * FairleadError where the signal has aborted.
 */
export async function runGit(args: readonly string[], run: Run): Promise<Ran> {
  run.signal?.throwIfAborted();
  const { environment, cwd, deadlineMs, signal, input, output } = run;
  const child = spawn("git", args, {
    cwd,
    env: { ...environment },
    detached: true,
    stdio: [input === undefined ? "ignore" : "pipe", output ?? "pipe", "pipe"],
  });
  const ended = { late: false, large: false };
  const end = () => {
    if (child.pid === undefined) return;
    try {
      process.kill(-child.pid, "SIGKILL");
    } catch {
      // The whole group has ended.
    }
  };
  const deadline = setTimeout(() => {
    ended.late = true;
    end();
  }, deadlineMs);
  signal?.addEventListener("abort", end);
  try {
    const chunks: Buffer[] = [];
    const said: string[] = [];
    let bytes = 0;
    let words = 0;
    child.stdout?.on("data", (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes <= (run.mostBytes ?? mostBytes)) chunks.push(chunk);
      else {
        ended.large = true;
        end();
      }
    });
    child.stderr?.setEncoding("utf8").on("data", (chunk: string) => {
      words += chunk.length;
      if (words <= mostSaid) said.push(chunk);
    });
    // One that ends early reads no further.
    child.stdin?.on("error", () => undefined).end(input);
    const code = await new Promise<number | undefined>((resolve, reject) => {
      child.once("error", reject);
      child.once("close", (status) => {
        resolve(status ?? undefined);
      });
    }).catch((thrown: unknown) => {
      throw isMissing(thrown) ? gitMissing(thrown) : thrown;
    });
    signal?.throwIfAborted();
    if (ended.late) throw stalled(deadlineMs / 1_000);
    if (ended.large) throw new FairleadError("SourceUnavailable", "the repository is larger than can be read");
    if (code !== undefined && (code === 0 || run.answers?.includes(code) === true)) {
      return { output: Buffer.concat(chunks), said: said.join(""), code };
    }
    throw faultOf(said.join(""));
  } finally {
    clearTimeout(deadline);
    signal?.removeEventListener("abort", end);
    end();
  }
}

/** Not its working directory, which we have made ourselves. */
function isMissing(thrown: unknown): boolean {
  return thrown instanceof Error && "code" in thrown && (thrown.code === "ENOENT" || thrown.code === "EACCES");
}
