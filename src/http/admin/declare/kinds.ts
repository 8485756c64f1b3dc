/*
 * The kinds of routes live here: what each has in common, so that a declaration says only what is its own.
 */

import type { Request, Response } from "express";
import { z } from "zod";
import { plainJson } from "../../web/plain-json.js";
import type { Backing } from "./backing.js";
import { type Call, callOf, type ServiceCall, serviceCallOf, statusOf } from "./call.js";
import { assertUnmoved, contentTag, isKnown, serviceTag } from "./etag.js";
import type { Query } from "./parameters.js";
import { usually } from "./refusals.js";
import type { Answer, Answered, Route, Words } from "./route.js";

/** No parameters, no further fields. */
type None = Readonly<Record<string, never>>;

interface Asking<Q extends Query> extends Words {
  /** Of a service: what comes behind its own. */
  readonly path: string;
  readonly query?: Q;
  readonly refusals?: Readonly<Record<number, string>>;
}

interface Handled<C, S extends z.ZodType> {
  readonly answer: S;
  readonly handle: (backing: Backing, call: C) => Answered<S> | Promise<Answered<S>>;
}

const servicePath = "/api/v1/services/{project}/{service}";

/** A question that is answered with JSON. */
export function question<S extends z.ZodType, const Q extends Query = None>(
  declared: Asking<Q> & Handled<Call<Q>, S>,
): Route {
  const { path, query = {} as Q, answer, handle, refusals } = declared;
  return read(declared, { path, query, answer, refusals }, async (backing, req) => {
    const text = plainJson(await handle(backing, callOf(req, query)));
    return { text, tag: contentTag(text) };
  });
}

/** The same about one service. */
export function serviceQuestion<S extends z.ZodType, const Q extends Query = None>(
  declared: Asking<Q> & Handled<ServiceCall<Q>, S>,
): Route {
  const { query = {} as Q, answer, handle, refusals } = declared;
  const path = `${servicePath}${declared.path}`;
  return read(declared, { path, query, answer, refusals: { ...usually(404), ...refusals } }, async (backing, req) => {
    const text = plainJson(await handle(backing, serviceCallOf(backing.surface, req, query)));
    return { text, tag: contentTag(text) };
  });
}

/** One service as it stands: its tag is what `If-Match` on an order compares. */
export function serviceItself(declared: Words & { readonly answer: z.ZodType }): Route {
  const { answer } = declared;
  return read(declared, { path: servicePath, query: {}, answer, refusals: usually(404) }, ({ surface }, req) => {
    const status = statusOf(surface, serviceCallOf(surface, req, {}).key);
    const text = plainJson(status);
    return { text, tag: serviceTag(status, text) };
  });
}

/** Something that is done at once, and answered with what has come of it. */
export function deed<S extends z.ZodType, const Q extends Query = None>(
  declared: Asking<Q> & Handled<Call<Q>, S>,
): Route {
  const { path, query = {} as Q, answer, handle, refusals = {} } = declared;
  return {
    ...wordsOf(declared),
    ...{ method: "post", path, access: "guarded", query, headers: {}, refusals },
    answers: { 200: json("Done", answer) },
    handler: (backing) => async (req, res) => {
      res.json(await handle(backing, callOf(req, query)));
    },
  };
}

/** Something that is asked of a service, and done by its next run. `answer`: what is said beside what every order is answered with. */
export function order<const Shape extends z.ZodRawShape = None, const Q extends Query = None>(
  declared: Asking<Q> & Omit<Handled<ServiceCall<Q>, z.ZodObject<Shape>>, "answer"> & { readonly answer?: Shape },
): Route {
  const { query = {} as Q, handle, refusals, answer = {} as Shape } = declared;
  const durable = "Whether it outlives a restart: `false` while the journal cannot be written";
  const schema = z.object({ enqueued: z.array(z.string()), durable: z.boolean().describe(durable), ...answer });
  return {
    ...wordsOf(declared),
    ...{ method: "post", path: `${servicePath}${declared.path}`, access: "guarded", query },
    headers: { "If-Match": "The service's `ETag`: refused where what it was decided by is not so any more" },
    refusals: { ...usually(404, 412), ...refusals },
    answers: { 202: json("Enqueued", schema) },
    handler: (backing) => async (req, res) => {
      const { surface } = backing;
      const call = serviceCallOf(surface, req, query);
      assertUnmoved(req, statusOf(surface, call.key));
      const more: object = await handle(backing, call);
      res.status(202).json({ enqueued: [call.key], durable: surface.isDurable(call.key), ...more });
    },
  };
}

/** What is no JSON, or goes on as long as somebody reads it, or has several answers: its handler answers by itself. */
export function own<const Q extends Query = None>(
  declared: Asking<Q> & {
    readonly answers: Readonly<Record<number, Answer>>;
    readonly headers?: Readonly<Record<string, string>>;
    readonly access?: "guarded" | "open";
    readonly handle: (backing: Backing, call: OwnCall<Q>) => Promise<void> | void;
  },
): Route {
  const { path, query, answers, handle, headers = {}, refusals = {}, access = "guarded" } = declared;
  return {
    ...wordsOf(declared),
    ...{ method: "get", path, access, query: query ?? {}, headers, refusals, answers },
    handler: (backing) => async (req, res) => {
      // Scrapers and probes may send what they like where nothing is asked for.
      const call = query === undefined ? { query: {} as Call<Q>["query"], part: () => "" } : callOf(req, query);
      await handle(backing, { ...call, part: (name) => String(req.params[name]), req, res });
    },
  };
}

export interface OwnCall<Q extends Query> extends Call<Q> {
  readonly req: Request;
  readonly res: Response;
}

export function json(description: string, schema: z.ZodType): Answer {
  return { description, media: { "application/json": schema } };
}

interface Tagged {
  readonly text: string;
  readonly tag: string;
}

function read(
  words: Words,
  declared: Pick<Route, "path" | "query"> & { answer: z.ZodType; refusals: Route["refusals"] | undefined },
  written: (backing: Backing, req: Request) => Tagged | Promise<Tagged>,
): Route {
  const { path, query, answer, refusals = {} } = declared;
  return {
    ...wordsOf(words),
    ...{ method: "get", path, access: "guarded", query, refusals },
    headers: { "If-None-Match": "The `ETag` of an earlier answer: 304 where this one is the same" },
    answers: { 200: json("As asked", answer), 304: { description: "The caller has it already", media: {} } },
    handler: (backing) => async (req, res) => {
      const { text, tag } = await written(backing, req);
      res.set("ETag", tag);
      if (isKnown(req, tag)) res.status(304).end();
      else res.type("json").send(text);
    },
  };
}

function wordsOf({ summary, details }: Words): Words {
  return { summary, ...(details === undefined ? {} : { details }) };
}
