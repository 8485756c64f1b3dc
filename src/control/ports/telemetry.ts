import type { ServiceKey } from "../../compose/model/service.js";
import type { ServiceStatus } from "../../plan/model/condition.js";
import type { StepKind } from "../../plan/model/step.js";

export type ReconcileResult = "success" | "requeue_after" | "error" | "terminal";
export type SignatureOutcome = "verified" | "missing" | "invalid" | "unavailable";
/** `unchanged`: the tag was there already. `refused`: somebody has to do something. `failed`: it is tried again soon. */
export type TagPromotionOutcome = "moved" | "unchanged" | "refused" | "failed";
export type RolloutOutcome = "promoted" | "rolled-back" | "superseded" | "failed";

/** What control reports about itself; `metrics/` turns it into Prometheus series. */
export interface Telemetry extends QueueTelemetry {
  /** A service is declared: every one of its series exists from now on, at zero. */
  serviceDeclared(key: ServiceKey): void;
  /** A service left the file: its series go. */
  serviceRemoved(key: ServiceKey): void;
  reconciled(key: ServiceKey, result: ReconcileResult, seconds: number): void;
  panicked(key: ServiceKey): void;
  stepDone(step: StepKind, seconds: number): void;
  /** A registry was asked whether an image of it is signed. */
  signatureChecked(key: ServiceKey, outcome: SignatureOutcome): void;
  rolloutFinished(key: ServiceKey, outcome: RolloutOutcome, seconds: number): void;
  /** From the acceptance of the hook that caused it to the new container serving. */
  pushToHealthy(key: ServiceKey, seconds: number): void;
  /** What came of moving a tag to what a service has proved. */
  tagPromoted(key: ServiceKey, outcome: TagPromotionOutcome): void;
  status(key: ServiceKey, status: ServiceStatus): void;
  succeeded(key: ServiceKey, epochSeconds: number): void;
  /** How many problems the newest version of each services file has; 0 = in force. */
  fileProblems(file: string, count: number): void;
  fileForgotten(file: string): void;
  /** Whether the engine can be reached. */
  engineUp(isUp: boolean): void;
  /** How far our clock is ahead of the engine's. */
  clockSkew(seconds: number): void;
}

/** How repositories are followed. */
export interface SourceTelemetry {
  /** Its series exist from now on, at zero. */
  sourceFollowed(source: string): void;
  sourceFetched(source: string, result: SourceResult): void;
  /** In epoch seconds. */
  sourceSucceeded(source: string, at: number): void;
  /** This commit is in force from now on. */
  sourceInForce(source: string, revision: string): void;
  /** What proves itself is written into it: its series exist from now on, at zero. */
  sourceWritesBack(source: string): void;
  sourceWrittenBack(source: string, result: WriteBackResult): void;
}

/** `refused`: it cannot be written, and somebody has to do something. `failed`: it is tried again soon. */
export type WriteBackResult = "written" | "refused" | "failed";

/** `unchanged`: it has been asked, and has nothing new. */
export type SourceResult = "unchanged" | "fetched" | "failed";

export type HandlerOutcome = "done" | "failed" | "timeout" | "stopped" | "unstarted";

/** What programs that are run on events report. */
export interface HandlerTelemetry {
  /** Its series exist from now on, at zero. */
  handlerKnown(name: string): void;
  handlerRan(name: string, run: HandlerRun): void;
}

export interface HandlerRun {
  readonly outcome: HandlerOutcome;
  /** Absent: it was ended, or not started. */
  readonly exitCode?: number;
  readonly seconds: number;
}

/** client-go's workqueue metrics, for the queue named `services`. */
export interface QueueTelemetry {
  added(): void;
  depth(value: number): void;
  /** Seconds an item waited in the queue before its run began. */
  waited(seconds: number): void;
  worked(seconds: number): void;
  retried(): void;
  /** Calls back before each scrape: what counts up by itself is reported as of then. */
  onScrape(report: () => void): void;
  /** How long the runs now under way have been running, all together, and the longest, in seconds. */
  running(totalSeconds: number, longestSeconds: number): void;
}
