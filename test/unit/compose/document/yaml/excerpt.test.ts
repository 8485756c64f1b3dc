import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { excerpt } from "../../../../../src/compose/document/yaml/excerpt.js";
import { readProject } from "../../../../../src/compose/project/compose.js";
import { surroundings } from "../../read.js";

/** The place of a problem in a text of one line, from the caret on: what stands before it comes in front of a `|`. */
function show(line: string, column: number, path: string, file = "compose.yaml"): string | undefined {
  const found = excerpt(line, { file, line: 1, column, path, message: "" });
  return found && `${found.line.slice(0, found.column - 1)}|${found.line.slice(found.column - 1)}`;
}

describe("the excerpt for a problem", () => {
  it.each([
    ["    image: a b", 12, "services.web.image", "    image: |a b"],
    ["    restart: 'no' # hunter2", 14, "services.web.restart", "    restart: |'no' …"],
    ["    restart: sometimes # hunter2", 14, "services.web.restart", "    restart: |sometimes …"],
    ["web: {environment: {PW: hunter2}, image: a b}", 42, "services.web.image", "… image: |a b …"],
    ["\timage:\t\u001b", 9, "services.web.image", " image: |\uFFFD"],
    [`image: ${"a".repeat(200)}`, 8, "services.web.image", `image: |${"a".repeat(93)}…`],
  ])("of %j at %i shows the value", (line, column, path, shown) => {
    expect(show(line, column, path)).toBe(shown);
  });

  it.each([
    ["    imag: hunter2", 5, "services.web.imag", "    |imag: …"],
    ["    password: {a: hunter2}", 5, "services.web.password", "    |password: …"],
    ["web: {environment: {PW: hunter2}, imag: hunter2, x: 1}", 35, "services.web.imag", "… |imag: …"],
    ["      PW: hunter2", 11, "services.web.environment.PW", "      PW: |…"],
    ["      PW: hunter2", 7, "services.web.environment.PW", "      |PW: …"],
    ["      - PW=hunter2", 9, "services.web.environment[0]", "      - |…"],
    ['    command: ["sh", "hunter2"]', 14, "services.web.command", "    command: |[…]"],
    ["    command: sh hunter2 |", 14, "services.web.command", "    command: |…"],
    ["    ports: {80: hunter2}", 12, "services.web.ports", "    ports: |{…}"],
    ["      - hunter2", 7, "services.web.ports", "      |- …"],
    ["labels: [hunter2, 'u:hunter2']", 19, "services.web.labels[1]", "… |…"],
    ["x-y: hunter2", 6, "services.web.x-y", "x-y: |…"],
    ["  PW: 'hunter2", 15, "", "  |PW: …"],
    ["  - PW: 'hunter2", 15, "", "  |- PW: …"],
    ["PW='hunter2", 4, "PW", "PW=|…"],
  ])("of %j at %i shows the key alone", (line, column, path, shown) => {
    expect(show(line, column, path, path === "PW" ? ".env" : undefined)).toBe(shown);
  });

  it.each([
    ["hunter2", 1, "", "compose.yaml"],
    ["  hunter2: hunter2", 3, "", ".env"],
    ["hunter2 hunter2", 1, "", "web.env"],
  ])("of %j at %i in %s%s: there is none", (line, column, path, file) => {
    expect(show(line, column, path, file)).toBeUndefined();
  });

  it("needs a place in the text", () => {
    expect(excerpt("a: 1", { file: "a.yaml", path: "a", message: "" })).toBeUndefined();
    expect(excerpt("a: 1", { file: "a.yaml", line: 2, column: 1, path: "a", message: "" })).toBeUndefined();
    expect(
      excerpt("\uFEFFa: 1\r\nimage: 2", { file: "a.yaml", line: 2, column: 8, path: "image", message: "" }),
    ).toEqual({
      line: "image: 2",
      column: 8,
    });
  });

  it("never shows a value of environment, labels, commands, secrets, configs or an unknown key", () => {
    const secret = fc.constantFrom(
      "hunter2",
      "a: hunter2",
      "[x, hunter2",
      "${hunter2",
      '"hunter2',
      "hunter2\nx: hunter2",
    );
    const holder = fc.oneof(
      secret,
      fc.array(fc.oneof(secret, fc.integer()), { maxLength: 3 }),
      fc.dictionary(fc.constantFrom("A", "B"), secret),
    );
    const wrong = fc.oneof(fc.integer(), fc.constantFrom("a b", null, true), fc.array(fc.integer(), { maxLength: 2 }));
    const service = fc.record(
      {
        image: wrong,
        restart: wrong,
        ports: wrong,
        environment: holder,
        labels: holder,
        command: holder,
        secrets: holder,
        password: holder,
      },
      { requiredKeys: [] },
    );
    const layout = fc.constantFrom(undefined, 2);
    fc.assert(
      fc.property(service, layout, fc.nat(), fc.boolean(), (web, indent, cut, isCut) => {
        const whole = JSON.stringify({ configs: { c: { content: "hunter2" } }, services: { web } }, undefined, indent);
        const text = isCut ? whole.slice(0, cut % whole.length) : whole;
        const result = readProject({ ...surroundings, text, environment: {} });
        for (const problem of result.ok ? [] : result.problems) {
          expect(excerpt(text, problem)?.line ?? "").not.toContain("hunter2");
        }
      }),
      { numRuns: 500 },
    );
  });
});
