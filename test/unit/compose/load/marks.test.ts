import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseYaml } from "../../../../src/compose/document/yaml/yaml.js";
import { mergeTrees } from "../../../../src/compose/load/merge.js";
import { openProject } from "../../../../src/compose/load/project.js";
import { documentRule } from "../../../../src/compose/load/rules.js";
import { openBudget, settled, type Tree } from "../../../../src/compose/load/tree.js";
import { readProject } from "../../../../src/compose/project/compose.js";
import { formatProblem } from "../../../../src/compose/values/problem.js";
import { complaints } from "../read.js";

const directory = "/srv/shop";

/** Reads a project of these files; the first and those that are named are given with `--file`. */
function open(texts: Readonly<Record<string, string>>, ...overrides: readonly string[]) {
  const [[file, text] = ["", ""]] = Object.entries(texts);
  const textOf = (name: string) => texts[name] ?? "";
  return {
    file,
    text,
    directory,
    environment: {},
    overrides: overrides.map((name) => ({ file: name, path: `${directory}/${name}`, text: textOf(name) })),
    readText: (path: string) => {
      const found = texts[path.slice(directory.length + 1)];
      return found === undefined ? { missing: "ENOENT" } : { text: found };
    },
  };
}

function valueOf(...args: Parameters<typeof open>): unknown {
  const { root, reading } = openProject(open(...args), () => undefined);
  if (root === undefined) throw new Error(reading.problems.map(formatProblem).join("\n"));
  return root.value;
}

describe("what a later file takes away is gone", () => {
  const two = "services: {a: {image: x}, b: {image: y, ports: [1, 2], environment: [A=1, B=2]}}";

  it("a service, whatever else is in the file", () => {
    expect(valueOf({ "a.yaml": two, "b.yaml": "services: {b: !reset null}" }, "b.yaml")).toEqual({
      services: { a: { image: "x" } },
    });
    const more = "services: {b: !reset null, c: {extends: {file: a.yaml, service: a}, image: z}}";
    expect(valueOf({ "a.yaml": two, "b.yaml": more }, "b.yaml")).toEqual({
      services: { a: { image: "x" }, c: { image: "z" } },
    });
  });

  const core = "services: {core: {image: x, ports: [1], command: [a], environment: [A=1, B=2]}}";
  const web = (keys: string) => `services: {web: {extends: {file: x.yaml, service: core}, ${keys}}}`;

  it("of what a service extends, also deep in it, and over a list", () => {
    const keys = "ports: !reset [], command: !reset null, environment: {A: !reset null}";
    expect(valueOf({ "a.yaml": web(keys), "x.yaml": core })).toEqual({
      services: { web: { image: "x", environment: { B: "2" } } },
    });
    expect(valueOf({ "a.yaml": web("environment: !override {C: 3}, ports: !override [5]"), "x.yaml": core })).toEqual({
      services: { web: { image: "x", command: ["a"], environment: { C: 3 }, ports: [5] } },
    });
  });

  it("and of what its file is merged over as well", () => {
    const base = "services: {web: {image: y, ports: [7], environment: {A: 5, D: 4}, labels: {a: 1}}}";
    const over = web("ports: !reset [], environment: {A: !reset null}, labels: !override {b: 2}");
    expect(valueOf({ "a.yaml": base, "b.yaml": over, "x.yaml": core }, "b.yaml")).toEqual({
      services: { web: { image: "x", command: ["a"], environment: { D: 4, B: "2" }, labels: { b: 2 } } },
    });
  });

  it("a service that extends one that extends another has what that left", () => {
    const chain = `${core.slice(0, -1)}, mid: {extends: core, ports: !reset []}, web: {extends: mid, ports: [5]}}`;
    const base = "services: {web: {ports: [9]}}";
    expect(valueOf({ "a.yaml": base, "b.yaml": chain }, "b.yaml")).toMatchObject({
      services: { mid: { command: ["a"] }, web: { ports: [9, 5] } },
    });
  });

  it("of files that are included together, as if given by --file", () => {
    const include = "include: [{path: [base.yaml, over.yaml]}]";
    const over = "services: {b: {ports: !reset [], environment: {A: !reset null}}, a: !reset null}";
    expect(valueOf({ "a.yaml": include, "base.yaml": two, "over.yaml": over })).toEqual({
      services: { b: { image: "y", environment: { B: "2" } } },
    });
    expect(valueOf({ "a.yaml": "include: [base.yaml]", "base.yaml": two, "over.yaml": over }, "over.yaml")).toEqual({
      services: { b: { image: "y", environment: { B: "2" } } },
    });
  });

  it("through anchors and merge keys", () => {
    const over = "x-a: &a {ports: !reset [], environment: &e {A: !reset null}}\nservices: {b: {<<: *a}, c: {<<: *a}}";
    expect(valueOf({ "a.yaml": two, "b.yaml": over }, "b.yaml")).toMatchObject({
      services: { b: { image: "y", environment: { B: "2" } }, c: { environment: {} } },
    });
  });

  it("also of a file that is merged over another that takes the same away", () => {
    const texts = { "a.yaml": two, "b.yaml": "services: {b: {ports: !reset []}}" };
    const again = "services: {b: {ports: [3]}}";
    expect(valueOf({ ...texts, "c.yaml": again }, "b.yaml", "c.yaml")).toMatchObject({
      services: { b: { ports: [3] } },
    });
  });
});

it.each([
  ["services: {a: {ports: [!reset 1]}}", "1:31", "reset"],
  ["services: {a: {ports: [!override 1]}}", "1:34", "override"],
  ["!override\nservices: {a: {image: x}}", "2:1", "override"],
])("%j is no place for a mark", (text, at, tag) => {
  const result = readProject(open({ "a.yaml": "services: {}", "b.yaml": text }, "b.yaml"));
  expect(result.ok ? [] : result.problems.map(formatProblem)).toEqual([
    expect.stringMatching(`^b.yaml:${at}: !${tag} stands before the value of a key, and nowhere else`),
  ]);
});

it("what is included is not taken away by the file that includes it, which says so", () => {
  const text = "include: [x.yaml]\nservices: {a: {image: x}, b: !reset null}";
  const result = readProject(open({ "a.yaml": text, "x.yaml": "services: {b: {image: y}}" }));
  expect(complaints(result)).toEqual([
    '"b" is declared by x.yaml, which is included: !reset takes away what this file is merged over',
  ]);
});

/** A value of a document as the model has it. A mapping's keys say of what kind their values are. */
type Model = string | readonly string[] | Members | Mark;
interface Members {
  readonly [key: string]: Model;
}
class Mark {
  constructor(
    readonly tag: "reset" | "override",
    readonly value: Model,
  ) {}
}

/** What the specification says, once for all: the later over the earlier, in their order. */
function apply(base: Model | undefined, over: Model): Model | undefined {
  if (over instanceof Mark) return over.tag === "reset" ? undefined : apply(undefined, over.value);
  if (typeof over === "string") return over;
  if (isList(over)) return base !== undefined && isList(base) ? [...base, ...over] : over;
  const merged = new Map<string, Model>(Object.entries(membersIn(base)));
  for (const [key, value] of Object.entries(over)) {
    const own = apply(merged.get(key), value);
    if (own === undefined) merged.delete(key);
    else merged.set(key, own);
  }
  return Object.fromEntries(merged);
}
const applyAll = (documents: readonly Model[]) => documents.reduce<Model | undefined>(apply, undefined);
const membersIn = (model: Model | undefined): Members =>
  model === undefined || typeof model === "string" || model instanceof Mark || isList(model) ? {} : model;
const isList = (model: Model): model is readonly string[] => Array.isArray(model);

function render(model: Model): string {
  if (model instanceof Mark) return `!${model.tag} ${render(model.value)}`;
  if (typeof model === "string" || isList(model)) return JSON.stringify(model);
  return `{${Object.entries(model)
    .map(([key, value]) => `${JSON.stringify(key)}: ${render(value)}`)
    .join(", ")}}`;
}

const word = fc.constantFrom("p", "q", "r");
const marked = (value: fc.Arbitrary<Model>): fc.Arbitrary<Model> =>
  fc.oneof(
    { weight: 3, arbitrary: value },
    { weight: 1, arbitrary: value.map((own) => new Mark("reset", own)) },
    { weight: 1, arbitrary: value.map((own) => new Mark("override", own)) },
  );
const mapping = (fields: Readonly<Record<string, fc.Arbitrary<Model>>>): fc.Arbitrary<Members> =>
  fc.record(fields, { requiredKeys: [] }) as fc.Arbitrary<Members>;
const mappingTo = (depth: number): fc.Arbitrary<Model> =>
  mapping({
    s: marked(word),
    l: marked(fc.array(word, { maxLength: 2 })),
    ...(depth === 0 ? {} : { m: marked(mappingTo(depth - 1)), n: marked(mappingTo(depth - 1)) }),
  });
const keys = mapping({
  "x-m": marked(mappingTo(2)),
  "x-l": marked(fc.array(word, { maxLength: 2 })),
  image: marked(word),
});
const services = mapping({ web: marked(keys), db: marked(keys) });
const document = mapping({ services: marked(services), "x-a": marked(mappingTo(1)) });
const documents = fc.array(document, { minLength: 1, maxLength: 5 });

/** A way to bracket a row of merges. */
type Bracketing = "left" | "right" | "middle";
function bracketed(trees: readonly Tree[], ways: readonly Bracketing[]): Tree {
  const [first, ...rest] = trees;
  if (first === undefined) throw new Error("nothing to merge");
  if (rest.length === 0) return first;
  const [way = "left", ...others] = ways;
  const at = { left: trees.length - 1, right: 1, middle: Math.ceil(trees.length / 2) }[way];
  return mergeTrees(
    bracketed(trees.slice(0, at), others),
    bracketed(trees.slice(at), others),
    documentRule,
    openBudget(),
  );
}

describe("marks survive", () => {
  it("whatever is merged first", () => {
    const ways = fc.array(fc.constantFrom<Bracketing>("left", "right", "middle"), { maxLength: 4 });
    fc.assert(
      fc.property(documents, ways, (models, order) => {
        const trees = models.map((model) => {
          const parsed = parseYaml(render(model), { file: "a.yaml", directory, variables: () => undefined });
          if (!parsed.ok) throw new Error(parsed.message);
          return { value: parsed.value, place: parsed.root };
        });
        expect(settled(bracketed(trees, order)).value).toEqual(applyAll(models));
      }),
      { numRuns: 500 },
    );
  });

  it("in files that are given, included, and included together, in any split", () => {
    fc.assert(
      fc.property(documents, fc.nat(), fc.boolean(), (models, split, together) => {
        const names = models.map((_, index) => `${index}.yaml`);
        const texts = Object.fromEntries(models.map((model, index) => [`${index}.yaml`, render(model)]));
        const count = split % (models.length + 1);
        const paths = together ? names.slice(0, count) : names.slice(0, Math.min(1, count));
        const include = JSON.stringify({ include: paths.length === 0 ? [] : [{ path: paths }] });
        const value = valueOf({ "main.yaml": include, ...texts }, ...names.slice(paths.length));
        expect(value).toEqual(applyAll([{}, ...models]));
      }),
      { numRuns: 300 },
    );
  });

  it("in services that extend each other over files, one of them merged over a further file", () => {
    fc.assert(
      fc.property(fc.array(keys, { minLength: 2, maxLength: 4 }), keys, marked(keys), (chain, base, last) => {
        const texts = chain.map((model, index) => {
          const own: Members = index === 0 ? {} : { extends: { file: `${index - 1}.yaml`, service: "web" } };
          return [`${index}.yaml`, render({ services: { web: { ...own, ...model } } })] as const;
        });
        const end = texts.at(-1)?.[0] ?? "";
        const later = { services: { web: last } };
        const given = { "main.yaml": render({ services: { web: base } }), ...Object.fromEntries(texts) };
        const value = valueOf({ ...given, "last.yaml": render(later) }, end, "last.yaml");
        const extended = applyAll(chain.slice(0, -1)) ?? {};
        const web = applyAll([base, extended, chain.at(-1) ?? {}, last]);
        expect(value).toEqual({ services: web === undefined ? {} : { web } });
      }),
      { numRuns: 300 },
    );
  });
});
