import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { serviceKeys } from "../../../src/compose/keys/keys.js";
import { specHash } from "../../../src/compose/model/hash.js";
import { readProject } from "../../../src/compose/project/compose.js";
import { formatProblem } from "../../../src/compose/values/problem.js";
import { surroundings } from "./read.js";

const golden = (file: string) => readFileSync(new URL(`golden/${file}`, import.meta.url), "utf8");
const environment = { HOME: "/root", SECRET: "hunter2" };

function check(text: string): void {
  const result = readProject({ ...surroundings, text, environment });
  const lines = text.split(/\r\n|\r|\n/).length;
  for (const problem of [...(result.ok ? [] : result.problems), ...result.warnings]) {
    expect(formatProblem(problem)).not.toMatch(/\n|undefined|\[object|hunter2/);
    expect(problem.line).toBeGreaterThan(0);
    expect(problem.line).toBeLessThanOrEqual(lines);
    expect(problem.column).toBeGreaterThan(0);
  }
  if (!result.ok) expect(result.problems).not.toEqual([]);
  else for (const service of result.project.services) expect(specHash(service)).toMatch(/^[0-9a-f]{32}$/);
}

describe("readProject never throws, and places every problem", () => {
  it("on any text", () => {
    const odd = fc.constantFrom("a", ":", "\u0000", "\u001b", "\u0085", "\u2028", "\uFEFF", "\uD800", "😀", "\r", "\n");
    fc.assert(fc.property(fc.oneof(fc.string(), fc.string({ unit: odd })), check), { numRuns: 100 });
  });

  it("on any document of known keys with any values", () => {
    const value = fc.oneof(
      fc.jsonValue({ maxDepth: 2 }),
      fc.constantFrom("$SECRET", "${X:-80}:80", "./a:/b", "10s", "default", "web", "${SECRET}", "~/x:/y", "a=$SECRET"),
    );
    const keys = fc.constantFrom(...Object.keys(serviceKeys), "__proto__", "constructor", "x-y", "");
    const service = fc.dictionary(keys, fc.oneof(value, fc.array(value, { maxLength: 3 })), { maxKeys: 6 });
    const document = fc.record(
      {
        name: value,
        services: fc.oneof(fc.dictionary(fc.constantFrom("web", "db", "$SECRET"), fc.oneof(service, value)), value),
        networks: fc.dictionary(fc.constantFrom("default", "b c"), value, { maxKeys: 2 }),
        volumes: value,
        configs: fc.dictionary(fc.constantFrom("web", "$SECRET"), fc.oneof(value, fc.record({ content: value }))),
        secrets: fc.dictionary(fc.constantFrom("web"), fc.oneof(value, fc.record({ file: value }))),
      },
      { requiredKeys: ["services"] },
    );
    fc.assert(
      fc.property(document, (content) => {
        check(JSON.stringify(content));
      }),
      { numRuns: 200 },
    );
  });

  it.each(["full.yaml", "options.yaml"])("on %s with a line changed, left out or repeated", (file) => {
    const lines = golden(file).split("\n");
    const change = fc.constantFrom<(line: string) => string>(
      () => "",
      (line) => `${line}\n${line}`,
      (line) => line.replace(/\S/, "-"),
      (line) => line.replace(/:.*/, ":"),
      (line) => line.replace(/:.*/, ": [1, {a: *common}]"),
      (line) => line.replace(/: .*/, ": $SECRET"),
      (line) => line.replace(/\w/, "z"),
      (line) => ` ${line}`,
      (line) => `${line}}`,
      (line) => line.replace(/(?<=: ?)[^,{}[\]]+/, "-1"),
      (line) => line.replace(/[\w.:/=-]+(?=[\],}]|$)/, "$SECRET"),
      (line) => line.replace(/\[.*\]/, "null").replace(/\{.*\}/, "[]"),
    );
    fc.assert(
      fc.property(fc.nat(lines.length - 1), change, (index, mutate) => {
        check(lines.with(index, mutate(lines[index]!)).join("\n"));
      }),
      { numRuns: 150 },
    );
  });
});

describe("a project of several files", () => {
  const odd = fc.oneof(
    fc.jsonValue({ maxDepth: 1 }),
    fc.constantFrom("$SECRET", "web", "one.yaml", "two.yaml", "a.env", "./"),
  );
  const several = (value: fc.Arbitrary<unknown>) => fc.oneof(value, fc.array(value, { maxLength: 2 }));
  const named = fc.dictionary(
    fc.constantFrom("path", "file", "service", "env_file", "project_directory", "required", "x"),
    several(odd),
  );
  const reference = several(fc.oneof(odd, named));
  const pairs = fc.oneof(reference, fc.dictionary(fc.constantFrom("A", "B"), odd));
  const service = fc.record(
    {
      image: odd,
      extends: reference,
      env_file: reference,
      label_file: reference,
      profiles: reference,
      environment: pairs,
      ports: reference,
      networks: pairs,
    },
    { requiredKeys: [] },
  );
  const document = fc
    .record(
      { include: reference, services: fc.dictionary(fc.constantFrom("web", "db"), service) },
      { requiredKeys: [] },
    )
    .map((content) => JSON.stringify(content, undefined, 1));
  const dotenv = fc.string({
    unit: fc.constantFrom("A", "=", "$", "{", "}", '"', "'", "\\", "\n", "#", " ", "A=hunter2", "A='hunter2"),
  });

  it("is read without a throw, and every problem lies in the file that it names", () => {
    fc.assert(
      fc.property(document, document, document, dotenv, (main, one, two, variables) => {
        const texts = new Map([
          ["services.yaml", main],
          ["one.yaml", one],
          ["two.yaml", two],
          ["a.env", variables],
          [".env", variables],
        ]);
        const result = readProject({
          ...surroundings,
          text: main,
          overrides: [{ file: "two.yaml", path: "/srv/shop/two.yaml", text: two }],
          environment,
          readText: (path) => {
            const text = texts.get(path.replace("/srv/shop/", ""));
            return text === undefined ? { missing: "ENOENT" } : { text };
          },
        });
        for (const problem of [...(result.ok ? [] : result.problems), ...result.warnings]) {
          expect(formatProblem(problem)).not.toMatch(/\n|undefined|\[object|hunter2/);
          const line = texts.get(problem.file)?.split("\n")[(problem.line ?? 0) - 1];
          expect(line?.length).toBeGreaterThanOrEqual((problem.column ?? 0) - 1);
        }
      }),
      { numRuns: 150 },
    );
  });
});

describe("aliases", () => {
  it("cost no more than the file is long", () => {
    const bombs = Array.from({ length: 40 }, (_, n) => `x-${n + 1}: &a${n + 1} [*a${n}, *a${n}]`).join("\n");
    const text = `x-0: &a0 [1]\n${bombs}\nservices: {web: {image: nginx, command: *a40, environment: *a40}}`;
    expect(readProject({ ...surroundings, text, environment }).ok).toBe(false);
  });

  it("may go in circles", () => {
    check("services: &a\n  web: {image: nginx, environment: *a, labels: &b {x: *b}, volumes: &c [*c], networks: *a}");
  });
});
