import { runOf } from "./observed.js";
import type { ObservedContainer } from "./observed.js";

/** How the `post_start` of a container's run has ended, by the journal. */
export interface PostStart {
  /** The start of that run: after another one it is due again. */
  readonly startedAt: number | undefined;
  /** Absent: well. One line, without the command. */
  readonly failure?: string;
}

/** By the engine's id. */
export type PostStartMemory = ReadonlyMap<string, PostStart>;

const most = 200;

/** What is remembered after a `post-start`. */
export function ranPostStart(before: PostStartMemory, id: string, ended: PostStart): PostStartMemory {
  return new Map([...[...before].filter(([known]) => known !== id).slice(1 - most), [id, ended]]);
}

/** Why the run that a container is in counts as one that failed to start. */
export function failureOf(memory: PostStartMemory | undefined, container: ObservedContainer): string | undefined {
  const known = memory?.get(container.id);
  return known?.startedAt === runOf(container) ? known?.failure : undefined;
}
