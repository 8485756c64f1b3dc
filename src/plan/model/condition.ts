/** Kubernetes API conventions: one entry per type; `reason` is one CamelCase word a machine can match. */
export interface Condition {
  readonly type: ConditionType;
  readonly status: "True" | "False" | "Unknown";
  readonly reason: Reason;
  readonly message: string;
  /** The revision of the services file's snapshot this was judged against. */
  readonly observedGeneration: number;
  /** ISO 8601; moves only when `status` does. */
  readonly lastTransitionTime: string;
}

export const conditionTypes = [
  "Ready",
  "SpecValid",
  "DigestResolved",
  "Progressing",
  "Healthy",
  "RolledBack",
  "StaleMount",
  "LocalChanges",
  "Promoted",
] as const;
/** Only of what runs on a cluster. */
export const clusterConditionTypes = ["Scheduled", "NodesReady"] as const;
export type ConditionType = (typeof conditionTypes)[number] | (typeof clusterConditionTypes)[number];

export type Reason =
  | "Converged"
  | "Pulling"
  | "Building"
  | "BuildFailed"
  | "RolloutStarted"
  | "WaitingForHealth"
  | "Promoting"
  | "Draining"
  | "WaitingForTurn"
  | "WaitingForCompletion"
  | "WaitingForDependency"
  | "WaitingForWindow"
  | "WaitingForAge"
  | "WaitingForApproval"
  | "WaitingForJob"
  | "JobFailed"
  | "HealthDeadlineExceeded"
  | "Unhealthy"
  | "ContainerExited"
  | "StartFailed"
  | "StartRefused"
  | "DigestHeld"
  | "RollingBack"
  | "RollbackFailed"
  | "CrashLooping"
  | "Flapping"
  | "ImageNotFound"
  | "SignatureInvalid"
  | "SignatureMissing"
  | "SignatureUnavailable"
  | "NoTagMatches"
  | "TagGone"
  | "TagsUnlisted"
  | "PushRefused"
  | "PullFailed"
  | "RegistryUnavailable"
  | "Unauthorized"
  | "RateLimited"
  | "EngineUnavailable"
  | "EngineRefused"
  | "GateUnavailable"
  | "OwnLifeline"
  | "HandingOver"
  | "NotStandingBy"
  | "OtherController"
  | "StrayContainer"
  | "NameConflict"
  | "PortConflict"
  | "AddressConflict"
  | "NetworkConflict"
  | "NetworkInUse"
  | "NetworkChanging"
  | "Orphaned"
  | "SpecInvalid"
  | "Paused"
  | "Stopped"
  | "Pinned"
  | "StaleMount"
  | "LocalChanges"
  | "Reloading"
  | "ReloadFailed"
  | "Restoring"
  | "DriftDetected"
  | "Unschedulable"
  | "NodeNotReady"
  | "Restarting"
  | "Removing"
  | "NotObserved"
  | "InternalError";

export interface Rollout {
  /** `project/service@revision`. */
  readonly id: string;
  readonly from: string | undefined;
  readonly to: string;
  /** ISO 8601. */
  readonly startedAt: string;
  readonly finishedAt: string | undefined;
  readonly outcome: "promoted" | "rolled-back" | "superseded" | "failed" | undefined;
  readonly reason: string;
  /** The image reference and the spec of what it brings. Absent: begun by an older version. */
  readonly image?: string;
  readonly specHash?: string;
  /** A person asked for this earlier revision: it ends rolled back where others end promoted. */
  readonly rollback?: true;
  /** Why it failed. */
  readonly message?: string;
  /** How its `on_rollback` jobs ended, once they have. */
  readonly onRollback?: Undo;
  /** The tag that a policy has chosen, and what served before. Absent: none has, or it was begun by an older version. */
  readonly tag?: {
    readonly from?: string;
    readonly tag: string;
    readonly policy: string;
    /** Those between the two. Absent: there are none. */
    readonly skipped?: SkippedTags;
  };
  /** The commit that has changed what is rolled out. Absent: no repository has, or the tag has moved. */
  readonly commit?: RolloutCommit;
  /** Who or what asked for the look that began it, in words: `hook dockerhub: acme/shop:1.4`. Absent: nobody, or that is not known. */
  readonly cause?: string;
}

/** Tags that a policy passes over between one that served and the one it has chosen. */
export interface SkippedTags {
  /** The highest of them, lowest first. */
  readonly tags: readonly string[];
  /** So many more come before those. */
  readonly more: number;
}

export interface RolloutCommit {
  readonly id: string;
  /** The repository, as messages name it. */
  readonly source: string;
  readonly author: string;
  readonly subject: string;
}

export interface Undo {
  readonly outcome: "done" | "failed";
  readonly message: string;
}

export interface ReplicaCount {
  readonly desired: number;
  /** Those that serve; of a one-shot service, those that have completed. */
  readonly ready: number;
  /** Those that have the desired spec and digest, and have proved themselves. */
  readonly updated: number;
}

/** A service as the API shows it. Of several replicas, digest and revision are those of one that is not updated yet, if any. */
export interface ServiceStatus {
  readonly project: string;
  readonly service: string;
  /** With the tag that is followed. */
  readonly image: string;
  /** The tag of `image`. Absent: it has none, but a digest. */
  readonly tag?: string;
  /** `semver ^1.4`: what chooses the tag. Absent: the file names it. */
  readonly policy?: string;
  /** When it was last looked at, ISO 8601. Absent: it was not yet. */
  readonly observedAt?: string;
  readonly sync: "Synced" | "OutOfSync" | "Held" | "Pinned" | "Paused" | "Stopped" | "Unknown";
  /** `Unknown`: it was not looked at yet, or cannot be, since the engine is out of reach. */
  readonly health: "Healthy" | "Progressing" | "Degraded" | "Missing" | "Unknown";
  readonly desiredDigest: string | undefined;
  /** Hash of all that its files want a container to be made of. Absent: it was not looked at yet, or no file declares it. */
  readonly desiredSpec?: string;
  readonly activeDigest: string | undefined;
  readonly revision: number | undefined;
  /** When the container that it is shown by was created, ISO 8601. Absent: there is none. */
  readonly createdAt?: string;
  readonly replicas: ReplicaCount;
  readonly conditions: readonly Condition[];
  /** Where a person has pinned it. */
  readonly pinned?: { readonly revision: number; readonly digest: string };
  readonly lastRollout: Rollout | undefined;
}
