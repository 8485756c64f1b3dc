import { spawn } from "node:child_process";
import type { Environment } from "../process/environment.js";

export interface Program {
  /** The path of the program, and what it is told first. */
  readonly command: readonly string[];
  readonly timeoutMs: number;
  readonly environment: Environment;
}

/** What it wrote, or why that is nothing: never with its words, which may hold the secret. */
export type Ran = { readonly output: Buffer } | { readonly fault: string };

const whyNotRun: Readonly<Record<string, string>> = {
  ENOENT: "there is no such program, or not the one that its first line names",
  EACCES: "this user may not run it, or it is no program",
  ENOTDIR: "there is no such program",
  ENOEXEC: "it is no program that this host can run",
};

const mostBytes = 1_048_576;

/** Without a shell, in a process group of its own: what it starts ends with it. */
export async function runProgram({ command, timeoutMs, environment }: Program, argument: string): Promise<Ran> {
  const [program = "", ...args] = command;
  const child = spawn(program, [...args, argument], {
    cwd: "/",
    env: { ...environment },
    detached: true,
    stdio: ["ignore", "pipe", "ignore"],
  });
  // First of all: an error that nobody listens to would end this process.
  const ended = new Promise<number | string>((resolve) => {
    child.once("error", (error) => {
      resolve("code" in error ? String(error.code) : "an error");
    });
    child.once("close", (status, signal) => {
      resolve(status ?? signal ?? "a signal");
    });
  });
  let fault: string | undefined;
  const end = (why?: string) => {
    fault ??= why;
    try {
      if (child.pid !== undefined) process.kill(-child.pid, "SIGKILL");
    } catch {
      // The whole group has ended.
    }
  };
  const deadline = setTimeout(() => {
    end(`it gave no answer within ${timeoutMs / 1_000} s`);
  }, timeoutMs);
  const chunks: Buffer[] = [];
  let bytes = 0;
  child.stdout.on("data", (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes <= mostBytes) chunks.push(chunk);
    else end("it answered more than 1 MiB");
  });
  const code = await ended;
  clearTimeout(deadline);
  end();
  if (fault !== undefined) return { fault };
  if (code === 0) return { output: Buffer.concat(chunks) };
  if (typeof code === "number") return { fault: `it ended with exit code ${code}` };
  if (code.startsWith("SIG")) return { fault: `it was ended by ${code}` };
  return { fault: whyNotRun[code] ?? `it could not run (${code})` };
}
