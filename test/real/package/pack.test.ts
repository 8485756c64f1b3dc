import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { cloneHere, folder, run, whyNoPackages } from "./release.js";

const reason = await whyNoPackages();
if (reason !== undefined) console.log(`the npm package is not tested: ${reason}`);

test.skipIf(reason !== undefined)("what `npm pack` makes runs from a clean prefix", async () => {
  const clone = await cloneHere();
  const out = await folder("pack");
  const { stdout } = await run("npm", ["pack", "--json", "--pack-destination", out], {
    cwd: clone,
    maxBuffer: 16 << 20,
  });
  const [packed] = JSON.parse(stdout.slice(stdout.indexOf("["))) as [
    { readonly filename: string; readonly files: readonly { readonly path: string }[] },
  ];
  const names = packed.files.map(({ path }) => path);
  for (const name of ["dist/main.js", "README.md", "LICENSE", "docs/install.md", "deploy/example/services.yaml"]) {
    expect(names).toContain(name);
  }
  expect(names.filter((name) => /^(src|test|\.|findings)|\.map$|\.npmrc/.test(name))).toEqual([]);

  const prefix = await folder("prefix");
  const options = ["--prefix", prefix, "--ignore-scripts", "--no-audit", "--no-fund"];
  await run("npm", ["install", "--global", ...options, join(out, packed.filename)], { maxBuffer: 16 << 20 });
  const program = join(prefix, "bin/fairlead");
  const env = { PATH: process.env["PATH"] ?? "", HOME: prefix, FAIRLEAD_CONFIG: "/dev/null" };
  const { version } = JSON.parse(await readFile(join(clone, "package.json"), "utf8")) as { version: string };
  expect((await run(program, ["--version"], { env })).stdout).toBe(`${version}\n`);
  const example = join(prefix, "lib/node_modules/fairlead/deploy/example/services.yaml");
  expect((await run(program, ["validate", "-f", example], { env })).stdout).toContain("valid: project home");
  const set = ["setup", "--services", example, "--pushes", "none", "--run", "terminal", "--dir", join(prefix, "etc")];
  expect((await run(program, set, { env })).stdout).toContain("fairlead run");
});

test("a clone that is built has a `fairlead` that can be executed", async () => {
  const main = new URL("../../../dist/main.js", import.meta.url);
  expect((await stat(main)).mode & 0o111).toBe(0o111);
  expect((await readFile(main, "utf8")).split("\n")[0]).toBe("#!/usr/bin/env node");
  const env = { PATH: process.env["PATH"] ?? "", HOME: "/nonexistent" };
  expect((await run(main.pathname, ["--version"], { env })).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
});
