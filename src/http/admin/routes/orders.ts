import { z } from "zod";
import { Refusal } from "../../web/refusal.js";
import { time, texts, unchanged } from "../answers/values.js";
import { revision } from "../answers/values.js";
import { order } from "../declare/kinds.js";
import { usually } from "../declare/refusals.js";
import { duration, reason, text } from "../declare/parameters.js";

/** What a person asks of a service. It is written down, and the service is looked at. */
export const orders = [
  order({
    path: "/reconcile",
    summary: "Look at the service again",
    query: { reason: reason() },
    handle: ({ surface }, { key, query }) => {
      surface.insist(key, "api", query.reason);
      return {};
    },
  }),
  order({
    path: "/retry",
    summary: "Forget that the held digest was bad, and look again",
    query: { reason: reason() },
    answer: { retried: z.object({ unchanged }) },
    handle: async ({ surface }, { key, query }) => ({ retried: await surface.retry(key, query.reason) }),
  }),
  order({
    path: "/rollback",
    summary: "Pin the service to an earlier revision, until it is resumed ([rollbacks](rollbacks.md))",
    query: {
      to: text("A revision's number, or the beginning of its digest; default the last stable one before"),
      reason: reason(),
    },
    answer: {
      rollback: z.object({
        revision,
        digest: z.string(),
        spec: z.enum(["own", "today's"]).describe("Whose spec it runs with: its own, or the file's as of now"),
      }),
    },
    refusals: { 409: "No such revision is known, or it has not proved itself" },
    handle: async ({ surface }, { key, query }) => ({ rollback: await surface.rollback(key, query.to, query.reason) }),
  }),
  order({
    path: "/approve",
    summary: "Let what is wanted now go ahead ([releases](releases.md))",
    query: { digest: text("What is approved, or the beginning of it"), reason: reason() },
    answer: { approved: z.object({ digest: z.string(), specHash: z.string(), unchanged }) },
    refusals: { 409: "Something else is wanted by now, or it is not known what is" },
    handle: async ({ surface }, { key, query }) => ({
      approved: await surface.approve(key, query.digest, query.reason),
    }),
  }),
  order({
    path: "/pause",
    summary: "Begin no rollout of the service until it is resumed",
    query: { reason: reason() },
    answer: { paused: z.object({ unchanged }) },
    handle: async ({ surface }, { key, query }) => ({ paused: await surface.pause(key, query.reason) }),
  }),
  order({
    path: "/resume",
    summary: "Lift the service's pin and a person's pause",
    query: { reason: reason() },
    answer: {
      resumed: z.object({
        pausedByFile: z.boolean().describe("The file itself says `paused`: still no rollout begins"),
        unchanged,
      }),
    },
    handle: async ({ surface }, { key, query }) => ({ resumed: await surface.resume(key, query.reason) }),
  }),
  order({
    path: "/stop",
    summary: "Have the service off, over pushes and restarts ([stopping](stopping.md))",
    query: { for: duration("A duration, such as `2h`; default until it is started"), reason: reason() },
    answer: { stopped: z.object({ until: time.optional(), unchanged }) },
    handle: async ({ surface }, { key, query }) => ({ stopped: await surface.stop(key, query.for, query.reason) }),
  }),
  order({
    path: "/start",
    summary: "Have the service run again",
    query: { reason: reason() },
    answer: {
      started: z.object({
        stoppedByFile: z.boolean().describe("The file itself says `stopped`: it stays off"),
        unchanged,
      }),
    },
    handle: async ({ surface }, { key, query }) => ({ started: await surface.start(key, query.reason) }),
  }),
  order({
    path: "/adopt",
    summary: "Take over the containers that others made for the service, and look again ([adoption](adoption.md))",
    query: { reason: reason() },
    answer: { adopted: texts },
    refusals: usually(503),
    handle: async ({ surface }, { key, query }) => ({ adopted: await surface.adopt(key, query.reason) }),
  }),
  order({
    path: "/build",
    summary: "Build the image again, whether its inputs have changed or not ([builds](builds.md))",
    query: { reason: reason() },
    refusals: { 409: "The service is not built here" },
    handle: async ({ surface }, { key, query }) => {
      const built = await surface.rebuild([key], "api", { why: query.reason });
      if (built.length === 0) throw new Refusal(409, "the service is not built here", "it has no `build` in its file");
      return {};
    },
  }),
];
