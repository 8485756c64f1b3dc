import { runOf } from "./observed.js";
import type { ObservedContainer } from "./observed.js";

/** The runs that Fairlead has ended itself: when each had started, by the container's id. */
export type StopMemory = ReadonlyMap<string, number | undefined>;

const most = 100;

/** What is remembered before a stop. */
export function weStop(before: StopMemory, id: string, startedAt: number | undefined): StopMemory {
  const others = [...before].filter(([known]) => known !== id).slice(1 - most);
  return new Map([...others, [id, startedAt]]);
}

/** It did not end of its own accord. */
export function endedByUs(memory: StopMemory | undefined, container: ObservedContainer): boolean {
  return memory?.has(container.id) === true && memory.get(container.id) === runOf(container);
}
