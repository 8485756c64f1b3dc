/*
 * What a route is lives here. Each is declared once: what is routed, what is refused, the OpenAPI document, its client and the
 * table in docs/http.md follow from that.
 */

import type { RequestHandler } from "express";
import type { z } from "zod";
import type { Backing } from "./backing.js";
import type { Query } from "./parameters.js";

/** What may come back, by media types. */
export interface Answer {
  readonly description: string;
  readonly media: Readonly<Record<string, z.ZodType>>;
}

/** What is told of a route. */
export interface Words {
  /** One sentence without a full stop. */
  readonly summary: string;
  /** Further ones, in Markdown; links are those of docs/http.md. */
  readonly details?: string;
}

export interface Route extends Words {
  readonly method: "get" | "post";
  /** In OpenAPI's spelling: `/api/v1/services/{project}`. */
  readonly path: string;
  /** `open`: nobody is asked for a token. */
  readonly access: "guarded" | "open";
  readonly query: Query;
  /** What they mean, by their names. */
  readonly headers: Readonly<Record<string, string>>;
  /** By status. */
  readonly answers: Readonly<Record<number, Answer>>;
  /** What this route refuses of its own, by status: why. */
  readonly refusals: Readonly<Record<number, string>>;
  handler(backing: Backing): RequestHandler;
}

/** What a schema describes, as whoever answers may hold it. */
export type Answered<S extends z.ZodType> = Frozen<z.input<S>>;

type Frozen<T> = T extends readonly (infer One)[]
  ? readonly Frozen<One>[]
  : T extends object
    ? { readonly [Key in keyof T]: Frozen<T[Key]> }
    : T;
