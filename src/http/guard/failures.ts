import type { RequestHandler } from "express";
import { ipKeyGenerator, rateLimit } from "express-rate-limit";
import { callerOf } from "../web/caller.js";
import { refuse } from "../web/refusal.js";

const windowMs = 60_000;

/**
 * Stands behind a failed authentication, never before one: whoever shares an address with a guesser (a proxy, a NAT)
 * is not shut out with him. Counts by IPv4 address or IPv6 /56.
 */
export function failureLimit(perMinute: number): RequestHandler {
  return rateLimit({
    windowMs,
    limit: perMinute,
    // Counts in the answer would tell a wrong secret from an unknown path.
    standardHeaders: false,
    legacyHeaders: false,
    keyGenerator: (req) => ipKeyGenerator(callerOf(req) ?? ""),
    validate: false,
    handler: (_req, res) => {
      refuse(res, {
        status: 429,
        message: "too many failed requests from this address",
        remedy: "wait a minute; check the URL and its secret",
        headers: { "Retry-After": String(windowMs / 1000) },
      });
    },
  });
}
