/*
 * Who may come in lives here. What they may ask does not.
 */

import type { Request, RequestHandler } from "express";
import { Refusal } from "../web/refusal.js";
import { callerIn, letIn, type AdminTokens, roleCheck } from "./caller.js";
import { sessionShown } from "./cookie.js";
import { bearerToken } from "./secret.js";
import type { Sessions } from "./sessions.js";

/**
 * Asks for a token, or for the session of somebody who has shown one. `rejected` stands between whoever has neither and the
 * answer, to slow a guesser down.
 */
export function tokenGuard(tokens: AdminTokens, sessions: Sessions, rejected: RequestHandler): RequestHandler {
  const roleOf = roleCheck(tokens);
  return (req, res, next) => {
    const role = roleOf(bearerToken(req));
    if (role !== undefined) {
      letIn(req, { role, isSignedIn: false });
      next();
      return;
    }
    const session = isOwnPage(req) ? sessions.find(sessionShown(req)) : undefined;
    if (session === undefined) {
      void rejected(req, res, next);
      return;
    }
    letIn(req, { role: session.role, isSignedIn: true });
    if (req.method === "GET") endWith(session.ended, session.endsAt, res);
    next();
  };
}

/** An answer that goes on for ever ends with the session that asked for it. */
function endWith(ended: AbortSignal, endsAt: number, res: Parameters<RequestHandler>[1]): void {
  const end = () => {
    res.destroy();
  };
  const timer = setTimeout(end, Math.max(0, endsAt - Date.now()));
  timer.unref();
  ended.addEventListener("abort", end);
  res.once("close", () => {
    clearTimeout(timer);
    ended.removeEventListener("abort", end);
  });
}

export const unauthorized: RequestHandler = () => {
  throw new Refusal(401, "the admin token is missing or wrong", "send it as `Authorization: Bearer <token>`", {
    headers: { "WWW-Authenticate": 'Bearer realm="fairlead"' },
  });
};

/** Without a token whoever comes by may do everything. */
export const anybody: RequestHandler = (req, _res, next) => {
  letIn(req, { role: "write", isSignedIn: false });
  next();
};

/** Whoever may only look changes nothing, by whatever path. */
export const lookersOnlyLook: RequestHandler = (req, _res, next) => {
  const isLook = req.method === "GET" || req.method === "HEAD" || req.method === "OPTIONS";
  if (!isLook && callerIn(req)?.role === "read") {
    throw new Refusal(403, "this token may look, and change nothing", "use the admin token for that");
  }
  next();
};

/**
 * Without a token, being on this host is the credential, and a browser on it can be led here under a foreign name (DNS
 * rebinding). So the name must be one of ours; any port will do.
 */
export function hostGuard(names: readonly string[]): RequestHandler {
  const known = new Set(["localhost", "127.0.0.1", "[::1]", ...names.map((name) => name.toLowerCase())]);
  return (req, _res, next) => {
    const name = req.headers.host?.replace(/:\d*$/, "").toLowerCase();
    if (name === undefined || !known.has(name)) {
      throw new Refusal(403, "this host name is not ours", "use localhost, or configure the name");
    }
    next();
  };
}

/** Keeps other sites' pages from changing anything through a visitor's browser. Callers that are no browser pass. */
export const sameSiteOnly: RequestHandler = (req, _res, next) => {
  refuseOtherSites(req);
  const hasBody = req.headers["transfer-encoding"] !== undefined || Number(req.headers["content-length"] ?? 0) > 0;
  if (hasBody && req.is("application/json") === false) {
    throw new Refusal(415, "the body must be JSON or empty", "send it with `Content-Type: application/json`");
  }
  next();
};

/** For our own forms: as `sameSiteOnly`, with what a form sends. */
export const ownFormsOnly: RequestHandler = (req, _res, next) => {
  refuseOtherSites(req);
  if (req.is("application/x-www-form-urlencoded") === false) {
    throw new Refusal(415, "the body must be a form's", "send it as `application/x-www-form-urlencoded`");
  }
  next();
};

function refuseOtherSites(req: Request): void {
  const site = req.headers["sec-fetch-site"];
  // What a browser says of itself no page can change, and no proxy does.
  if (site === undefined ? isForeignOrigin(req) : site !== "same-origin" && site !== "none") {
    throw new Refusal(
      403,
      "requests from other sites are refused",
      "a reverse proxy before the admin address has to pass the header Host on as it came",
    );
  }
}

/**
 * A browser sends a host's cookies with what any page on that host asks for, on whatever port, and which scripts of ours did
 * not write. To look at a page by a link is no harm.
 */
function isOwnPage(req: Request): boolean {
  const site = req.headers["sec-fetch-site"];
  if (site === undefined || site === "same-origin" || site === "none") return true;
  return req.headers["sec-fetch-mode"] === "navigate" && (req.method === "GET" || req.method === "HEAD");
}

/** For browsers that do not say Sec-Fetch-Site yet. */
function isForeignOrigin(req: Request): boolean {
  const { origin, host } = req.headers;
  return origin !== undefined && origin.replace(/^https?:\/\//, "") !== host;
}
