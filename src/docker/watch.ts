import { setTimeout as sleep } from "node:timers/promises";
import { FairleadError } from "../errors.js";
import type { EngineEvent } from "../control/ports.js";
import type { Connection } from "./connection.js";
import { digestEvent, eventFilters } from "./events.js";
import type { Host } from "./host.js";
import { readObjects } from "./lines.js";
import { refused } from "./refusal.js";
import type { EventMessage } from "./schema.js";

const firstDelayMs = 200;
const longestDelayMs = 5000;

/**
 * Follows the engine's events until the signal aborts. Events only wake: a slow listener loses some, and so does every
 * reconnection; hence each connection begins with `resync`.
 */
export async function watchEngine(
  connection: Connection,
  host: Host,
  onEvent: (event: EngineEvent) => void,
  signal: AbortSignal,
): Promise<void> {
  let followed = false;
  let told = false;
  let delayMs = firstDelayMs;
  while (!signal.aborted) {
    let message = "the engine hung up";
    try {
      for await (const event of follow(connection, signal)) {
        if (event === "open") {
          host.found();
          host.stale.follow();
          [followed, told, delayMs] = [true, false, firstDelayMs];
          onEvent({ kind: "resync" });
          continue;
        }
        const news = digestEvent(event, host);
        if (news !== undefined) onEvent(news);
      }
    } catch (error) {
      const known = refused(error);
      if (known instanceof FairleadError) message = known.message;
    }
    host.stale.unfollow();
    connection.forget();
    if (isAborted(signal)) return;
    if (followed) host.lost();
    if (!told) onEvent({ kind: "lost", message });
    told = true;
    await pause(delayMs, signal);
    delayMs = Math.min(delayMs * 2, longestDelayMs);
  }
}

async function* follow(connection: Connection, signal: AbortSignal): AsyncGenerator<EventMessage | "open"> {
  const query = { filters: JSON.stringify(eventFilters) };
  const call = { method: "GET", path: "/events", query, task: "follow its events", timeoutMs: 10_000 } as const;
  const stream = await connection.stream({ ...call, signal });
  yield "open";
  yield* readObjects(stream);
}

/** A function of its own: the compiler takes a property it has once seen false for false ever after. */
function isAborted(signal: AbortSignal): boolean {
  return signal.aborted;
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { signal }).catch(() => undefined);
}
