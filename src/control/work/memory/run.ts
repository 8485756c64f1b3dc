import type { ServiceKey } from "../../../compose/model/service.js";
import type { StepKind } from "../../../plan/model/step.js";
import type { Log } from "../../ports/log.js";
import type { RunTrace } from "../../ports/tracing.js";

/** One run of one service, from its turn in the queue to its result. */
export interface Run {
  readonly key: ServiceKey;
  readonly id: string;
  readonly log: Log;
  readonly trace: RunTrace;
  /** Nothing is known to have happened: everything is looked at now and then. */
  readonly isRoutine: boolean;
  /** The host was looked at for this pass, with every container of the service. */
  afresh: boolean;
  /** It has changed the host. */
  acted: boolean;
  /** What is being done to the host, or could not be done. */
  step: StepKind | undefined;
  /** The engine has refused once to create or start a new container. */
  refused: boolean;
  retryAfterMs: number;
}

/** Whose run it is, and where it is told. */
export type RunOf = Pick<Run, "key" | "log">;
