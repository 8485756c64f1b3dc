import type { Express, Request, RequestHandler } from "express";
import type { ServiceKey } from "../../compose/model/service.js";
import { parseDuration } from "../../compose/values/duration.js";
import { reportOf } from "../../compose/values/problem.js";
import type { Surface } from "../../control/surface/surface.js";
import { asFairleadError } from "../../errors.js";
import { sameSiteOnly } from "../guard/guard.js";
import { allowOnly } from "../web/methods.js";
import { queryFlag, queryText } from "../web/query.js";
import { Refusal } from "../web/refusal.js";
import { declaredKey, servicePath } from "./declared.js";
import { eventRoutes } from "./event-routes.js";
import { logRoutes } from "./log-routes.js";
import { openapi } from "./openapi.js";
import type { Streams } from "./streams.js";
import { syncRoute } from "./sync-route.js";

/** The JSON API. Reading never changes anything; writing only enqueues, or lifts a hold. */
export function apiRoutes(app: Express, surface: Surface, streams: Streams, version: string): void {
  const keyOf = (req: Request) => declaredKey(surface, req.params["project"], req.params["service"]);
  const reads: Readonly<Record<string, RequestHandler>> = {
    "/api/v1/services": (_req, res) => {
      res.json({
        ready: surface.ready(),
        services: surface.services(),
        problems: surface.problems().map(reportOf),
        sources: surface.repositories(),
        journal: surface.journal(),
        engine: surface.engine(),
      });
    },
    [servicePath]: (req, res) => {
      res.json(surface.service(keyOf(req)));
    },
    [`${servicePath}/build`]: (req, res) => {
      const output = surface.buildOutput(keyOf(req));
      if (output === undefined) throw new Refusal(404, "no build has begun since the controller started");
      res.json(output);
    },
    [`${servicePath}/history`]: async (req, res) => {
      res.json(await surface.history(keyOf(req)));
    },
    [`${servicePath}/images`]: async (req, res) => {
      const survey = await surface.images(keyOf(req));
      if (survey === undefined) throw new Refusal(409, "no services file declares it any more: it follows no tag");
      res.json(survey);
    },
    "/api/v1/kept": async (_req, res) => {
      res.json({ kept: await surface.kept() });
    },
    "/api/v1/plan": async (req, res) => {
      const [plans, orphans] = await Promise.all([surface.plan(queryFlag(req, "prune")), surface.orphans()]);
      res.json({ plans, orphans });
    },
    "/api/v1/openapi.json": (_req, res) => {
      res.json(openapi(version));
    },
  };
  const writes: Readonly<Record<string, (key: ServiceKey, req: Request) => Promise<object>>> = {
    [`${servicePath}/reconcile`]: (key) => {
      surface.insist(key, "api");
      return Promise.resolve({});
    },
    [`${servicePath}/retry`]: async (key) => ({ retried: await surface.retry(key) }),
    [`${servicePath}/rollback`]: async (key, req) => ({ rollback: await surface.rollback(key, queryText(req, "to")) }),
    [`${servicePath}/approve`]: async (key, req) => ({
      approved: await surface.approve(key, queryText(req, "digest")),
    }),
    [`${servicePath}/pause`]: async (key) => ({ paused: await surface.pause(key) }),
    [`${servicePath}/stop`]: async (key, req) => ({
      stopped: await surface.stop(key, durationOf(queryText(req, "for"))),
    }),
    [`${servicePath}/start`]: async (key) => ({ started: await surface.start(key) }),
    [`${servicePath}/resume`]: async (key) => ({ resumed: await surface.resume(key) }),
    [`${servicePath}/adopt`]: async (key) => ({ adopted: await surface.adopt(key) }),
    [`${servicePath}/build`]: async (key) => {
      const built = await surface.rebuild([key], "api");
      if (built.length === 0) throw new Refusal(409, "the service is not built here", "it has no `build` in its file");
      return {};
    },
  };

  logRoutes(app, surface, streams);
  eventRoutes(app, surface, streams);
  syncRoute(app, surface);
  for (const [path, answer] of Object.entries(reads)) {
    const route = app.route(path).get(answer);
    if (!Object.hasOwn(writes, path)) route.all(allowOnly("GET"));
  }
  for (const [path, act] of Object.entries(writes)) {
    app
      .route(path)
      .post(sameSiteOnly, async (req, res) => {
        const key = keyOf(req);
        const answer = await act(key, req);
        res.status(202).json({ enqueued: [key], durable: surface.isDurable(key), ...answer });
      })
      .all(Object.hasOwn(reads, path) ? allowOnly("GET", "POST") : allowOnly("POST"));
  }
}

/** Throws a Refusal 400. */
function durationOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  try {
    return parseDuration(text);
  } catch (thrown) {
    const { message, remedy } = asFairleadError(thrown);
    throw new Refusal(400, message, remedy);
  }
}
