import { Readable } from "node:stream";
import { FairleadError } from "../../errors.js";
import type { LogLine } from "../../control/ports/logs.js";
import { printable } from "../../tools/printable.js";
import { readLog } from "../calls/log-lines.js";
import { isUnreadable } from "../calls/log-stream.js";
import type { Connection } from "../client/connection.js";
import { framesOf } from "../client/frames.js";
import { Refusal } from "../client/refusal.js";
import { swarmPath } from "./paths.js";

/** The manager asks the task's node; one that is down never answers. */
const patienceMs = 10_000;
const lineLimit = 2000;

export async function taskLog(connection: Connection, id: string, lines: number): Promise<readonly string[]> {
  const query = { stdout: true, stderr: true, follow: false, tail: lines, timestamps: true };
  const path = swarmPath("tasks", id, "/logs");
  const signal = AbortSignal.timeout(patienceMs);
  const call = { method: "GET", path, query, task: `read the log of task ${id}`, signal } as const;
  try {
    const body = await connection.read(call);
    if (hasFailed(body)) throw unanswered(call.task);
    return lastOf(await linesOf(body), lines);
  } catch (error) {
    if (signal.aborted) throw unanswered(call.task, error);
    if (error instanceof Refusal && error.status === 404) {
      throw new FairleadError("ContainerGone", `cannot ${call.task}: the task is gone`, { cause: error });
    }
    if (!isUnreadable(error)) throw error;
    const message = `the log of task ${id} cannot be read: its logging driver keeps nothing`;
    const remedy = "look where the driver sends it, or give the service a driver such as `local`";
    throw new FairleadError("LogUnreadable", message, { remedy, retry: "never" });
  }
}

/** The node sends both streams beside each other: only their times say which line came first. */
function lastOf(read: readonly LogLine[], lines: number): readonly string[] {
  return [...read]
    .sort((left, right) => (left.at < right.at ? -1 : left.at > right.at ? 1 : 0))
    .slice(-lines)
    .map(({ text }) => printable(text, lineLimit));
}

async function linesOf(body: Buffer): Promise<readonly LogLine[]> {
  const lines: LogLine[] = [];
  for await (const line of readLog(Readable.from([body]))) lines.push(line);
  return lines;
}

/** Of a node that is down the manager says so in the log itself, once it has answered that all is well. */
function hasFailed(body: Buffer): boolean {
  return [...framesOf(body)].some(
    ({ stream, bytes, framed }) => (stream === 3 || !framed) && /^Error grabbing logs: /.test(bytes.toString("utf8")),
  );
}

function unanswered(task: string, cause?: unknown): FairleadError {
  const remedy = "look whether its node is up: docker node ls";
  return new FairleadError("LogUnreadable", `cannot ${task}: its node does not answer`, { remedy, cause });
}
