/*
 * The admin API and the page live here. They show and ask; the controller does.
 */

import type { Express, Request, RequestHandler, Response } from "express";
import { formatProblem } from "../../compose/values/problem.js";
import type { Surface } from "../../control/surface/surface.js";
import type { Secret } from "../../tools/secret.js";
import { failureLimit } from "../guard/limits.js";
import { hostGuard, tokenGuard, unauthorized } from "../guard/guard.js";
import { bearerToken, type SecretCheck, secretCheck, usableSecrets } from "../guard/secret.js";
import { bareApp } from "../web/app.js";
import { errorAnswer } from "../web/errors.js";
import type { HttpLog } from "../web/log.js";
import { allowOnly } from "../web/methods.js";
import { answerNotFound } from "../web/refusal.js";
import { apiRoutes } from "./api.js";
import { pageStyleSource, renderPage } from "./page.js";
import { Streams } from "./streams.js";

/** The metrics, as Prometheus asks for them. */
export interface Exposition {
  readonly contentType: string;
  render(): Promise<string>;
}

export interface AdminOptions {
  readonly surface: Surface;
  readonly metrics: Exposition;
  readonly log: HttpLog;
  readonly version: string;
  /** Asked for on everything but the two probes. Without it the app must listen on loopback only. */
  readonly token?: Secret | undefined;
  /** Further host names under which it may be called while there is no token. */
  readonly hostNames?: readonly string[];
  /** When it aborts, answers that would go on for ever end. */
  readonly closing?: AbortSignal;
  /** Answers without end that may go on at once (default 32). */
  readonly streams?: number;
  /** Told of each request that has passed the guard. */
  readonly proven?: (req: Request) => void;
  /** Wrong tokens that one address may send in a minute (default 600). */
  readonly failuresPerMinute?: number;
}

/** The operator's app: probes, metrics, API and page. */
export function adminApp(options: AdminOptions): Express {
  const { surface, metrics, log, version } = options;
  const tokens = usableSecrets(options.token === undefined ? [] : [options.token]);
  const isOurs = secretCheck(tokens);
  const notFound: RequestHandler = (_req, res) => {
    answerNotFound(res);
  };
  const app = bareApp(log, [pageStyleSource]);

  app
    .route("/livez")
    .get((_req, res) => {
      res.json({ live: true });
    })
    .all(allowOnly("GET"));
  app
    .route("/readyz")
    .get((req, res) => {
      answerReadiness(res, surface, tokens.length === 0 || isOurs(bearerToken(req)));
    })
    .all(allowOnly("GET"));

  app.use(
    tokens.length === 0 ? hostGuard(options.hostNames ?? []) : guardedBy(isOurs, options.failuresPerMinute ?? 600),
  );
  app.use((req, _res, next) => {
    options.proven?.(req);
    next();
  });
  app
    .route("/metrics")
    .get(async (_req, res) => {
      res.set("Content-Type", metrics.contentType).send(await metrics.render());
    })
    .all(allowOnly("GET"));
  app
    .route("/")
    .get((_req, res) => {
      const [services, problems, deliveries] = [surface.services(), surface.problems(), surface.deliveries()];
      const [journal, engine] = [surface.journal(), surface.engine()];
      res.type("html").send(renderPage({ services, problems, deliveries, journal, engine, version }));
    })
    .all(allowOnly("GET"));
  apiRoutes(app, surface, new Streams(options.closing, options.streams), version);
  app.use(notFound);
  app.use(errorAnswer(log, notFound));
  return app;
}

function guardedBy(isOurs: SecretCheck, failuresPerMinute: number): RequestHandler {
  const limited = failureLimit(failuresPerMinute);
  return tokenGuard(isOurs, (req, res, next) => {
    void limited(req, res, (thrown?: unknown) => {
      if (thrown === undefined) void unauthorized(req, res, next);
      else next(thrown);
    });
  });
}

/** Problems name files and their contents, and what is wrong with the engine its address: only for those who may read the API. */
function answerReadiness(res: Response, surface: Surface, mayRead: boolean): void {
  const engine = surface.engine();
  if (surface.ready() && engine.kind === "reachable") {
    res.json({ ready: true, journal: surface.journal().kind });
    return;
  }
  const details = engine.kind === "unreachable" && mayRead ? `: ${engine.message}` : "";
  const reasons = [
    ...(surface.ready() ? [] : ["the first observation of the host is not complete"]),
    ...(engine.kind === "unreachable" ? [`the engine cannot be reached${details}`] : []),
  ];
  res.status(503).json({
    ready: false,
    reasons: mayRead ? [...reasons, ...surface.problems().map(formatProblem)] : reasons,
  });
}
