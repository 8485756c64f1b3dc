import { z } from "zod";
import { revision, time, wholeNumber } from "./values.js";

/*
 * What is being done for a service, or was done last.
 */

const step = z
  .object({
    text: z.string().describe("As a plan shows it, cause included"),
    kind: z.string().describe("A step's kind; `wait`: nothing is done until something comes to pass"),
    state: z.enum(["waiting", "running", "done", "failed"]),
    beganAt: time.optional(),
    endedAt: time.optional(),
    message: z.string().optional().describe("Why it failed"),
  })
  .meta({ id: "ProgressStep" });

const pull = z.object({
  reference: z.string(),
  layers: z.array(
    z.object({
      id: z.string(),
      state: z.enum(["waiting", "downloading", "downloaded", "extracting", "done", "there"]),
      bytes: wholeNumber.describe("Of the download, or of what is unpacked while `extracting`"),
      total: wholeNumber.optional(),
    }),
  ),
  bytes: wholeNumber.describe("Downloaded so far"),
  total: wholeNumber.optional().describe("Absent: not all layers have told their size yet"),
  bytesPerSecond: z.number().optional().describe("Over the last seconds; absent: nothing is downloaded at this moment"),
});

const health = z.object({
  container: z.string(),
  state: z.enum(["starting", "healthy", "unhealthy", "running", "ended"]),
  since: time,
  deadline: time
    .optional()
    .describe(
      "While `starting`, when it has to be healthy at the latest; while `healthy` or `running`, when it has proved itself",
    ),
  probe: z
    .object({ exitCode: z.int().optional(), output: z.string() })
    .nullable()
    .describe("The last check that was not passed"),
});

export const progress = z
  .object({
    project: z.string(),
    service: z.string(),
    rollout: z
      .object({
        revision: revision.optional().describe("Absent: it has none yet, or brings nothing new, such as a repair"),
        from: z.string().optional(),
        to: z.string().optional(),
        image: z.string().optional(),
        cause: z.string().optional(),
        beganAt: time,
        endedAt: time.optional().describe("Absent: it goes on"),
        outcome: z.enum(["promoted", "rolled-back", "superseded", "failed", "done", "blocked", "deferred"]).optional(),
        message: z.string().optional().describe("What it waits for; after its end, why that is so"),
        steps: z.array(step),
        moreSteps: wholeNumber.describe("How many earlier ones are not shown"),
        pull: pull.nullable(),
        health: health.nullable(),
      })
      .nullable()
      .describe("Null: nobody remembers anything being done"),
  })
  .meta({ id: "Progress" });
