import type { ErrorRequestHandler, RequestHandler } from "express";
import { type ErrorCode, FairleadError } from "../../errors.js";
import type { HttpLog } from "./log.js";
import { refuse, Refusal } from "./refusal.js";

const passing: ReadonlySet<ErrorCode> = new Set([
  "EngineUnreachable",
  "SwarmUnavailable",
  "ApiUnreachable",
  "RegistryUnavailable",
  "RateLimited",
]);

/** The last handler of both apps: turns what was thrown into an answer, and only what nobody foresaw into a 500. */
export function errorAnswer(log: HttpLog, notFound: RequestHandler): ErrorRequestHandler {
  return (thrown: unknown, req, res, next) => {
    if (res.headersSent || res.socket?.destroyed === true) {
      res.destroy();
      return;
    }
    // A path that cannot be decoded is a path that does not exist.
    if (thrown instanceof URIError) {
      void notFound(req, res, next);
      return;
    }
    const refusal = refusalFor(thrown);
    if (refusal.status === 500) log.error({ err: thrown }, "a request failed");
    refuse(res, refusal);
  };
}

/** What somebody is told of whatever was thrown. */
export function refusalFor(thrown: unknown): Refusal {
  if (thrown instanceof Refusal) return thrown;
  if (thrown instanceof FairleadError && thrown.code !== "Internal") {
    const retryAfter = Math.ceil((thrown.retryAfterMs ?? 5000) / 1000);
    const status = statusOf(thrown.code);
    return new Refusal(
      status,
      thrown.message,
      thrown.remedy,
      status === 503 ? { headers: { "Retry-After": String(retryAfter) } } : {},
    );
  }
  return new Refusal(500, "internal error", "look for `a request failed` in the log");
}

/** What another system refuses us for now is 503; what the caller or the services file must change is 409. */
function statusOf(code: ErrorCode): 503 | 409 {
  return passing.has(code) ? 503 : 409;
}
