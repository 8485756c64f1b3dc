import { setTimeout as sleep } from "node:timers/promises";
import type { EngineEvent } from "../../control/ports/events.js";
import { FairleadError } from "../../errors.js";
import type { Connection } from "../client/connection.js";
import { readObjects } from "../client/lines.js";
import { refused } from "../client/refusal.js";
import type { EventMessage } from "../client/schema.js";
import { digestEvent, eventFilters } from "./events.js";
import type { Host } from "./host.js";
import { listenToPulse, Patience } from "./pulse.js";

const firstDelayMs = 200;
const longestDelayMs = 5000;

export interface Watch {
  readonly connection: Connection;
  readonly host: Host;
  /** How often the stream is compared with a list. */
  readonly beatMs: number;
  readonly onEvent: (event: EngineEvent) => void;
  readonly signal: AbortSignal;
}

/**
 * Follows the engine's events until the signal aborts. Events only wake: a slow listener loses some, and so does every
 * reconnection; hence each connection begins with `resync`.
 */
export async function watchEngine(watch: Watch): Promise<void> {
  const { connection, host, onEvent, signal } = watch;
  const patience = new Patience();
  const line = { followed: false, told: false, delayMs: firstDelayMs };
  const opened = () => {
    host.found();
    host.follow();
    Object.assign(line, { followed: true, told: false, delayMs: firstDelayMs });
    onEvent({ kind: "resync" });
  };
  while (!signal.aborted) {
    const end = await followOnce({ ...watch, patience }, opened);
    host.stale.unfollow();
    connection.forget();
    if (isAborted(signal)) return;
    if (end.kind === "silent") continue;
    if (line.followed) host.lost();
    if (!line.told) onEvent(end);
    line.told = true;
    await pause(line.delayMs, signal);
    line.delayMs = Math.min(line.delayMs * 2, longestDelayMs);
  }
}

type End =
  | { readonly kind: "lost"; readonly message: string; readonly remedy?: string | undefined }
  /** The engine answers, but this stream has kept something to itself. */
  | { readonly kind: "silent" };

/** One connection, to its end. */
async function followOnce(
  { connection, host, beatMs, patience, onEvent, signal }: Watch & { readonly patience: Patience },
  opened: () => void,
): Promise<End> {
  const hangUp = new AbortController();
  const line = AbortSignal.any([signal, hangUp.signal]);
  let end: End = { kind: "lost", message: "the engine hung up" };
  const onPulse = (pulse: "beat" | End) => {
    if (pulse === "beat") {
      onEvent({ kind: "beat" });
      return;
    }
    end = pulse;
    hangUp.abort();
  };
  try {
    for await (const event of follow(connection, line)) {
      if (event === "open") {
        opened();
        void listenToPulse({ host, beatMs, patience, signal: line }, onPulse);
        continue;
      }
      const news = digestEvent(event, host);
      if (news !== undefined) onEvent(news);
    }
  } catch (error) {
    const known = refused(error);
    if (known instanceof FairleadError && !hangUp.signal.aborted)
      end = { kind: "lost", message: known.message, remedy: known.remedy };
  } finally {
    hangUp.abort();
  }
  return end;
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
