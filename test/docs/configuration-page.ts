import { z } from "zod";
import { defaultInWords, flagName, type Setting, type Table } from "../../src/config/kinds/setting.js";
import { settings } from "../../src/config/settings.js";
import { schemaFor } from "../../src/config/settings-file.js";
import { dockerSettings } from "../../src/config/table/docker.js";
import { tracingSettings } from "../../src/config/table/tracing.js";
import { readFilled } from "./filled.js";
import { renderTable } from "./table.js";

export const configurationPage = new URL("../../docs/configuration.md", import.meta.url);

const begin = "<!-- The settings: written by `npm run docs` from src/config/settings.ts. -->";
const end = "<!-- End of the settings. -->";

/** `docs/configuration.md` with the settings as the program's own table has them. */
export function renderConfigurationPage(): string {
  const parts = [
    renderSettings(settings),
    ...Object.values<Setting>(settings).flatMap(renderFields),
    "Docker's own variables mean what they mean to Docker:",
    renderSettings(dockerSettings),
    "OpenTelemetry's own variables mean what they mean to OpenTelemetry, where a collector is named:",
    renderSettings(tracingSettings),
  ];
  return readFilled(configurationPage, begin, end, parts.join("\n\n"));
}

/** A row each; a column that would be empty is left out. */
export function renderSettings(table: Table): string {
  const rows = [
    ["flag", "environment", "settings file", "default", "what"],
    ...Object.values(table).map((setting) => [
      flagCell(setting),
      variableCell(setting),
      keyCell(setting),
      defaultInWords(setting) ?? "none",
      whatCell(setting),
    ]),
  ];
  const isFilled = (column: number) => rows.slice(1).some((row) => row[column] !== "");
  return renderTable(rows.map((row) => row.filter((_, column) => isFilled(column))));
}

function flagCell({ flag, kind }: Setting): string {
  if (flag === undefined) return "";
  const short = /^-\w, /.exec(flag)?.[0] ?? "";
  return `\`${short}${flagName(flag)}\`${kind.separator === undefined ? "" : " (may repeat)"}`;
}

function variableCell({ variable, plain, kind }: Setting): string {
  const several = kind.separator === undefined ? "" : ` (several: separated by \`${kind.separator}\`)`;
  return `${codes(plain?.variable, variable)}${several}`;
}

function keyCell({ key, plain, kind }: Setting): string {
  if (key === undefined && plain?.key === undefined) return "";
  const [field = "", ...groups] = key?.split(".").reverse() ?? [];
  const written = groups.reduce((inner, group) => `${group}: {${inner}}`, groups.length === 0 ? field : `${field}: …`);
  return `${codes(plain?.key, written)}${kind.separator === undefined ? "" : " (one or a list)"}`;
}

function whatCell({ what, more, plain }: Setting): string {
  const itself = [plain?.variable, plain?.key].filter((name) => name !== undefined).map((name) => `\`${name}\``);
  const told = itself.length === 0 ? what : `${what}; ${itself.join(" and ")} hold the text itself`;
  return more === undefined ? told : `${told}. ${more}`;
}

function codes(...names: readonly (string | undefined)[]): string {
  return names
    .filter((name) => name !== undefined && name !== "")
    .map((name) => `\`${name}\``)
    .join(", ");
}

/** A node of a JSON schema, as far as the settings file goes. */
interface Schema {
  readonly type?: string;
  readonly description?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: Schema | boolean;
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
  /** By its `type`. */
  readonly oneOf?: readonly Schema[];
  readonly const?: unknown;
}

/** The fields of a setting that is a group, or a list or map of groups. */
function renderFields({ key, kind }: Setting): readonly string[] {
  if (key === undefined) return [];
  const rows = fieldsOf(key, z.toJSONSchema(schemaFor(kind), { io: "input", unrepresentable: "any" }) as Schema);
  if (rows.length === 0) return [];
  return [`<a id="${key}"></a>The fields of \`${key}\`:`, renderTable([["field", "value", "what"], ...rows])];
}

const words: Readonly<Record<string, string>> = {
  ...{ string: "text", boolean: "true or false", integer: "whole number", number: "number" },
};

export function fieldsOf(
  path: string,
  { properties, additionalProperties, items, anyOf, oneOf }: Schema,
): readonly string[][] {
  if (oneOf !== undefined) return variantsOf(path, oneOf);
  // One or a list of them: the fields are the same.
  const single = anyOf?.find((one) => one.properties !== undefined);
  if (single !== undefined) return fieldsOf(path, single);
  const named = Object.entries(properties ?? {}).flatMap(([name, field]) => {
    const at = `${path}.${name}`;
    const below = fieldsOf(at, field);
    return below.length > 0 ? below : [[`\`${at}\``, valueOf(field), field.description ?? ""]];
  });
  const map = typeof additionalProperties === "object" ? fieldsOf(`${path}.<name>`, additionalProperties) : [];
  return [...named, ...map, ...(items === undefined ? [] : fieldsOf(`${path}[]`, items))];
}

/** First what is the same for all, then what some have, with the types that have it. */
function variantsOf(path: string, variants: readonly Schema[]): readonly string[][] {
  const typeOf = ({ properties }: Schema) => `\`${String(properties?.["type"]?.const)}\``;
  const rows = variants.flatMap((variant) => {
    const { type: _type, ...own } = variant.properties ?? {};
    return fieldsOf(path, { properties: own }).map((row) => ({ row, type: typeOf(variant) }));
  });
  const types = new Map<string, { readonly row: readonly string[]; readonly of: string[] }>();
  for (const { row, type } of rows) {
    const known = types.get(row.join());
    if (known === undefined) types.set(row.join(), { row, of: [type] });
    else known.of.push(type);
  }
  const all = [...types.values()];
  const isCommon = ({ of }: { readonly of: readonly string[] }) => of.length === variants.length;
  return [
    [`\`${path}.type\``, "text", `how: ${variants.map(typeOf).join(", ")}`],
    ...all.filter(isCommon).map(({ row }) => [...row]),
    ...all
      .filter((one) => !isCommon(one))
      .map(({ row: [field = "", value = "", what = ""], of }) => [field, value, `${of.join(", ")}: ${what}`]),
  ];
}

function valueOf({ type = "", items, anyOf }: Schema): string {
  if (anyOf !== undefined) return anyOf.map(valueOf).join(" or ");
  return items === undefined ? (words[type] ?? type) : `list of ${words[items.type ?? ""] ?? "value"}s`;
}
