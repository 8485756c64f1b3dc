import type { Reason } from "./condition.js";

/** How the tags stand that what a service has proved is promoted to. */
export interface TagMoves {
  /** Those that its file names, for what it follows now. */
  readonly tags: readonly string[];
  /** The digest that all of them were moved to. Absent: they were not all, or not yet. */
  readonly digest?: string;
  /** They are being moved. */
  readonly isUnderWay?: true;
  /** Why one of them could not be moved. */
  readonly problem?: { readonly reason: Reason; readonly message: string };
}
