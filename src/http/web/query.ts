import type { Request } from "express";
import { parseDuration } from "../../compose/values/duration.js";
import { asFairleadError } from "../../errors.js";
import { printable } from "../../tools/printable.js";
import { Refusal } from "./refusal.js";

/** Of a person's reason for an order, in characters. */
export const longestReason = 300;

/** Throws Refusal 400 for one that is given more than once, or is longer than what it is to name. */
export function queryText(req: Request, name: string): string | undefined {
  const value = req.query[name];
  if (value === undefined || value === "") return undefined;
  if (typeof value === "string" && value.length <= 80) return value;
  throw new Refusal(400, `${name} must be one short text`);
}

/** A person's reason for an order: one line, for the journal. Throws Refusal 400. */
export function asReason(text: string): string | undefined {
  if (text.length > longestReason) throw new Refusal(400, `a reason has at most ${longestReason} characters`);
  const reason = printable(text).trim();
  return reason === "" ? undefined : reason;
}

/** Milliseconds. Throws Refusal 400. */
export function asDuration(text: string): number {
  try {
    return parseDuration(text);
  } catch (thrown) {
    const { message, remedy } = asFairleadError(thrown);
    throw new Refusal(400, message, remedy);
  }
}
