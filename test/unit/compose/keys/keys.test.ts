import { describe, expect, it } from "vitest";
import * as buildTables from "../../../../src/compose/keys/build-keys.js";
import * as declarationKeys from "../../../../src/compose/keys/declaration-keys.js";
import * as extensionKeys from "../../../../src/compose/keys/extension-keys.js";
import * as hookKeys from "../../../../src/compose/keys/hook-keys.js";
import * as jobKeys from "../../../../src/compose/keys/job-keys.js";
import * as keys from "../../../../src/compose/keys/keys.js";
import * as loadKeys from "../../../../src/compose/keys/load-keys.js";
import * as optionKeys from "../../../../src/compose/keys/option-keys.js";
import * as probeKeys from "../../../../src/compose/keys/probe-keys.js";
import * as signatureKeys from "../../../../src/compose/keys/signature-keys.js";
import * as swarmKeys from "../../../../src/compose/keys/swarm-keys.js";
import { sections } from "../../../../src/compose/keys/sections.js";
import { supportOn, type KeyTable } from "../../../../src/compose/keys/support.js";
import { readProject } from "../../../../src/compose/project/compose.js";
import type { EngineKind } from "../../../../src/compose/values/engine.js";
import { isReached } from "../../../docs/reach.js";
import { surroundings } from "../read.js";
import { specification } from "../specification.js";

/** What must stand beside the key, by the end of the section's path. */
const required: Readonly<Record<string, string>> = {
  "env_file[]": "path: x, ",
  "include[]": "path: x, ",
  "promote[]": "tag: t, ",
  "ipam.config[]": "subnet: 10.0.0.0/8, ",
  "configs[]": "source: s, ",
  "secrets[]": "source: s, ",
};

/** The text before and after the keys of a section, in flow style: `services.*.ports[]` is `{services: {a: {ports: [{`. */
function surround(path: string): readonly [before: string, after: string] {
  const steps = path === "" ? [] : path.split(".");
  const opened = steps.map((step, index) => {
    const name = step === "*" ? (steps[index - 1] === "networks" ? "default" : "a") : step.replace("*", "read_bps");
    return name.endsWith("[]") ? [`${name.slice(0, -2)}: [{`, "}]"] : [`${name}: {`, "}"];
  });
  const type = steps.includes("volumes[]") ? `type: ${steps.at(-1) === "volumes[]" ? "volume" : steps.at(-1)!}, ` : "";
  const before = opened.map(([text]) => text).join("");
  const after = opened
    .map(([, text]) => text)
    .toReversed()
    .join("");
  const needed = Object.entries(required).find(([end]) => path.endsWith(end))?.[1] ?? "";
  const beside =
    path.endsWith("configs[]") || path.endsWith("secrets[]") ? `${steps.at(-1)!.slice(0, -2)}: {s: {file: f}}, ` : "";
  return [`{${beside}${before.replace("volumes: [{", `volumes: [{${type}`)}${needed}`, `${after}}`];
}

const engines = ["docker", "swarm"] as const;
const reached = engines.flatMap((engine) =>
  sections.filter((section) => isReached(section, engine)).map((section) => ({ ...section, engine })),
);
const rows = reached.flatMap(({ path, table, engine }) => {
  const [before, after] = surround(path);
  return Object.entries(table).map(([key, support]) => {
    return { where: path, key, engine, ...supportOn(engine, support), before, after };
  });
});

interface Asked {
  readonly key: string;
  readonly engine: EngineKind;
  readonly before: string;
  readonly after: string;
}

function problemsAt({ key, engine, before, after }: Asked, value: string): readonly string[] {
  const bare = before.replace(new RegExp(`\\b${key}: [^ {]+, `), "");
  const text = `${bare}${key}: ${value}${after}`;
  const result = readProject({ ...surroundings, text, environment: {}, engine });
  const all = [...(result.ok ? [] : result.problems), ...result.warnings];
  const named = new RegExp(`(^|\\.)${key}(\\[|$)`);
  return all.filter(({ path }) => named.test(path)).map(({ message, hint }) => `${message} (${hint ?? ""})`);
}

describe("the table of keys", () => {
  it.each(rows.filter(({ support }) => support === "supported"))("$engine: $key of $where is read", (row) => {
    const problems = problemsAt(row, "[[]]");
    expect(problems.join()).not.toMatch(/unknown|supported/);
    expect(problems).not.toEqual([]);
  });

  it.each(rows.filter(({ support }) => support !== "supported"))("$engine: $key of $where is $support", (row) => {
    const words = {
      supported: "",
      obsolete: "obsolete, and ignored",
      ignored: "has no effect here",
      planned: "not supported yet",
      refused: row.engine === "swarm" ? "not supported on a Swarm" : "not supported",
    };
    const hint = ("hint" in row ? row.hint : undefined) ?? "";
    expect(problemsAt(row, "1")).toEqual([`${words[row.support]} (${hint})`]);
  });

  it.each(reached)("$engine: $path refuses what it does not hold", ({ path, engine }) => {
    const [before, after] = surround(path);
    const asked = { key: "zzzzzzzz", engine, before, after };
    expect(problemsAt(asked, "1")).toEqual([expect.stringMatching(/^unknown key \(/)]);
  });

  it("has every table once", () => {
    const modules: readonly Readonly<Record<string, KeyTable>>[] = [
      keys,
      loadKeys,
      buildTables,
      optionKeys,
      declarationKeys,
      extensionKeys,
      probeKeys,
      jobKeys,
      hookKeys,
      signatureKeys,
      swarmKeys,
    ];
    const tables = modules.flatMap((module) => Object.values(module));
    expect(new Set(sections.map(({ table }) => table))).toEqual(new Set(tables));
    expect(sections).toHaveLength(tables.length);
  });

  it.each(Object.entries(specification))("has every key that the specification has under %j", (path, known) => {
    const table = sections.find((section) => section.path === path)?.table ?? {};
    const ours = Object.keys(table).filter((key) => key !== "x-fairlead");
    expect(ours.sort()).toEqual(known.split(" ").sort());
  });
});
