/*
 * What each reason of a status means lives here, in sentences for people who do not know the word. When a service has which
 * reason, and what is said of it beside, does not.
 */

import type { Reason } from "../../model/condition.js";

/** What a person may want to do, named by the verb that does it; `explain` writes the command. */
export type Ability =
  | "adopt"
  | "approve"
  | "build"
  | "build-log"
  | "diff"
  | "doctor"
  | "events"
  | "failed-log"
  | "images"
  | "keep-local"
  | "logs"
  | "pause"
  | "plan"
  | "reconcile"
  | "resume"
  | "retry"
  | "rollback"
  | "start"
  | "take-git"
  | "validate"
  | "wait";

export interface ReasonWords {
  /** What is the matter, without its details: a sentence without its end. */
  readonly state: string;
  /** What happens then, by itself. */
  readonly next: string;
  /** The same where the next look is the moment of it, with `AT` for that moment. Absent: that is only a look. */
  readonly nextAt?: string;
  /** What a person can do, the most likely first. */
  readonly can: readonly Ability[];
}

/** Some of the reasons: all of them are put together in `reason-words.ts`. */
export type WordsOf = Partial<Record<Reason, ReasonWords>>;

export const goesOn = "it is looked at again as soon as this is done";
export const whenChanged = "nothing, until the file, the tag or the host changes, or a person asks for it";
export const triedAgain = { next: "it is tried again", nextAt: "it is tried again AT" } as const;
