import { runOf } from "./host/observed.js";
import type { ObservedContainer } from "./host/observed.js";
import type { StepOf } from "./step.js";

/*
 * What the journal keeps of single runs of containers: how what follows a start has ended, how far a run has come with
 * leaving, and that somebody has ended it. After another start nothing of that counts.
 */

const most = 100;
const mostPostStarts = 200;

/** How the `post_start` of a container's run has ended, by the journal. */
export interface PostStart {
  /** The start of that run: after another one it is due again. */
  readonly startedAt: number | undefined;
  /** Absent: well. One line, without the command. */
  readonly failure?: string;
}

/** By the engine's id. */
export type PostStartMemory = ReadonlyMap<string, PostStart>;

/** What is remembered after a `post-start`. */
export function ranPostStart(before: PostStartMemory, id: string, ended: PostStart): PostStartMemory {
  return new Map([...[...before].filter(([known]) => known !== id).slice(1 - mostPostStarts), [id, ended]]);
}

/** Why the run that a container is in counts as one that failed to start. */
export function failureOf(memory: PostStartMemory | undefined, container: ObservedContainer): string | undefined {
  const known = memory?.get(container.id);
  return known?.startedAt === runOf(container) ? known?.failure : undefined;
}

/** How far a container that is to be stopped has come with leaving, by the journal. */
export interface Leaving {
  /** The start of the run that leaves: after another start it has not begun to. */
  readonly startedAt: number | undefined;
  readonly stage: "replaced" | "left";
  /** Epoch ms. */
  readonly at: number;
  /** How long this stage lasts. */
  readonly forMs: number;
}

/** By the engine's id. */
export type LeavingMemory = ReadonlyMap<string, Leaving>;

/** What is remembered after a `note-leaving`. */
export function noted(
  before: LeavingMemory,
  { stage, startedAt, forMs }: Pick<StepOf<"note-leaving">, "stage" | "startedAt" | "forMs">,
  id: string,
  at: number,
): LeavingMemory {
  const others = [...before].filter(([known]) => known !== id).slice(1 - most);
  return stage === "stays" ? new Map(others) : new Map([...others, [id, { startedAt, stage, at, forMs }]]);
}

/** Only of the run that the container is in now. */
export function leavingOf(memory: LeavingMemory, container: ObservedContainer): Leaving | undefined {
  const known = memory.get(container.id);
  return known?.startedAt === runOf(container) ? known : undefined;
}

/** Until when a stage lasts; undefined: it is over. A clock that was set back does not make it longer. */
export function endOf({ at, forMs }: Leaving, now: number): number | undefined {
  return now >= at && now < at + forMs ? at + forMs : undefined;
}

/** Runs that somebody has ended, Fairlead itself or others: when each had started, by the container's id. */
export type StopMemory = ReadonlyMap<string, number | undefined>;

/** What is remembered of a stop. */
export function withStop(before: StopMemory, id: string, startedAt: number | undefined): StopMemory {
  const others = [...before].filter(([known]) => known !== id).slice(1 - most);
  return new Map([...others, [id, startedAt]]);
}

/** Its run is one of them: it did not end of its own accord. */
export function isStopped(memory: StopMemory | undefined, container: ObservedContainer): boolean {
  return memory?.has(container.id) === true && memory.get(container.id) === runOf(container);
}
