import { existsSync, readdirSync, readFileSync } from "node:fs";
import { posix } from "node:path";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { FileText } from "../../../../src/compose/document/library.js";
import { makeSigningKeys } from "../../../sandbox/registry/sign.js";
import { generatedProject, type GeneratedProject } from "../../../generated/project.js";
import { readTwice } from "./again.js";

const corpus = fileURLToPath(new URL("../../../corpus/", import.meta.url));
const golden = fileURLToPath(new URL("../golden/projects/", import.meta.url));
const environment = { HOME: "/root", FROM_HOST: "from the host", COMPOSE_PROFILES: "*" };

function textAt(path: string): FileText {
  return existsSync(path) ? { text: readFileSync(path, "utf8") } : { missing: "ENOENT" };
}

function textOf(path: string): string {
  return readFileSync(path, "utf8");
}

function read(directory: string) {
  const overrides = readdirSync(directory)
    .filter((file) => /^(compose\.override|override\.\d+)\.ya?ml$/.test(file))
    .map((file) => ({ file, path: `${directory}/${file}`, text: textOf(`${directory}/${file}`) }));
  const text = textOf(`${directory}/compose.yaml`);
  return readTwice({ file: "compose.yaml", text, overrides, directory, environment, readText: textAt });
}

describe("the resolved project reads as its files do", () => {
  it.each(readdirSync(corpus).map((name) => [name]))("corpus/%s", (name) => {
    const twice = read(`${corpus}${name}`);
    expect(twice).toBeDefined();
    expect(twice?.again).toEqual(twice?.first);
  });

  it.each(readdirSync(golden).map((name) => [name]))("a project of several files: %s", (name) => {
    const twice = read(`${golden}${name}`);
    expect(twice?.again).toEqual(twice?.first);
  });

  it("with the files that x-fairlead names, of the project's folder and of another one", () => {
    const { publicKey } = makeSigningKeys();
    const keys = (name: string) => ({ verify: { cosign: { keys: [name, publicKey] } } });
    const image = "nginx:1.27";
    const reload = { signal: "SIGHUP", paths: ["./conf/site", "~/shared"] };
    const web = { image, volumes: ["./conf:/conf", "~/shared:/shared"], "x-fairlead": { ...keys("web.pub"), reload } };
    const files = {
      "compose.yaml": {
        include: ["far/compose.yaml"],
        services: { web, db: { image } },
        "x-fairlead": keys("all.pub"),
      },
      "far/compose.yaml": { services: { far: { image, "x-fairlead": keys("../far.pub") } } },
    };
    const texts = Object.entries(files).map(([file, content]) => [file, JSON.stringify({ name: "shop", ...content })]);
    const pems = ["web.pub", "all.pub", "far.pub"].map((file) => [file, makeSigningKeys().publicKey]);
    const all = Object.fromEntries([...texts, ...pems]) as Record<string, string>;
    const twice = readTwice(sourceOf({ files: all, named: ["compose.yaml"], environment: {} }));
    expect(twice).toBeDefined();
    expect(twice?.again).toEqual(twice?.first);
  });

  it("any generated project", () => {
    let read = 0;
    fc.assert(
      fc.property(generatedProject, (project) => {
        const twice = readTwice(sourceOf(project));
        expect(twice?.again).toEqual(twice?.first);
        if (twice !== undefined) read += 1;
      }),
      { numRuns: 300 },
    );
    expect(read).toBeGreaterThan(150);
  });
});

function sourceOf({ files, named, environment: own }: GeneratedProject) {
  const directory = "/srv/generated";
  const at = new Map(Object.entries(files).map(([file, text]) => [posix.join(directory, file), text]));
  const [first, ...overrides] = named.map((file) => ({ file, path: posix.join(directory, file), text: files[file]! }));
  const readText = (path: string): FileText => {
    const text = at.get(path);
    return text === undefined ? { missing: "ENOENT" } : { text };
  };
  return { ...first!, overrides, directory, environment: { ...own, HOME: "/root" }, readText };
}
