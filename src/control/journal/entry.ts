/* The lines of the journal. What they come to is `control/journal/record.ts`. */
import { z } from "zod";
import { isImageVersion, parseImage } from "../../compose/values/image.js";
import type { Digest, ImageId, ImageVersion } from "../../compose/values/image.js";
import type { Reason, Rollout } from "../../plan/model/condition.js";
import { mountedFile } from "./mounted-record.js";

const isHash = (value: unknown) => typeof value === "string" && isImageVersion(value);
const ofRegistry = z.custom<Digest>(isHash);
const digest = z.custom<ImageVersion>(isHash);
const reason = z.custom<Reason>((value) => typeof value === "string");
const restart = z.object({
  name: z.enum(["no", "always", "unless-stopped", "on-failure"]),
  maximumRetryCount: z.number(),
});
const image = z.string().refine(isImage);
/** What a date can be made of, in four digits of a year. */
const moment = z
  .number()
  .min(0)
  .max(Date.UTC(9999, 11, 31));
const isoTime = z.string().refine((text) => moment.safeParse(Date.parse(text)).success);
const common = { at: moment, key: z.templateLiteral([z.string().min(1), "/", z.string().min(1)]) };
/** A person's order, with their reason, as they have written it. */
const ordered = { ...common, why: z.string().optional() };
const rollout = z.object({
  id: z.string(),
  from: z.string().optional(),
  to: z.string(),
  startedAt: isoTime,
  finishedAt: isoTime.optional(),
  outcome: z.enum(["promoted", "rolled-back", "superseded", "failed"]).optional(),
  reason: z.string(),
  image: z.string().optional(),
  specHash: z.string().optional(),
  rollback: z.literal(true).optional(),
  message: z.string().optional(),
  tag: z
    .object({
      ...{ from: z.string().optional(), tag: z.string(), policy: z.string() },
      skipped: z.object({ tags: z.array(z.string()), more: z.number() }).optional(),
    })
    .optional(),
  commit: z.object({ id: z.string(), source: z.string(), author: z.string(), subject: z.string() }).optional(),
  cause: z.string().optional(),
});

/** One line of the journal. What cannot be read is skipped: the containers still tell the essential. */
export const entrySchema = z.discriminatedUnion("type", [
  z.object({
    ...common,
    type: z.literal("hold"),
    specHash: z.string(),
    digest,
    reason,
    message: z.string(),
    container: z.string(),
    slot: z.number().optional(),
    revision: z.number().optional(),
    onRollback: z.string().optional(),
    ranAnewAt: z.number().optional(),
    logs: z.array(z.string()).readonly(),
  }),
  z.object({
    ...common,
    type: z.literal("job"),
    /** The engine's id of its container, and its name. */
    container: z.string(),
    name: z.string().optional(),
    job: z.string(),
    specHash: z.string(),
    digest,
    outcome: z.enum(["started", "done", "failed", "retried"]),
    message: z.string(),
    phase: z.enum(["before", "pre_start", "after", "on_rollback"]).optional(),
    revision: z.number().optional(),
    logs: z.array(z.string()).readonly().optional(),
  }),
  /** The host could not start it: it is tried again later. */
  z.object({
    ...common,
    type: z.literal("attempt"),
    specHash: z.string(),
    digest,
    reason,
    message: z.string(),
    slot: z.number().optional(),
  }),
  z.object({ ...ordered, type: z.literal("retry") }),
  z.object({ ...common, type: z.literal("stable"), digest, specHash: z.string().optional() }),
  z.object({ ...common, type: z.literal("same-content"), digest: ofRegistry, as: digest }),
  /** An image and the rule by which it is signed, as one text. */
  z.object({ ...common, type: z.literal("verified"), proof: z.string().max(1_000) }),
  z.object({
    ...common,
    type: z.literal("rollout"),
    rollout: z.custom<Rollout>((value) => rollout.safeParse(value).success),
    /** Which of the service's courses it is, by the beginning of that. */
    course: moment.optional(),
  }),
  z.object({
    ...common,
    type: z.literal("step"),
    run: z.string(),
    text: z.string(),
    error: z.string().optional(),
    /** The course that it belongs to, by the beginning of that, with the step's kind and how long it has taken. */
    course: moment.optional(),
    kind: z.string().optional(),
    tookMs: z.number().optional(),
    /** In place of a step: in what the spec of the course differs from the one before. */
    changes: z
      .array(z.object({ field: z.string(), from: z.string().optional(), to: z.string().optional() }))
      .readonly()
      .optional(),
    /** The engine's id of the container that it has created. */
    made: z.string().optional(),
  }),
  /** Which files of the host a run of a container has mounted, as it found them. */
  z.object({
    ...common,
    type: z.literal("mounted"),
    container: z.string(),
    startedAt: z.number(),
    files: z.record(z.string(), mountedFile),
  }),
  /** A run of a container was told by a signal of files that have changed; and what came of it. */
  z.object({
    ...common,
    type: z.literal("reload"),
    container: z.string(),
    name: z.string(),
    startedAt: z.number().optional(),
    signal: z.string(),
    wasSick: z.literal(true).optional(),
    files: z.record(z.string(), mountedFile),
  }),
  z.object({
    ...common,
    type: z.literal("reloaded"),
    container: z.string(),
    name: z.string(),
    digest,
    specHash: z.string(),
    /** Absent: it has stayed well. */
    failure: z.string().optional(),
    logs: z.array(z.string()).readonly().optional(),
  }),
  /** The anonymous volumes of what serves in a slot, and after it of what served there before; the newest last. */
  z.object({
    ...common,
    type: z.literal("volumes"),
    slot: z.number(),
    volumes: z
      .array(
        z.object({
          name: z.string(),
          target: z.string(),
          readOnly: z.literal(true).optional(),
          asked: z.literal(true).optional(),
          borrowed: z.literal(true).optional(),
        }),
      )
      .readonly(),
  }),
  z.object({
    ...common,
    type: z.literal("adopt"),
    /** The engine's id, and the name it had then. */
    container: z.string(),
    name: z.string(),
    restart,
    digest,
  }),
  z.object({ ...common, type: z.literal("build-asked") }),
  z.object({
    ...common,
    type: z.literal("built"),
    inputs: z.string(),
    beganAt: z.number(),
    image: z.custom<ImageId>(isHash),
  }),
  z.object({
    ...common,
    type: z.literal("build-failed"),
    inputs: z.string(),
    beganAt: z.number(),
    /** With the same inputs it would fail again. */
    lasting: z.boolean(),
    message: z.string(),
    logs: z.array(z.string()).readonly(),
  }),
  /** A tag of its image's repository means what it has proved; and what it meant before. */
  z.object({
    ...common,
    type: z.literal("promoted"),
    tag: image,
    digest: ofRegistry,
    from: ofRegistry.optional(),
  }),
  z.object({ ...common, type: z.literal("resolved"), image: z.string(), digest: ofRegistry }),
  z.object({
    ...common,
    type: z.literal("leaving"),
    container: z.string(),
    startedAt: z.number().optional(),
    stage: z.enum(["replaced", "left", "stays"]),
    forMs: z.number(),
  }),
  z.object({
    ...common,
    type: z.literal("post-start"),
    container: z.string(),
    startedAt: z.number().optional(),
    failure: z.string().optional(),
  }),
  /** A person wants it to be off, or to run again. */
  z.object({ ...ordered, type: z.literal("stop"), until: z.number().optional() }),
  z.object({ ...ordered, type: z.literal("start") }),
  /** The run of a container that others have ended, and that is left so. */
  z.object({
    ...common,
    type: z.literal("left"),
    container: z.string(),
    name: z.string(),
    startedAt: z.number().optional(),
  }),
  /** What others have changed of a container in place. */
  z.object({ ...common, type: z.literal("drift"), name: z.string(), fields: z.array(z.string()) }),
  /** The run of a container that we are about to end. */
  z.object({ ...common, type: z.literal("ending"), container: z.string(), startedAt: z.number().optional() }),
  /** A person has gone back to an earlier revision, or wants nothing rolled out; `resume` lifts both. */
  z.object({ ...ordered, type: z.literal("pin"), revision: z.number(), digest, specHash: z.string(), image }),
  z.object({ ...ordered, type: z.literal("pause") }),
  z.object({ ...ordered, type: z.literal("resume") }),
  /** What a person lets go ahead, and when a digest was first seen behind the tag. */
  z.object({ ...ordered, type: z.literal("approve"), digest, specHash: z.string() }),
  z.object({ ...common, type: z.literal("seen"), digest }),
  /** A person's reason for an order that has no line of its own. */
  z.object({ ...common, type: z.literal("asked"), order: z.enum(["reconcile", "adopt", "build"]), why: z.string() }),
  /** A number that is seen on the host and belongs to no rollout: it is not to be given again. */
  z.object({ ...common, type: z.literal("revision"), revision: z.number() }),
  z.object({ ...common, type: z.literal("forget") }),
]);
export type Entry = z.infer<typeof entrySchema>;

function isImage(text: string): boolean {
  try {
    parseImage(text);
    return true;
  } catch {
    return false;
  }
}
