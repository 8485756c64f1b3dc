// Written by `npm run docs` from the OpenAPI document.

export interface paths {
  readonly "/livez": {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path?: never;
      readonly cookie?: never;
    };
    /** Whether the process answers */
    readonly get: operations["getLivez"];
    readonly put?: never;
    readonly post?: never;
    readonly delete?: never;
    readonly options?: never;
    readonly head?: never;
    readonly patch?: never;
    readonly trace?: never;
  };
  readonly "/readyz": {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path?: never;
      readonly cookie?: never;
    };
    /**
     * Whether the host has been observed as a whole, and the engine can be reached
     * @description It says how the journal stands. While it stands by it is ready as long as the engine answers. Whoever shows no token is told no names of files.
     */
    readonly get: operations["getReadyz"];
    readonly put?: never;
    readonly post?: never;
    readonly delete?: never;
    readonly options?: never;
    readonly head?: never;
    readonly patch?: never;
    readonly trace?: never;
  };
  readonly "/metrics": {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path?: never;
      readonly cookie?: never;
    };
    /** The metrics, in Prometheus' text format */
    readonly get: operations["getMetrics"];
    readonly put?: never;
    readonly post?: never;
    readonly delete?: never;
    readonly options?: never;
    readonly head?: never;
    readonly patch?: never;
    readonly trace?: never;
  };
  readonly "/api/v1/services": {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path?: never;
      readonly cookie?: never;
    };
    /**
     * All services, and how the controller stands
     * @description `problems` is what is wrong with the newest files, `sources` the repositories that files come from, and then how the journal stands, whether the engine can be reached, and how it stands with those who are told.
     */
    readonly get: operations["getServices"];
    readonly put?: never;
    readonly post?: never;
    readonly delete?: never;
    readonly options?: never;
    readonly head?: never;
    readonly patch?: never;
    readonly trace?: never;
  };
  readonly "/api/v1/services/{project}/{service}": {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path: {
        readonly project: string;
        readonly service: string;
      };
      readonly cookie?: never;
    };
    /**
     * One service
     * @description Its `ETag` can be sent with an order: see below.
     */
    readonly get: operations["getServicesProjectService"];
    readonly put?: never;
    readonly post?: never;
    readonly delete?: never;
    readonly options?: never;
    readonly head?: never;
    readonly patch?: never;
    readonly trace?: never;
  };
  readonly "/api/v1/services/{project}/{service}/history": {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path: {
        readonly project: string;
        readonly service: string;
      };
      readonly cookie?: never;
    };
    /**
     * What was rolled out, newest first, and the last failures
     * @description Also of a service that no file declares any more. `reloads` is what was told of changed files.
     */
    readonly get: operations["getServicesProjectServiceHistory"];
    readonly put?: never;
    readonly post?: never;
    readonly delete?: never;
    readonly options?: never;
    readonly head?: never;
    readonly patch?: never;
    readonly trace?: never;
  };
  readonly "/api/v1/services/{project}/{service}/explain": {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path: {
        readonly project: string;
        readonly service: string;
      };
      readonly cookie?: never;
    };
    /** The service in sentences: what runs, why, what comes by itself, and what a person can do */
    readonly get: operations["getServicesProjectServiceExplain"];
    readonly put?: never;
    readonly post?: never;
    readonly delete?: never;
    readonly options?: never;
    readonly head?: never;
    readonly patch?: never;
    readonly trace?: never;
  };
  readonly "/api/v1/services/{project}/{service}/diff": {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path: {
        readonly project: string;
        readonly service: string;
      };
      readonly cookie?: never;
    };
    /**
     * What the file wants, what runs and what ran before, each as a service of a Compose file
     * @description Values of the environment are hidden.
     */
    readonly get: operations["getServicesProjectServiceDiff"];
    readonly put?: never;
    readonly post?: never;
    readonly delete?: never;
    readonly options?: never;
    readonly head?: never;
    readonly patch?: never;
    readonly trace?: never;
  };
  readonly "/api/v1/services/{project}/{service}/replicas": {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path: {
        readonly project: string;
        readonly service: string;
      };
      readonly cookie?: never;
    };
    /** Every container of the service, and what is under way at each behind its gate */
    readonly get: operations["getServicesProjectServiceReplicas"];
    readonly put?: never;
    readonly post?: never;
    readonly delete?: never;
    readonly options?: never;
    readonly head?: never;
    readonly patch?: never;
    readonly trace?: never;
  };
  readonly "/api/v1/services/{project}/{service}/plan": {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path: {
        readonly project: string;
        readonly service: string;
      };
      readonly cookie?: never;
    };
    /**
     * What would be done with the service once that were ordered
     * @description Nothing is changed. Where the order itself would be refused, this is too.
     */
    readonly get: operations["getServicesProjectServicePlan"];
    readonly put?: never;
    readonly post?: never;
    readonly delete?: never;
    readonly options?: never;
    readonly head?: never;
    readonly patch?: never;
    readonly trace?: never;
  };
  readonly "/api/v1/services/{project}/{service}/images": {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path: {
        readonly project: string;
        readonly service: string;
      };
      readonly cookie?: never;
    };
    /**
     * Which tag the service follows, and why not the others
     * @description The registry is asked for its list; at most 500 candidates are shown.
     */
    readonly get: operations["getServicesProjectServiceImages"];
    readonly put?: never;
    readonly post?: never;
    readonly delete?: never;
    readonly options?: never;
    readonly head?: never;
    readonly patch?: never;
    readonly trace?: never;
  };
  readonly "/api/v1/services/{project}/{service}/build": {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path: {
        readonly project: string;
        readonly service: string;
      };
      readonly cookie?: never;
    };
    /** The last lines of the last build */
    readonly get: operations["getServicesProjectServiceBuild"];
    readonly put?: never;
    /** Build the image again, whether its inputs have changed or not */
    readonly post: operations["postServicesProjectServiceBuild"];
    readonly delete?: never;
    readonly options?: never;
    readonly head?: never;
    readonly patch?: never;
    readonly trace?: never;
  };
  readonly "/api/v1/plan": {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path?: never;
      readonly cookie?: never;
    };
    /**
     * What would be done now, and the networks and volumes that no file declares any more
     * @description Nothing is changed.
     */
    readonly get: operations["getPlan"];
    readonly put?: never;
    readonly post?: never;
    readonly delete?: never;
    readonly options?: never;
    readonly head?: never;
    readonly patch?: never;
    readonly trace?: never;
  };
  readonly "/api/v1/services/{project}/{service}/rollout": {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path: {
        readonly project: string;
        readonly service: string;
      };
      readonly cookie?: never;
    };
    /** What is being done for the service, or was done last */
    readonly get: operations["getServicesProjectServiceRollout"];
    readonly put?: never;
    readonly post?: never;
    readonly delete?: never;
    readonly options?: never;
    readonly head?: never;
    readonly patch?: never;
    readonly trace?: never;
  };
  readonly "/api/v1/rollouts": {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path?: never;
      readonly cookie?: never;
    };
    /** The same of several services, or of all */
    readonly get: operations["getRollouts"];
    readonly put?: never;
    readonly post?: never;
    readonly delete?: never;
    readonly options?: never;
    readonly head?: never;
    readonly patch?: never;
    readonly trace?: never;
  };
  readonly "/api/v1/services/{project}/{service}/reconcile": {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path: {
        readonly project: string;
        readonly service: string;
      };
      readonly cookie?: never;
    };
    readonly get?: never;
    readonly put?: never;
    /** Look at the service again */
    readonly post: operations["postServicesProjectServiceReconcile"];
    readonly delete?: never;
    readonly options?: never;
    readonly head?: never;
    readonly patch?: never;
    readonly trace?: never;
  };
  readonly "/api/v1/services/{project}/{service}/retry": {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path: {
        readonly project: string;
        readonly service: string;
      };
      readonly cookie?: never;
    };
    readonly get?: never;
    readonly put?: never;
    /** Forget that the held digest was bad, and look again */
    readonly post: operations["postServicesProjectServiceRetry"];
    readonly delete?: never;
    readonly options?: never;
    readonly head?: never;
    readonly patch?: never;
    readonly trace?: never;
  };
  readonly "/api/v1/services/{project}/{service}/rollback": {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path: {
        readonly project: string;
        readonly service: string;
      };
      readonly cookie?: never;
    };
    readonly get?: never;
    readonly put?: never;
    /** Pin the service to an earlier revision, until it is resumed */
    readonly post: operations["postServicesProjectServiceRollback"];
    readonly delete?: never;
    readonly options?: never;
    readonly head?: never;
    readonly patch?: never;
    readonly trace?: never;
  };
  readonly "/api/v1/services/{project}/{service}/approve": {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path: {
        readonly project: string;
        readonly service: string;
      };
      readonly cookie?: never;
    };
    readonly get?: never;
    readonly put?: never;
    /** Let what is wanted now go ahead */
    readonly post: operations["postServicesProjectServiceApprove"];
    readonly delete?: never;
    readonly options?: never;
    readonly head?: never;
    readonly patch?: never;
    readonly trace?: never;
  };
  readonly "/api/v1/services/{project}/{service}/pause": {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path: {
        readonly project: string;
        readonly service: string;
      };
      readonly cookie?: never;
    };
    readonly get?: never;
    readonly put?: never;
    /** Begin no rollout of the service until it is resumed */
    readonly post: operations["postServicesProjectServicePause"];
    readonly delete?: never;
    readonly options?: never;
    readonly head?: never;
    readonly patch?: never;
    readonly trace?: never;
  };
  readonly "/api/v1/services/{project}/{service}/resume": {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path: {
        readonly project: string;
        readonly service: string;
      };
      readonly cookie?: never;
    };
    readonly get?: never;
    readonly put?: never;
    /** Lift the service's pin and a person's pause */
    readonly post: operations["postServicesProjectServiceResume"];
    readonly delete?: never;
    readonly options?: never;
    readonly head?: never;
    readonly patch?: never;
    readonly trace?: never;
  };
  readonly "/api/v1/services/{project}/{service}/stop": {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path: {
        readonly project: string;
        readonly service: string;
      };
      readonly cookie?: never;
    };
    readonly get?: never;
    readonly put?: never;
    /** Have the service off, over pushes and restarts */
    readonly post: operations["postServicesProjectServiceStop"];
    readonly delete?: never;
    readonly options?: never;
    readonly head?: never;
    readonly patch?: never;
    readonly trace?: never;
  };
  readonly "/api/v1/services/{project}/{service}/start": {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path: {
        readonly project: string;
        readonly service: string;
      };
      readonly cookie?: never;
    };
    readonly get?: never;
    readonly put?: never;
    /** Have the service run again */
    readonly post: operations["postServicesProjectServiceStart"];
    readonly delete?: never;
    readonly options?: never;
    readonly head?: never;
    readonly patch?: never;
    readonly trace?: never;
  };
  readonly "/api/v1/services/{project}/{service}/adopt": {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path: {
        readonly project: string;
        readonly service: string;
      };
      readonly cookie?: never;
    };
    readonly get?: never;
    readonly put?: never;
    /** Take over the containers that others made for the service, and look again */
    readonly post: operations["postServicesProjectServiceAdopt"];
    readonly delete?: never;
    readonly options?: never;
    readonly head?: never;
    readonly patch?: never;
    readonly trace?: never;
  };
  readonly "/api/v1/services/{project}/{service}/logs": {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path: {
        readonly project: string;
        readonly service: string;
      };
      readonly cookie?: never;
    };
    /** The log lines of the service's containers */
    readonly get: operations["getServicesProjectServiceLogs"];
    readonly put?: never;
    readonly post?: never;
    readonly delete?: never;
    readonly options?: never;
    readonly head?: never;
    readonly patch?: never;
    readonly trace?: never;
  };
  readonly "/api/v1/logs": {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path?: never;
      readonly cookie?: never;
    };
    /** The log lines of the containers of several services, or of all */
    readonly get: operations["getLogs"];
    readonly put?: never;
    readonly post?: never;
    readonly delete?: never;
    readonly options?: never;
    readonly head?: never;
    readonly patch?: never;
    readonly trace?: never;
  };
  readonly "/api/v1/events": {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path?: never;
      readonly cookie?: never;
    };
    /** What was done and why, oldest first, then as it happens */
    readonly get: operations["getEvents"];
    readonly put?: never;
    readonly post?: never;
    readonly delete?: never;
    readonly options?: never;
    readonly head?: never;
    readonly patch?: never;
    readonly trace?: never;
  };
  readonly "/api/v1/kept": {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path?: never;
      readonly cookie?: never;
    };
    /** What is kept of repositories on the host, and for whom */
    readonly get: operations["getKept"];
    readonly put?: never;
    readonly post?: never;
    readonly delete?: never;
    readonly options?: never;
    readonly head?: never;
    readonly patch?: never;
    readonly trace?: never;
  };
  readonly "/api/v1/projects/{project}/sync": {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path: {
        readonly project: string;
      };
      readonly cookie?: never;
    };
    readonly get?: never;
    readonly put?: never;
    /** Decide about files that a commit and a container have both changed */
    readonly post: operations["postProjectsProjectSync"];
    readonly delete?: never;
    readonly options?: never;
    readonly head?: never;
    readonly patch?: never;
    readonly trace?: never;
  };
  readonly "/api/v1/notifications": {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path?: never;
      readonly cookie?: never;
    };
    /** Who is told of what happens, and how that stands */
    readonly get: operations["getNotifications"];
    readonly put?: never;
    readonly post?: never;
    readonly delete?: never;
    readonly options?: never;
    readonly head?: never;
    readonly patch?: never;
    readonly trace?: never;
  };
  readonly "/api/v1/notifications/{name}/test": {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path: {
        readonly name: string;
      };
      readonly cookie?: never;
    };
    readonly get?: never;
    readonly put?: never;
    /** Tell one of them a sample */
    readonly post: operations["postNotificationsNameTest"];
    readonly delete?: never;
    readonly options?: never;
    readonly head?: never;
    readonly patch?: never;
    readonly trace?: never;
  };
  readonly "/api/v1/self-delivery": {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path?: never;
      readonly cookie?: never;
    };
    readonly get?: never;
    readonly put?: never;
    /** Have the controller send itself a delivery, to the address under which the internet reaches its hooks */
    readonly post: operations["postSelfDelivery"];
    readonly delete?: never;
    readonly options?: never;
    readonly head?: never;
    readonly patch?: never;
    readonly trace?: never;
  };
  readonly "/api/v1/openapi.json": {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path?: never;
      readonly cookie?: never;
    };
    /** This API as an OpenAPI 3.1 document */
    readonly get: operations["getOpenapiJson"];
    readonly put?: never;
    readonly post?: never;
    readonly delete?: never;
    readonly options?: never;
    readonly head?: never;
    readonly patch?: never;
    readonly trace?: never;
  };
}
export type webhooks = Record<string, never>;
export interface components {
  schemas: {
    readonly Overview: {
      readonly ready: boolean;
      readonly services: readonly components["schemas"]["Service"][];
      readonly problems: readonly components["schemas"]["Problem"][];
      readonly sources: readonly components["schemas"]["Source"][];
      readonly journal: components["schemas"]["Journal"];
      readonly engine: components["schemas"]["Engine"];
      readonly notifications: components["schemas"]["Notifications"];
    };
    readonly Service: {
      readonly project: string;
      readonly service: string;
      /** @description With the tag that is followed */
      readonly image: string;
      /** @description The tag that is followed */
      readonly tag?: string;
      /** @description What chooses the tag, such as `semver ^1.4`; absent: the file names it */
      readonly policy?: string;
      /** Format: date-time */
      readonly observedAt?: string;
      /** @enum {string} */
      readonly sync: "Synced" | "OutOfSync" | "Held" | "Pinned" | "Paused" | "Stopped" | "Unknown";
      /** @enum {string} */
      readonly health: "Healthy" | "Progressing" | "Degraded" | "Missing" | "Unknown";
      readonly desiredDigest?: string;
      /** @description Identifies what the files want a container to be made of */
      readonly desiredSpec?: string;
      readonly activeDigest?: string;
      readonly revision?: number;
      /**
       * Format: date-time
       * @description When the container that it is shown by was created
       */
      readonly createdAt?: string;
      readonly replicas: {
        readonly desired: number;
        readonly ready: number;
        readonly updated: number;
      };
      readonly conditions: readonly {
        /** @enum {string} */
        readonly type:
          | "Ready"
          | "SpecValid"
          | "DigestResolved"
          | "Progressing"
          | "Healthy"
          | "RolledBack"
          | "StaleMount"
          | "LocalChanges"
          | "Promoted"
          | "Scheduled"
          | "NodesReady";
        /** @enum {string} */
        readonly status: "True" | "False" | "Unknown";
        /** @enum {string} */
        readonly reason:
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
          | "NoTagMatches"
          | "TagGone"
          | "TagsUnlisted"
          | "SignatureMissing"
          | "SignatureInvalid"
          | "SignatureUnavailable"
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
        readonly message: string;
        readonly observedGeneration: number;
        /** Format: date-time */
        readonly lastTransitionTime: string;
      }[];
      readonly pinned?: {
        readonly revision: number;
        readonly digest: string;
      };
      readonly lastRollout?: {
        readonly id: string;
        readonly from?: string;
        readonly to: string;
        /** Format: date-time */
        readonly startedAt: string;
        /** Format: date-time */
        readonly finishedAt?: string;
        /** @enum {string} */
        readonly outcome?: "promoted" | "rolled-back" | "superseded" | "failed";
        readonly reason: string;
        readonly message?: string;
        readonly image?: string;
        readonly specHash?: string;
        /**
         * @description A person asked for this earlier revision
         * @constant
         */
        readonly rollback?: true;
        /** @description How its `on_rollback` jobs ended */
        readonly onRollback?: {
          /** @enum {string} */
          readonly outcome: "done" | "failed";
          readonly message: string;
        };
        /** @description What a policy has chosen, and what served before */
        readonly tag?: {
          readonly from?: string;
          readonly tag: string;
          readonly policy: string;
          /** @description Which fitted between the two */
          readonly skipped?: {
            readonly tags: readonly string[];
            readonly more: number;
          };
        };
        /** @description What has changed the files */
        readonly commit?: {
          readonly id: string;
          readonly source: string;
          readonly author: string;
          readonly subject: string;
        };
        /** @description Who or what asked for the look that began it */
        readonly cause?: string;
      };
    };
    readonly Problem: {
      readonly file: string;
      /** @description Of a file in git */
      readonly commit?: string;
      readonly line?: number;
      readonly column?: number;
      /** @description The key, such as `services.web.ports[0]`; empty for the whole file */
      readonly path: string;
      readonly message: string;
      readonly remedy?: string;
    };
    readonly Source: {
      readonly source: string;
      readonly ref: string;
      readonly newest?: components["schemas"]["Commit"];
      readonly inForce?: components["schemas"]["Commit"];
      /** Format: date-time */
      readonly lastSuccessAt?: string;
      readonly condition: {
        /** @enum {string} */
        readonly status: "True" | "False";
        readonly reason: string;
        readonly message: string;
      };
      readonly projects: readonly {
        readonly project: string;
        readonly file: string;
        readonly revision: string;
      }[];
      readonly writeBack?: {
        readonly branch?: string;
        readonly condition: {
          /** @enum {string} */
          readonly status: "True" | "False";
          readonly reason: string;
          readonly message: string;
        };
        readonly last?: {
          readonly commit: string;
          /** Format: date-time */
          readonly at: string;
          readonly services: readonly string[];
        };
      };
    };
    readonly Commit: {
      readonly id: string;
      readonly author: string;
      readonly at: string;
      readonly subject: string;
    };
    readonly Journal:
      | {
          /** @constant */
          readonly kind: "written";
        }
      | {
          /** @constant */
          readonly kind: "failing";
          readonly message: string;
        }
      | {
          /** @constant */
          readonly kind: "stuck";
          readonly forMs: number;
        }
      | {
          /** @constant */
          readonly kind: "reading";
        };
    readonly Engine:
      | {
          /** @constant */
          readonly kind: "reachable";
          /** @description How far this process's clock is ahead of the engine's */
          readonly clockSkewSeconds: number;
        }
      | {
          /** @constant */
          readonly kind: "unreachable";
          /** @description How far this process's clock is ahead of the engine's */
          readonly clockSkewSeconds: number;
          /** Format: date-time */
          readonly since: string;
          readonly message: string;
        };
    readonly Notifications: {
      readonly channels: readonly {
        readonly name: string;
        readonly waiting: number;
        readonly dropped: number;
        readonly lastDelivered?: {
          readonly id: string;
          /** Format: date-time */
          readonly at: string;
        };
        readonly lastError?: {
          readonly message: string;
          /** Format: date-time */
          readonly at: string;
        };
        /** Format: date-time */
        readonly troubledSince?: string;
      }[];
      /** @description `false`: a restart may lose what waits, or tell it twice */
      readonly durable: boolean;
    };
    readonly History: {
      readonly revisions: readonly {
        readonly revision: number;
        readonly active: boolean;
        readonly from?: string;
        readonly to: string;
        /** Format: date-time */
        readonly startedAt: string;
        /** Format: date-time */
        readonly finishedAt?: string;
        /** @enum {string} */
        readonly outcome?: "promoted" | "rolled-back" | "superseded" | "failed";
        readonly reason: string;
        readonly message?: string;
        readonly image?: string;
        readonly specHash?: string;
        /**
         * @description A person asked for this earlier revision
         * @constant
         */
        readonly rollback?: true;
        /** @description How its `on_rollback` jobs ended */
        readonly onRollback?: {
          /** @enum {string} */
          readonly outcome: "done" | "failed";
          readonly message: string;
        };
        /** @description What a policy has chosen, and what served before */
        readonly tag?: {
          readonly from?: string;
          readonly tag: string;
          readonly policy: string;
          /** @description Which fitted between the two */
          readonly skipped?: {
            readonly tags: readonly string[];
            readonly more: number;
          };
        };
        /** @description What has changed the files */
        readonly commit?: {
          readonly id: string;
          readonly source: string;
          readonly author: string;
          readonly subject: string;
        };
        /** @description Who or what asked for the look that began it */
        readonly cause?: string;
        /** @description What was done for it, in order, as far as that is kept */
        readonly steps?: readonly {
          readonly text: string;
          readonly kind: string;
          /** Format: date-time */
          readonly beganAt: string;
          /** Format: date-time */
          readonly endedAt: string;
          /** @description Why it failed */
          readonly message?: string;
        }[];
        /** @description How many of them in the middle are not known any more */
        readonly moreSteps?: number;
        /** @description How its spec differs from that of the revision before */
        readonly changes?: readonly {
          readonly field: string;
          readonly from?: string;
          readonly to?: string;
        }[];
      }[];
      readonly pinned?: {
        readonly revision: number;
        readonly digest: string;
      };
      readonly paused: boolean;
      readonly reloads: readonly {
        readonly container: string;
        readonly signal: string;
        readonly files: readonly string[];
        /** Format: date-time */
        readonly at: string;
        /** @enum {string} */
        readonly outcome?: "well" | "failed";
        readonly message?: string;
      }[];
      readonly failures: readonly {
        readonly digest: string;
        readonly specHash: string;
        readonly container: string;
        readonly reason: string;
        readonly message: string;
        /** Format: date-time */
        readonly at: string;
        readonly logs: readonly string[];
      }[];
    };
    readonly Explanation: {
      readonly sentences: readonly string[];
      readonly next: {
        readonly what: string;
        /** Format: date-time */
        readonly at?: string;
      };
      readonly can: readonly {
        readonly command: string;
        readonly what: string;
      }[];
    };
    readonly Comparison: {
      readonly file: components["schemas"]["Side"];
      readonly running?: components["schemas"]["Side"];
      readonly previous?: components["schemas"]["Side"];
      /** @description What runs was made from the very spec of the file */
      readonly isSameSpec: boolean;
      /** @description What of the file no container shows, by its keys */
      readonly untold: readonly string[];
    };
    readonly Side: {
      readonly container?: string;
      readonly revision?: number;
      /** @description By Compose's keys; no value of `environment` is shown */
      readonly service: {
        readonly [key: string]: unknown;
      };
    };
    readonly Error: {
      readonly error: string;
      readonly remedy?: string;
    };
    readonly Replicas: {
      readonly replicas: readonly {
        readonly slot: number;
        readonly container: string;
        /** @enum {string} */
        readonly role: "active" | "next" | "previous" | "failed" | "stray";
        /** @description The engine's word */
        readonly state: string;
        /** @enum {string} */
        readonly health: "none" | "starting" | "healthy" | "unhealthy";
        /** @description What the check that is not passed last said */
        readonly problem?: string;
        readonly revision: number;
        readonly digest: string;
        /** Format: date-time */
        readonly startedAt?: string;
        readonly exitCode?: number;
        /** @description By the engine's own restart policy, since the last start */
        readonly restarts: number;
        readonly gate?: {
          readonly open: boolean;
          /** @description Requests or connections */
          readonly underWay: number;
        };
        /** @description On a Swarm: those that are to run, and those that have failed */
        readonly tasks?: readonly {
          readonly task: string;
          /** @description Absent: it is the only one of its node */
          readonly slot?: number;
          /** @description Absent: no node has been found */
          readonly node?: string;
          /** @description The cluster's word */
          readonly state: string;
          /** Format: date-time */
          readonly since: string;
          /** @description In the cluster's words */
          readonly error?: string;
        }[];
      }[];
      /** @description Absent: nothing of a gate runs before it */
      readonly gate?: {
        readonly container: string;
        /** @description It has been asked */
        readonly known: boolean;
        /** @description Requests or connections */
        readonly underWay: number;
      };
    };
    readonly Plan: {
      readonly project: string;
      readonly service: string;
      readonly changes: boolean;
      /** @description Why nobody can say what would be done */
      readonly error?: string;
      /** @description Identifies what the files say of the service */
      readonly declared?: string;
      readonly text: string;
    };
    readonly Images: {
      /** @description As the file names it */
      readonly image: string;
      /** @description What chooses the tag; absent: the file names it */
      readonly policy?: string;
      /** @description The tag that is followed */
      readonly tag?: string;
      /** @description What is behind it */
      readonly digest?: string;
      readonly problem?: {
        readonly reason: string;
        readonly message: string;
      };
      /**
       * @description It is signed by those who have to have signed it; absent: nobody need have, or it is not, and `problem` says why
       * @constant
       */
      readonly signed?: true;
      readonly running: readonly string[];
      readonly candidates: readonly {
        readonly tag: string;
        /** @enum {string} */
        readonly verdict: "chosen" | "passed-over" | "unfit";
        readonly why: string;
      }[];
      /** @description How many more there are that are not shown */
      readonly more: number;
      /** @description The service's images on this host, and why they are here; absent: an older controller */
      readonly kept?: readonly {
        readonly id: string;
        readonly digest?: string;
        readonly bytes?: number;
        readonly revisions: readonly number[];
        readonly why: readonly string[];
        /** @description No container was made of it: it could go */
        readonly isSpare: boolean;
      }[];
    };
    readonly Build: {
      readonly lines: readonly string[];
      /** @description How many lines before them are not kept */
      readonly dropped: number;
      /** Format: date-time */
      readonly beganAt: string;
      /** @enum {string} */
      readonly state: "running" | "built" | "failed";
    };
    readonly Plans: {
      readonly plans: readonly components["schemas"]["Plan"][];
      readonly orphans: readonly components["schemas"]["Orphan"][];
    };
    readonly Orphan: {
      /** @enum {string} */
      readonly kind: "network" | "volume";
      readonly project: string;
      readonly name: string;
      readonly id?: string;
      readonly usedBy: readonly string[];
      readonly text: string;
    };
    readonly Progress: {
      readonly project: string;
      readonly service: string;
      /** @description Null: nobody remembers anything being done */
      readonly rollout: {
        /** @description Absent: it has none yet, or brings nothing new, such as a repair */
        readonly revision?: number;
        readonly from?: string;
        readonly to?: string;
        readonly image?: string;
        readonly cause?: string;
        /** Format: date-time */
        readonly beganAt: string;
        /**
         * Format: date-time
         * @description Absent: it goes on
         */
        readonly endedAt?: string;
        /** @enum {string} */
        readonly outcome?: "promoted" | "rolled-back" | "superseded" | "failed" | "done" | "blocked" | "deferred";
        /** @description What it waits for; after its end, why that is so */
        readonly message?: string;
        readonly steps: readonly components["schemas"]["ProgressStep"][];
        /** @description How many earlier ones are not shown */
        readonly moreSteps: number;
        readonly pull: {
          readonly reference: string;
          readonly layers: readonly {
            readonly id: string;
            /** @enum {string} */
            readonly state: "waiting" | "downloading" | "downloaded" | "extracting" | "done" | "there";
            /** @description Of the download, or of what is unpacked while `extracting` */
            readonly bytes: number;
            readonly total?: number;
          }[];
          /** @description Downloaded so far */
          readonly bytes: number;
          /** @description Absent: not all layers have told their size yet */
          readonly total?: number;
          /** @description Over the last seconds; absent: nothing is downloaded at this moment */
          readonly bytesPerSecond?: number;
        } | null;
        readonly health: {
          readonly container: string;
          /** @enum {string} */
          readonly state: "starting" | "healthy" | "unhealthy" | "running" | "ended";
          /** Format: date-time */
          readonly since: string;
          /**
           * Format: date-time
           * @description While `starting`, when it has to be healthy at the latest; while `healthy` or `running`, when it has proved itself
           */
          readonly deadline?: string;
          /** @description The last check that was not passed */
          readonly probe: {
            readonly exitCode?: number;
            readonly output: string;
          } | null;
        } | null;
      } | null;
    };
    readonly ProgressStep: {
      /** @description As a plan shows it, cause included */
      readonly text: string;
      /** @description A step's kind; `wait`: nothing is done until something comes to pass */
      readonly kind: string;
      /** @enum {string} */
      readonly state: "waiting" | "running" | "done" | "failed";
      /** Format: date-time */
      readonly beganAt?: string;
      /** Format: date-time */
      readonly endedAt?: string;
      /** @description Why it failed */
      readonly message?: string;
    };
    readonly LogEntry: {
      readonly project: string;
      readonly service: string;
      readonly container: string;
      /** @description The engine's time, with nine decimals */
      readonly at?: string;
      /** @enum {string} */
      readonly stream?: "stdout" | "stderr";
      readonly text?: string;
      /** @description In place of a line: why there is none */
      readonly notice?: string;
    };
    readonly Event: {
      readonly id: string;
      /** Format: date-time */
      readonly at: string;
      readonly project?: string;
      readonly service?: string;
      /** @enum {string} */
      readonly type:
        | "state"
        | "file"
        | "delivery"
        | "rollout"
        | "hold"
        | "job"
        | "build"
        | "pin"
        | "pause"
        | "resume"
        | "stop"
        | "start"
        | "approval"
        | "retry"
        | "adoption"
        | "reload"
        | "promotion"
        | "commit"
        | "handler"
        | "reconcile"
        | "drift";
      readonly reason: string;
      readonly message: string;
      readonly digest?: string;
    };
    readonly Kept: {
      readonly source: string;
      /** @enum {string} */
      readonly kind: "content" | "tended" | "objects" | "replaced";
      readonly path: string;
      readonly bytes: number;
      readonly projects: readonly string[];
      readonly containers: readonly string[];
    };
    readonly Synced: {
      readonly files: readonly string[];
      readonly kept: readonly {
        readonly file: string;
        readonly path: string;
      }[];
      /** @description Nothing was decided about them */
      readonly left: readonly string[];
    };
    readonly TestOutcome: {
      /** @description started, promoted, rolled-back, failed, held, waiting, job-failed, crash-looping, recovered, source, signature, registry, engine, or `hook:<receiver>` */
      readonly kind: string;
      readonly text: string;
      /**
       * @description Its settings leave such notices out
       * @constant
       */
      readonly isUnwanted?: true;
      /** @description Absent: nothing was sent */
      readonly answer?:
        | {
            /** @constant */
            readonly outcome: "delivered";
            readonly said?: string;
          }
        | {
            /** @constant */
            readonly outcome: "later";
            readonly why: string;
            readonly afterMs?: number;
          }
        | {
            /** @constant */
            readonly outcome: "refused";
            readonly why: string;
          };
    };
    readonly SelfDelivered: {
      /** @description Where it was sent; absent: nobody has said where that would be */
      readonly url?: string;
      readonly arrived: boolean;
      readonly message?: string;
    };
    readonly Moved: {
      readonly error: string;
      readonly remedy?: string;
      readonly changed: readonly {
        readonly what: string;
        /** @description Absent: nothing */
        readonly is?: string;
      }[];
    };
  };
  responses: {
    /** @description A parameter or a header is not what it may be, or there is no parameter of that name */
    readonly 400: {
      headers: {
        readonly [name: string]: unknown;
      };
      content: {
        readonly "application/json": components["schemas"]["Error"];
      };
    };
    /** @description The admin token is missing or wrong */
    readonly 401: {
      headers: {
        readonly [name: string]: unknown;
      };
      content: {
        readonly "application/json": components["schemas"]["Error"];
      };
    };
    /** @description The host's name is not ours, or another site has sent it */
    readonly 403: {
      headers: {
        readonly [name: string]: unknown;
      };
      content: {
        readonly "application/json": components["schemas"]["Error"];
      };
    };
    /** @description No such service is known */
    readonly 404: {
      headers: {
        readonly [name: string]: unknown;
      };
      content: {
        readonly "application/json": components["schemas"]["Error"];
      };
    };
    /** @description The service has moved on */
    readonly 412: {
      headers: {
        readonly [name: string]: unknown;
      };
      content: {
        readonly "application/json": components["schemas"]["Moved"];
      };
    };
    /** @description The body is no JSON; none is needed */
    readonly 415: {
      headers: {
        readonly [name: string]: unknown;
      };
      content: {
        readonly "application/json": components["schemas"]["Error"];
      };
    };
    /** @description Too many wrong tokens have come from this address */
    readonly 429: {
      headers: {
        readonly [name: string]: unknown;
      };
      content: {
        readonly "application/json": components["schemas"]["Error"];
      };
    };
    /** @description The engine cannot be reached */
    readonly 503: {
      headers: {
        readonly [name: string]: unknown;
      };
      content: {
        readonly "application/json": components["schemas"]["Error"];
      };
    };
  };
  parameters: never;
  requestBodies: never;
  headers: never;
  pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
  readonly getLivez: {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path?: never;
      readonly cookie?: never;
    };
    readonly requestBody?: never;
    readonly responses: {
      /** @description It does */
      readonly 200: {
        headers: {
          readonly [name: string]: unknown;
        };
        content: {
          readonly "application/json": {
            /** @constant */
            readonly live: true;
            /**
             * @description Another controller is in charge
             * @constant
             */
            readonly standby?: true;
          };
        };
      };
    };
  };
  readonly getReadyz: {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path?: never;
      readonly cookie?: never;
    };
    readonly requestBody?: never;
    readonly responses: {
      /** @description Ready */
      readonly 200: {
        headers: {
          readonly [name: string]: unknown;
        };
        content: {
          readonly "application/json": {
            /** @constant */
            readonly ready: true;
            /** @enum {string} */
            readonly journal?: "written" | "failing" | "stuck" | "reading";
            /**
             * @description Another controller is in charge
             * @constant
             */
            readonly standby?: true;
          };
        };
      };
      /** @description Not now */
      readonly 503: {
        headers: {
          readonly [name: string]: unknown;
        };
        content: {
          readonly "application/json": {
            /** @constant */
            readonly ready: false;
            readonly reasons?: readonly string[];
            /**
             * @description Another controller is in charge
             * @constant
             */
            readonly standby?: true;
            readonly error?: string;
          };
        };
      };
    };
  };
  readonly getMetrics: {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path?: never;
      readonly cookie?: never;
    };
    readonly requestBody?: never;
    readonly responses: {
      /** @description Samples */
      readonly 200: {
        headers: {
          readonly [name: string]: unknown;
        };
        content: {
          readonly "text/plain": string;
        };
      };
      readonly 401: components["responses"]["401"];
      readonly 403: components["responses"]["403"];
      readonly 429: components["responses"]["429"];
    };
  };
  readonly getServices: {
    readonly parameters: {
      readonly query?: never;
      readonly header?: {
        /** @description The `ETag` of an earlier answer: 304 where this one is the same */
        readonly "If-None-Match"?: string;
      };
      readonly path?: never;
      readonly cookie?: never;
    };
    readonly requestBody?: never;
    readonly responses: {
      /** @description As asked */
      readonly 200: {
        headers: {
          readonly [name: string]: unknown;
        };
        content: {
          readonly "application/json": components["schemas"]["Overview"];
        };
      };
      /** @description The caller has it already */
      readonly 304: {
        headers: {
          readonly [name: string]: unknown;
        };
        content?: never;
      };
      readonly 400: components["responses"]["400"];
      readonly 401: components["responses"]["401"];
      readonly 403: components["responses"]["403"];
      readonly 429: components["responses"]["429"];
    };
  };
  readonly getServicesProjectService: {
    readonly parameters: {
      readonly query?: never;
      readonly header?: {
        /** @description The `ETag` of an earlier answer: 304 where this one is the same */
        readonly "If-None-Match"?: string;
      };
      readonly path: {
        readonly project: string;
        readonly service: string;
      };
      readonly cookie?: never;
    };
    readonly requestBody?: never;
    readonly responses: {
      /** @description As asked */
      readonly 200: {
        headers: {
          readonly [name: string]: unknown;
        };
        content: {
          readonly "application/json": components["schemas"]["Service"];
        };
      };
      /** @description The caller has it already */
      readonly 304: {
        headers: {
          readonly [name: string]: unknown;
        };
        content?: never;
      };
      readonly 400: components["responses"]["400"];
      readonly 401: components["responses"]["401"];
      readonly 403: components["responses"]["403"];
      readonly 404: components["responses"]["404"];
      readonly 429: components["responses"]["429"];
    };
  };
  readonly getServicesProjectServiceHistory: {
    readonly parameters: {
      readonly query?: never;
      readonly header?: {
        /** @description The `ETag` of an earlier answer: 304 where this one is the same */
        readonly "If-None-Match"?: string;
      };
      readonly path: {
        readonly project: string;
        readonly service: string;
      };
      readonly cookie?: never;
    };
    readonly requestBody?: never;
    readonly responses: {
      /** @description As asked */
      readonly 200: {
        headers: {
          readonly [name: string]: unknown;
        };
        content: {
          readonly "application/json": components["schemas"]["History"];
        };
      };
      /** @description The caller has it already */
      readonly 304: {
        headers: {
          readonly [name: string]: unknown;
        };
        content?: never;
      };
      readonly 400: components["responses"]["400"];
      readonly 401: components["responses"]["401"];
      readonly 403: components["responses"]["403"];
      readonly 404: components["responses"]["404"];
      readonly 429: components["responses"]["429"];
      readonly 503: components["responses"]["503"];
    };
  };
  readonly getServicesProjectServiceExplain: {
    readonly parameters: {
      readonly query?: never;
      readonly header?: {
        /** @description The `ETag` of an earlier answer: 304 where this one is the same */
        readonly "If-None-Match"?: string;
      };
      readonly path: {
        readonly project: string;
        readonly service: string;
      };
      readonly cookie?: never;
    };
    readonly requestBody?: never;
    readonly responses: {
      /** @description As asked */
      readonly 200: {
        headers: {
          readonly [name: string]: unknown;
        };
        content: {
          readonly "application/json": components["schemas"]["Explanation"];
        };
      };
      /** @description The caller has it already */
      readonly 304: {
        headers: {
          readonly [name: string]: unknown;
        };
        content?: never;
      };
      readonly 400: components["responses"]["400"];
      readonly 401: components["responses"]["401"];
      readonly 403: components["responses"]["403"];
      readonly 404: components["responses"]["404"];
      readonly 429: components["responses"]["429"];
    };
  };
  readonly getServicesProjectServiceDiff: {
    readonly parameters: {
      readonly query?: never;
      readonly header?: {
        /** @description The `ETag` of an earlier answer: 304 where this one is the same */
        readonly "If-None-Match"?: string;
      };
      readonly path: {
        readonly project: string;
        readonly service: string;
      };
      readonly cookie?: never;
    };
    readonly requestBody?: never;
    readonly responses: {
      /** @description As asked */
      readonly 200: {
        headers: {
          readonly [name: string]: unknown;
        };
        content: {
          readonly "application/json": components["schemas"]["Comparison"];
        };
      };
      /** @description The caller has it already */
      readonly 304: {
        headers: {
          readonly [name: string]: unknown;
        };
        content?: never;
      };
      readonly 400: components["responses"]["400"];
      readonly 401: components["responses"]["401"];
      readonly 403: components["responses"]["403"];
      readonly 404: components["responses"]["404"];
      /** @description No file declares it any more */
      readonly 409: {
        headers: {
          readonly [name: string]: unknown;
        };
        content: {
          readonly "application/json": components["schemas"]["Error"];
        };
      };
      readonly 429: components["responses"]["429"];
      readonly 503: components["responses"]["503"];
    };
  };
  readonly getServicesProjectServiceReplicas: {
    readonly parameters: {
      readonly query?: never;
      readonly header?: {
        /** @description The `ETag` of an earlier answer: 304 where this one is the same */
        readonly "If-None-Match"?: string;
      };
      readonly path: {
        readonly project: string;
        readonly service: string;
      };
      readonly cookie?: never;
    };
    readonly requestBody?: never;
    readonly responses: {
      /** @description As asked */
      readonly 200: {
        headers: {
          readonly [name: string]: unknown;
        };
        content: {
          readonly "application/json": components["schemas"]["Replicas"];
        };
      };
      /** @description The caller has it already */
      readonly 304: {
        headers: {
          readonly [name: string]: unknown;
        };
        content?: never;
      };
      readonly 400: components["responses"]["400"];
      readonly 401: components["responses"]["401"];
      readonly 403: components["responses"]["403"];
      readonly 404: components["responses"]["404"];
      readonly 429: components["responses"]["429"];
      readonly 503: components["responses"]["503"];
    };
  };
  readonly getServicesProjectServicePlan: {
    readonly parameters: {
      readonly query?: {
        /** @description What a person thinks of ordering; default nothing but a look */
        readonly if?:
          "reconcile" | "retry" | "rollback" | "approve" | "pause" | "resume" | "stop" | "start" | "adopt" | "build";
        /** @description With `rollback`: as there */
        readonly to?: string;
        /** @description With `approve`: as there */
        readonly digest?: string;
        /** @description With `stop`: as there */
        readonly for?: string;
      };
      readonly header?: {
        /** @description The `ETag` of an earlier answer: 304 where this one is the same */
        readonly "If-None-Match"?: string;
      };
      readonly path: {
        readonly project: string;
        readonly service: string;
      };
      readonly cookie?: never;
    };
    readonly requestBody?: never;
    readonly responses: {
      /** @description As asked */
      readonly 200: {
        headers: {
          readonly [name: string]: unknown;
        };
        content: {
          readonly "application/json": components["schemas"]["Plan"];
        };
      };
      /** @description The caller has it already */
      readonly 304: {
        headers: {
          readonly [name: string]: unknown;
        };
        content?: never;
      };
      readonly 400: components["responses"]["400"];
      readonly 401: components["responses"]["401"];
      readonly 403: components["responses"]["403"];
      readonly 404: components["responses"]["404"];
      /** @description No file declares it any more, or the order would be refused */
      readonly 409: {
        headers: {
          readonly [name: string]: unknown;
        };
        content: {
          readonly "application/json": components["schemas"]["Error"];
        };
      };
      readonly 429: components["responses"]["429"];
      readonly 503: components["responses"]["503"];
    };
  };
  readonly getServicesProjectServiceImages: {
    readonly parameters: {
      readonly query?: never;
      readonly header?: {
        /** @description The `ETag` of an earlier answer: 304 where this one is the same */
        readonly "If-None-Match"?: string;
      };
      readonly path: {
        readonly project: string;
        readonly service: string;
      };
      readonly cookie?: never;
    };
    readonly requestBody?: never;
    readonly responses: {
      /** @description As asked */
      readonly 200: {
        headers: {
          readonly [name: string]: unknown;
        };
        content: {
          readonly "application/json": components["schemas"]["Images"];
        };
      };
      /** @description The caller has it already */
      readonly 304: {
        headers: {
          readonly [name: string]: unknown;
        };
        content?: never;
      };
      readonly 400: components["responses"]["400"];
      readonly 401: components["responses"]["401"];
      readonly 403: components["responses"]["403"];
      readonly 404: components["responses"]["404"];
      /** @description No file declares it any more */
      readonly 409: {
        headers: {
          readonly [name: string]: unknown;
        };
        content: {
          readonly "application/json": components["schemas"]["Error"];
        };
      };
      readonly 429: components["responses"]["429"];
      readonly 503: components["responses"]["503"];
    };
  };
  readonly getServicesProjectServiceBuild: {
    readonly parameters: {
      readonly query?: never;
      readonly header?: {
        /** @description The `ETag` of an earlier answer: 304 where this one is the same */
        readonly "If-None-Match"?: string;
      };
      readonly path: {
        readonly project: string;
        readonly service: string;
      };
      readonly cookie?: never;
    };
    readonly requestBody?: never;
    readonly responses: {
      /** @description As asked */
      readonly 200: {
        headers: {
          readonly [name: string]: unknown;
        };
        content: {
          readonly "application/json": components["schemas"]["Build"];
        };
      };
      /** @description The caller has it already */
      readonly 304: {
        headers: {
          readonly [name: string]: unknown;
        };
        content?: never;
      };
      readonly 400: components["responses"]["400"];
      readonly 401: components["responses"]["401"];
      readonly 403: components["responses"]["403"];
      /** @description No such service is known, or no build of it has begun since the controller started */
      readonly 404: {
        headers: {
          readonly [name: string]: unknown;
        };
        content: {
          readonly "application/json": components["schemas"]["Error"];
        };
      };
      readonly 429: components["responses"]["429"];
    };
  };
  readonly postServicesProjectServiceBuild: {
    readonly parameters: {
      readonly query?: {
        /** @description Why, in a person's words, for the journal and the events */
        readonly reason?: string;
      };
      readonly header?: {
        /** @description The service's `ETag`: refused where what it was decided by is not so any more */
        readonly "If-Match"?: string;
      };
      readonly path: {
        readonly project: string;
        readonly service: string;
      };
      readonly cookie?: never;
    };
    readonly requestBody?: never;
    readonly responses: {
      /** @description Enqueued */
      readonly 202: {
        headers: {
          readonly [name: string]: unknown;
        };
        content: {
          readonly "application/json": {
            readonly enqueued: readonly string[];
            /** @description Whether it outlives a restart: `false` while the journal cannot be written */
            readonly durable: boolean;
          };
        };
      };
      readonly 400: components["responses"]["400"];
      readonly 401: components["responses"]["401"];
      readonly 403: components["responses"]["403"];
      readonly 404: components["responses"]["404"];
      /** @description The service is not built here */
      readonly 409: {
        headers: {
          readonly [name: string]: unknown;
        };
        content: {
          readonly "application/json": components["schemas"]["Error"];
        };
      };
      readonly 412: components["responses"]["412"];
      readonly 415: components["responses"]["415"];
      readonly 429: components["responses"]["429"];
    };
  };
  readonly getPlan: {
    readonly parameters: {
      readonly query?: {
        /** @description As if the controller removed what has left its files, whether it does or not */
        readonly prune?: boolean;
      };
      readonly header?: {
        /** @description The `ETag` of an earlier answer: 304 where this one is the same */
        readonly "If-None-Match"?: string;
      };
      readonly path?: never;
      readonly cookie?: never;
    };
    readonly requestBody?: never;
    readonly responses: {
      /** @description As asked */
      readonly 200: {
        headers: {
          readonly [name: string]: unknown;
        };
        content: {
          readonly "application/json": components["schemas"]["Plans"];
        };
      };
      /** @description The caller has it already */
      readonly 304: {
        headers: {
          readonly [name: string]: unknown;
        };
        content?: never;
      };
      readonly 400: components["responses"]["400"];
      readonly 401: components["responses"]["401"];
      readonly 403: components["responses"]["403"];
      readonly 429: components["responses"]["429"];
      readonly 503: components["responses"]["503"];
    };
  };
  readonly getServicesProjectServiceRollout: {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path: {
        readonly project: string;
        readonly service: string;
      };
      readonly cookie?: never;
    };
    readonly requestBody?: never;
    readonly responses: {
      /** @description As of now; or where that is accepted Server-Sent Events named `rollout`, each with a whole Progress, whenever there is news */
      readonly 200: {
        headers: {
          readonly [name: string]: unknown;
        };
        content: {
          readonly "application/json": components["schemas"]["Progress"];
          readonly "text/event-stream": string;
        };
      };
      readonly 400: components["responses"]["400"];
      readonly 401: components["responses"]["401"];
      readonly 403: components["responses"]["403"];
      readonly 404: components["responses"]["404"];
      readonly 429: components["responses"]["429"];
      /** @description Too many streams are open */
      readonly 503: {
        headers: {
          readonly [name: string]: unknown;
        };
        content: {
          readonly "application/json": components["schemas"]["Error"];
        };
      };
    };
  };
  readonly getRollouts: {
    readonly parameters: {
      readonly query?: {
        /** @description `project/service`; may repeat; default all */
        readonly service?: readonly string[];
      };
      readonly header?: never;
      readonly path?: never;
      readonly cookie?: never;
    };
    readonly requestBody?: never;
    readonly responses: {
      /** @description As of now; or where that is accepted Server-Sent Events named `rollout`, each with a whole Progress, whenever there is news */
      readonly 200: {
        headers: {
          readonly [name: string]: unknown;
        };
        content: {
          readonly "application/json": {
            readonly rollouts: readonly components["schemas"]["Progress"][];
          };
          readonly "text/event-stream": string;
        };
      };
      readonly 400: components["responses"]["400"];
      readonly 401: components["responses"]["401"];
      readonly 403: components["responses"]["403"];
      readonly 404: components["responses"]["404"];
      readonly 429: components["responses"]["429"];
      /** @description Too many streams are open */
      readonly 503: {
        headers: {
          readonly [name: string]: unknown;
        };
        content: {
          readonly "application/json": components["schemas"]["Error"];
        };
      };
    };
  };
  readonly postServicesProjectServiceReconcile: {
    readonly parameters: {
      readonly query?: {
        /** @description Why, in a person's words, for the journal and the events */
        readonly reason?: string;
      };
      readonly header?: {
        /** @description The service's `ETag`: refused where what it was decided by is not so any more */
        readonly "If-Match"?: string;
      };
      readonly path: {
        readonly project: string;
        readonly service: string;
      };
      readonly cookie?: never;
    };
    readonly requestBody?: never;
    readonly responses: {
      /** @description Enqueued */
      readonly 202: {
        headers: {
          readonly [name: string]: unknown;
        };
        content: {
          readonly "application/json": {
            readonly enqueued: readonly string[];
            /** @description Whether it outlives a restart: `false` while the journal cannot be written */
            readonly durable: boolean;
          };
        };
      };
      readonly 400: components["responses"]["400"];
      readonly 401: components["responses"]["401"];
      readonly 403: components["responses"]["403"];
      readonly 404: components["responses"]["404"];
      readonly 412: components["responses"]["412"];
      readonly 415: components["responses"]["415"];
      readonly 429: components["responses"]["429"];
    };
  };
  readonly postServicesProjectServiceRetry: {
    readonly parameters: {
      readonly query?: {
        /** @description Why, in a person's words, for the journal and the events */
        readonly reason?: string;
      };
      readonly header?: {
        /** @description The service's `ETag`: refused where what it was decided by is not so any more */
        readonly "If-Match"?: string;
      };
      readonly path: {
        readonly project: string;
        readonly service: string;
      };
      readonly cookie?: never;
    };
    readonly requestBody?: never;
    readonly responses: {
      /** @description Enqueued */
      readonly 202: {
        headers: {
          readonly [name: string]: unknown;
        };
        content: {
          readonly "application/json": {
            readonly enqueued: readonly string[];
            /** @description Whether it outlives a restart: `false` while the journal cannot be written */
            readonly durable: boolean;
            readonly retried: {
              /** @description Why it changes nothing; absent: it does */
              readonly unchanged?: string;
            };
          };
        };
      };
      readonly 400: components["responses"]["400"];
      readonly 401: components["responses"]["401"];
      readonly 403: components["responses"]["403"];
      readonly 404: components["responses"]["404"];
      readonly 412: components["responses"]["412"];
      readonly 415: components["responses"]["415"];
      readonly 429: components["responses"]["429"];
    };
  };
  readonly postServicesProjectServiceRollback: {
    readonly parameters: {
      readonly query?: {
        /** @description A revision's number, or the beginning of its digest; default the last stable one before */
        readonly to?: string;
        /** @description Why, in a person's words, for the journal and the events */
        readonly reason?: string;
      };
      readonly header?: {
        /** @description The service's `ETag`: refused where what it was decided by is not so any more */
        readonly "If-Match"?: string;
      };
      readonly path: {
        readonly project: string;
        readonly service: string;
      };
      readonly cookie?: never;
    };
    readonly requestBody?: never;
    readonly responses: {
      /** @description Enqueued */
      readonly 202: {
        headers: {
          readonly [name: string]: unknown;
        };
        content: {
          readonly "application/json": {
            readonly enqueued: readonly string[];
            /** @description Whether it outlives a restart: `false` while the journal cannot be written */
            readonly durable: boolean;
            readonly rollback: {
              readonly revision: number;
              readonly digest: string;
              /**
               * @description Whose spec it runs with: its own, or the file's as of now
               * @enum {string}
               */
              readonly spec: "own" | "today's";
            };
          };
        };
      };
      readonly 400: components["responses"]["400"];
      readonly 401: components["responses"]["401"];
      readonly 403: components["responses"]["403"];
      readonly 404: components["responses"]["404"];
      /** @description No such revision is known, or it has not proved itself */
      readonly 409: {
        headers: {
          readonly [name: string]: unknown;
        };
        content: {
          readonly "application/json": components["schemas"]["Error"];
        };
      };
      readonly 412: components["responses"]["412"];
      readonly 415: components["responses"]["415"];
      readonly 429: components["responses"]["429"];
    };
  };
  readonly postServicesProjectServiceApprove: {
    readonly parameters: {
      readonly query?: {
        /** @description What is approved, or the beginning of it */
        readonly digest?: string;
        /** @description Why, in a person's words, for the journal and the events */
        readonly reason?: string;
      };
      readonly header?: {
        /** @description The service's `ETag`: refused where what it was decided by is not so any more */
        readonly "If-Match"?: string;
      };
      readonly path: {
        readonly project: string;
        readonly service: string;
      };
      readonly cookie?: never;
    };
    readonly requestBody?: never;
    readonly responses: {
      /** @description Enqueued */
      readonly 202: {
        headers: {
          readonly [name: string]: unknown;
        };
        content: {
          readonly "application/json": {
            readonly enqueued: readonly string[];
            /** @description Whether it outlives a restart: `false` while the journal cannot be written */
            readonly durable: boolean;
            readonly approved: {
              readonly digest: string;
              readonly specHash: string;
              /** @description Why it changes nothing; absent: it does */
              readonly unchanged?: string;
            };
          };
        };
      };
      readonly 400: components["responses"]["400"];
      readonly 401: components["responses"]["401"];
      readonly 403: components["responses"]["403"];
      readonly 404: components["responses"]["404"];
      /** @description Something else is wanted by now, or it is not known what is */
      readonly 409: {
        headers: {
          readonly [name: string]: unknown;
        };
        content: {
          readonly "application/json": components["schemas"]["Error"];
        };
      };
      readonly 412: components["responses"]["412"];
      readonly 415: components["responses"]["415"];
      readonly 429: components["responses"]["429"];
    };
  };
  readonly postServicesProjectServicePause: {
    readonly parameters: {
      readonly query?: {
        /** @description Why, in a person's words, for the journal and the events */
        readonly reason?: string;
      };
      readonly header?: {
        /** @description The service's `ETag`: refused where what it was decided by is not so any more */
        readonly "If-Match"?: string;
      };
      readonly path: {
        readonly project: string;
        readonly service: string;
      };
      readonly cookie?: never;
    };
    readonly requestBody?: never;
    readonly responses: {
      /** @description Enqueued */
      readonly 202: {
        headers: {
          readonly [name: string]: unknown;
        };
        content: {
          readonly "application/json": {
            readonly enqueued: readonly string[];
            /** @description Whether it outlives a restart: `false` while the journal cannot be written */
            readonly durable: boolean;
            readonly paused: {
              /** @description Why it changes nothing; absent: it does */
              readonly unchanged?: string;
            };
          };
        };
      };
      readonly 400: components["responses"]["400"];
      readonly 401: components["responses"]["401"];
      readonly 403: components["responses"]["403"];
      readonly 404: components["responses"]["404"];
      readonly 412: components["responses"]["412"];
      readonly 415: components["responses"]["415"];
      readonly 429: components["responses"]["429"];
    };
  };
  readonly postServicesProjectServiceResume: {
    readonly parameters: {
      readonly query?: {
        /** @description Why, in a person's words, for the journal and the events */
        readonly reason?: string;
      };
      readonly header?: {
        /** @description The service's `ETag`: refused where what it was decided by is not so any more */
        readonly "If-Match"?: string;
      };
      readonly path: {
        readonly project: string;
        readonly service: string;
      };
      readonly cookie?: never;
    };
    readonly requestBody?: never;
    readonly responses: {
      /** @description Enqueued */
      readonly 202: {
        headers: {
          readonly [name: string]: unknown;
        };
        content: {
          readonly "application/json": {
            readonly enqueued: readonly string[];
            /** @description Whether it outlives a restart: `false` while the journal cannot be written */
            readonly durable: boolean;
            readonly resumed: {
              /** @description The file itself says `paused`: still no rollout begins */
              readonly pausedByFile: boolean;
              /** @description Why it changes nothing; absent: it does */
              readonly unchanged?: string;
            };
          };
        };
      };
      readonly 400: components["responses"]["400"];
      readonly 401: components["responses"]["401"];
      readonly 403: components["responses"]["403"];
      readonly 404: components["responses"]["404"];
      readonly 412: components["responses"]["412"];
      readonly 415: components["responses"]["415"];
      readonly 429: components["responses"]["429"];
    };
  };
  readonly postServicesProjectServiceStop: {
    readonly parameters: {
      readonly query?: {
        /** @description A duration, such as `2h`; default until it is started */
        readonly for?: string;
        /** @description Why, in a person's words, for the journal and the events */
        readonly reason?: string;
      };
      readonly header?: {
        /** @description The service's `ETag`: refused where what it was decided by is not so any more */
        readonly "If-Match"?: string;
      };
      readonly path: {
        readonly project: string;
        readonly service: string;
      };
      readonly cookie?: never;
    };
    readonly requestBody?: never;
    readonly responses: {
      /** @description Enqueued */
      readonly 202: {
        headers: {
          readonly [name: string]: unknown;
        };
        content: {
          readonly "application/json": {
            readonly enqueued: readonly string[];
            /** @description Whether it outlives a restart: `false` while the journal cannot be written */
            readonly durable: boolean;
            readonly stopped: {
              /** Format: date-time */
              readonly until?: string;
              /** @description Why it changes nothing; absent: it does */
              readonly unchanged?: string;
            };
          };
        };
      };
      readonly 400: components["responses"]["400"];
      readonly 401: components["responses"]["401"];
      readonly 403: components["responses"]["403"];
      readonly 404: components["responses"]["404"];
      readonly 412: components["responses"]["412"];
      readonly 415: components["responses"]["415"];
      readonly 429: components["responses"]["429"];
    };
  };
  readonly postServicesProjectServiceStart: {
    readonly parameters: {
      readonly query?: {
        /** @description Why, in a person's words, for the journal and the events */
        readonly reason?: string;
      };
      readonly header?: {
        /** @description The service's `ETag`: refused where what it was decided by is not so any more */
        readonly "If-Match"?: string;
      };
      readonly path: {
        readonly project: string;
        readonly service: string;
      };
      readonly cookie?: never;
    };
    readonly requestBody?: never;
    readonly responses: {
      /** @description Enqueued */
      readonly 202: {
        headers: {
          readonly [name: string]: unknown;
        };
        content: {
          readonly "application/json": {
            readonly enqueued: readonly string[];
            /** @description Whether it outlives a restart: `false` while the journal cannot be written */
            readonly durable: boolean;
            readonly started: {
              /** @description The file itself says `stopped`: it stays off */
              readonly stoppedByFile: boolean;
              /** @description Why it changes nothing; absent: it does */
              readonly unchanged?: string;
            };
          };
        };
      };
      readonly 400: components["responses"]["400"];
      readonly 401: components["responses"]["401"];
      readonly 403: components["responses"]["403"];
      readonly 404: components["responses"]["404"];
      readonly 412: components["responses"]["412"];
      readonly 415: components["responses"]["415"];
      readonly 429: components["responses"]["429"];
    };
  };
  readonly postServicesProjectServiceAdopt: {
    readonly parameters: {
      readonly query?: {
        /** @description Why, in a person's words, for the journal and the events */
        readonly reason?: string;
      };
      readonly header?: {
        /** @description The service's `ETag`: refused where what it was decided by is not so any more */
        readonly "If-Match"?: string;
      };
      readonly path: {
        readonly project: string;
        readonly service: string;
      };
      readonly cookie?: never;
    };
    readonly requestBody?: never;
    readonly responses: {
      /** @description Enqueued */
      readonly 202: {
        headers: {
          readonly [name: string]: unknown;
        };
        content: {
          readonly "application/json": {
            readonly enqueued: readonly string[];
            /** @description Whether it outlives a restart: `false` while the journal cannot be written */
            readonly durable: boolean;
            readonly adopted: readonly string[];
          };
        };
      };
      readonly 400: components["responses"]["400"];
      readonly 401: components["responses"]["401"];
      readonly 403: components["responses"]["403"];
      readonly 404: components["responses"]["404"];
      readonly 412: components["responses"]["412"];
      readonly 415: components["responses"]["415"];
      readonly 429: components["responses"]["429"];
      readonly 503: components["responses"]["503"];
    };
  };
  readonly getServicesProjectServiceLogs: {
    readonly parameters: {
      readonly query?: {
        /** @description The answer goes on, over restarts and rollouts, until the client ends it */
        readonly follow?: boolean;
        /** @description So many lines from the end of each container's log; default `all` */
        readonly tail?: string;
        /** @description A time in ISO 8601, or how long ago: `10m` */
        readonly since?: string;
        /** @description Of text, each line with its time */
        readonly timestamps?: boolean;
        /** @description Of text, never a container's name before its lines */
        readonly "no-prefix"?: boolean;
      };
      readonly header?: never;
      readonly path: {
        readonly project: string;
        readonly service: string;
      };
      readonly cookie?: never;
    };
    readonly requestBody?: never;
    readonly responses: {
      /** @description Text, or where it is accepted one JSON object a line, in order of time, then as they come */
      readonly 200: {
        headers: {
          readonly [name: string]: unknown;
        };
        content: {
          readonly "text/plain": string;
          readonly "application/x-ndjson": components["schemas"]["LogEntry"];
        };
      };
      readonly 400: components["responses"]["400"];
      readonly 401: components["responses"]["401"];
      readonly 403: components["responses"]["403"];
      readonly 404: components["responses"]["404"];
      readonly 429: components["responses"]["429"];
      /** @description The engine cannot be reached, or too many streams are open */
      readonly 503: {
        headers: {
          readonly [name: string]: unknown;
        };
        content: {
          readonly "application/json": components["schemas"]["Error"];
        };
      };
    };
  };
  readonly getLogs: {
    readonly parameters: {
      readonly query?: {
        /** @description `project/service`; may repeat; default all */
        readonly service?: readonly string[];
        /** @description The answer goes on, over restarts and rollouts, until the client ends it */
        readonly follow?: boolean;
        /** @description So many lines from the end of each container's log; default `all` */
        readonly tail?: string;
        /** @description A time in ISO 8601, or how long ago: `10m` */
        readonly since?: string;
        /** @description Of text, each line with its time */
        readonly timestamps?: boolean;
        /** @description Of text, never a container's name before its lines */
        readonly "no-prefix"?: boolean;
      };
      readonly header?: never;
      readonly path?: never;
      readonly cookie?: never;
    };
    readonly requestBody?: never;
    readonly responses: {
      /** @description Text, or where it is accepted one JSON object a line, in order of time, then as they come */
      readonly 200: {
        headers: {
          readonly [name: string]: unknown;
        };
        content: {
          readonly "text/plain": string;
          readonly "application/x-ndjson": components["schemas"]["LogEntry"];
        };
      };
      readonly 400: components["responses"]["400"];
      readonly 401: components["responses"]["401"];
      readonly 403: components["responses"]["403"];
      readonly 404: components["responses"]["404"];
      readonly 429: components["responses"]["429"];
      /** @description The engine cannot be reached, or too many streams are open */
      readonly 503: {
        headers: {
          readonly [name: string]: unknown;
        };
        content: {
          readonly "application/json": components["schemas"]["Error"];
        };
      };
    };
  };
  readonly getEvents: {
    readonly parameters: {
      readonly query?: {
        /** @description A time in ISO 8601, or how long ago: `10m`; default all that is kept */
        readonly since?: string;
        /** @description `false`: the answer ends with what is kept; default `true` */
        readonly follow?: boolean;
      };
      readonly header?: {
        /** @description What a client that comes again saw last */
        readonly "Last-Event-ID"?: string;
      };
      readonly path?: never;
      readonly cookie?: never;
    };
    readonly requestBody?: never;
    readonly responses: {
      /** @description Server-Sent Events, or where it is accepted one JSON object a line */
      readonly 200: {
        headers: {
          readonly [name: string]: unknown;
        };
        content: {
          readonly "text/event-stream": string;
          readonly "application/x-ndjson": components["schemas"]["Event"];
        };
      };
      readonly 400: components["responses"]["400"];
      readonly 401: components["responses"]["401"];
      readonly 403: components["responses"]["403"];
      readonly 429: components["responses"]["429"];
      /** @description Too many streams are open */
      readonly 503: {
        headers: {
          readonly [name: string]: unknown;
        };
        content: {
          readonly "application/json": components["schemas"]["Error"];
        };
      };
    };
  };
  readonly getKept: {
    readonly parameters: {
      readonly query?: never;
      readonly header?: {
        /** @description The `ETag` of an earlier answer: 304 where this one is the same */
        readonly "If-None-Match"?: string;
      };
      readonly path?: never;
      readonly cookie?: never;
    };
    readonly requestBody?: never;
    readonly responses: {
      /** @description As asked */
      readonly 200: {
        headers: {
          readonly [name: string]: unknown;
        };
        content: {
          readonly "application/json": {
            readonly kept: readonly components["schemas"]["Kept"][];
          };
        };
      };
      /** @description The caller has it already */
      readonly 304: {
        headers: {
          readonly [name: string]: unknown;
        };
        content?: never;
      };
      readonly 400: components["responses"]["400"];
      readonly 401: components["responses"]["401"];
      readonly 403: components["responses"]["403"];
      readonly 429: components["responses"]["429"];
      readonly 503: components["responses"]["503"];
    };
  };
  readonly postProjectsProjectSync: {
    readonly parameters: {
      readonly query: {
        /** @description Whose version counts: the container's (`ours`), or git's (`theirs`) */
        readonly side: "ours" | "theirs";
        /** @description A path from the repository's root on; default all that wait for a word */
        readonly file?: readonly string[];
      };
      readonly header?: never;
      readonly path: {
        readonly project: string;
      };
      readonly cookie?: never;
    };
    readonly requestBody?: never;
    readonly responses: {
      /** @description Done */
      readonly 200: {
        headers: {
          readonly [name: string]: unknown;
        };
        content: {
          readonly "application/json": components["schemas"]["Synced"];
        };
      };
      readonly 400: components["responses"]["400"];
      readonly 401: components["responses"]["401"];
      readonly 403: components["responses"]["403"];
      /** @description No project of a repository is called so */
      readonly 404: {
        headers: {
          readonly [name: string]: unknown;
        };
        content: {
          readonly "application/json": components["schemas"]["Error"];
        };
      };
      readonly 415: components["responses"]["415"];
      readonly 429: components["responses"]["429"];
    };
  };
  readonly getNotifications: {
    readonly parameters: {
      readonly query?: never;
      readonly header?: {
        /** @description The `ETag` of an earlier answer: 304 where this one is the same */
        readonly "If-None-Match"?: string;
      };
      readonly path?: never;
      readonly cookie?: never;
    };
    readonly requestBody?: never;
    readonly responses: {
      /** @description As asked */
      readonly 200: {
        headers: {
          readonly [name: string]: unknown;
        };
        content: {
          readonly "application/json": components["schemas"]["Notifications"];
        };
      };
      /** @description The caller has it already */
      readonly 304: {
        headers: {
          readonly [name: string]: unknown;
        };
        content?: never;
      };
      readonly 400: components["responses"]["400"];
      readonly 401: components["responses"]["401"];
      readonly 403: components["responses"]["403"];
      readonly 429: components["responses"]["429"];
    };
  };
  readonly postNotificationsNameTest: {
    readonly parameters: {
      readonly query?: {
        /** @description Which event the sample is of; default the first that is wanted */
        readonly event?: string;
        /** @description Nothing is sent */
        readonly dryRun?: boolean;
      };
      readonly header?: never;
      readonly path: {
        readonly name: string;
      };
      readonly cookie?: never;
    };
    readonly requestBody?: never;
    readonly responses: {
      /** @description Done */
      readonly 200: {
        headers: {
          readonly [name: string]: unknown;
        };
        content: {
          readonly "application/json": components["schemas"]["TestOutcome"];
        };
      };
      readonly 400: components["responses"]["400"];
      readonly 401: components["responses"]["401"];
      readonly 403: components["responses"]["403"];
      /** @description Nobody who is told is called so */
      readonly 404: {
        headers: {
          readonly [name: string]: unknown;
        };
        content: {
          readonly "application/json": components["schemas"]["Error"];
        };
      };
      readonly 415: components["responses"]["415"];
      readonly 429: components["responses"]["429"];
    };
  };
  readonly postSelfDelivery: {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path?: never;
      readonly cookie?: never;
    };
    readonly requestBody?: never;
    readonly responses: {
      /** @description Done */
      readonly 200: {
        headers: {
          readonly [name: string]: unknown;
        };
        content: {
          readonly "application/json": components["schemas"]["SelfDelivered"];
        };
      };
      readonly 400: components["responses"]["400"];
      readonly 401: components["responses"]["401"];
      readonly 403: components["responses"]["403"];
      readonly 415: components["responses"]["415"];
      readonly 429: components["responses"]["429"];
    };
  };
  readonly getOpenapiJson: {
    readonly parameters: {
      readonly query?: never;
      readonly header?: {
        /** @description The `ETag` of an earlier answer: 304 where this one is the same */
        readonly "If-None-Match"?: string;
      };
      readonly path?: never;
      readonly cookie?: never;
    };
    readonly requestBody?: never;
    readonly responses: {
      /** @description As asked */
      readonly 200: {
        headers: {
          readonly [name: string]: unknown;
        };
        content: {
          readonly "application/json": {
            readonly [key: string]: unknown;
          };
        };
      };
      /** @description The caller has it already */
      readonly 304: {
        headers: {
          readonly [name: string]: unknown;
        };
        content?: never;
      };
      readonly 400: components["responses"]["400"];
      readonly 401: components["responses"]["401"];
      readonly 403: components["responses"]["403"];
      readonly 429: components["responses"]["429"];
    };
  };
}
