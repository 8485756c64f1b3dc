import type { RolloutOutcome } from "../ports/telemetry.js";
import type { StepKind } from "../../plan/model/step.js";
import type { LayerState } from "../ports/engine.js";

/** What is being done for a service, or was done last. Holds no secret. */
export interface Progress {
  readonly project: string;
  readonly service: string;
  /** Null: nothing has been done for it that anybody remembers. */
  readonly rollout: RolloutProgress | null;
}

/**
 * From the first step to the last: the way to another image or spec, with the pull before it and the clearing up after it,
 * or a repair. Times are ISO 8601.
 */
export interface RolloutProgress {
  /** Absent: it has none yet, or it brings nothing new, such as a repair. */
  readonly revision?: number;
  /** Digests: what served before, and what is to serve. Absent: none does, or it is not known. */
  readonly from?: string;
  readonly to?: string;
  /** As the file names it, with the tag that is followed. */
  readonly image?: string;
  /** Who or what asked for it, in words. Absent: nobody, or that is not known. */
  readonly cause?: string;
  readonly beganAt: string;
  /** Absent: it goes on. */
  readonly endedAt?: string;
  /** Absent: it goes on. */
  readonly outcome?: ProgressOutcome;
  /** What it waits for; after its end, why that is so. */
  readonly message?: string;
  /** Those that are done, those under way, and those still to come if all does well, in order. */
  readonly steps: readonly ProgressStep[];
  /** How many earlier ones are not shown: only the last ones are kept. */
  readonly moreSteps: number;
  /** The pull that is under way, or was the last one. */
  readonly pull: PullProgress | null;
  /** The new container on its way to prove itself, or the last that was. */
  readonly health: HealthProgress | null;
}

/**
 * A rollout's own outcome; `done`: of what brought nothing new; `blocked`: nothing helps but a person or another file; `deferred`:
 * it waits for a window, an approval or the like, and what has been done so far stays done.
 */
export type ProgressOutcome = RolloutOutcome | "done" | "blocked" | "deferred";

export interface ProgressStep {
  /** As `fairlead plan` shows it, cause included. */
  readonly text: string;
  readonly kind: ProgressKind;
  readonly state: ProgressState;
  readonly beganAt?: string;
  readonly endedAt?: string;
  /** Why it failed. */
  readonly message?: string;
}

/** A step's kind; `wait`: nothing is done until something comes to pass. */
export type ProgressKind = StepKind | "wait";
export type ProgressState = "waiting" | "running" | "done" | "failed";

export interface PullProgress {
  /** `repository@sha256:…`. */
  readonly reference: string;
  /** In the order in which the engine has named them. */
  readonly layers: readonly LayerProgress[];
  /** What has been downloaded so far, and of how much. Absent: not all layers have told their size yet. */
  readonly bytes: number;
  readonly total?: number;
  /** Over the last seconds. Absent: nothing is downloaded at this moment. */
  readonly bytesPerSecond?: number;
}

export interface LayerProgress {
  readonly id: string;
  readonly state: LayerState;
  /** Of the download, or of what is unpacked while `extracting`. */
  readonly bytes: number;
  readonly total?: number;
}

export interface HealthProgress {
  /** Its name. */
  readonly container: string;
  /** `running`: it has no health check. `ended`: it does not run any more. */
  readonly state: "starting" | "healthy" | "unhealthy" | "running" | "ended";
  readonly since: string;
  /** While `starting`, when it has to be healthy at the latest; while `healthy` or `running`, when it has proved itself. */
  readonly deadline?: string;
  /** The last check that was not passed. Null: none is known. */
  readonly probe: FailedProbe | null;
}

export interface FailedProbe {
  /** Of a command. Absent: the probe asks over the network, or the command was cut off. */
  readonly exitCode?: number;
  /** One line. */
  readonly output: string;
}
