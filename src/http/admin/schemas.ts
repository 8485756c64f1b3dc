import type { Event } from "../../control/journal/event.js";

export type Schema = Readonly<Record<string, unknown>>;

export const name: Schema = { type: "string" };

export const durable: Schema = {
  type: "boolean",
  description: "Whether it outlives a restart: false while the journal cannot be written",
};

export const journalKind: Schema = { enum: ["written", "failing", "stuck", "reading"] };

export const engine: Schema = {
  ...object({ kind: { enum: ["reachable", "unreachable"] }, clockSkewSeconds: { type: "number" } }),
  description: "Whether the engine can be reached, and how far this process's clock is ahead of its",
};

export const journal: Schema = {
  ...object({ kind: journalKind }),
  properties: { kind: journalKind, message: name, forMs: { type: "number" } },
};

export const time: Schema = { type: "string", format: "date-time" };

export const eventTypes: readonly Event["type"][] = [
  ...(["state", "file", "delivery", "rollout", "hold", "job", "build", "pin", "pause", "resume"] as const),
  ...(["stop", "start", "approval", "retry", "adoption", "reload", "commit"] as const),
];

export const pin: Schema = object({ revision: { type: "integer" }, digest: name });

export const rollout: Schema = {
  from: name,
  to: name,
  startedAt: time,
  finishedAt: time,
  outcome: { enum: ["promoted", "rolled-back", "superseded", "failed"] },
  reason: name,
  message: name,
  image: name,
  specHash: name,
  rollback: { const: true },
  onRollback: object({ outcome: { enum: ["done", "failed"] }, message: name }),
  tag: { ...object({ tag: name, policy: name }), properties: { from: name, tag: name, policy: name } },
  commit: object({ id: name, source: name, author: name, subject: name }),
};

const commit: Schema = object({ id: name, author: name, at: name, subject: name });

const sourceCondition: Schema = object({ status: { enum: ["True", "False"] }, reason: name, message: name });

/** A repository that services files come from. */
export const source: Schema = {
  ...object({
    source: name,
    ref: name,
    condition: sourceCondition,
    projects: list(object({ project: name, file: name, revision: name })),
  }),
  properties: {
    source: name,
    ref: name,
    newest: commit,
    inForce: commit,
    lastSuccessAt: time,
    condition: sourceCondition,
    projects: list(object({ project: name, file: name, revision: name })),
    writeBack: {
      ...object({ condition: sourceCondition }),
      properties: {
        branch: name,
        condition: sourceCondition,
        last: object({ commit: name, at: time, services: list(name) }),
      },
    },
  },
};

/** Something of a repository that is kept on the host. */
export const kept: Schema = object({
  source: name,
  kind: { enum: ["content", "tended", "objects", "replaced"] },
  path: name,
  bytes: { type: "integer" },
  projects: list(name),
  containers: list(name),
});

export const plan: Schema = {
  ...object({ project: name, service: name, changes: { type: "boolean" }, text: name }),
  properties: {
    project: name,
    service: name,
    changes: { type: "boolean" },
    error: { ...name, description: "Why nobody can say what would be done" },
    declared: { ...name, description: "Identifies what the files say of the service" },
    text: name,
  },
};

export const problem: Schema = {
  ...object({ file: name, path: name, message: name }),
  properties: {
    file: name,
    commit: { ...name, description: "Of a file in git" },
    line: { type: "integer" },
    column: { type: "integer" },
    path: { ...name, description: "The key, such as `services.web.ports[0]`; empty for the whole file" },
    message: name,
    remedy: name,
  },
};

export const service: Schema = {
  type: "object",
  required: ["project", "service", "image", "sync", "health", "replicas", "conditions"],
  properties: {
    project: name,
    service: name,
    image: { ...name, description: "With the tag that is followed" },
    tag: { ...name, description: "The tag that is followed" },
    policy: { ...name, description: "What chooses the tag, such as `semver ^1.4`; absent: the file names it" },
    observedAt: time,
    sync: { enum: ["Synced", "OutOfSync", "Held", "Pinned", "Paused", "Stopped", "Unknown"] },
    health: { enum: ["Healthy", "Progressing", "Degraded", "Missing", "Unknown"] },
    desiredDigest: name,
    activeDigest: name,
    revision: { type: "integer" },
    createdAt: { ...time, description: "When the container that it is shown by was created" },
    replicas: object({
      desired: { type: "integer" },
      ready: { type: "integer" },
      updated: { type: "integer" },
    }),
    conditions: list(
      object({
        type: name,
        status: { enum: ["True", "False", "Unknown"] },
        reason: name,
        message: name,
        observedGeneration: { type: "integer" },
        lastTransitionTime: { type: "string", format: "date-time" },
      }),
    ),
    pinned: pin,
    lastRollout: {
      type: "object",
      required: ["id", "to", "startedAt", "reason"],
      properties: { id: name, ...rollout },
    },
  },
};

export const history: Schema = {
  type: "object",
  required: ["revisions", "paused", "reloads", "failures"],
  properties: {
    revisions: list({
      type: "object",
      required: ["revision", "to", "startedAt", "reason", "active"],
      properties: { revision: { type: "integer" }, active: { type: "boolean" }, ...rollout },
    }),
    pinned: pin,
    paused: { type: "boolean" },
    reloads: list({
      ...object({ container: name, signal: name, files: list(name), at: time }),
      properties: {
        container: name,
        signal: name,
        files: list(name),
        at: time,
        outcome: { enum: ["well", "failed"] },
        message: name,
      },
    }),
    failures: list(
      object({
        digest: name,
        specHash: name,
        container: name,
        reason: name,
        message: name,
        at: time,
        logs: list(name),
      }),
    ),
  },
};

export const images: Schema = {
  ...object({
    image: name,
    running: list(name),
    candidates: list(object({ tag: name, verdict: { enum: ["chosen", "passed-over", "unfit"] }, why: name })),
    more: { type: "integer" },
  }),
  properties: {
    image: { ...name, description: "As the file names it" },
    policy: { ...name, description: "What chooses the tag; absent: the file names it" },
    tag: { ...name, description: "The tag that is followed" },
    digest: { ...name, description: "What is behind it" },
    problem: object({ reason: name, message: name }),
    running: list(name),
    candidates: list(object({ tag: name, verdict: { enum: ["chosen", "passed-over", "unfit"] }, why: name })),
    more: { type: "integer", description: "How many more there are that are not shown" },
  },
};

export function object(properties: Schema): Schema {
  return { type: "object", required: Object.keys(properties), properties };
}

/** Of an order that may change nothing. */
export function orUnchanged(properties: Schema): Schema {
  const unchanged: Schema = { ...name, description: "Why it changes nothing; absent: it does" };
  return { ...object(properties), properties: { ...properties, unchanged } };
}

export function list(items: Schema): Schema {
  return { type: "array", items };
}

export function ref(schema: string): Schema {
  return { $ref: `#/components/schemas/${schema}` };
}
