import { z } from "zod";
import { didYouMean } from "../compose/document/node.js";
import { parseYaml } from "../compose/document/yaml.js";
import type { Place } from "../compose/document/yaml.js";
import { formatProblem } from "../compose/values/problem.js";
import { nearest } from "../compose/values/suggest.js";
import { asFairleadError, FairleadError } from "../errors.js";
import { readText } from "./kinds.js";
import type { SettingsFile, Table } from "./setting.js";

/** Where no file is named. */
export const noSettings: SettingsFile = { get: () => undefined, place: (key) => key };

/** What may stand in a settings file for these settings: no other key, each in the form of its kind. */
export function schemaOf(...tables: readonly Table[]): z.ZodType<object> {
  return groupOf(
    tables.flatMap((table) =>
      Object.values(table).flatMap(({ key, kind, plain }) => [
        ...(key === undefined ? [] : [[key.split("."), kind.schema] as const]),
        ...(plain?.key === undefined ? [] : [[plain.key.split("."), plain.kind.schema] as const]),
      ]),
    ),
  );
}

function groupOf(fields: readonly (readonly [path: readonly string[], schema: z.ZodType])[]): z.ZodType<object> {
  const shape: Record<string, z.ZodType> = {};
  for (const [[name = "", ...rest], schema] of fields) {
    const below = fields.flatMap(([[other, ...path], field]) => (other === name ? [[path, field] as const] : []));
    shape[name] = (rest.length === 0 ? schema : groupOf(below)).optional();
  }
  return z.strictObject(shape);
}

/**
 * Reads and checks a settings file. Throws FairleadError ConfigInvalid with everything that is wrong, one
 * `file:line:column: key: what` a line: never a value, which may be a secret.
 */
export function readSettingsFile(file: string, schema: z.ZodType<object>): SettingsFile {
  const document = parseYaml(textOf(file));
  if (!document.ok) {
    const { line, column } = document.position;
    throw new FairleadError("ConfigInvalid", `${file}:${line}:${column}: ${document.message}`);
  }
  const result = schema.safeParse(document.value ?? {});
  if (!result.success) {
    const problems = result.error.issues
      .flatMap((issue) => problemsOf(issue, schema))
      .map(({ onKey, path, ...told }) => {
        const { key, value } = placeAt(document.root, path);
        return { file, path: dotted(path), ...(onKey ? key : value), ...told };
      })
      .sort((left, right) => left.line - right.line || left.column - right.column)
      .map(formatProblem);
    throw new FairleadError("ConfigInvalid", problems, { remedy: "docs/configuration.md lists every key" });
  }
  const settings = result.data;
  return {
    get: (key) => key.split(".").reduce<unknown>(fieldOf, settings),
    place: (key) => {
      const { line, column } = placeAt(document.root, key.split(".")).value;
      return `${file}:${line}:${column}: ${key}`;
    },
  };
}

interface Problem {
  readonly path: readonly PropertyKey[];
  /** The key is wrong, not its value. */
  readonly onKey: boolean;
  readonly message: string;
  readonly hint?: string;
}

function problemsOf(issue: z.core.$ZodIssue, schema: z.ZodType): readonly Problem[] {
  const { path } = issue;
  if (issue.code === "unrecognized_keys") {
    const known = keysAt(schema, path);
    return issue.keys.map((key) => {
      const meant = nearest(key, known);
      const hint = meant === undefined ? {} : { hint: didYouMean(meant) };
      return { path: [...path, key], onKey: true, message: "unknown key", ...hint };
    });
  }
  if (issue.code === "invalid_union") {
    // Of the forms that it may have, that which it has at all.
    const meant = issue.errors.find(
      (one) => !one.some((inner) => inner.code === "invalid_type" && inner.path.length === 0),
    );
    if (meant !== undefined)
      return meant.flatMap((inner) => problemsOf({ ...inner, path: [...path, ...inner.path] }, schema));
  }
  if (issue.code === "invalid_key") {
    return issue.issues.map(({ message }) => ({ path, onKey: true, message }));
  }
  return [{ path, onKey: false, message: issue.message.replace(/^Invalid input: /, "") }];
}

interface JsonSchema {
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly additionalProperties?: JsonSchema | boolean;
  readonly items?: JsonSchema;
  readonly anyOf?: readonly JsonSchema[];
}

/** The keys that a group may have; `path` leads there through groups, maps and lists. */
function keysAt(schema: z.ZodType, path: readonly PropertyKey[]): readonly string[] {
  const whole = z.toJSONSchema(schema, { io: "input", unrepresentable: "any" }) as JsonSchema;
  const found = path.reduce<JsonSchema>((at, part) => {
    const fields = formsOf(at).map(
      ({ properties, items, additionalProperties }) => properties?.[String(part)] ?? items ?? additionalProperties,
    );
    return fields.find((field) => typeof field === "object") ?? {};
  }, whole);
  return formsOf(found).flatMap(({ properties = {} }) => Object.keys(properties));
}

function formsOf(schema: JsonSchema): readonly JsonSchema[] {
  return [schema, ...(schema.anyOf ?? [])];
}

/** That of the nearest thing around it, where it is not there itself. */
function placeAt(root: Place, path: readonly PropertyKey[]): Place {
  return path.reduce<Place>((place, part) => place.children.get(String(part)) ?? place, root);
}

/** `registries.ghcr.io.realms[0]`. */
function dotted(path: readonly PropertyKey[]): string {
  return path
    .map((part) => (typeof part === "number" ? `[${part}]` : `.${String(part)}`))
    .join("")
    .replace(/^\./, "");
}

function fieldOf(group: unknown, key: string): unknown {
  return typeof group === "object" && group !== null ? (group as Readonly<Record<string, unknown>>)[key] : undefined;
}

function textOf(file: string): string {
  try {
    return readText(file);
  } catch (thrown) {
    const { message } = asFairleadError(thrown);
    throw new FairleadError("ConfigInvalid", `--config: ${message}`, { cause: thrown });
  }
}
