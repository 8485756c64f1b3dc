import { reportOf } from "../../../compose/values/problem.js";
import type { Order } from "../../../control/surface/surface.js";
import { Refusal } from "../../web/refusal.js";
import { overview, plan, plans } from "../answers/controller.js";
import { build, comparison, explanation, history, images, replicas } from "../answers/look.js";
import { service } from "../answers/service.js";
import { question, serviceItself, serviceQuestion } from "../declare/kinds.js";
import { usually } from "../declare/refusals.js";
import { choice, duration, flag, text } from "../declare/parameters.js";

const orderVerbs = [
  "reconcile",
  "retry",
  "rollback",
  "approve",
  "pause",
  "resume",
  "stop",
  "start",
  "adopt",
  "build",
] as const satisfies readonly Order["verb"][];

/** What is known of the services. Asking changes nothing. */
export const services = [
  question({
    path: "/api/v1/services",
    summary: "All services, and how the controller stands",
    details:
      "`problems` is what is wrong with the newest files, `sources` the [repositories](git.md#what-is-in-force) that files come from, and then how the [journal](#journal) stands, whether the [engine](#engine) can be reached, and how it stands with those who are told.",
    answer: overview,
    handle: ({ surface, notifications }) => ({
      ready: surface.ready(),
      services: surface.services(),
      problems: surface.problems().map(reportOf),
      sources: surface.repositories(),
      journal: surface.journal(),
      engine: surface.engine(),
      notifications: notifications.standing(),
    }),
  }),
  serviceItself({
    summary: "One service",
    details: "Its `ETag` can be sent with an order: see [below](#conditional-requests).",
    answer: service,
  }),
  serviceQuestion({
    path: "/history",
    summary: "What was rolled out, newest first, and the last failures",
    details:
      "Also of a service that no file declares any more. `reloads` is what was told of changed files ([reload](reload.md)).",
    answer: history,
    refusals: usually(503),
    handle: ({ surface }, { key }) => surface.history(key),
  }),
  serviceQuestion({
    path: "/explain",
    summary: "The service in sentences: what runs, why, what comes by itself, and what a person can do",
    answer: explanation,
    handle: async ({ surface }, { key }) => known(await surface.explain(key), "nobody knows it any more"),
  }),
  serviceQuestion({
    path: "/diff",
    summary: "What the file wants, what runs and what ran before, each as a service of a Compose file",
    details: "Values of the environment are hidden.",
    answer: comparison,
    refusals: { 409: "No file declares it any more", ...usually(503) },
    handle: async ({ surface }, { key }) => known(await surface.diff(key), "nothing is wanted"),
  }),
  serviceQuestion({
    path: "/replicas",
    summary: "Every container of the service, and what is under way at each behind its gate",
    answer: replicas,
    refusals: usually(503),
    handle: ({ surface }, { key }) => surface.replicas(key),
  }),
  serviceQuestion({
    path: "/plan",
    summary: "What would be done with the service once that were ordered",
    details: "Nothing is changed. Where the order itself would be refused, this is too.",
    query: {
      if: choice(orderVerbs, "What a person thinks of ordering; default nothing but a look").optional(),
      to: text("With `rollback`: as there"),
      digest: text("With `approve`: as there"),
      for: duration("With `stop`: as there"),
    },
    answer: plan,
    refusals: {
      409: "No file declares it any more, or the order would be refused",
      ...usually(503),
    },
    handle: async ({ surface }, { key, query }) =>
      known(await surface.preview(key, supposed(query)), "nothing is planned"),
  }),
  serviceQuestion({
    path: "/images",
    summary: "Which tag the service follows, and why not the others",
    details: "The registry is asked for its list ([tags](tags.md)); at most 500 candidates are shown.",
    answer: images,
    refusals: { 409: "No file declares it any more", ...usually(503) },
    handle: async ({ surface }, { key }) => known(await surface.images(key), "it follows no tag"),
  }),
  serviceQuestion({
    path: "/build",
    summary: "The last lines of the last build",
    answer: build,
    refusals: { 404: "No such service is known, or no build of it has begun since the controller started" },
    handle: ({ surface }, { key }) => {
      const output = surface.buildOutput(key);
      if (output === undefined) throw new Refusal(404, "no build has begun since the controller started");
      return output;
    },
  }),
  question({
    path: "/api/v1/plan",
    summary: "What would be done now, and the networks and volumes that no file declares any more",
    details: "Nothing is changed.",
    query: { prune: flag("As if the controller removed what has left its files, whether it does or not") },
    answer: plans,
    refusals: usually(503),
    handle: async ({ surface }, { query }) => {
      const [found, orphans] = await Promise.all([surface.plan(query.prune), surface.orphans()]);
      return { plans: found, orphans };
    },
  }),
];

function supposed(query: {
  readonly if?: Order["verb"] | undefined;
  readonly to?: string | undefined;
  readonly digest?: string | undefined;
  readonly for?: number | undefined;
}): Order {
  const { if: verb = "reconcile", to, digest, for: forMs } = query;
  switch (verb) {
    case "rollback":
      return { verb, to };
    case "approve":
      return { verb, digest };
    case "stop":
      return { verb, forMs };
    case "reconcile":
    case "retry":
    case "adopt":
    case "build":
    case "pause":
    case "resume":
    case "start":
      return { verb };
  }
}

function known<T>(found: T | undefined, so: string): T {
  if (found === undefined) throw new Refusal(409, `no services file declares it any more: ${so}`);
  return found;
}
