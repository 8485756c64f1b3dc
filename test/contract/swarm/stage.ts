import type { Cluster } from "../../../src/swarm/model/cluster.js";

/** What a task's container does. Images have a check every second unless it says otherwise. */
export type StageTask =
  | { readonly kind: "good"; readonly check?: boolean }
  /** Ends with 1 at once. */
  | { readonly kind: "crashes" }
  /** Serves, but its check never succeeds; on TERM it ends with 0. */
  | { readonly kind: "never-healthy" }
  /** Says `at work` and ends so. */
  | { readonly kind: "ends"; readonly exitCode: number }
  /** Nobody has it. */
  | { readonly kind: "missing" };

export interface StageImage {
  /** `repository@sha256:…`. */
  readonly image: string;
  readonly args?: readonly string[];
}

/** A Swarm of one node that a port under test acts on, and the hands that tests have on it besides the port. */
export interface SwarmStage {
  readonly cluster: Cluster;
  publish(task: StageTask): Promise<StageImage>;
  /** A port of the node that is free. */
  freePort(): Promise<number>;
  /** The manager cannot be reached for so long. Tasks go on. */
  readonly interrupt: (ms: number) => Promise<void>;
  /** Time passes. */
  readonly wait: (ms: number) => Promise<void>;
  close(): Promise<void>;
}
