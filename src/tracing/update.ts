import type { Attributes, Context, HrTime, Span } from "@opentelemetry/api";
import type { ServiceKey } from "../compose/model/service.js";
import type { Outcome } from "../plan/model/outcome.js";
import type { Rollout } from "../plan/model/condition.js";

/** What is done for one service because of one push, over as many runs as it takes. */
export interface Update {
  readonly span: Span;
  readonly context: Context;
  readonly beganAt: number;
  readonly cancelTimer: () => void;
  /** How many spans it has. */
  count: number;
  steps: number;
  /** The wait for a new container to prove itself. */
  health: Span | undefined;
  rollout: Rollout | undefined;
}

export interface ChildOptions {
  /** Default: the update itself. */
  readonly parent?: Context;
  readonly attributes?: Attributes;
}

/** The updates that are under way, as a run sees them. */
export interface UnderWay {
  of(key: ServiceKey): Update | undefined;
  begin(key: ServiceKey, cause: string | undefined, parent: Context | undefined): Update;
  /** Undefined: the update has had so many already that nobody would read them. */
  child(update: Update, name: string, at: number, options?: ChildOptions): Span | undefined;
  awaitHealth(update: Update): void;
  healthKnown(update: Update): void;
  /** A run has come to this: is there anything left to follow? */
  settled(key: ServiceKey, how: Outcome): void;
  now(): HrTime;
  /** Epoch milliseconds. */
  nowMs(): number;
}
