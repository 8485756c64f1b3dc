import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { parseYaml } from "../../../src/compose/document/yaml/yaml.js";
import { sections } from "../../../src/compose/keys/sections.js";

const corpus = fileURLToPath(new URL("../../corpus", import.meta.url));
const paths = readdirSync(corpus, { recursive: true, encoding: "utf8" });
const documents = paths
  .filter((path) => path.endsWith(".yaml"))
  .map((path) => documentOf(path))
  .filter((document) => isMapping(document) && "services" in document);

/** Docker Compose reads nothing in it: there is nothing to compare. */
const ourExtension = "x-fairlead";

/** In no file, each with its reason. */
const exempt: readonly string[] = [
  // Of a Swarm's scheduler: on a plain host they mean nothing.
  ...["constraints", "preferences", "max_replicas_per_node", "preferences[].spread"].map(
    (key) => `services.*.deploy.placement.${key}`,
  ),
  ...["", ".kind", ".value"].map(
    (key) => `services.*.deploy.resources.reservations.generic_resources[].discrete_resource_spec${key}`,
  ),
  // Of a Swarm's store: nothing of it shows on a plain host.
  ...["configs.*.name", "secrets.*.name"],
];

describe("the corpus", () => {
  it("is large", () => {
    const projects = readdirSync(corpus, { withFileTypes: true }).filter((entry) => entry.isDirectory());
    expect(projects.length).toBeGreaterThanOrEqual(28);
  });

  it("uses every key of the specification that is supported", () => {
    const specified = sections.filter(({ path }) => !path.includes(ourExtension));
    const unused = specified.flatMap(({ path, table }) => {
      const used = new Set(documents.flatMap((document) => mappingsAt(document, path)).flatMap(Object.keys));
      const supported = Object.entries(table).filter(
        ([key, { support }]) => support === "supported" && key !== ourExtension,
      );
      return supported.filter(([key]) => !used.has(key)).map(([key]) => (path === "" ? key : `${path}.${key}`));
    });
    expect(unused).toEqual(exempt);
  });
});

function documentOf(path: string): unknown {
  const origin = { file: path, directory: corpus, variables: () => undefined };
  const result = parseYaml(readFileSync(`${corpus}/${path}`, "utf8"), origin);
  if (!result.ok) throw new Error(`${path}: ${result.message}`);
  return result.value;
}

/** The mappings of a document where a section's path leads: `*` is any key, `name[]` each item of a list. */
function mappingsAt(document: unknown, path: string): readonly object[] {
  const steps = path === "" ? [] : path.split(".");
  const values = steps.reduce<readonly unknown[]>(
    (all, step) => all.flatMap((value) => follow(value, step)),
    [document],
  );
  return values.filter(isMapping);
}

function follow(value: unknown, step: string): readonly unknown[] {
  if (!isMapping(value)) return [];
  const name = new RegExp(`^${step.replace("[]", "").replaceAll("*", ".*")}$`);
  const found = Object.entries(value).flatMap(([key, item]) => (name.test(key) ? [item] : []));
  return step.endsWith("[]") ? found.flat() : found;
}

function isMapping(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
