import type { ProjectSpec } from "../../compose/model/service.js";
import type { Problem, Warning } from "../../compose/values/problem.js";

/** Where desired state comes from. */
export interface Source {
  /** Reads everything anew; never throws: what is wrong stands in `problems`, and the last good projects stay. */
  load(): Promise<SourceSnapshot>;
  /** Calls `onChange` after each change that was seen and loaded, until the signal aborts. */
  watch(onChange: (snapshot: SourceSnapshot) => void, signal: AbortSignal): void;
}

export interface SourceSnapshot {
  /** Counts changed contents; what a condition's `observedGeneration` refers to. */
  readonly generation: number;
  /** The last good version of each project; one that was never good is absent. */
  readonly projects: readonly ProjectSpec[];
  readonly problems: readonly Problem[];
  /** Of the newest version of each project. */
  readonly warnings: readonly Warning[];
  /** Every project's own file (`ProjectSpec.file`), with the problems of its newest version, which may lie in further files. */
  readonly files: ReadonlyMap<string, readonly Problem[]>;
}
