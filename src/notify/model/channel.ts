import type { Notice } from "./notice.js";

/** Somebody who is told. The outbox asks `deliver` for one notice at a time, in their order, until it is answered for good. */
export interface Channel {
  /** In metrics and messages: `team`, `trigger/gitlab`, `handler/reload`, `forge/github`. */
  readonly name: string;
  wants(notice: Notice): boolean;
  /** Ends soon after the signal has aborted. What it throws counts as `later`. */
  deliver(notice: Notice, signal: AbortSignal): Promise<Answer>;
  /** It says which commits came between: those are found out before it is told. */
  readonly tellsBetween?: true;
  /** How long one try may take. */
  readonly timeoutMs: number;
  /** Of those that wait here and have the same text only the newest is delivered. Absent: each one is. */
  newestOf?(notice: Notice): string;
}

/** What came of one try. The texts hold no secret. */
export type Answer =
  /** It is confirmed: it is not told again. `said`: what the other side answered, in a few words. */
  | { readonly outcome: "delivered"; readonly said?: string }
  /** It may go better at another time; not before `afterMs`, where the other side says so. */
  | { readonly outcome: "later"; readonly why: string; readonly afterMs?: number }
  /** It would be refused again: it is dropped, and told as a condition. */
  | { readonly outcome: "refused"; readonly why: string };
