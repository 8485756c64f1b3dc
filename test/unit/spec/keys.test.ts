import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";

import { readProject } from "../../../src/spec/compose.js";
import * as tables from "../../../src/spec/keys.js";
import type { KeyTable } from "../../../src/spec/keys.js";
import { surroundings } from "./read.js";

/** Where each table's mapping stands: the text before and after a key of it, in flow style. */
const places: readonly (readonly [string, KeyTable, string, string])[] = [
  ["the top level", tables.topLevelKeys, "{", "}"],
  ["a service", tables.serviceKeys, "{services: {a: {", "}}}"],
  ["healthcheck", tables.healthcheckKeys, "{services: {a: {healthcheck: {", "}}}}"],
  ["depends_on", tables.dependencyKeys, "{services: {a: {depends_on: {b: {", "}}}}}"],
  ["deploy", tables.deployKeys, "{services: {a: {deploy: {", "}}}}"],
  ["update_config", tables.updateConfigKeys, "{services: {a: {deploy: {update_config: {", "}}}}}"],
  ["a port", tables.portKeys, "{services: {a: {ports: [{", "}]}}}"],
  ["a mount", tables.mountKeys, "{services: {a: {volumes: [{type: volume, ", "}]}}}"],
  ["bind", tables.bindKeys, "{services: {a: {volumes: [{type: bind, bind: {", "}}]}}}"],
  ["a network of a service", tables.attachmentKeys, "{services: {a: {networks: {default: {", "}}}}}"],
  ["a network", tables.networkKeys, "{networks: {n: {", "}}}"],
  ["a volume", tables.volumeKeys, "{volumes: {v: {", "}}}"],
  ["x-fairlead of a service", tables.extensionKeys, "{services: {a: {x-fairlead: {", "}}}}"],
  ["x-fairlead of a project", tables.projectExtensionKeys, "{x-fairlead: {", "}}"],
];

const rows = places.flatMap(([where, table, before, after]) =>
  Object.entries(table).map(([key, { support, ...rest }]) => ({ where, key, support, ...rest, before, after })),
);

function problemsAt(key: string, before: string, after: string, value: string): readonly string[] {
  const text = `${before.replace("type: volume, ", key === "type" ? "" : "type: volume, ")}${key}: ${value}${after}`;
  const result = readProject({ ...surroundings, text, environment: {} });
  const all = [...(result.ok ? [] : result.problems), ...result.warnings];
  const named = new RegExp(`(^|\\.)${key}(\\[|$)`);
  return all.filter(({ path }) => named.test(path)).map(({ message, hint }) => `${message} (${hint ?? ""})`);
}

describe("the table of keys", () => {
  it.each(rows.filter(({ support }) => support === "supported"))("$key of $where is read", ({ key, before, after }) => {
    const problems = problemsAt(key, before, after, "[[]]");
    expect(problems.join()).not.toMatch(/unknown|supported/);
    expect(problems).not.toEqual([]);
  });

  it.each(rows.filter(({ support }) => support !== "supported"))("$key of $where is $support", (row) => {
    const words = { obsolete: "obsolete, and ignored", planned: "not supported yet", refused: "not supported" };
    const hint = "hint" in row ? row.hint : "";
    expect(problemsAt(row.key, row.before, row.after, "1")).toEqual([`${words[row.support as "planned"]} (${hint})`]);
  });

  it.each(places)("%s refuses what it does not hold", (_, __, before, after) => {
    expect(problemsAt("zzzzzzzz", before, after, "1")).toEqual([expect.stringMatching(/^unknown key \(/)]);
  });

  it("is what the documentation lists", () => {
    const page = readFileSync(new URL("../../../docs/compose.md", import.meta.url), "utf8");
    const missing = rows.filter(({ support, key }) => support === "supported" && !page.includes(`\`${key}\``));
    expect(missing.map(({ where, key }) => `${where}: ${key}`)).toEqual([]);
  });
});
