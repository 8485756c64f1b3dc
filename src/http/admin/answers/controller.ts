import { z } from "zod";
import { eventTypes } from "../../../control/journal/event.js";
import { noticeKinds } from "../../../notify/model/notice.js";
import { service } from "./service.js";
import { texts, time, wholeNumber } from "./values.js";

/*
 * What the controller says of itself, and of all its services.
 */

export const journalKind = z.enum(["written", "failing", "stuck", "reading"]);

const journal = z
  .discriminatedUnion("kind", [
    z.object({ kind: z.literal("written") }),
    z.object({ kind: z.literal("failing"), message: z.string() }),
    z.object({ kind: z.literal("stuck"), forMs: z.number() }),
    z.object({ kind: z.literal("reading") }),
  ])
  .meta({ id: "Journal" });

const clockSkewSeconds = z.number().describe("How far this process's clock is ahead of the engine's");

const engine = z
  .discriminatedUnion("kind", [
    z.object({ kind: z.literal("reachable"), clockSkewSeconds }),
    z.object({ kind: z.literal("unreachable"), clockSkewSeconds, since: time, message: z.string() }),
  ])
  .meta({ id: "Engine" });

export const notifications = z
  .object({
    channels: z.array(
      z.object({
        name: z.string(),
        waiting: wholeNumber,
        dropped: wholeNumber,
        lastDelivered: z.object({ id: z.string(), at: time }).optional(),
        lastError: z.object({ message: z.string(), at: time }).optional(),
        troubledSince: time.optional(),
      }),
    ),
    durable: z.boolean().describe("`false`: a restart may lose what waits, or tell it twice"),
  })
  .meta({ id: "Notifications" });

export const testOutcome = z
  .object({
    kind: z.string().describe(`${noticeKinds.join(", ")}, or \`hook:<receiver>\``),
    text: z.string(),
    isUnwanted: z.literal(true).optional().describe("Its settings leave such notices out"),
    answer: z
      .discriminatedUnion("outcome", [
        z.object({ outcome: z.literal("delivered"), said: z.string().optional() }),
        z.object({ outcome: z.literal("later"), why: z.string(), afterMs: z.number().optional() }),
        z.object({ outcome: z.literal("refused"), why: z.string() }),
      ])
      .optional()
      .describe("Absent: nothing was sent"),
  })
  .meta({ id: "TestOutcome" });

const commit = z
  .object({ id: z.string(), author: z.string(), at: z.string(), subject: z.string() })
  .meta({ id: "Commit" });

const standing = z.object({ status: z.enum(["True", "False"]), reason: z.string(), message: z.string() });

/** A repository that services files come from. */
const source = z
  .object({
    source: z.string(),
    ref: z.string(),
    newest: commit.optional(),
    inForce: commit.optional(),
    lastSuccessAt: time.optional(),
    condition: standing,
    projects: z.array(z.object({ project: z.string(), file: z.string(), revision: z.string() })),
    writeBack: z
      .object({
        branch: z.string().optional(),
        condition: standing,
        last: z.object({ commit: z.string(), at: time, services: texts }).optional(),
      })
      .optional(),
  })
  .meta({ id: "Source" });

const problem = z
  .object({
    file: z.string(),
    commit: z.string().optional().describe("Of a file in git"),
    line: wholeNumber.optional(),
    column: wholeNumber.optional(),
    path: z.string().describe("The key, such as `services.web.ports[0]`; empty for the whole file"),
    message: z.string(),
    remedy: z.string().optional(),
  })
  .meta({ id: "Problem" });

export const overview = z
  .object({
    ready: z.boolean(),
    services: z.array(service),
    problems: z.array(problem),
    sources: z.array(source),
    journal,
    engine,
    notifications,
  })
  .meta({ id: "Overview" });

export const kept = z
  .object({
    source: z.string(),
    kind: z.enum(["content", "tended", "objects", "replaced"]),
    path: z.string(),
    bytes: wholeNumber,
    projects: texts,
    containers: texts,
  })
  .meta({ id: "Kept" });

export const synced = z
  .object({
    files: texts,
    kept: z.array(z.object({ file: z.string(), path: z.string() })),
    left: texts.describe("Nothing was decided about them"),
  })
  .meta({ id: "Synced" });

export const plan = z
  .object({
    project: z.string(),
    service: z.string(),
    changes: z.boolean(),
    error: z.string().optional().describe("Why nobody can say what would be done"),
    declared: z.string().optional().describe("Identifies what the files say of the service"),
    text: z.string(),
  })
  .meta({ id: "Plan" });

const orphan = z
  .object({
    kind: z.enum(["network", "volume"]),
    project: z.string(),
    name: z.string(),
    id: z.string().optional(),
    usedBy: texts,
    text: z.string(),
  })
  .meta({ id: "Orphan" });

export const plans = z.object({ plans: z.array(plan), orphans: z.array(orphan) }).meta({ id: "Plans" });

export const event = z
  .object({
    id: z.string(),
    at: time,
    project: z.string().optional(),
    service: z.string().optional(),
    type: z.enum(eventTypes),
    reason: z.string(),
    message: z.string(),
    digest: z.string().optional(),
  })
  .meta({ id: "Event" });

export const selfDelivered = z
  .object({
    url: z.string().optional().describe("Where it was sent; absent: nobody has said where that would be"),
    arrived: z.boolean(),
    message: z.string().optional(),
  })
  .meta({ id: "SelfDelivered" });
