import type { RequestHandler } from "express";
import { ipKeyGenerator, rateLimit } from "express-rate-limit";
import { callerOf } from "../web/caller.js";
import { refuse } from "../web/refusal.js";

const windowMs = 60_000;

/** Stands behind the proof: so many deliveries of one client a minute, by IPv4 address or IPv6 /56. */
export function deliveryLimit(perMinute: number): RequestHandler {
  return rateLimit({
    windowMs,
    limit: perMinute,
    standardHeaders: false,
    legacyHeaders: false,
    keyGenerator: (req) => ipKeyGenerator(callerOf(req) ?? ""),
    validate: false,
    handler: (_req, res) => {
      refuse(res, {
        status: 429,
        message: "more deliveries than this receiver takes of one address",
        remedy: "send it again in a minute; ratePerMinute says how many",
        headers: { "Retry-After": String(windowMs / 1000) },
      });
    },
  });
}
