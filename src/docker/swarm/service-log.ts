import type { LogQuery } from "../../control/ports/logs.js";
import { FairleadError } from "../../errors.js";
import type { TaskLine } from "../../swarm/model/cluster.js";
import { given } from "../../tools/present.js";
import { readLog } from "../calls/log-lines.js";
import type { DetailedLine } from "../calls/log-lines.js";
import { logWish } from "../calls/log-stream.js";
import type { Connection } from "../client/connection.js";
import { Refusal, unreachable } from "../client/refusal.js";
import { swarmPath } from "./paths.js";

/** The manager asks the nodes of all tasks; one that is down may never answer. */
const patienceMs = 10_000;
/** Nodes send as they get to it: so many lines are held back to be put in order. */
const windowSize = 1_000;

export async function serviceLog(
  connection: Connection,
  id: string,
  wish: LogQuery,
  signal: AbortSignal,
): Promise<AsyncIterable<TaskLine>> {
  const task = `read the log of service ${id}`;
  const path = swarmPath("services", id, "/logs");
  const silence = new AbortController();
  const line = AbortSignal.any([signal, silence.signal]);
  const query = { ...logWish(wish), details: true };
  const call = { method: "GET", path, query, task, signal: line } as const;
  const stream = await connection.stream(call).catch((error: unknown) => {
    if (!(error instanceof Refusal) || error.status !== 404) throw error;
    throw new FairleadError("ContainerGone", `cannot ${task}: it is gone`, { cause: error });
  });
  const read = readLog(stream, true);
  const lines = wish.follow ? read : inOrder(patiently(read, silence));
  return told(lines, (cause) => {
    if (signal.aborted) return undefined;
    if (!silence.signal.aborted) return unreachable(connection.endpoint.name, task, "the line was cut", cause);
    const remedy = "look whether all nodes are up: docker node ls";
    return new FairleadError("LogUnreadable", `cannot ${task} to its end: a node does not answer`, { remedy, cause });
  });
}

async function* told(
  lines: AsyncIterable<DetailedLine>,
  faultOf: (cause: unknown) => FairleadError | undefined,
): AsyncGenerator<TaskLine> {
  try {
    for await (const { details, ...line } of lines) yield { ...line, ...given({ task: taskIn(details) }) };
  } catch (error) {
    const fault = faultOf(error);
    if (fault !== undefined) throw fault;
  }
}

/** `com.docker.swarm.node.id=…,com.docker.swarm.task.id=…`, and whatever the logging driver adds. */
function taskIn(details = ""): string | undefined {
  return /(?:^|,)com\.docker\.swarm\.task\.id=([a-z0-9]+)/.exec(details)?.[1];
}

/** Who reads slowly is waited for; a node is not. */
async function* patiently<T>(lines: AsyncGenerator<T>, silence: AbortController): AsyncGenerator<T> {
  for (;;) {
    const timer = setTimeout(() => {
      silence.abort();
    }, patienceMs);
    const next = await lines.next().finally(() => {
      clearTimeout(timer);
    });
    if (next.done === true) return;
    yield next.value;
  }
}

async function* inOrder(lines: AsyncIterable<DetailedLine>): AsyncGenerator<DetailedLine> {
  let held: DetailedLine[] = [];
  for await (const line of lines) {
    held.push(line);
    if (held.length < 2 * windowSize) continue;
    held = sorted(held);
    yield* held.splice(0, windowSize);
  }
  yield* sorted(held);
}

function sorted(lines: readonly DetailedLine[]): DetailedLine[] {
  return [...lines].sort((left, right) => (left.at < right.at ? -1 : left.at > right.at ? 1 : 0));
}
