import { execFile } from "node:child_process";
import { mkdtemp, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { onTestFinished } from "vitest";

export const run = promisify(execFile);
const repository = fileURLToPath(new URL("../../..", import.meta.url));

/** A folder of the test's own, which goes when it ends. */
export async function folder(name: string): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), `fairlead-${name}-`));
  onTestFinished(() => rm(path, { recursive: true, force: true }));
  return path;
}

/** What is under version control here, with the packages that are installed: releases are made where they may write. */
export async function cloneHere(): Promise<string> {
  const clone = await folder("clone");
  const { stdout } = await run("git", ["ls-files", "-z", "--cached", "--others", "--exclude-standard"], {
    cwd: repository,
    maxBuffer: 16 << 20,
  });
  const names = stdout.split("\0").filter((name) => name !== "" && !/^(test|findings)\//.test(name));
  await run("cp", ["--parents", "-P", ...names, clone], { cwd: repository });
  await symlink(join(repository, "node_modules"), join(clone, "node_modules"));
  return clone;
}

/** Packages come from a registry. Undefined: it can be reached. */
export async function whyNoPackages(): Promise<string | undefined> {
  return run("npm", ["ping"], { timeout: 20_000 }).then(
    () => undefined,
    () => "no package registry can be reached from here",
  );
}
