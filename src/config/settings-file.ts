import { z } from "zod";
import { didYouMean } from "../compose/document/node.js";
import type { Place } from "../compose/document/yaml/yaml.js";
import { formatProblem } from "../compose/values/problem.js";
import { nearest } from "../tools/suggest.js";
import { formWords } from "./kinds/form-words.js";
import type { UsualForm } from "./kinds/kinds.js";
import type { Setting, SettingsFile, Table } from "./kinds/setting.js";
import { dotted, keysRemedy, placeAt, readWritten, valueAt } from "./written-file.js";

/** What may stand in a settings file for these settings: no other key, each in the form of its kind. */
export function schemaOf(...tables: readonly Table[]): z.ZodType<object> {
  return groupOf(
    tables.flatMap((table) =>
      Object.values(table).flatMap(({ key, kind, plain }) => [
        ...(key === undefined ? [] : [[key.split("."), schemaFor(kind)] as const]),
        ...(plain?.key === undefined ? [] : [[plain.key.split("."), schemaFor(plain.kind)] as const]),
      ]),
    ),
  );
}

const usualForms: Readonly<Record<UsualForm, z.ZodType>> = {
  text: z.string(),
  texts: z.union([z.string(), z.array(z.string())]),
  toggle: z.boolean(),
};

/** What may stand in a settings file for one setting. */
export function schemaFor({ form }: Setting["kind"]): z.ZodType {
  return typeof form === "string" ? usualForms[form] : form;
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
 * Reads and checks a settings file. Throws FairleadError ConfigInvalid where it cannot be read at all. What else is wrong
 * are its faults, each `file:line:column: key: what`: never a value, which may be a secret. `named`: what has named it.
 */
export function readSettingsFile(file: string, schema: z.ZodType<object>, named = "--config"): SettingsFile {
  const { value, root, position, place } = readWritten(file, named);
  const result = schema.safeParse(value ?? {}, { error: formWords });
  const told = result.success ? [] : result.error.issues.flatMap((issue) => problemsOf(issue, schema));
  const unsaid = lostKeys(root).filter((path) => !told.some((one) => dotted(one.path) === dotted(path)));
  const issues: readonly Problem[] = [
    ...told,
    ...unsaid.map((path) => ({ path, onKey: true, message: `nothing can be called ${lostKey}` })),
  ];
  const settings = result.success ? result.data : value;
  return {
    path: file,
    faults: issues.map(({ onKey, path, ...problem }) => {
      const { key, value: itself } = placeAt(root, path);
      const at = onKey ? key : itself;
      return { text: formatProblem({ file, path: dotted(path), ...at, ...problem }), position: at, remedy: keysRemedy };
    }),
    get: (key) => {
      const isWrong = issues.some(({ path }) => `${dotted(path)}.`.startsWith(`${key}.`) || path.length === 0);
      return isWrong ? undefined : valueAt(settings, key);
    },
    place,
    position,
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
    // Another form of the same setting may know the very key.
    const known = keysAt(schema, path).filter((key) => !issue.keys.includes(key));
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
  return [{ path, onKey: false, message: issue.message }];
}

const lostKey = "__proto__";

/** The paths of keys that zod leaves out of a map without a word. Aliases may lead to one place on several ways. */
function lostKeys(place: Place, path: readonly string[] = [], seen = new Set<Place>()): readonly (readonly string[])[] {
  if (seen.has(place)) return [];
  seen.add(place);
  return [...place.children].flatMap(([key, child]) => {
    const below = [...path, key];
    return [...(key === lostKey ? [below] : []), ...lostKeys(child, below, seen)];
  });
}

interface JsonSchema {
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly additionalProperties?: JsonSchema | boolean;
  readonly items?: JsonSchema;
  readonly anyOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
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
  return [schema, ...(schema.anyOf ?? []), ...(schema.oneOf ?? [])];
}
