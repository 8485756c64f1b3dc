/*
 * The admin API as its document has it lives here, for whoever asks it: schema.ts is written by `npm run docs`, and is types alone.
 */

import type { components, paths } from "./schema.js";

/** What the API answers under that name. */
export type Shape<Name extends keyof components["schemas"]> = components["schemas"][Name];

export type Method = "get" | "post";

/** The paths that can be asked so, and answer with JSON. */
export type PathOf<M extends Method> = {
  [P in keyof paths]: AnswerIn<paths[P][M]> extends never ? never : P;
}[keyof paths];

/** What stands in the path, and behind it. */
export type Asked<M extends Method, P extends PathOf<M>> =
  NonNullable<paths[P][M]> extends { readonly parameters: infer All } ? Pick<All, Extract<keyof All, Place>> : never;
type Place = "path" | "query";

export type Answer<M extends Method, P extends PathOf<M>> = AnswerIn<paths[P][M]>;

type AnswerIn<Operation> = Operation extends { readonly responses: infer All }
  ? { [S in keyof All]: S extends 200 | 202 ? JsonIn<All[S]> : never }[keyof All]
  : never;
type JsonIn<Response> = Response extends { readonly content: { readonly "application/json": infer Json } }
  ? Json
  : never;

type Value = string | number | boolean | undefined;
type Values = Readonly<Record<string, Value | readonly Value[]>>;

export interface Placed {
  readonly path?: Values | undefined;
  readonly query?: Values | undefined;
}

/** `/api/v1/plan?prune=true`: what is undefined is left out, a list is one parameter each. */
export function addressOf(path: string, asked: Placed): string {
  const { path: parts = {}, query = {} } = asked;
  const place = path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(String(parts[name])));
  const pairs = Object.entries(query).flatMap(([name, value]) =>
    [value].flat().flatMap((one) => (one === undefined ? [] : [[name, String(one)] as [string, string]])),
  );
  return pairs.length === 0 ? place : `${place}?${new URLSearchParams(pairs).toString()}`;
}
