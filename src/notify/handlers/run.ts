import { spawn, type ChildProcess } from "node:child_process";
import type { Environment } from "../../process/environment.js";
import { startFault } from "./program.js";
import type { Output } from "./output.js";

export interface Start {
  readonly command: readonly string[];
  readonly environment: Environment;
  /** What it reads. */
  readonly input: string;
  readonly timeoutMs: number;
}

/** How a program has ended. */
export type End =
  | { readonly kind: "exit"; readonly code: number }
  | { readonly kind: "signal"; readonly signal: string }
  /** It was ended since its time was up. */
  | { readonly kind: "timeout" }
  /** It was ended since the caller ends. */
  | { readonly kind: "stopped" }
  | { readonly kind: "unstarted"; readonly why: string };

/** After TERM, until KILL. */
export const graceMs = 5_000;
/** Where Fairlead ends, which waits for it. */
const stopGraceMs = 2_000;
/** What has left the process group may hold the output open: nobody waits for that. */
const openOutputMs = 1_000;

/** Without a shell, in a process group of its own: what it has started in it ends with it. */
export async function runHandler(start: Start, output: Output, signal: AbortSignal): Promise<End> {
  const child = spawned(start);
  if ("why" in child) return { kind: "unstarted", why: child.why };
  // First of all: an error that nobody listens to would end this process.
  const exit = new Promise<End>((resolve) => {
    child.once("error", (error) => {
      resolve({ kind: "unstarted", why: startFault(codeOf(error)) });
    });
    child.once("exit", (code, word) => {
      resolve(code === null ? { kind: "signal", signal: word ?? "a signal" } : { kind: "exit", code });
    });
  });
  const tell = (word: NodeJS.Signals) => {
    try {
      if (child.pid !== undefined) process.kill(-child.pid, word);
    } catch {
      // The whole group has ended.
    }
  };
  let ended: "timeout" | "stopped" | undefined;
  let killing: NodeJS.Timeout | undefined;
  const end = (why: "timeout" | "stopped") => {
    if (ended !== undefined) return;
    ended = why;
    tell("SIGTERM");
    killing = setTimeout(
      () => {
        tell("SIGKILL");
      },
      why === "stopped" ? stopGraceMs : graceMs,
    );
  };
  const deadline = setTimeout(() => {
    end("timeout");
  }, start.timeoutMs);
  const stop = () => {
    end("stopped");
  };
  signal.addEventListener("abort", stop);
  if (signal.aborted) stop();
  // Nobody has to read what it is told.
  child.stdin?.on("error", () => undefined);
  child.stdin?.end(start.input);
  // There are none where no file could be opened any more.
  const outputs = [child.stdout, child.stderr].flatMap((stream) => (stream ? [stream] : []));
  const said = Promise.all(outputs.map((stream) => output.take(stream)));
  const result = await exit;
  clearTimeout(deadline);
  clearTimeout(killing);
  signal.removeEventListener("abort", stop);
  tell("SIGKILL");
  const giveUp = setTimeout(() => {
    for (const stream of outputs) stream.destroy();
  }, openOutputMs);
  await said;
  clearTimeout(giveUp);
  return ended === undefined || result.kind === "unstarted" ? result : { kind: ended };
}

/** Without pipes where there are no file descriptors left. */
function spawned({ command, environment }: Start): ChildProcess | { readonly why: string } {
  const [program = "", ...args] = command;
  try {
    return spawn(program, args, { cwd: "/", env: { ...environment }, detached: true, stdio: "pipe" });
  } catch (thrown) {
    return { why: startFault(codeOf(thrown)) };
  }
}

function codeOf(thrown: unknown): string {
  return thrown instanceof Error && "code" in thrown ? String(thrown.code) : "an error";
}
