import { runOf } from "./observed.js";
import type { ObservedContainer } from "./observed.js";
import type { StepOf } from "./step.js";

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

const most = 100;

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
