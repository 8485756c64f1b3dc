/*
 * Who may come in lives here. What they may ask does not.
 */

import type { Request, RequestHandler } from "express";
import { Refusal } from "../web/refusal.js";
import { bearerToken, type SecretCheck } from "./secret.js";

/** Asks for the admin token. `rejected` stands between a wrong one and its answer, to slow a guesser down. */
export function tokenGuard(isOurs: SecretCheck, rejected: RequestHandler): RequestHandler {
  return (req, res, next) => {
    if (isOurs(bearerToken(req))) next();
    else void rejected(req, res, next);
  };
}

export const unauthorized: RequestHandler = () => {
  throw new Refusal(401, "the admin token is missing or wrong", "send it as `Authorization: Bearer <token>`", {
    headers: { "WWW-Authenticate": 'Bearer realm="fairlead"' },
  });
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
  const site = req.headers["sec-fetch-site"];
  if ((site !== undefined && site !== "same-origin" && site !== "none") || isForeignOrigin(req)) {
    throw new Refusal(403, "requests from other sites are refused");
  }
  const hasBody = req.headers["transfer-encoding"] !== undefined || Number(req.headers["content-length"] ?? 0) > 0;
  if (hasBody && req.is("application/json") === false) {
    throw new Refusal(415, "the body must be JSON or empty", "send it with `Content-Type: application/json`");
  }
  next();
};

/** For browsers that do not say Sec-Fetch-Site yet. */
function isForeignOrigin(req: Request): boolean {
  const { origin, host } = req.headers;
  return origin !== undefined && origin.replace(/^https?:\/\//, "") !== host;
}
