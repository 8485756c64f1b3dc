/*
 * What a person may order of a service, and what comes of it.
 */

/** What a person may order of one service. */
export type Order =
  | { readonly verb: "reconcile" | "retry" | "adopt" | "build" | "pause" | "resume" | "start" }
  /** As in `Surface.rollback`. */
  | { readonly verb: "rollback"; readonly to?: string | undefined }
  /** As in `Surface.approve`. */
  | { readonly verb: "approve"; readonly digest?: string | undefined }
  | { readonly verb: "stop"; readonly forMs?: number | undefined };

export interface Rollback {
  readonly revision: number;
  readonly digest: string;
  /** Whose spec it runs with: its own, or the file's as of now, since no container has its own any more. */
  readonly spec: "own" | "today's";
}

export interface Retry {
  /** Why it changes nothing but when it is looked at. Absent: it does. */
  readonly unchanged?: string;
}

export interface Pause {
  /** Why it changes nothing. Absent: it does. */
  readonly unchanged?: string;
}

export interface Stop {
  /** ISO 8601. Absent: until `start`. */
  readonly until?: string;
  /** Why it changes nothing. Absent: it does. */
  readonly unchanged?: string;
}

export interface Start {
  /** The file itself says `stopped`: it stays off. */
  readonly stoppedByFile: boolean;
  /** Why it changes nothing. Absent: it does. */
  readonly unchanged?: string;
}

export interface Resumption {
  /** The file itself says `paused`: still no rollout begins. */
  readonly pausedByFile: boolean;
  /** Why it changes nothing. Absent: it does. */
  readonly unchanged?: string;
}

export interface Approval {
  readonly digest: string;
  /** It, and no other spec. */
  readonly specHash: string;
  /** Why it changes nothing. Absent: it does. */
  readonly unchanged?: string;
}
