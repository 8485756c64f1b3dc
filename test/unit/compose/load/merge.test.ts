import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseYaml } from "../../../../src/compose/document/yaml/yaml.js";
import { mergeTrees } from "../../../../src/compose/load/merge.js";
import { documentRule, serviceRule } from "../../../../src/compose/load/rules.js";
import { itemsOf, membersOf, openBudget, settled, type Tree } from "../../../../src/compose/load/tree.js";

const variables = (name: string) => (name === "V" ? "x" : undefined);

function treeOf(text: string, file = "a.yaml"): Tree {
  const document = parseYaml(text, { file, directory: "/srv", variables });
  if (!document.ok) throw new Error(document.message);
  return { value: document.value, place: document.root };
}

function merge(rule: typeof documentRule, ...texts: readonly string[]): Tree {
  const budget = openBudget();
  return texts
    .map((text, index) => treeOf(text, `${"abc".charAt(index)}.yaml`))
    .reduce((base, over) => mergeTrees(base, over, rule, budget));
}

/** What is left of several documents. */
const mergedValue = (...args: Parameters<typeof merge>) => settled(merge(...args)).value;

describe("a service merged over another", () => {
  it.each<[string, string, unknown]>([
    ["image: a", "image: b", { image: "b" }],
    ["image: a", "image:", { image: "a" }],
    ["image:", "image: b", { image: "b" }],
    ["command: [a]", "command: b c", { command: "b c" }],
    ["command: [a]", "command:", { command: null }],
    ["entrypoint: a", "entrypoint: []", { entrypoint: [] }],
    ["healthcheck: {test: [a], retries: 3}", "healthcheck: {test: [b]}", { healthcheck: { test: ["b"], retries: 3 } }],
    ["environment: {A: 1, B: 2}", "environment: {A: , C: 3}", { environment: { A: null, B: 2, C: 3 } }],
    ["environment: [A=1, B]", "environment: [B=2, A]", { environment: ["A", "B=2"] }],
    ["environment: [A=1, B, 'C=${V:-=}']", "environment: {A: 2}", { environment: { A: 2, B: null, C: "${V:-=}" } }],
    ["environment: {A: 1}", "environment: ['${V}=$$a', $V]", { environment: { A: 1, x: null } }],
    ["environment: {A: 1}", "environment: ['${V}=$$a']", { environment: { A: 1, x: "$$a" } }],
    ["environment: {A: 1}", "environment: [5]", { environment: [5] }],
    ["labels: [a=1]", "labels: {a: 2}", { labels: { a: 2 } }],
    ["sysctls: [a=1]", "sysctls: {b: 2}", { sysctls: { a: "1", b: 2 } }],
    ["ports: [80]", "ports: [0x50]", { ports: [80] }],
    ["ports: ['80:80']", "ports: ['80:80', '81:80']", { ports: ["80:80", "81:80"] }],
    ["ports: ['80:80']", "ports: [{target: 80, published: 80}]", { ports: [{ target: 80, published: 80 }] }],
    [
      "ports: ['80:80']",
      "ports: ['127.0.0.1:80:80', '80:80/udp']",
      { ports: ["80:80", "127.0.0.1:80:80", "80:80/udp"] },
    ],
    [
      "ports: ['[::1]:80:80', 90]",
      "ports: [{target: 80, published: '80', host_ip: '::1'}, '90']",
      { ports: [{ target: 80, published: "80", host_ip: "::1" }, "90"] },
    ],
    [
      "volumes: [a:/d, /e]",
      "volumes: ['b:/d/:ro', {type: tmpfs, target: /e}]",
      { volumes: ["b:/d/:ro", { type: "tmpfs", target: "/e" }] },
    ],
    ["devices: ['/a:/b']", "devices: ['/c:/b:r', /d]", { devices: ["/c:/b:r", "/d"] }],
    ["secrets: [a, b]", "secrets: [{source: c, target: a}]", { secrets: [{ source: "c", target: "a" }, "b"] }],
    [
      "configs: [a]",
      "configs: [{source: a, target: /a}, {source: a, target: /b}]",
      {
        configs: [
          { source: "a", target: "/a" },
          { source: "a", target: "/b" },
        ],
      },
    ],
    ["depends_on: [a, b]", "depends_on: [b, c]", { depends_on: ["a", "b", "c"] }],
    [
      "depends_on: {a: {condition: service_healthy}}",
      "depends_on: [a]",
      { depends_on: { a: { condition: "service_started" } } },
    ],
    ["networks: [a]", "networks: {a: {aliases: [x]}, b: }", { networks: { a: { aliases: ["x"] }, b: null } }],
    [
      "networks: {a: {aliases: [x, y]}}",
      "networks: {a: {aliases: [y, z]}}",
      { networks: { a: { aliases: ["x", "y", "z"] } } },
    ],
    [
      "extra_hosts: {a: 1.1.1.1}",
      "extra_hosts: ['a:2.2.2.2', 'a=1.1.1.1']",
      { extra_hosts: ["a=1.1.1.1", "a=2.2.2.2"] },
    ],
    ["extra_hosts: ['a:::1']", "extra_hosts: {a: ['::1', '::2']}", { extra_hosts: ["a=::1", "a=::2"] }],
    ["dns: 1.1.1.1", "dns: [8.8.8.8, 1.1.1.1]", { dns: ["1.1.1.1", "8.8.8.8"] }],
    ["tmpfs: /a", "tmpfs: /b", { tmpfs: ["/a", "/b"] }],
    ["env_file: a.env", "env_file: [./a.env, {path: b.env}]", { env_file: ["./a.env", { path: "b.env" }] }],
    ["cap_add: [A, B]", "cap_add: [B, C]", { cap_add: ["A", "B", "C"] }],
    ["security_opt: [a]", "security_opt: [a]", { security_opt: ["a", "a"] }],
    ["build: .", "build: {args: [A=1]}", { build: { context: ".", args: ["A=1"] } }],
    ["build: {context: ., args: {A: 1}}", "build: x", { build: { context: "x", args: { A: 1 } } }],
    [
      "logging: {options: {a: 1}}",
      "logging: {driver: x, options: {b: 1}}",
      { logging: { driver: "x", options: { a: 1, b: 1 } } },
    ],
    ["logging: {driver: y, options: {a: 1}}", "logging: {driver: x}", { logging: { driver: "x" } }],
    ["ulimits: {n: 1}", "ulimits: {n: {soft: 1, hard: 2}}", { ulimits: { n: { soft: 1, hard: 2 } } }],
    [
      "deploy: {replicas: 1, labels: [a=1]}",
      "deploy: {labels: {b: 2}}",
      { deploy: { replicas: 1, labels: { a: "1", b: 2 } } },
    ],
    [
      "deploy: {resources: {limits: {cpus: 1}}}",
      "deploy: {resources: {limits: {memory: 1g}}}",
      { deploy: { resources: { limits: { cpus: 1, memory: "1g" } } } },
    ],
    ["ports: [80]\nimage: a", "ports: !reset []", { image: "a" }],
    ["environment: {A: 1, B: 2}", "environment: {A: !reset }", { environment: { B: 2 } }],
    ["environment: [A=1, B=2]", "environment: {A: !reset }", { environment: { B: "2" } }],
    ["environment: {A: !reset }", "environment: [A=1, B=2]", { environment: { A: "1", B: "2" } }],
    ["depends_on: [a, b]", "depends_on: {a: !reset }", { depends_on: { b: { condition: "service_started" } } }],
    ["networks: [a, b]", "networks: {a: !reset }", { networks: { b: null } }],
    ["build: .", "build: {context: !reset , target: x}", { build: { target: "x" } }],
    ["healthcheck: {test: [a], retries: 3}", "healthcheck: {test: !reset }", { healthcheck: { retries: 3 } }],
    ["extra_hosts: ['a:1.1.1.1', 'b=1.1.1.2']", "extra_hosts: {a: !reset }", { extra_hosts: { b: ["1.1.1.2"] } }],
    ["extra_hosts: {a: 1.1.1.1, b: 2}", "extra_hosts: {a: !override 1.1.1.3}", { extra_hosts: { a: "1.1.1.3", b: 2 } }],
    ["logging: {driver: a, options: {b: c}}", "logging: {options: !reset }", { logging: { driver: "a" } }],
    ["ports: [80]", "ports: !override [81]", { ports: [81] }],
    ["environment: {A: 1}", "environment: !override {B: 2}", { environment: { B: 2 } }],
    ["image: a", "image: !override '5'", { image: "5" }],
    ["ports: [80]", "ports: {a: 1}", { ports: { a: 1 } }],
    ["x-a: {b: [1]}", "x-a: {b: [2], c: 3}", { "x-a": { b: [1, 2], c: 3 } }],
  ])("%j and %j", (base, over, merged) => {
    expect(mergedValue(serviceRule, base, over)).toEqual(merged);
  });

  it("leaves an item that stands twice in one list to the decoder", () => {
    expect(merge(serviceRule, "volumes: [a:/d]", "volumes: [b:/d, c:/d]").value).toEqual({ volumes: ["b:/d", "c:/d"] });
  });
});

it("pools of a network merge by their subnet", () => {
  const one = "networks: {n: {ipam: {config: [{subnet: 10.1.0.0/16}, {subnet: 10.2.0.0/16}]}}}";
  const two = "networks: {n: {ipam: {config: [{subnet: 10.2.0.0/16, gateway: 10.2.0.1}, {gateway: 10.3.0.1}]}}}";
  expect(merge(documentRule, one, two).value).toEqual({
    networks: {
      n: {
        ipam: {
          config: [{ subnet: "10.1.0.0/16" }, { subnet: "10.2.0.0/16", gateway: "10.2.0.1" }, { gateway: "10.3.0.1" }],
        },
      },
    },
  });
});

describe("merging", () => {
  const word = fc.constantFrom("a", "b", "c", "d");
  const texts = fc.uniqueArray(word, { maxLength: 3 });
  const pairs = fc.oneof(
    fc.dictionary(word, fc.oneof(word, fc.constant(null)), { maxKeys: 3 }),
    fc
      .uniqueArray(word, { maxLength: 3 })
      .map((names) => names.map((name, index) => (index === 0 ? name : `${name}=${name}`))),
  );
  const service = fc.record(
    {
      image: word,
      command: fc.oneof(word, texts),
      environment: pairs,
      labels: pairs,
      cap_add: texts,
      volumes: texts.map((list) => list.map((name) => `${name}:/${name}`)),
      networks: fc.oneof(texts, fc.dictionary(word, fc.constantFrom(null, { aliases: ["x"] }), { maxKeys: 2 })),
      deploy: fc.record(
        { replicas: fc.nat(3), resources: fc.dictionary(word, fc.dictionary(word, word)) },
        { requiredKeys: [] },
      ),
    },
    { requiredKeys: [] },
  );
  const document = fc.record(
    { services: fc.dictionary(word, service, { maxKeys: 2 }), "x-a": fc.dictionary(word, texts) },
    { requiredKeys: [] },
  );

  it("is associative where no list or mapping meets another kind of thing", () => {
    fc.assert(
      fc.property(document, document, document, (a, b, c) => {
        const [one, two, three] = [a, b, c].map((each) => treeOf(JSON.stringify(each)));
        const over = (base: Tree, later: Tree) => mergeTrees(base, later, documentRule, openBudget());
        expect(over(over(one!, two!), three!).value).toEqual(over(one!, over(two!, three!)).value);
      }),
      { numRuns: 300 },
    );
  });

  it("with nothing changes nothing", () => {
    fc.assert(
      fc.property(document, (a) => {
        const text = JSON.stringify(a);
        expect(merge(documentRule, text, "{}").value).toEqual(a);
        expect(merge(documentRule, text, "").value).toEqual(a);
        expect(merge(documentRule, "{}", text).value).toEqual(a);
      }),
    );
  });

  it("keeps the place of every value in the file where it was written", () => {
    fc.assert(
      fc.property(document, document, (a, b) => {
        const texts = new Map(
          [a, b].map((each, index) => [`${"ab".charAt(index)}.yaml`, JSON.stringify(each, undefined, 1)]),
        );
        const tree = merge(documentRule, ...texts.values());
        const visit = (node: Tree): void => {
          const children = [...membersOf(node).values(), ...itemsOf(node)];
          children.forEach(visit);
          if (typeof node.value !== "string" && typeof node.value !== "number") return;
          const line = texts.get(node.place.origin?.file ?? "")?.split("\n")[node.place.value.line - 1];
          expect(line?.slice(node.place.value.column - 1)).toContain(String(node.value));
        };
        visit(tree);
      }),
    );
  });

  it("of endless documents ends", () => {
    const bomb = Array.from({ length: 40 }, (_, n) => `x-${n + 1}: &a${n + 1} {l: *a${n}, r: *a${n}}`).join("\n");
    const text = `x-0: &a0 {a: 1}\n${bomb}`;
    expect(merge(documentRule, text, text).value).toHaveProperty("x-40");
    const circle = "x-a: &a {a: *a, b: *a}";
    expect(merge(documentRule, circle, circle).value).toHaveProperty("x-a");
  });
});
