import type { RequestHandler } from "express";
import { ipKeyGenerator, rateLimit } from "express-rate-limit";
import { callerOf } from "../web/caller.js";
import { refuse } from "../web/refusal.js";

const windowMs = 60_000;

/**
 * Stands behind a failed authentication, never before one: whoever shares an address with a guesser (a proxy, a NAT)
 * is not shut out with him.
 */
export function failureLimit(perMinute: number): RequestHandler {
  return addressLimit(perMinute, {
    message: "too many failed requests from this address",
    remedy: "wait a minute; check the URL and its secret",
  });
}

/** Stands behind the proof: so many deliveries of one client a minute. */
export function deliveryLimit(perMinute: number): RequestHandler {
  return addressLimit(perMinute, {
    message: "more deliveries than this receiver takes of one address",
    remedy: "send it again in a minute; ratePerMinute says how many",
  });
}

/** By IPv4 address or IPv6 /56. */
function addressLimit(limit: number, words: { readonly message: string; readonly remedy: string }): RequestHandler {
  return rateLimit({
    windowMs,
    limit,
    // Counts in the answer would tell a wrong secret from an unknown path.
    standardHeaders: false,
    legacyHeaders: false,
    keyGenerator: (req) => ipKeyGenerator(callerOf(req) ?? ""),
    validate: false,
    handler: (_req, res) => {
      refuse(res, { ...words, status: 429, headers: { "Retry-After": String(windowMs / 1000) } });
    },
  });
}
