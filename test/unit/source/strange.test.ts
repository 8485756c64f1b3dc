import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { formatProblem } from "../../../src/compose/values/problem.js";
import type { SourceSnapshot } from "../../../src/control/ports/source.js";
import { fileSource } from "../../../src/source/file.js";
import { Secret } from "../../../src/tools/secret.js";
import { dotenv } from "../sops/encoder.js";
import { binaryFile, identity } from "../sops/vectors.js";

let folder = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "fairlead-strange-"));
});
afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

const own = "name: shop\nservices:\n  web:\n    image: nginx\n";
const latin1 = Buffer.from("# Gr\u00fc\u00dfe\nA=caf\u00e9\n", "latin1");
const notUtf8 = "the file is not UTF-8 text: the first byte that is none stands here (save it as UTF-8)";

async function load(files: Readonly<Record<string, string | Buffer>>): Promise<SourceSnapshot> {
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
  return again();
}

function again(): Promise<SourceSnapshot> {
  const ageKeys = () => Promise.resolve([new Secret(identity)]);
  return fileSource({ files: [join(folder, "services.yaml")], environment: {}, ageKeys }).load();
}

function told({ problems }: SourceSnapshot): readonly string[] {
  return problems.map((problem) => formatProblem(problem).replaceAll(`${folder}/`, ""));
}

describe("what is not UTF-8", () => {
  it.each<readonly [what: string, files: Readonly<Record<string, string | Buffer>>, problem: string]>([
    [
      "a services file",
      { "services.yaml": Buffer.from(`${own}    hostname: caf\u00e9\n`, "latin1") },
      "services.yaml:5:18",
    ],
    ["an included file", { "services.yaml": `include: [a.yaml]\n${own}`, "a.yaml": latin1 }, "a.yaml:1:5"],
    [
      "an extended file",
      { "services.yaml": `${own}    extends: {file: a.yaml, service: x}\n`, "a.yaml": latin1 },
      "a.yaml:1:5",
    ],
    ["an env file", { "services.yaml": `${own}    env_file: a.env\n`, "a.env": latin1 }, "a.env:1:5"],
    [
      "a raw env file",
      { "services.yaml": `${own}    env_file: [{path: a.env, format: raw}]\n`, "a.env": latin1 },
      "a.env:1:5",
    ],
    ["a file of labels", { "services.yaml": `${own}    label_file: a.env\n`, "a.env": latin1 }, "a.env:1:5"],
    ["the project's .env", { "services.yaml": own, ".env": latin1 }, ".env:1:5"],
  ])("is refused with its place: %s", async (_what, files, place) => {
    expect(told(await load(files))).toEqual([`${place}: ${notUtf8}`]);
  });

  it("is named where it is UTF-16, with its mark or without", async () => {
    const wide = (text: string) => Buffer.from(text, "utf16le");
    const files = { "services.yaml": `${own}    env_file: [a.env, b.env]\n`, "a.env": wide("\uFEFFA=1\n") };
    const utf16 = "the file is not UTF-8 text, but UTF-16 (save it as UTF-8)";
    expect(told(await load({ ...files, "b.env": wide("A=1\n") }))).toEqual([
      `a.env:1:1: ${utf16}`,
      `b.env:1:1: ${utf16}`,
    ]);
    expect(told(await load({ "services.yaml": wide(`\uFEFF${own}`) }))).toEqual([`services.yaml:1:1: ${utf16}`]);
  });

  it("is refused in what was encrypted too, and shows nothing of it", async () => {
    // A whole file of age whose bytes are no text, given as variables.
    const files = { "services.yaml": `${own}    env_file: a.env\n`, "a.env": binaryFile };
    expect(told(await load(files))).toEqual([
      "a.env: what is encrypted in the file is not UTF-8 text (save it as UTF-8, and encrypt it again)",
    ]);
    expect(told(await load({ ...files, "a.env": dotenv({ A: "caf\u00e9" }) }))).toEqual([]);
  });

  it("is nobody's business in a config and a secret, and each change of it is seen", async () => {
    const text = `${own}    configs: [a]\nconfigs: {a: {file: a.bin}}\n`;
    const hash = async (...bytes: readonly number[]) => {
      const { projects, problems } = await load({ "services.yaml": text, "a.bin": Buffer.from(bytes) });
      expect(problems).toEqual([]);
      return projects[0]?.services[0]?.container.mounts[0]?.contentHash;
    };
    const hashes = [await hash(0xff), await hash(0xfe), await hash(0xef, 0xbf, 0xbd), await hash(0xc3, 0xbf)];
    expect(new Set(hashes).size).toBe(4);
  });
});

describe("a NUL character", () => {
  const nul = "it holds a NUL character, at which programs and the kernel end every text";
  it.each([
    ['command: ["a", "b\\0c"]', "services.yaml:5:20: services.web.command[1]"],
    ['command: "a \\0"', "services.yaml:5:14: services.web.command"],
    ['entrypoint: ["\\0"]', "services.yaml:5:18: services.web.entrypoint[0]"],
    ['environment: {A: "x\\0y"}', "services.yaml:5:22: services.web.environment.A"],
    ['environment: ["A=x\\0y"]', "services.yaml:5:19: services.web.environment[0]"],
    ['environment: {"A\\0": x}', 'services.yaml:5:19: services.web.environment["A\\u0000"]'],
    ['labels: {a: "\\0"}', "services.yaml:5:17: services.web.labels.a"],
    ['labels: ["a=\\0"]', "services.yaml:5:14: services.web.labels[0]"],
    ['hostname: "a\\0"', "services.yaml:5:15: services.web.hostname"],
    ['logging: {driver: local, options: {"a\\0": x}}', 'services.yaml:5:40: services.web.logging.options["a\\u0000"]'],
  ])("is refused where it stands: %s", async (line, place) => {
    const [problem, ...more] = told(await load({ "services.yaml": `${own}    ${line}\n` }));
    expect(problem).toContain(`${place}: ${nul}`);
    expect(more).toEqual([]);
  });

  it("is refused in files of variables, and the value is not shown", async () => {
    const text = `${own}    env_file: [a.env, {path: b.env, format: raw}]\n`;
    const files = { "services.yaml": text, "a.env": 'A=1\nB="x\\0\\00y"\nC=a\0b\n', "b.env": "D=a\0b\n" };
    const value = "the value holds a NUL character, at which programs and the kernel end every text";
    expect(told(await load(files)).map((problem) => problem.replace(/ \(.*/, ""))).toEqual([
      `a.env:2:1: B: ${value}`,
      `a.env:3:1: C: ${value}`,
      `b.env:1:1: D: ${value}`,
    ]);
  });

  it("may stand in what becomes a file", async () => {
    const text = `${own}    configs: [a]\nconfigs: {a: {content: "a\\0b"}}\n`;
    expect(told(await load({ "services.yaml": text }))).toEqual([]);
  });
});

describe("what is no regular file", () => {
  const pipe = (name: string) => promisify(execFile)("mkfifo", [join(folder, name)]);

  it("is refused and never waited for, whatever names it", async () => {
    for (const name of ["a.yaml", "a.env", ".env"]) await pipe(name);
    const files = { "services.yaml": `include: [a.yaml]\n${own}    env_file: a.env\n` };
    const why = "(a named pipe, not a regular file)";
    const remedy = "(name a regular file: write into one what it would give)";
    expect(told(await load(files))).toEqual([
      `.env: .env cannot be read ${why} ${remedy}`,
      `services.yaml:1:11: include[0]: "a.yaml" cannot be read ${why}: looked for at a.yaml ${remedy}`,
    ]);
    await rm(join(folder, ".env"));
    expect(told(await load({ "services.yaml": `${own}    env_file: a.env\n` }))).toEqual([
      `services.yaml:5:15: services.web.env_file: "a.env" cannot be read ${why}: looked for at a.env ${remedy}`,
    ]);
  });

  it("is refused as the services file itself", async () => {
    await pipe("services.yaml");
    expect(told(await again())).toEqual([
      "services.yaml: this is a named pipe, not a regular file (write into a regular file what it would give, or hand that over as `--file <(program)` or /dev/stdin)",
    ]);
  });

  it("is mounted as a config as it is, and not read", async () => {
    await pipe("c");
    const text = `${own}    configs: [a]\nconfigs: {a: {file: c}}\n`;
    expect(told(await load({ "services.yaml": text }))).toEqual([]);
  });
});
