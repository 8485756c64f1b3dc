import { setTimeout as sleep } from "node:timers/promises";
import type { Hook } from "../../compose/model/policy/hooks.js";
import type { ExecResult } from "../../control/ports/engine.js";
import { FairleadError } from "../../errors.js";
import { given } from "../../tools/present.js";
import { printable } from "../../tools/printable.js";
import { created, execState } from "../client/answers.js";
import type { Connection } from "../client/connection.js";
import { containerPath, execPath, shortId } from "../client/ids.js";
import { Refusal } from "../client/refusal.js";
import { environmentEntries } from "../create/environment.js";
import type { ExecMemory } from "./exec-memory.js";
import { logLines, wholeText } from "./logs.js";

/** Of a check's output, this much of its end is read. */
const outputLimit = 8 * 1024;
/** What is wanted whole may be so long at most; of anything longer the end is read. */
const wholeLimit = 4 * 1024 * 1024;
const lineLimit = 200;

/**
 * A command in a running container, up to its end or the end of its time. The plain answer stream is used, not the
 * hijacked connection of a terminal: it passes through any HTTP proxy.
 */
export async function execute(
  connection: Connection,
  memory: ExecMemory,
  container: string,
  { timeoutMs, ...hook }: Hook & { readonly timeoutMs: number },
): Promise<ExecResult> {
  const unfinished = memory.unfinished(container);
  const task = taskIn(container);
  if (unfinished !== undefined && (await exitCodeOf(connection, { id: unfinished, task })) === "running") {
    return { kind: "running" };
  }
  memory.ended(container);
  const exec = await create(connection, container, hook);
  const time = new CommandTime(timeoutMs);
  try {
    const body = await run(connection, exec, time, outputLimit);
    return { kind: "ended", exitCode: await awaitExit(connection, exec, time.signal), output: lastLine(body) };
  } catch (error) {
    memory.outlived(container, exec.id);
    if (!time.isOver) throw error;
    return { kind: "timed-out" };
  } finally {
    time.clear();
  }
}

/** The whole output of a command that is over soon, and how it ended. One that is not is an error, and goes on. */
export async function runWhole(
  connection: Connection,
  container: string,
  command: readonly string[],
  timeoutMs: number,
): Promise<{ readonly exitCode: number; readonly output: string }> {
  const exec = await create(connection, container, { command });
  const time = new CommandTime(timeoutMs);
  try {
    const body = await run(connection, exec, time, wholeLimit);
    const exitCode = await awaitExit(connection, exec, time.signal);
    return { exitCode, output: wholeText(body) };
  } catch (error) {
    if (!time.isOver) throw error;
    throw new FairleadError("EngineRefused", `cannot ${exec.task}: it has not ended within ${timeoutMs} ms`, {
      cause: error,
    });
  } finally {
    time.clear();
  }
}

/** A command that the engine has been given. */
interface Exec {
  readonly id: string;
  /** What it is for, in messages. */
  readonly task: string;
}

function taskIn(container: string): string {
  return `run a command in container ${shortId(container)}`;
}

/** A command's own time: it begins when the engine has taken the command on, however busy both sides are before. */
class CommandTime {
  readonly #controller = new AbortController();
  #timer: NodeJS.Timeout | undefined;

  constructor(private readonly ms: number) {}

  begin(): void {
    this.#timer = setTimeout(() => {
      this.#controller.abort();
    }, this.ms);
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  get isOver(): boolean {
    return this.#controller.signal.aborted;
  }

  clear(): void {
    clearTimeout(this.#timer);
  }
}

/** The output may end a moment before the engine has noticed the end of the command, or long before it. */
async function awaitExit(connection: Connection, exec: Exec, time: AbortSignal): Promise<number> {
  for (let pauseMs = 10; ; pauseMs = Math.min(2 * pauseMs, 500)) {
    const exitCode = await exitCodeOf(connection, exec);
    if (exitCode === undefined) throw new Refusal(exec.task, 404, "the engine has forgotten how it ended");
    if (exitCode !== "running") return exitCode;
    await sleep(pauseMs, undefined, { signal: time });
  }
}

async function create(
  connection: Connection,
  container: string,
  { command, user, privileged, workingDir, environment }: Hook,
): Promise<Exec> {
  const task = taskIn(container);
  const body = {
    ...{ AttachStdin: false, AttachStdout: true, AttachStderr: true, Tty: false, Cmd: command },
    ...given({
      User: user,
      Privileged: privileged,
      WorkingDir: workingDir,
      Env: environment && environmentEntries(environment),
    }),
  };
  const call = { method: "POST", path: containerPath(container, "/exec"), body, task } as const;
  const answer = (await connection.ask(call, created)) as { readonly Id: string };
  return { id: answer.Id, task };
}

/** The end of its output, when it has come. */
async function run(connection: Connection, { id, task }: Exec, time: CommandTime, limit: number): Promise<Buffer> {
  const body = { Detach: false, Tty: false };
  const call = { method: "POST", path: execPath(id, "/start"), body, task, signal: time.signal } as const;
  const chunks: Buffer[] = [];
  let size = 0;
  const stream = (await connection.stream(call)) as AsyncIterable<Buffer>;
  time.begin();
  for await (const chunk of stream) {
    chunks.push(chunk);
    size += chunk.length;
    while (size - (chunks[0]?.length ?? size) >= limit) size -= chunks.shift()?.length ?? 0;
  }
  return Buffer.concat(chunks);
}

/** Undefined: the engine has forgotten it, which it does some time after the end. */
async function exitCodeOf(connection: Connection, { id, task }: Exec): Promise<number | "running" | undefined> {
  try {
    const call = { method: "GET", path: execPath(id, "/json"), task } as const;
    const state = (await connection.ask(call, execState)) as {
      readonly Running?: boolean;
      readonly ExitCode?: number | null;
    };
    return state.Running === true ? "running" : (state.ExitCode ?? undefined);
  } catch (error) {
    if (error instanceof Refusal && error.status === 404) return undefined;
    throw error;
  }
}

function lastLine(body: Buffer): string {
  const line = logLines(body).findLast((text) => text.trim() !== "") ?? "";
  return printable(line, lineLimit);
}
