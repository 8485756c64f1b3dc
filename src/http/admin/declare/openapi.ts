/*
 * The OpenAPI document is made here, of the declared routes alone.
 */

import { z } from "zod";
import { moved as movedOn, refused } from "../answers/values.js";
import { usual } from "./refusals.js";
import type { Answer, Route } from "./route.js";

type Json = Readonly<Record<string, unknown>>;

/** The admin app in OpenAPI 3.1. */
export function openapi(routes: readonly Route[], version: string): Json {
  const schemas: Record<string, Json> = {};
  const paths: Record<string, Record<string, Json>> = {};
  for (const route of routes) {
    paths[route.path] ??= pathItem(route.path);
    Object.assign(paths[route.path] ?? {}, { [route.method]: operation(route, schemas) });
  }
  return {
    openapi: "3.1.0",
    info: {
      title: "Fairlead",
      version,
      description: "What a controller shows and is asked on its admin address. Fields may be added to what it answers.",
      license: { name: "Apache-2.0", identifier: "Apache-2.0" },
    },
    servers: [{ url: "/" }],
    security: [{}, { token: [] }],
    paths,
    components: {
      securitySchemes: {
        token: { type: "http", scheme: "bearer", description: "Without a token only this host may ask" },
      },
      responses: usualResponses(schemas),
      schemas,
    },
  };
}

function pathItem(path: string): Record<string, Json> {
  const names = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
  if (names.length === 0) return {};
  const parameters = names.map((name) => ({ name, in: "path", required: true, schema: { type: "string" } }));
  return { parameters } as unknown as Record<string, Json>;
}

function operation(route: Route, schemas: Record<string, Json>): Json {
  const { summary, details, query, headers, answers, access } = route;
  const parameters = [
    ...Object.entries(query).map(([name, schema]) => queryParameter(name, schema)),
    ...Object.entries(headers).map(([name, description]) => ({
      ...{ name, in: "header", description, schema: { type: "string" } },
    })),
  ];
  const responses = Object.entries(answers).map(([status, answer]) => [status, response(answer, schemas)] as const);
  const refusals = Object.entries(refusalsOf(route)).map(([status, why]) => [
    status,
    refusal(Number(status), why, schemas),
  ]);
  return {
    operationId: operationId(route),
    summary: unlinked(summary),
    ...(details === undefined ? {} : { description: unlinked(details) }),
    ...(access === "open" ? { security: [{}] } : {}),
    ...(parameters.length === 0 ? {} : { parameters }),
    responses: Object.fromEntries([...responses, ...refusals]) as Json,
  };
}

/** The links are those of a page that is not there. */
function unlinked(markdown: string): string {
  return markdown.replace(/ \(\[(?:below|[\w-]+)\]\([^)]*\)\)/g, "").replace(/\[([^\]]*)\]\([^)]*\)/g, "$1");
}

/** What it refuses of its own, and what every route of its kind does. */
export function refusalsOf({ access, method, path, refusals }: Route): Readonly<Record<number, string>> {
  if (access === "open") return refusals;
  const common = [...(path.startsWith("/api/") ? [400] : []), 401, 403, ...(method === "post" ? [415] : []), 429];
  return { ...Object.fromEntries(common.map((status) => [status, usual[status] ?? ""])), ...refusals };
}

function refusal(status: number, why: string, schemas: Record<string, Json>): Json {
  if (why === usual[status]) return { $ref: `#/components/responses/${status}` };
  return response({ description: why, media: { "application/json": refused } }, schemas);
}

function usualResponses(schemas: Record<string, Json>): Json {
  const all = Object.entries(usual).map(([status, description]) => {
    const media = { "application/json": status === "412" ? movedOn : refused };
    return [status, response({ description, media }, schemas)] as const;
  });
  return Object.fromEntries(all);
}

function queryParameter(name: string, schema: z.ZodType): Json {
  const { description, ...whole } = jsonSchema(schema, {});
  // One that may repeat is read as a text or as a list of texts: to whoever asks it is a list.
  const shape = whole["type"] === "array" ? { type: "array", items: whole["items"] } : whole;
  const isRequired = !schema.safeParse(undefined).success;
  return { name, in: "query", description, ...(isRequired ? { required: true } : {}), schema: shape };
}

function response({ description, media }: Answer, schemas: Record<string, Json>): Json {
  const content = Object.entries(media).map(([type, schema]) => [type, { schema: jsonSchema(schema, schemas) }]);
  return { description, ...(content.length === 0 ? {} : { content: Object.fromEntries(content) as Json }) };
}

/** `GET /api/v1/services/{project}/{service}/logs`: `getServicesProjectServiceLogs`. */
function operationId({ method, path }: Route): string {
  const words = path.replace(/^\/api\/v1\//, "").split(/\W+/);
  const all = [method, ...(path === "/" ? ["page"] : words)].filter((word) => word !== "");
  return all.map((word, at) => (at === 0 ? word : word.charAt(0).toUpperCase() + word.slice(1))).join("");
}

/** A schema in JSON Schema's words; those that have a name go to `schemas`. */
function jsonSchema(schema: z.ZodType, schemas: Record<string, Json>): Json {
  const { $schema: _, $defs = {}, ...root } = z.toJSONSchema(schema, { io: "input", override: plain });
  for (const [name, definition] of Object.entries($defs)) schemas[name] = moved(definition);
  return moved(root);
}

function moved({ id: _, ...schema }: z.core.JSONSchema.BaseSchema): Json {
  return JSON.parse(JSON.stringify(schema).replaceAll('"#/$defs/', '"#/components/schemas/')) as Json;
}

/** Without what tells a reader nothing: the pattern behind a format, the bounds of JavaScript's integers. */
function plain({ jsonSchema: schema }: { readonly jsonSchema: z.core.JSONSchema.BaseSchema }): void {
  if (schema.format !== undefined) delete schema.pattern;
  if (schema.maximum === Number.MAX_SAFE_INTEGER) delete schema.maximum;
  if (schema.minimum === Number.MIN_SAFE_INTEGER) delete schema.minimum;
  if (schema.propertyNames !== undefined) delete schema.propertyNames;
}
