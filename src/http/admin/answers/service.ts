import { z } from "zod";
import { clusterConditionTypes, conditionTypes, type Reason } from "../../../plan/model/condition.js";
import { reasonWords } from "../../../plan/status/reason-words.js";
import { revision, texts, time, wholeNumber } from "./values.js";

const reasons = Object.keys(reasonWords) as [Reason, ...Reason[]];

export const pin = z.object({ revision, digest: z.string() });

/** What a rollout is in the list of a service and in its history. */
export const rollout = {
  from: z.string().optional(),
  to: z.string(),
  startedAt: time,
  finishedAt: time.optional(),
  outcome: z.enum(["promoted", "rolled-back", "superseded", "failed"]).optional(),
  reason: z.string(),
  message: z.string().optional(),
  image: z.string().optional(),
  specHash: z.string().optional(),
  rollback: z.literal(true).optional().describe("A person asked for this earlier revision"),
  onRollback: z
    .object({ outcome: z.enum(["done", "failed"]), message: z.string() })
    .optional()
    .describe("How its `on_rollback` jobs ended"),
  tag: z
    .object({
      from: z.string().optional(),
      tag: z.string(),
      policy: z.string(),
      skipped: z.object({ tags: texts, more: wholeNumber }).optional().describe("Which fitted between the two"),
    })
    .optional()
    .describe("What a policy has chosen, and what served before"),
  commit: z
    .object({ id: z.string(), source: z.string(), author: z.string(), subject: z.string() })
    .optional()
    .describe("What has changed the files"),
  cause: z.string().optional().describe("Who or what asked for the look that began it"),
};

const condition = z.object({
  type: z.enum([...conditionTypes, ...clusterConditionTypes]),
  status: z.enum(["True", "False", "Unknown"]),
  reason: z.enum(reasons),
  message: z.string(),
  observedGeneration: wholeNumber,
  lastTransitionTime: time,
});

export const service = z
  .object({
    project: z.string(),
    service: z.string(),
    image: z.string().describe("With the tag that is followed"),
    tag: z.string().optional().describe("The tag that is followed"),
    policy: z.string().optional().describe("What chooses the tag, such as `semver ^1.4`; absent: the file names it"),
    observedAt: time.optional(),
    sync: z.enum(["Synced", "OutOfSync", "Held", "Pinned", "Paused", "Stopped", "Unknown"]),
    health: z.enum(["Healthy", "Progressing", "Degraded", "Missing", "Unknown"]),
    desiredDigest: z.string().optional(),
    desiredSpec: z.string().optional().describe("Identifies what the files want a container to be made of"),
    activeDigest: z.string().optional(),
    revision: revision.optional(),
    createdAt: time.optional().describe("When the container that it is shown by was created"),
    replicas: z.object({ desired: wholeNumber, ready: wholeNumber, updated: wholeNumber }),
    conditions: z.array(condition),
    pinned: pin.optional(),
    lastRollout: z.object({ id: z.string(), ...rollout }).optional(),
  })
  .meta({ id: "Service" });
