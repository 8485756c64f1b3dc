import { describe, expect, it } from "vitest";
import type { Wiring } from "../../../../src/cli/shared/wiring.js";
import { plan } from "../../../../src/cli/verbs/apply/plan.js";
import { run } from "../../../../src/cli/verbs/run.js";
import { validate } from "../../../../src/cli/verbs/validate.js";
import { readProject } from "../../../../src/compose/project/compose.js";
import type { Problem } from "../../../../src/compose/values/problem.js";
import { readConfig } from "../../../../src/config/config.js";

const config = { ...readConfig({}, {}), adminListen: "127.0.0.1:1" };
const flags = { names: [], admin: undefined, json: false };
const text = "services:\n  web:\n    image: a b\n    environment: {PW: [hunter2]}\n";

/** The verbs' surroundings: one project that is good, and perhaps one that is not. */
function wiring({ good = true, broken = true, terminal = false } = {}) {
  const said: string[] = [];
  const complaints: string[] = [];
  const read = (file: string, content: string) =>
    readProject({ file, text: content, directory: `/srv/${file.replace(/\W.*/, "")}`, environment: {} });
  const results = [
    ...(good ? [["good.yaml", read("good.yaml", "services: {web: {image: nginx}}")] as const] : []),
    ...(broken ? [["broken.yaml", read("broken.yaml", text)] as const] : []),
  ];
  const files = new Map<string, readonly Problem[]>(
    results.map(([file, result]) => [file, result.ok ? [] : result.problems]),
  );
  const given: Wiring = {
    version: "0",
    configure: () => Promise.resolve(config),
    locate: () => Promise.resolve(config),
    start: () => Promise.reject(new Error("it has been started")),
    act: () => Promise.reject(new Error("it has acted")),
    load: () =>
      Promise.resolve({
        generation: 1,
        projects: results.flatMap(([, result]) => (result.ok ? [result.project] : [])),
        problems: [...files.values()].flat(),
        warnings: results.flatMap(([, result]) => result.warnings),
        files,
      }),
    resolve: () => Promise.reject(new Error("nothing is to be resolved")),
    draft: () => Promise.reject(new Error("nothing is to be drafted")),
    tell: () => Promise.reject(new Error("nobody is told")),
    preview: () => {
      const plans = [{ project: "good", service: "web", changes: true, text: "the plan" }];
      return Promise.resolve({ remembers: true, plans, orphans: [] });
    },
    examine: () => Promise.resolve([]),
    inspect: () => Promise.resolve({ journal: { files: [], oddities: [], putAside: [] } }),
    terminal,
    errorTerminal: terminal,
    readText: (file) => (file === "broken.yaml" ? text : undefined),
    print: (line) => said.push(line),
    redraw: () => undefined,
    pour: () => Promise.reject(new Error("nothing is to be poured")),
    complain: (line) => complaints.push(line.replace(/\u001b\[\d+m/g, "")),
  };
  return { wiring: given, said, complaints };
}

const lines = [
  'broken.yaml:3:12: services.web.image: "a b" is not an image reference: it contains white space',
  "broken.yaml:4:23: services.web.environment.PW: expected a string, found a list",
];

describe("problems of the files", () => {
  it("are one line each where nobody looks at a terminal", async () => {
    const { wiring: given, said, complaints } = wiring();
    expect(await validate(given, config, {})).toBe(1);
    expect(complaints.map((line) => line.replace(/ \(.*/, ""))).toEqual([...lines, "2 problems; nothing was changed"]);
    expect(said).toEqual(["good.yaml: valid: project good with web"]);
  });

  it("come with their place on a terminal, and with no value that may be a secret", async () => {
    const { wiring: given, complaints } = wiring({ terminal: true });
    expect(await validate(given, config, {})).toBe(1);
    expect(complaints[0]?.split("\n").slice(1)).toEqual(["  3 |     image: a b", "                 ^"]);
    expect(complaints[1]?.split("\n").slice(1)).toEqual(["  4 | … PW: […]", "            ^"]);
  });

  it("are data with --json", async () => {
    const { wiring: given, said } = wiring({ terminal: true });
    expect(await validate(given, config, { json: true })).toBe(1);
    expect(JSON.parse(said.join("\n"))).toMatchObject({
      valid: false,
      problems: [
        { file: "broken.yaml", line: 3, column: 12, path: "services.web.image" },
        { file: "broken.yaml", line: 4, column: 23, path: "services.web.environment.PW" },
      ],
    });
  });

  it("of one project hold up no other", async () => {
    const { wiring: given, said } = wiring();
    expect(await plan(given, config, flags)).toBe(1);
    expect(said).toEqual(["the plan"]);
    await expect(run(given, config)).rejects.toThrow("it has been started");
  });

  it("refuse a start where nothing is left to run", async () => {
    const { wiring: given, said, complaints } = wiring({ good: false });
    expect(await run(given, config)).toBe(1);
    expect(await plan(given, config, flags)).toBe(1);
    expect(said).toEqual([]);
    expect(complaints).toHaveLength(6);
  });

  it("are none where all is well", async () => {
    const { wiring: given, complaints } = wiring({ broken: false });
    expect(await validate(given, config, {})).toBe(0);
    expect(complaints).toEqual([]);
    expect(await plan(given, config, flags)).toBe(2);
    expect(complaints).toEqual([
      expect.stringMatching(/^fairlead: no controller answers at /),
      expect.stringMatching(/^fairlead: this plan and no other: /),
    ]);
  });
});
