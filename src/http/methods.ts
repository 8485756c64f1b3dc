import type { RequestHandler } from "express";
import { Refusal } from "./refusal.js";

/** Stands behind a path's handlers: the path exists, the method does not. A path with GET has HEAD too. */
export function allowOnly(method: "GET" | "POST"): RequestHandler {
  const allow = method === "GET" ? "GET, HEAD" : method;
  return (req) => {
    throw new Refusal(405, `${req.method} is not a method of this path`, `use ${allow}`, { Allow: allow });
  };
}
