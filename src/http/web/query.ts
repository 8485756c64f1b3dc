import type { Request } from "express";
import { parseSince, parseTail } from "../../compose/values/log-range.js";
import { Refusal } from "./refusal.js";

/** Throws Refusal 400 for one that is given more than once, or is longer than what it is to name. */
export function queryText(req: Request, name: string): string | undefined {
  const value = req.query[name];
  if (value === undefined || value === "") return undefined;
  if (typeof value === "string" && value.length <= 80) return value;
  throw new Refusal(400, `${name} must be one short text`);
}

/** Throws Refusal 400. */
export function queryFlag(req: Request, name: string): boolean {
  const text = queryText(req, name) ?? "false";
  if (/^(?:true|1)$/.test(text)) return true;
  if (/^(?:false|0)$/.test(text)) return false;
  throw new Refusal(400, `${name} must be true or false`);
}

/** Undefined: `all`, or not given. Throws Refusal 400. */
export function queryCount(req: Request, name: string): number | undefined {
  const text = queryText(req, name) ?? "all";
  try {
    return parseTail(text);
  } catch {
    throw new Refusal(400, `${name} must be a number of lines, or all`);
  }
}

/** A time, or how long ago it was; answers ISO 8601 with whatever decimals were given. Throws Refusal 400. */
export function querySince(req: Request, now: number): string | undefined {
  const text = queryText(req, "since");
  try {
    return text === undefined ? undefined : parseSince(text, now);
  } catch {
    throw new Refusal(400, "since must be a time, or how long ago", "write 2026-01-31T12:00:00Z, or 10m");
  }
}
