/*
 * The routes live here, by what they are about. A route shows or asks; the controller does.
 */

import { z } from "zod";
import { formatProblem } from "../../../compose/values/problem.js";
import { journalKind } from "../answers/controller.js";
import { texts } from "../answers/values.js";
import { json, own } from "../declare/kinds.js";
import type { Backing } from "../declare/backing.js";

const standby = z.literal(true).optional().describe("Another controller is in charge");

/** Whether it lives, and whether it is of use: also for those who know no token. */
export const probes = [
  own({
    path: "/livez",
    access: "open",
    summary: "Whether the process answers",
    answers: { 200: json("It does", z.object({ live: z.literal(true), standby })) },
    handle: (_backing, { res }) => {
      res.json({ live: true });
    },
  }),
  own({
    path: "/readyz",
    access: "open",
    summary: "Whether the host has been observed as a whole, and the engine can be reached",
    details:
      "It says how the [journal](#journal) stands. While it stands by it is ready as long as the engine answers. Whoever shows no token is told no names of files.",
    answers: {
      200: json("Ready", z.object({ ready: z.literal(true), journal: journalKind.optional(), standby })),
      503: json(
        "Not now",
        z.object({ ready: z.literal(false), reasons: texts.optional(), standby, error: z.string().optional() }),
      ),
    },
    handle: (backing, { req, res }) => {
      const { isReady, body } = readiness(backing, backing.mayRead(req));
      res.status(isReady ? 200 : 503).json(body);
    },
  }),
];

/** Problems name files and their contents, and what is wrong with the engine its address: only for those who may read the API. */
function readiness({ surface }: Backing, mayRead: boolean): { readonly isReady: boolean; readonly body: object } {
  const engine = surface.engine();
  if (surface.ready() && engine.kind === "reachable") {
    return { isReady: true, body: { ready: true, journal: surface.journal().kind } };
  }
  const details = engine.kind === "unreachable" && mayRead ? `: ${engine.message}` : "";
  const reasons = [
    ...(surface.ready() ? [] : ["the first observation of the host is not complete"]),
    ...(engine.kind === "unreachable" ? [`the engine cannot be reached${details}`] : []),
    ...(mayRead ? surface.problems().map(formatProblem) : []),
  ];
  return { isReady: false, body: { ready: false, reasons } };
}

/** What is no part of the API. */
export const others = [
  own({
    path: "/metrics",
    summary: "The [metrics](#metrics), in Prometheus' text format",
    answers: { 200: { description: "Samples", media: { "text/plain": z.string() } } },
    handle: async ({ metrics }, { res }) => {
      res.set("Content-Type", metrics.contentType).send(await metrics.render());
    },
  }),
];
