import { setTimeout as sleep } from "node:timers/promises";
import type { ClusterEvent } from "../../swarm/model/cluster.js";
import { FairleadError } from "../../errors.js";
import type { Connection } from "../client/connection.js";
import { readObjects } from "../client/lines.js";
import { refused } from "../client/refusal.js";
import type { EventMessage } from "../client/schema.js";
import type { ListedTask } from "./answers.js";
import type { Memory } from "./memory.js";
import { swarmRefused } from "./refusal.js";

const firstDelayMs = 200;
const longestDelayMs = 5_000;
const livelyMs = 1_000;
const calmMs = 10_000;

export interface ClusterWatch {
  readonly connection: Connection;
  readonly memory: Memory;
  /** Those of our services. */
  readonly tasks: () => Promise<readonly ListedTask[]>;
  readonly onEvent: (event: ClusterEvent) => void;
  readonly lively: () => boolean;
  readonly signal: AbortSignal;
}

/**
 * Follows the manager's events until the signal aborts. Events only wake: a slow listener loses some, and so does every
 * reconnection; hence each connection begins with `resync`. Of tasks there are none, so that those are compared.
 */
export async function watchCluster(watch: ClusterWatch): Promise<void> {
  const { connection, memory, onEvent, signal } = watch;
  const line = { told: false, delayMs: firstDelayMs };
  const opened = () => {
    memory.follow(true);
    Object.assign(line, { told: false, delayMs: firstDelayMs });
    onEvent({ kind: "resync" });
  };
  while (!signal.aborted) {
    const end = await followOnce(watch, opened);
    memory.follow(false);
    connection.forget();
    if (isAborted(signal)) return;
    if (!line.told) onEvent(end);
    line.told = true;
    await sleep(line.delayMs, undefined, { signal }).catch(() => undefined);
    line.delayMs = Math.min(line.delayMs * 2, longestDelayMs);
  }
}

type Lost = Extract<ClusterEvent, { readonly kind: "lost" }>;

/** One connection, to its end. */
async function followOnce(watch: ClusterWatch, opened: () => void): Promise<Lost> {
  const { connection, memory, onEvent, signal } = watch;
  const hangUp = new AbortController();
  const line = AbortSignal.any([signal, hangUp.signal]);
  let end: Lost = { kind: "lost", message: "the engine hung up" };
  const lost = (error: unknown) => {
    const known = refused(swarmRefused(error));
    end = known instanceof FairleadError ? { kind: "lost", message: known.message, remedy: known.remedy } : end;
    hangUp.abort();
  };
  try {
    for await (const event of follow(connection, line)) {
      if (event === "open") {
        // An engine that is no manager, or a manager without the others, has events all the same.
        const tasks = new Tasks(await watch.tasks());
        opened();
        void compareTasks(watch, tasks, line).catch(lost);
        continue;
      }
      const news = digest(event, memory);
      if (news !== undefined) onEvent(news);
    }
  } catch (error) {
    if (!hangUp.signal.aborted) lost(error);
  } finally {
    hangUp.abort();
  }
  return end;
}

async function* follow(connection: Connection, signal: AbortSignal): AsyncGenerator<EventMessage | "open"> {
  const filters = { type: ["service", "node", "network", "config", "secret"], scope: ["swarm"] };
  const query = { filters: JSON.stringify(filters) };
  const call = { method: "GET", path: "/events", query, task: "follow the Swarm's events", timeoutMs: 10_000 } as const;
  const stream = await connection.stream({ ...call, signal });
  yield "open";
  yield* readObjects(stream);
}

/** Marks what the event makes stale, and answers what to tell. */
function digest({ Type, Action = "", Actor }: EventMessage, memory: Memory): ClusterEvent | undefined {
  switch (Type) {
    case "service":
      return { kind: "service", id: Actor?.ID ?? "", action: Action };
    case "network":
      memory.changed("networks");
      return { kind: "other" };
    case "config":
      memory.changed("configs");
      return { kind: "other" };
    case "secret":
      memory.changed("secrets");
      return { kind: "other" };
    case "node":
      return { kind: "other" };
    case undefined:
    default:
      return undefined;
  }
}

/** Until the signal aborts. Each comparison is a beat, for the manager has answered. Rejects where it did not. */
async function compareTasks(
  { tasks, onEvent, lively }: ClusterWatch,
  known: Tasks,
  signal: AbortSignal,
): Promise<void> {
  let waited = 0;
  while (await sleep(livelyMs, true, { signal }).catch(() => false)) {
    waited += livelyMs;
    if (!lively() && waited < calmMs) continue;
    waited = 0;
    const changed = known.compare(await tasks());
    if (isAborted(signal)) return;
    onEvent({ kind: "beat" });
    for (const id of changed) onEvent({ kind: "service", id, action: "tasks" });
  }
}

/** How the tasks of each service stood when they were seen last. */
class Tasks {
  #states: ReadonlyMap<string, string>;

  constructor(tasks: readonly ListedTask[]) {
    this.#states = statesOf(tasks);
  }

  /** The services of which something has changed. */
  compare(tasks: readonly ListedTask[]): readonly string[] {
    const before = this.#states;
    this.#states = statesOf(tasks);
    const services = new Set([...before.keys(), ...this.#states.keys()]);
    return [...services].filter((id) => before.get(id) !== this.#states.get(id));
  }
}

function statesOf(tasks: readonly ListedTask[]): ReadonlyMap<string, string> {
  const states = new Map<string, string[]>();
  for (const { ID, ServiceID, NodeID, DesiredState, Status } of tasks) {
    const own = states.get(ServiceID ?? "") ?? [];
    if (own.length === 0) states.set(ServiceID ?? "", own);
    own.push([ID, NodeID, DesiredState, Status.State, Status.Err].join(" "));
  }
  return new Map([...states].map(([id, own]) => [id, own.sort().join("\n")]));
}

/** A function of its own: the compiler takes a property it has once seen false for false ever after. */
function isAborted(signal: AbortSignal): boolean {
  return signal.aborted;
}
