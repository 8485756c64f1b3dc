import { runOf } from "./observed.js";
import type { ObservedContainer } from "./observed.js";

/** Runs that somebody has ended, Fairlead itself or others: when each had started, by the container's id. */
export type StopMemory = ReadonlyMap<string, number | undefined>;

const most = 100;

/** What is remembered of a stop. */
export function withStop(before: StopMemory, id: string, startedAt: number | undefined): StopMemory {
  const others = [...before].filter(([known]) => known !== id).slice(1 - most);
  return new Map([...others, [id, startedAt]]);
}

/** Its run is one of them: it did not end of its own accord. */
export function isStopped(memory: StopMemory | undefined, container: ObservedContainer): boolean {
  return memory?.has(container.id) === true && memory.get(container.id) === runOf(container);
}
