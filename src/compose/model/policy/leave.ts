import type { Hook } from "./hooks.js";

/** How a container that serves leaves before it is stopped, so that nothing it has begun is cut off. */
export interface LeavePolicy {
  /** `x-fairlead.pre_stop`, or Compose's `pre_stop`; in this order. */
  readonly preStop?: readonly PreStop[];
  /** `x-fairlead.drain`: how long it goes on serving after that, at the longest. Absent: behind a gate 30 s, else 0. */
  readonly drainMs?: number;
}

/** It tells whatever routes to the container to look elsewhere, or finishes what it has begun. */
export interface PreStop extends Hook {
  readonly timeoutMs: number;
}
