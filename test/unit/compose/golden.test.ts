import { opened } from "../tools/opened.js";
import { readFileSync, readdirSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { declarationHash, specHash } from "../../../src/compose/model/hash.js";
import { readProject, type ReadResult } from "../../../src/compose/project/compose.js";
import { formatProblem } from "../../../src/compose/values/problem.js";

const right = ["full.yaml", "options.yaml"];
const folder = new URL("golden/", import.meta.url);
const environment = {
  HOME: "/home/me",
  FROM_HOST: "from the host",
  TAG: "2.1",
  KEEP: "2",
  TOKEN: "t0ken",
  REGISTRY: "ghcr.io",
  SECRET: "hunter2 & more",
};

function read(file: string): ReadResult {
  const text = readFileSync(new URL(file, folder), "utf8");
  return readProject({
    file,
    text,
    directory: "/srv/shop",
    environment: file === "wrong-values.yaml" ? {} : environment,
  });
}

describe("a services file that is wrong", () => {
  const files = readdirSync(folder).filter((file) => file.endsWith(".yaml") && !right.includes(file));
  it.each(files)("%s: every problem, with its place", async (file) => {
    const result = read(file);
    expect(result.ok).toBe(false);
    const problems = result.ok ? [] : result.problems.map(formatProblem);
    const warnings = result.warnings.map((warning) => `warning: ${formatProblem(warning)}`);
    await expect(`${[...problems, ...warnings].join("\n")}\n`).toMatchFileSnapshot(
      new URL(file.replace(".yaml", ".txt"), folder).pathname,
    );
  });

  it("never shows the value of a variable", () => {
    expect(JSON.stringify(read("variables.yaml"))).not.toContain("hunter2");
  });
});

describe("a services file that uses everything", () => {
  it.each(right)("%s is decoded exactly", async (file) => {
    const result = read(file);
    expect(result.ok).toBe(true);
    await expect(`${JSON.stringify(opened(result), null, 2)}\n`).toMatchFileSnapshot(
      new URL(file.replace(".yaml", ".json"), folder).pathname,
    );
  });

  it.each(right)(
    "%s: a service hashes to what it did, contents and all: or every container would be another one",
    async (file) => {
      const result = read(file);
      const services = result.ok ? result.project.services : [];
      const lines = services.map((spec) => `${spec.name} ${specHash(spec)} ${declarationHash(spec)}`);
      await expect(`${lines.join("\n")}\n`).toMatchFileSnapshot(
        new URL(file.replace(".yaml", ".hashes.txt"), folder).pathname,
      );
    },
  );
});
