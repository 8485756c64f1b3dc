/*
 * The admin API lives here. It shows and asks; the controller does. Routes are declared in routes/.
 */

import type { Express, Request, RequestHandler } from "express";
import type { Surface } from "../../control/surface/surface.js";
import { nobodyTold, type Notifications } from "../../notify/model/standing.js";
import type { Secret } from "../../tools/secret.js";
import type { SelfDelivery } from "../delivery/self.js";
import { failureLimit } from "../guard/limits.js";
import { type AdminTokens, roleCheck } from "../guard/caller.js";
import { anybody, hostGuard, lookersOnlyLook, tokenGuard, unauthorized } from "../guard/guard.js";
import { bearerToken } from "../guard/secret.js";
import { Sessions } from "../guard/sessions.js";
import { Assets } from "../page/assets.js";
import { isForPeople, pageErrors, pageRoutes } from "../page/page.js";
import { signInInstead, signInRoutes } from "../page/sign-in.js";
import { bareApp } from "../web/app.js";
import { errorAnswer } from "../web/errors.js";
import type { HttpLog } from "../web/log.js";
import { answerNotFound } from "../web/refusal.js";
import { Streams } from "../web/streams.js";
import type { Backing, Exposition } from "./declare/backing.js";
import { serveRoutes } from "./declare/serve.js";
import { routes } from "./routes/all.js";

export interface AdminOptions {
  readonly surface: Surface;
  /** Absent: nobody is told of anything. */
  readonly notifications?: Notifications;
  readonly metrics: Exposition;
  readonly log: HttpLog;
  readonly version: string;
  /** Asked for on everything but the two probes. Without it the app must listen on loopback only. */
  readonly token?: Secret | undefined;
  /** Opens all that changes nothing. Without the other one it counts for nothing. */
  readonly readToken?: Secret | undefined;
  /** Who has signed in with one of them. Absent: a restart ends their sessions. */
  readonly sessions?: Sessions | undefined;
  /** Further host names under which it may be called while there is no token. */
  readonly hostNames?: readonly string[];
  /** How it sees whether senders reach it. Absent: nobody has said where that would be. */
  readonly self?: Pick<SelfDelivery, "send"> | undefined;
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
  const { surface, metrics, log, version, notifications = nobodyTold } = options;
  const tokens = tokensOf(options);
  const roleOf = tokens === undefined ? undefined : roleCheck(tokens);
  const notFound: RequestHandler = (_req, res) => {
    answerNotFound(res);
  };
  const app = bareApp(log);
  const assets = new Assets();
  const streams = new Streams(options.closing, options.streams);

  const backing: Backing = {
    ...{ surface, notifications, metrics, version, streams, self: options.self },
    mayRead: (req) => roleOf === undefined || roleOf(bearerToken(req)) !== undefined,
  };

  serveRoutes(
    app,
    routes.filter(({ access }) => access === "open"),
    backing,
  );
  assets.serve(app);

  if (tokens === undefined) app.use(hostGuard(options.hostNames ?? []), anybody);
  else guard(app, tokens, options, assets);
  app.use((req, _res, next) => {
    options.proven?.(req);
    next();
  });
  app.use(lookersOnlyLook);
  pageRoutes(app, { surface, notifications, version, assets: assets.paths, streams });
  serveRoutes(
    app,
    routes.filter(({ access }) => access === "guarded"),
    backing,
  );
  app.use(notFound);
  app.use(pageErrors(assets.paths));
  app.use(errorAnswer(log, notFound));
  return app;
}

/** An empty token is none: it would open to whoever shows nothing. */
function tokensOf({ token, readToken }: AdminOptions): AdminTokens | undefined {
  return token === undefined || token.isEmpty ? undefined : { write: token, read: readToken };
}

function guard(app: Express, tokens: AdminTokens, options: AdminOptions, { paths }: Assets): void {
  const { sessions = Sessions.inMemory(tokens), failuresPerMinute = 600 } = options;
  const limited = failureLimit(failuresPerMinute);
  const signInHere = signInInstead(paths);
  signInRoutes(app, { tokens, sessions, assets: paths, limited });
  const rejected: RequestHandler = (req, res, next) => {
    void limited(req, res, (thrown?: unknown) => {
      if (thrown !== undefined) next(thrown);
      else if (req.path === "/" || isForPeople(req)) void signInHere(req, res, next);
      else void unauthorized(req, res, next);
    });
  };
  app.use(tokenGuard(tokens, sessions, rejected));
}
