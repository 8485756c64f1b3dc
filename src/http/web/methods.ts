import type { RequestHandler } from "express";
import { Refusal } from "./refusal.js";

/** Stands behind a path's handlers: the path exists, the method does not. A path with GET has HEAD too. */
export function allowOnly(...methods: readonly ("GET" | "POST")[]): RequestHandler {
  const allow = methods.map((method) => (method === "GET" ? "GET, HEAD" : method)).join(", ");
  return (req) => {
    throw new Refusal(405, `${req.method} is not a method of this path`, `use ${allow}`, { headers: { Allow: allow } });
  };
}
