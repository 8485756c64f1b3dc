/*
 * Query parameters live here: what each may be, and what is said of one that is not that.
 */

import type { Request } from "express";
import { z } from "zod";
import { parseDuration } from "../../../compose/values/duration.js";
import { parseSince, parseTail } from "../../../compose/values/log-range.js";
import { asFairleadError } from "../../../errors.js";
import { asReason, longestReason } from "../../web/query.js";
import { Refusal } from "../../web/refusal.js";

export type Query = Readonly<Record<string, z.ZodType>>;

/** What a handler gets of it. */
export type Asked<Q extends Query> = { readonly [Name in keyof Q]: z.output<Q[Name]> };

const longest = 80;
const longestKey = 200;
const mostServices = 200;

const short = z.string("must be one short text").max(longest, "must be one short text");

/** A short text, such as a name. */
export function text(description: string) {
  return short.optional().describe(description);
}

/** `true` or `false`; not given: false. */
export function flag(description: string) {
  return decided(description).transform((is) => is ?? false);
}

/** `true` or `false`; undefined: not given. */
export function decided(description: string) {
  return short
    .regex(/^(?:true|false|1|0)$/, "must be true or false")
    .transform((given) => given === "true" || given === "1")
    .optional()
    .meta({ description, type: "boolean" });
}

export function choice<const Words extends readonly [string, ...string[]]>(words: Words, description: string) {
  return z.enum(words, `must be ${words.join(" or ")}`).describe(description);
}

/** How many lines from the end; undefined: `all`, or not given. */
export function lines(description: string) {
  return understood(description, (given) => parseTail(given), "must be a number of lines, or all");
}

/** A time, or how long ago it was; ISO 8601 with whatever decimals were given. */
export function since(description: string) {
  const remedy = "write 2026-01-31T12:00:00Z, or 10m";
  const message = "must be a time, or how long ago";
  return understood(description, (given) => parseSince(given, Date.now()), message, remedy);
}

/** Milliseconds. */
export function duration(description: string) {
  return understood(description, (given) => parseDuration(given));
}

/** A person's reason for an order; one line. */
export function reason() {
  return z
    .string("must be one text")
    .max(longestReason, `must be at most ${longestReason} characters`)
    .transform((given) => asReason(given))
    .optional()
    .meta({ description: "Why, in a person's words, for the journal and the events", type: "string" });
}

/** Services by `project/service`, for `keysNamed`. */
export function services() {
  return several("`project/service`; may repeat; default all", longestKey, mostServices);
}

/** What may be given several times, each time a text of at most so many characters. */
export function several(description: string, longestOne: number, most = 1_000) {
  const one = z.string().min(1, "must not be empty").max(longestOne, `is longer than ${longestOne} characters`);
  return z
    .union([one.transform((only) => [only]), z.array(one).max(most, `can be given ${most} times`)])
    .optional()
    .meta({ description, type: "array", items: { type: "string" } });
}

/** A short text that `read` understands; its error, or `message` in its place, is the caller's. */
function understood<T>(description: string, read: (given: string) => T, message?: string, remedy?: string) {
  return short
    .transform((given, ctx): T => {
      try {
        return read(given);
      } catch (thrown) {
        const own = asFairleadError(thrown);
        const params = { remedy: message === undefined ? own.remedy : remedy, isWhole: message === undefined };
        ctx.addIssue({ code: "custom", message: message ?? own.message, params });
        return z.NEVER;
      }
    })
    .optional()
    .meta({ description, type: "string" });
}

/** Throws Refusal 400: for a parameter that is not what it may be, and for one that does not exist. */
export function readQuery<Q extends Query>(req: Request, query: Q): Asked<Q> {
  const given: Readonly<Record<string, unknown>> = req.query;
  const unknown = Object.keys(given).find((name) => !Object.hasOwn(query, name));
  if (unknown !== undefined) {
    const names = Object.keys(query);
    const remedy = names.length === 0 ? "leave it out: there are none" : `there is ${names.join(", ")}`;
    throw new Refusal(400, `there is no such parameter as ${JSON.stringify(unknown.slice(0, longest))}`, remedy);
  }
  const read = Object.entries(query).map(([name, schema]) => {
    const isAbsent = given[name] === "" && schema.meta()?.["type"] !== "array";
    const { data, error } = schema.safeParse(isAbsent ? undefined : given[name]);
    if (error !== undefined) throw refusalOf(name, error);
    return [name, data] as const;
  });
  return Object.fromEntries(read) as Asked<Q>;
}

function refusalOf(name: string, { issues }: z.ZodError): Refusal {
  const [issue] = issues;
  const params = (issue?.code === "custom" ? issue.params : undefined) as
    { readonly remedy?: string; readonly isWhole?: boolean } | undefined;
  const message = issue?.message ?? "cannot be read";
  return new Refusal(400, params?.isWhole === true ? message : `${name} ${message}`, params?.remedy);
}
