import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { formatYaml } from "../../../src/compose/document/yaml/yaml.js";
import { readConfig } from "../../../src/config/config.js";
import { schemaOf } from "../../../src/config/settings-file.js";
import { settings } from "../../../src/config/settings.js";
import { asFairleadError } from "../../../src/errors.js";

let directory = "";
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), "fairlead-forms-"));
});
afterAll(() => {
  rmSync(directory, { recursive: true, force: true });
});

interface Form {
  readonly properties?: Readonly<Record<string, Form>>;
  readonly additionalProperties?: Form | boolean;
  readonly items?: Form;
  readonly anyOf?: readonly Form[];
}

type Path = readonly (string | number)[];

/** Every place of a settings file where a value can stand: keys of groups, names of maps, entries of lists. */
function placesIn(form: Form, path: Path = []): readonly Path[] {
  const { properties = {}, additionalProperties, items, anyOf = [] } = form;
  const below: readonly (readonly [string | number, Form])[] = [
    ...Object.entries(properties),
    ...(typeof additionalProperties === "object" ? ([["name.lan", additionalProperties]] as const) : []),
    ...(items === undefined ? [] : ([[0, items]] as const)),
  ];
  const inner = below.flatMap(([key, one]) => [[...path, key], ...placesIn(one, [...path, key])]);
  return [...inner, ...anyOf.flatMap((one) => placesIn(one, path))];
}

const whole = z.toJSONSchema(schemaOf(settings), { io: "input", unrepresentable: "any" }) as Form;
const places = [...new Map(placesIn(whole).map((path) => [path.join("."), path])).values()];

const secret = "hunter2-hunter2";
const values: readonly (readonly [string, unknown])[] = [
  ["nothing", null],
  ["a number", 10],
  ["a fraction", 1.5],
  ["a negative number", -1],
  ["true", true],
  ["an empty text", ""],
  ["a text", secret],
  ["an empty list", []],
  ["a list of texts", [secret]],
  ["a list of numbers", [1]],
  ["a list of nothing", [null]],
  ["a list of lists", [[secret]]],
  ["an empty map", {}],
  ["a map", { [secret]: secret }],
  ["a map of pairs as a list", ["A=B"]],
];

function tree(path: Path, value: unknown): unknown {
  const [key, ...rest] = path;
  if (key === undefined) return value;
  const inner = tree(rest, value);
  return typeof key === "number" ? [inner] : { [key]: inner };
}

/** What is said of a settings file with that value there; undefined: it is taken. */
function saidOf(
  path: Path,
  value: unknown,
): { readonly file: string; readonly text: string; readonly remedy: string } | undefined {
  const file = join(directory, "s.yaml");
  writeFileSync(file, formatYaml(tree(path, value)));
  try {
    readConfig({ config: file }, {});
    return undefined;
  } catch (thrown) {
    const { code, message, remedy = "" } = asFairleadError(thrown);
    expect(code, message).toBe("ConfigInvalid");
    return { file, text: message, remedy };
  }
}

const zods =
  /invalid input|expected|received|invalid_|too (?:small|big)|unrecognized|invalid (?:string|option|key|element)|must (?:match|be)|zod|\[object/i;

describe("every place of a settings file", () => {
  it("is known to this test", () => {
    expect(places.map((path) => path.join("."))).toEqual(
      expect.arrayContaining(["git.0.auth.tokenFile", "policy.projects.0.from", "secretCommands.name.lan.timeout"]),
    );
    expect(places.length).toBeGreaterThan(90);
  });

  it.each(places.map((path) => [path.join("."), path] as const))(
    "%s: a wrong form is told with its line, in words of ours, with a remedy",
    (_name, path) => {
      let refused = 0;
      for (const [what, value] of values) {
        const said = saidOf(path, value);
        if (said === undefined) continue;
        refused += 1;
        const { file, text, remedy } = said;
        for (const line of text.split("\n")) {
          expect(line, what).not.toMatch(zods);
          expect(line.startsWith(`${file}:`), `${what}: ${line}`).toBe(true);
          expect(line.slice(file.length), what).toMatch(/^:\d+:\d+: \S/);
        }
        expect(remedy === "" && !text.includes("("), `${what}: ${text}`).toBe(false);
      }
      expect(refused).toBeGreaterThan(values.length / 2);
    },
  );
});

describe("a wrong form", () => {
  it.each<readonly [path: string, value: unknown, words: string]>([
    ["policy", null, "it is empty, and should be a map of keys"],
    ["secretCommands.vault.command", [], "the list is empty"],
    ["secretCommands.vault.timeout", 10, "it is a number without a unit: write for example `10s` or `5m`"],
    ["git.interval", 60, "it is a number without a unit: write for example `10s` or `5m`"],
    ["secretCommands.vault.environment", { A: "B" }, "it is a map of keys, and should be a list"],
    ["secretCommands.vault.environment", ["A=B"], "it should be the name of a variable"],
    ["secretCommands", ["A=B"], "it is a list, and should be a map of keys"],
    ["policy.hostNamespaces", ["pdi"], 'it is none of pid, ipc, network, userns, uts, cgroup (did you mean "pid"?)'],
    ["concurrentPulls", 0, "it should be 1 at least"],
    ["concurrentPulls", 99, "it should be 32 at most"],
    ["concurrentPulls", 1.5, "it is a number, and should be a whole number"],
    ["adminHosts", ["http://a.lan"], "it should be the name of a host alone, such as fairlead.lan"],
    ["lease", 5, "it is a whole number, and should be a text: put it in quotes"],
    ["data", "", "it is empty"],
  ])("of %s, %j, has its words", (path, value, words) => {
    const at = path.startsWith("secretCommands.vault.") ? { command: ["/bin/true"] } : {};
    const [, , key = ""] = path.split(".");
    const tree_ = Object.keys(at).length > 0 ? tree(["secretCommands", "vault"], { ...at, [key]: value }) : undefined;
    const said = tree_ === undefined ? saidOf(path.split("."), value) : saidOf([], tree_);
    expect(said?.text).toContain(`: ${words}`);
  });

  it("shows no value, which may be a secret", () => {
    for (const path of [["hookSecret"], ["adminToken"], ["ageKey"]]) {
      for (const value of [{ a: secret }, [[secret]], [{ a: secret }]]) {
        expect(saidOf(path, value)?.text).not.toContain(secret);
      }
    }
  });
});
