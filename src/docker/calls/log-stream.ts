import type { IncomingMessage } from "node:http";
import type { LogLine, LogQuery } from "../../control/ports/logs.js";
import { FairleadError } from "../../errors.js";
import type { Connection } from "../client/connection.js";
import { containerPath, shortId } from "../client/ids.js";
import { Refusal, unreachable } from "../client/refusal.js";
import { readLog } from "./log-lines.js";

/** Throws `LogUnreadable` where the container's logging driver keeps nothing that could be read. */
export async function openLog(
  connection: Connection,
  id: string,
  wish: LogQuery,
  signal: AbortSignal,
): Promise<AsyncIterable<LogLine>> {
  const task = `read the log of container ${shortId(id)}`;
  const call = { method: "GET", path: containerPath(id, "/logs"), query: logWish(wish), task, signal } as const;
  const stream = await connection.stream(call).catch((error: unknown) => {
    throw isUnreadable(error) ? unreadable(id) : error;
  });
  return lines(stream, signal, (cause) => unreachable(connection.endpoint.name, task, "the line was cut", cause));
}

export function isUnreadable(error: unknown): boolean {
  return error instanceof Refusal && /does not support reading|cannot read logs/.test(error.message);
}

async function* lines(
  stream: IncomingMessage,
  signal: AbortSignal,
  lost: (cause: unknown) => FairleadError,
): AsyncGenerator<LogLine> {
  try {
    yield* readLog(stream);
  } catch (error) {
    if (!signal.aborted) throw lost(error);
  }
}

function unreadable(id: string): FairleadError {
  const message = `the log of container ${shortId(id)} cannot be read: its logging driver keeps nothing`;
  const remedy = "look where the driver sends it, or give the service a driver such as `local`";
  return new FairleadError("LogUnreadable", message, { remedy, retry: "never" });
}

/** As the engine takes what is wished for. */
export function logWish({ follow, tail, since }: LogQuery) {
  const wish = { follow, tail: tail ?? "all", ...(since === undefined ? {} : { since: unixTime(since) }) };
  return { stdout: true, stderr: true, timestamps: true, ...wish };
}

/** `1763735023.123456789`, as the engine takes it. */
function unixTime(at: string): string {
  const [, decimals = ""] = /\.(\d{1,9})/.exec(at) ?? [];
  return `${Math.floor(Date.parse(at) / 1000)}.${decimals.padEnd(9, "0")}`;
}
