import type { Request, RequestHandler } from "express";
import type { HttpLog } from "./log.js";

/**
 * One line a request. The route's pattern stands for the URL, which may hold a secret. What strangers can cause without
 * limit (404, 429) is `debug`; a refusal that only an authenticated caller can get is `warn`.
 */
export function accessLog(log: HttpLog): RequestHandler {
  return (req, res, next) => {
    const startedAt = performance.now();
    res.once("close", () => {
      const status = res.writableFinished ? res.statusCode : undefined;
      const durationMs = Math.round((performance.now() - startedAt) * 10) / 10;
      const level = levelOf(status);
      log[level]({ method: req.method, route: routeOf(req), status, durationMs }, "request");
    });
    next();
  };
}

function levelOf(status: number | undefined): "debug" | "warn" | "error" {
  if (status === undefined || status < 400 || status === 401 || status === 404 || status === 429) return "debug";
  return status < 500 || status === 503 ? "warn" : "error";
}

function routeOf(req: Request): string {
  const route = req.route as { readonly path?: unknown } | undefined;
  return typeof route?.path === "string" ? route.path : "unknown";
}
