import { usual } from "../../src/http/admin/declare/refusals.js";
import { refusalsOf } from "../../src/http/admin/declare/openapi.js";
import type { Route } from "../../src/http/admin/declare/route.js";
import { documentOf, routes } from "../../src/http/admin/routes/all.js";
import { readFilled } from "./filled.js";
import { renderTable } from "./table.js";

export const httpPage = new URL("../../docs/http.md", import.meta.url);

const begin = "<!-- The routes: written by `npm run docs` from src/http/admin/routes/. -->";
const end = "<!-- End of the routes. -->";

interface Schema {
  readonly $ref?: string;
  readonly type?: string;
  readonly enum?: readonly string[];
  readonly const?: unknown;
  readonly items?: Schema;
  readonly oneOf?: readonly Schema[];
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, Schema>>;
}

interface Operation {
  readonly parameters?: readonly {
    readonly name: string;
    readonly in: string;
    readonly description: string;
    readonly required?: boolean;
    readonly schema: Schema;
  }[];
  readonly responses: Readonly<
    Record<string, { readonly content?: Readonly<Record<string, { readonly schema: Schema }>> }>
  >;
}

interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> };
}

/** `docs/http.md` with the tables of routes and shapes as the declarations have them. */
export function renderHttpPage(): string {
  const document = documentOf("0") as unknown as Document;
  const rows = routes.map((route) => rowOf(route, document.paths[route.path]?.[route.method]));
  const named = Object.entries(document.components.schemas).sort(([one], [other]) => (one < other ? -1 : 1));
  const shapes = named.map(([name, schema]) => [`\`${name}\``, code(sketch(schema))]);
  const tables = [
    renderTable([["request", "what", "answer"], ...rows]),
    "`?` stands behind what may be absent. A name with a capital letter is one of these:",
    renderTable([["name", "shape"], ...shapes]),
  ];
  return readFilled(httpPage, begin, end, tables.join("\n\n"));
}

function rowOf(route: Route, operation: Operation | undefined): readonly string[] {
  const { method, path, summary, details, refusals } = route;
  const asked = (operation?.parameters ?? []).filter(
    ({ in: place, name }) => place === "query" || name === "Last-Event-ID",
  );
  const words = [
    `${summary}.`,
    ...(details === undefined ? [] : [details]),
    ...asked.map(
      (one) =>
        `\`${one.in === "query" ? "?" : ""}${one.name}${one.in === "query" ? "=" : ""}\`: ${lower(one.description)}.`,
    ),
    ...Object.entries(refusals)
      .filter(([status, why]) => usual[Number(status)] !== why)
      .map(([status, why]) => `${status}: ${lower(why)}.`),
  ];
  return [`\`${method.toUpperCase()} ${path}\``, words.join(" "), answersOf(route, operation)];
}

function answersOf(route: Route, operation: Operation | undefined): string {
  const own = Object.entries(operation?.responses ?? {}).filter(([status]) => !(status in refusalsOf(route)));
  return own
    .filter(([status]) => status !== "304")
    .map(([status, { content = {} }]) => {
      const bodies = Object.entries(content).map(([type, { schema }]) =>
        type === "application/json"
          ? code(sketch(schema))
          : `\`${type}\`${schema.type === "string" ? "" : `: ${code(sketch(schema))}`}`,
      );
      return `${status} ${bodies.join(", or ")}`;
    })
    .join("; ");
}

/** `{kept: [{file, path}], left}`. */
function sketch(schema: Schema): string {
  if (schema.$ref !== undefined) return schema.$ref.replace(/.*\//, "");
  if (schema.items !== undefined) return `[${sketch(schema.items)}]`;
  if (schema.oneOf !== undefined) return sketch(merged(schema.oneOf));
  const { properties, required = [] } = schema;
  if (properties === undefined) return schema.enum?.join(" | ") ?? (schema.type === "object" ? "{…}" : "");
  const fields = Object.entries(properties).map(([name, field]) => {
    const told = field.properties ?? field.items?.properties ?? field.oneOf ?? field.$ref ?? field.items?.$ref;
    return `${name}${required.includes(name) ? "" : "?"}${told === undefined ? "" : `: ${sketch(field)}`}`;
  });
  return `{${fields.join(", ")}}`;
}

/** What every one of them has is there always. */
function merged(all: readonly Schema[]): Schema {
  const properties = Object.fromEntries(all.flatMap((one) => Object.entries(one.properties ?? {})));
  const required = Object.keys(properties).filter((name) => all.every((one) => one.required?.includes(name)));
  return { properties, required };
}

function code(text: string): string {
  return `\`${text}\``;
}

function lower(text: string): string {
  return /^[A-Z][a-z ]/.test(text) ? text.charAt(0).toLowerCase() + text.slice(1) : text;
}
