import type { ServiceKey } from "../../compose/model/service.js";
import type { Reason } from "./condition.js";
import type { Intent } from "./intent.js";
import type { Step } from "./step.js";

/** What is decided for a service or for one of its slots, and what then. */
export interface Decision extends Omit<Plan, "steps"> {
  readonly intents: readonly Intent[];
}

/** What to do now, and what then. Steps are carried out in order; the first that fails ends the run. */
export interface Plan {
  readonly steps: readonly Step[];
  readonly outcome: Outcome;
  /** Slots whose active container is started again because it had ended. */
  readonly heals?: readonly number[];
  /** Services that must look too before this one can go on. */
  readonly wake?: readonly ServiceKey[];
}

/** What brings the end of a wait. */
export type Awaits =
  /** That moment alone. */
  | "time"
  /** Another slot or service comes first. */
  | "turn"
  /** A container is to prove itself, or to end well, or a job is to end. */
  | "health"
  | "completion"
  | "job"
  /** A process that was told of changed files is to stay well. */
  | "reload"
  /** What another service or container is to be or to do. */
  | "dependency"
  | "person"
  /** Something on this host that nobody here can hurry. */
  | "host"
  /** An image on its way: pulled, or built here. */
  | "registry"
  | "build";

/** How the service stands beyond the moment; absent: nothing of that kind. */
export type Standing =
  /** What is wanted failed here, and is not tried again by itself. */
  | "held"
  /** Nor did the way back from that go well. */
  | "stuck"
  | "job-failed"
  /** A person or the file is to let it go ahead. */
  | "paused"
  | "unapproved"
  /** It is to be off. */
  | "stopped"
  /** What others have made is in its place. */
  | "obstructed"
  | "crashing"
  /** It runs, and its check fails. */
  | "unhealthy";

/** `reason` and `because` are for people, and for whoever reads the API: nothing here is decided by them. */
export type Outcome = {
  readonly reason: Reason;
  readonly because: string;
  readonly standing?: Standing;
  /** As long as nothing but the time changes the same is said, in the same words, until the end of the wait. */
  readonly lasts?: true;
} &
  /** `flawed`: it is as wanted, and something is to be told of it all the same. */
  (
    | { readonly kind: "converged"; readonly flawed?: true }
    /** Look again as soon as the steps are done. */
    | { readonly kind: "continue" }
    /** Look again at `until` (epoch ms), or when something happens; undefined: only when something happens. */
    | { readonly kind: "wait"; readonly until: number | undefined; readonly awaits: Awaits }
    /** An error that another try may mend: back off. */
    | { readonly kind: "failed" }
    /** Nothing helps but a change of the spec, the digest or the host, or a person. */
    | { readonly kind: "blocked" }
  );

/** `until` absent: only when something happens. */
export function waitFor(
  awaits: Awaits,
  reason: Reason,
  because: string,
  until?: number,
): Extract<Outcome, { kind: "wait" }> {
  return { kind: "wait", until, awaits, reason, because };
}
