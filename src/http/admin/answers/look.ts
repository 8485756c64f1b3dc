import { z } from "zod";
import { pin, rollout } from "./service.js";
import { revision, texts, time, wholeNumber } from "./values.js";

/*
 * What one service is asked for beyond its state.
 */

const pastStep = z.object({
  text: z.string(),
  kind: z.string(),
  beganAt: time,
  endedAt: time,
  message: z.string().optional().describe("Why it failed"),
});

export const history = z
  .object({
    revisions: z.array(
      z.object({
        revision,
        active: z.boolean(),
        ...rollout,
        steps: z.array(pastStep).optional().describe("What was done for it, in order, as far as that is kept"),
        moreSteps: wholeNumber.optional().describe("How many of them in the middle are not known any more"),
        changes: z
          .array(z.object({ field: z.string(), from: z.string().optional(), to: z.string().optional() }))
          .optional()
          .describe("How its spec differs from that of the revision before"),
      }),
    ),
    pinned: pin.optional(),
    paused: z.boolean(),
    reloads: z.array(
      z.object({
        container: z.string(),
        signal: z.string(),
        files: texts,
        at: time,
        outcome: z.enum(["well", "failed"]).optional(),
        message: z.string().optional(),
      }),
    ),
    failures: z.array(
      z.object({
        digest: z.string(),
        specHash: z.string(),
        container: z.string(),
        reason: z.string(),
        message: z.string(),
        at: time,
        logs: texts,
      }),
    ),
  })
  .meta({ id: "History" });

const underWay = wholeNumber.describe("Requests or connections");

export const replicas = z
  .object({
    replicas: z.array(
      z.object({
        slot: wholeNumber,
        container: z.string(),
        role: z.enum(["active", "next", "previous", "failed", "stray"]),
        state: z.string().describe("The engine's word"),
        health: z.enum(["none", "starting", "healthy", "unhealthy"]),
        problem: z.string().optional().describe("What the check that is not passed last said"),
        revision: wholeNumber,
        digest: z.string(),
        startedAt: time.optional(),
        exitCode: z.int().optional(),
        restarts: wholeNumber.describe("By the engine's own restart policy, since the last start"),
        gate: z.object({ open: z.boolean(), underWay }).optional(),
        tasks: z
          .array(
            z.object({
              task: z.string(),
              slot: wholeNumber.optional().describe("Absent: it is the only one of its node"),
              node: z.string().optional().describe("Absent: no node has been found"),
              state: z.string().describe("The cluster's word"),
              since: time,
              error: z.string().optional().describe("In the cluster's words"),
            }),
          )
          .optional()
          .describe("On a Swarm: those that are to run, and those that have failed"),
      }),
    ),
    gate: z
      .object({ container: z.string(), known: z.boolean().describe("It has been asked"), underWay })
      .optional()
      .describe("Absent: nothing of a gate runs before it"),
  })
  .meta({ id: "Replicas" });

export const images = z
  .object({
    image: z.string().describe("As the file names it"),
    policy: z.string().optional().describe("What chooses the tag; absent: the file names it"),
    tag: z.string().optional().describe("The tag that is followed"),
    digest: z.string().optional().describe("What is behind it"),
    problem: z.object({ reason: z.string(), message: z.string() }).optional(),
    signed: z
      .literal(true)
      .optional()
      .describe(
        "It is signed by those who have to have signed it; absent: nobody need have, or it is not, and `problem` says why",
      ),
    running: texts,
    candidates: z.array(
      z.object({ tag: z.string(), verdict: z.enum(["chosen", "passed-over", "unfit"]), why: z.string() }),
    ),
    more: wholeNumber.describe("How many more there are that are not shown"),
    kept: z
      .array(
        z.object({
          id: z.string(),
          digest: z.string().optional(),
          bytes: wholeNumber.optional(),
          revisions: z.array(revision),
          why: texts,
          isSpare: z.boolean().describe("No container was made of it: it could go"),
        }),
      )
      .optional()
      .describe("The service's images on this host, and why they are here; absent: an older controller"),
  })
  .meta({ id: "Images" });

const side = z
  .object({
    container: z.string().optional(),
    revision: revision.optional(),
    service: z.record(z.string(), z.unknown()).describe("By Compose's keys; no value of `environment` is shown"),
  })
  .meta({ id: "Side" });

export const comparison = z
  .object({
    file: side,
    running: side.optional(),
    previous: side.optional(),
    isSameSpec: z.boolean().describe("What runs was made from the very spec of the file"),
    untold: texts.describe("What of the file no container shows, by its keys"),
  })
  .meta({ id: "Comparison" });

export const explanation = z
  .object({
    sentences: texts,
    next: z.object({ what: z.string(), at: time.optional() }),
    can: z.array(z.object({ command: z.string(), what: z.string() })),
  })
  .meta({ id: "Explanation" });

export const build = z
  .object({
    lines: texts,
    dropped: wholeNumber.describe("How many lines before them are not kept"),
    beganAt: time,
    state: z.enum(["running", "built", "failed"]),
  })
  .meta({ id: "Build" });

export const logEntry = z
  .object({
    project: z.string(),
    service: z.string(),
    container: z.string(),
    at: z.string().optional().describe("The engine's time, with nine decimals"),
    stream: z.enum(["stdout", "stderr"]).optional(),
    text: z.string().optional(),
    notice: z.string().optional().describe("In place of a line: why there is none"),
  })
  .meta({ id: "LogEntry" });
