import { variables } from "../../../../../src/compose/model/container/variables.js";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { isOwnSecret } from "../../../../../src/compose/document/variables/own-secrets.js";
import { readProject } from "../../../../../src/compose/project/compose.js";
import { formatProblem } from "../../../../../src/compose/values/problem.js";
import { surroundings } from "../../read.js";

const canary = "canary-7f3b";
const environment = {
  FAIRLEAD_ADMIN_TOKEN: canary,
  FAIRLEAD_HOOK_SECRET: canary,
  FAIRLEAD_HOOKS_PORT: "8420",
  HOME: "/root",
};
const fault = "FAIRLEAD_ADMIN_TOKEN is Fairlead's own secret, and no services file gets it";

function read(text: string, files: Readonly<Record<string, string>> = {}) {
  const readText = (path: string) => {
    const found = files[path];
    return found === undefined ? { missing: "ENOENT" } : { text: found };
  };
  return readProject({ ...surroundings, text, environment, readText });
}
const service = (lines: string, rest = "") => `name: shop\nservices:\n  web:\n    image: nginx\n${lines}\n${rest}`;

describe("Fairlead's own secrets in a services file", () => {
  test.each([
    [
      "a value",
      service("    environment: {A: '${FAIRLEAD_ADMIN_TOKEN}'}"),
      "services.yaml:5:22: services.web.environment.A",
    ],
    ["a value without braces", service("    command: echo $FAIRLEAD_ADMIN_TOKEN"), "services.yaml:5:14"],
    ["a default", service("    environment: ['A=${FAIRLEAD_ADMIN_TOKEN:-none}']"), "services.yaml:5:19"],
    ["a default's default", service("    labels: {a: '${NONE:-${FAIRLEAD_ADMIN_TOKEN}}'}"), "services.yaml:5:17"],
    ["a name alone in a list", service("    environment: [FAIRLEAD_ADMIN_TOKEN]"), "services.yaml:5:19"],
    ["a name alone in a mapping", service("    environment:\n      FAIRLEAD_ADMIN_TOKEN:"), "services.yaml:6:7"],
    ["a build argument", service("    build: {context: ., args: [FAIRLEAD_ADMIN_TOKEN]}"), "services.yaml:5:32"],
    [
      "a secret's source",
      service("    secrets: [s]", "secrets: {s: {environment: FAIRLEAD_ADMIN_TOKEN}}"),
      "services.yaml:6:28: secrets.s.environment",
    ],
    [
      "a config's text",
      service("    configs: [c]", "configs: {c: {content: 'x ${FAIRLEAD_ADMIN_TOKEN}'}}"),
      "services.yaml:6:24: configs.c.content",
    ],
  ])("as %s: an error at its place", (_what, text, place) => {
    const result = read(text);
    const problems = result.ok ? [] : result.problems.map(formatProblem);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain(place);
    expect(problems[0]).toContain(fault);
    expect(problems[0]).toContain("give the service a secret of its own, under another name");
    expect(JSON.stringify(result)).not.toContain(canary);
  });

  test.each([
    [".env, by a value", { "/srv/shop/.env": "# mine\nA=x$FAIRLEAD_ADMIN_TOKEN\n" }, "/srv/shop/.env:2:3"],
    [".env, by a name alone", { "/srv/shop/.env": "FAIRLEAD_ADMIN_TOKEN\n" }, "/srv/shop/.env:1:1"],
    ["env_file, by a name alone", { "/srv/shop/web.env": "B=1\nFAIRLEAD_ADMIN_TOKEN\n" }, "web.env:2:1"],
    ["env_file, in quotes", { "/srv/shop/web.env": 'B="${FAIRLEAD_ADMIN_TOKEN}"\n' }, "web.env:1:3"],
    ["raw env_file", { "/srv/shop/raw.env": "FAIRLEAD_ADMIN_TOKEN\n" }, "raw.env:1:1"],
  ])("in %s: an error at its place", (_what, files, place) => {
    const all = { "/srv/shop/web.env": "", "/srv/shop/raw.env": "", ...files };
    const result = read(service("    env_file: [web.env, {path: raw.env, format: raw}]"), all);
    const problems = result.ok ? [] : result.problems.map(formatProblem);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain(place.replace("/srv/shop/", ""));
    expect(problems[0]).toContain(fault);
    expect(JSON.stringify(result)).not.toContain(canary);
  });

  test("what is no secret of Fairlead's is filled in as ever; a value of that name may be written", () => {
    const result = read(service("    environment: {P: '${FAIRLEAD_HOOKS_PORT}', FAIRLEAD_ADMIN_TOKEN: own}"));
    expect(result.ok && result.project.services[0]?.container.environment).toEqual(
      variables({ P: "8420", FAIRLEAD_ADMIN_TOKEN: "own" }),
    );
    expect(read(service("    labels: {a: b}"), { "/srv/shop/.env": "FAIRLEAD_ADMIN_TOKEN=other\n" }).ok).toBe(true);
  });

  test("however a file asks for one, it does not get it", () => {
    const name = fc.constantFrom("FAIRLEAD_ADMIN_TOKEN", "FAIRLEAD_HOOK_SECRET");
    const form = fc.constantFrom("$N", "${N}", "${N:-d}", "${N-d}", "${N:?m}", "${N:+r}", "${X:-$N}", "${X-${N:-d}}");
    const text = fc
      .tuple(name, form, fc.string({ maxLength: 5 }))
      .map(([n, f, rest]) => `${f.replace("N", n)} ${rest}`);
    fc.assert(
      fc.property(text, fc.constantFrom("command", "user", "hostname", "environment", "image"), (value, key) => {
        const written = key === "environment" ? { A: value } : value;
        const web = { image: "nginx", [key]: written };
        const result = read(JSON.stringify({ name: "shop", services: { web } }));
        expect(result.ok).toBe(false);
        expect(JSON.stringify(result)).not.toContain(canary);
      }),
    );
  });
});

test.each([
  ["FAIRLEAD_ADMIN_TOKEN", true],
  ["FAIRLEAD_HOOK_SECRET", true],
  ["FAIRLEAD_NOTIFY_SLACK_TOKEN", true],
  ["FAIRLEAD_ADMIN_TOKEN_FILE", false],
  ["FAIRLEAD_SECRETS", false],
  ["FAIRLEAD_DATA", false],
  ["MY_TOKEN", false],
])("%s is a secret of Fairlead's own: %s", (name, expected) => {
  expect(isOwnSecret(name)).toBe(expected);
});
