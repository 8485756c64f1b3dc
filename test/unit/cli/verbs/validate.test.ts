import { describe, expect, it } from "vitest";
import type { Wiring } from "../../../../src/cli/shared/wiring.js";
import { plan } from "../../../../src/cli/verbs/apply/plan.js";
import { validate } from "../../../../src/cli/verbs/validate.js";
import { readProject } from "../../../../src/compose/project/compose.js";
import { readConfig } from "../../../../src/config/config.js";

const config = readConfig({}, {});

function wiring(text: string, dotenv = "") {
  const printed: string[] = [];
  const complained: string[] = [];
  const readText = (path: string) => (path.endsWith("/.env") ? { text: dotenv } : { missing: "ENOENT" });
  const result = readProject({ file: "services.yaml", directory: "/srv/shop", text, environment: {}, readText });
  const problems = result.ok ? [] : result.problems;
  const given = {
    load: () =>
      Promise.resolve({
        ...{ generation: 1, problems, warnings: result.warnings, projects: result.ok ? [result.project] : [] },
        files: new Map([["services.yaml", problems]]),
      }),
    preview: () => Promise.resolve({ plans: [], orphans: [] }),
    errorTerminal: false,
    readText: () => undefined,
    print: (line: string) => printed.push(line),
    complain: (line: string) => complained.push(line),
  } as unknown as Wiring;
  return { wiring: given, printed, complained };
}

const doubtful = 'version: "3"\nservices: {web: {image: "nginx:${TAG}1", environment: {PW: $PW}}}';
const warnings = [
  "services.yaml:1:1: warning: version: obsolete, and ignored (remove it: the Compose Specification has no versions)",
  "services.yaml:2:25: warning: services.web.image: the variable TAG is not set and becomes empty (set it, or write ${TAG:-})",
  ".env:1:4: warning: PW: a variable in the value is not set and becomes empty: word (a plain dollar sign is `$$`, or stands in single quotes)",
];
const sorted = (lines: readonly string[]) => [...lines].sort();

describe("validate", () => {
  it("tells what of the settings may not be meant, and no value", async () => {
    const { wiring: given, complained } = wiring("services: {web: {image: nginx}}\nname: shop");
    const environment = { FAIRLEAD_HOOK_SECRETS: "hunter2", FAIRLEAD_TRUSTED_PROXIES: "0.0.0.0/0" };
    expect(await validate(given, readConfig({}, environment), {})).toBe(0);
    expect(complained[0]).toBe(
      "warning: the variable FAIRLEAD_HOOK_SECRETS is no setting, and has no effect (did you mean FAIRLEAD_HOOK_SECRET?)",
    );
    expect(complained[1]).toContain("warning: FAIRLEAD_TRUSTED_PROXIES: 0.0.0.0/0 holds every IPv4 address");
    expect(complained.join()).not.toContain("hunter2");
  });

  it("tells warnings, and calls the file valid all the same", async () => {
    const { wiring: given, printed, complained } = wiring(doubtful, "PW=pa$word");
    expect(await validate(given, config, {})).toBe(0);
    expect(printed).toEqual(["services.yaml: valid: project shop with web"]);
    expect(sorted(complained)).toEqual(sorted(warnings));
  });

  it("--strict makes errors of them", async () => {
    const { wiring: given, complained } = wiring(doubtful, "PW=pa$word");
    expect(await validate(given, config, { strict: true })).toBe(1);
    expect(sorted(complained)).toEqual(sorted([...warnings, "3 warnings: errors with --strict"]));
    const good = wiring("services: {web: {image: nginx}}");
    expect(await validate(good.wiring, config, { strict: true })).toBe(0);
    expect(good.complained).toEqual([]);
  });

  it.each([
    [doubtful, false, { valid: true, problems: [], warnings: 3 }, 0],
    [doubtful, true, { valid: false, problems: [], warnings: 3 }, 1],
    ["services: {web: {image: 5}}", true, { valid: false, problems: [{ line: 1 }], warnings: 0 }, 1],
  ])("as JSON: %j, strict: %s", async (text, strict, answer, code) => {
    const { wiring: given, printed } = wiring(text, text === doubtful ? "PW=pa$word" : "");
    expect(await validate(given, config, { json: true, strict })).toBe(code);
    const said = JSON.parse(printed.join("")) as { warnings: unknown[] };
    expect({ ...said, warnings: said.warnings.length }).toMatchObject(answer);
    expect(printed.join("")).not.toContain("withheld");
  });
});

it("plan tells warnings too", async () => {
  const { wiring: given, complained } = wiring(doubtful, "PW=pa$word");
  expect(await plan(given, config, { names: [], admin: undefined, json: false })).toBe(0);
  expect(sorted(complained.filter((line) => !line.startsWith("fairlead: ")))).toEqual(sorted(warnings));
});
