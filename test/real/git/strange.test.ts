import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { gitRepository, type GitRepository } from "../../sandbox/servers/git-repository.js";
import { fairlead } from "../e2e/scene/cli.js";

const services = (line: string) => `name: shop\nservices:\n  web:\n    image: nginx\n    ${line}\n`;
let folder = "";
let repository: GitRepository;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "fairlead-strange-"));
  repository = await gitRepository(folder);
  const { work } = repository;
  await mkdir(join(work, "stacks/a"), { recursive: true });
  await writeFile(join(work, "compose.yaml"), services("init: true"));
  for (const [name, target] of Object.entries({
    "self.yaml": "self.yaml",
    "one.yaml": "other.yaml",
    "other.yaml": "one.yaml",
    "passwd.yaml": "/etc/passwd",
    "none.yaml": "nothing.yaml",
    "link.yaml": "compose.yaml",
    way: "stacks",
  }))
    await symlink(target, join(work, name));
  await writeFile(join(work, "stacks/a/up.yaml"), services('volumes: ["../../../up:/x:ro"]'));
  await writeFile(join(work, "stacks/a/env.yaml"), services("env_file: [{path: ../../../up.env, required: false}]"));
  await writeFile(join(work, "stacks/a/in.yaml"), services('volumes: ["../../compose.yaml:/x:ro", "/srv/up:/y"]'));
  await writeFile(join(work, "stacks/a/latin.yaml"), Buffer.from(services("hostname: caf\u00e9"), "latin1"));
  await repository.commit({});
  await repository.git("tag", "v1");
  await repository.git("branch", "develop");
  await repository.push("main", "develop", "v1");
});
afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

async function said(...args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await fairlead(["validate", ...args]);
  const text = `${stdout}${stderr}`.replaceAll(folder, "").replaceAll(/\b[0-9a-f]{7}:/g, "COMMIT:");
  expect(code, text).toBe(text.includes(": valid: ") ? 0 : 1);
  return text;
}

describe("a services file of a repository", () => {
  test.each<readonly [path: string, text: RegExp]>([
    ["self.yaml", /^COMMIT:self\.yaml: self\.yaml is a symbolic link that leads in a circle \(link to a file/],
    ["one.yaml", /one\.yaml is a symbolic link that leads in a circle/],
    ["passwd.yaml", /passwd\.yaml is a symbolic link that leads out of the repository \(link to a file/],
    ["none.yaml", /none\.yaml: it is a symbolic link to what is not there \(link to a file/],
    ["stacks/a", /stacks\/a: this is a folder \(name the file in it, such as stacks\/a\/compose\.yaml/],
    ["way/a", /way\/a: this is a folder/],
    ["compose.yml", /compose\.yml: there is no such file in the repository \(did you mean "compose\.yaml"\?/],
    ["stacks/a/latin.yaml", /^COMMIT:stacks\/a\/latin\.yaml:5:18: the file is not UTF-8 text/],
    [
      "stacks/a/up.yaml",
      /^COMMIT:stacks\/a\/up\.yaml:5:15: services\.web\.volumes\[0\]: the relative path leads out of/,
    ],
    ["stacks/a/env.yaml", /^COMMIT:stacks\/a\/env\.yaml:5:23: .*the relative path leads out of the repository/],
    ["stacks/a/in.yaml", /: valid: project shop with web/],
    ["link.yaml", /: valid: project shop with web/],
  ])("%s", async (path, text) => {
    expect(await said("--git", repository.path, "--git-path", path)).toMatch(text);
  });

  test("that a pattern finds and that leads nowhere is told, and holds up no other", async () => {
    const pattern = "{none,self,compose}.yaml";
    const { code, stdout, stderr } = await fairlead(["validate", "--git", repository.path, "--git-path", pattern]);
    expect(code).toBe(1);
    expect(stderr).toMatch(/none\.yaml: it is a symbolic link to what is not there/);
    expect(stderr).toMatch(/self\.yaml: self\.yaml is a symbolic link that leads in a circle/);
    expect(stdout).toMatch(/compose\.yaml: valid/);
  });
});

describe("a repository", () => {
  test("that has no commit is told as empty", async () => {
    const empty = await gitRepository(folder, "empty");
    expect(await said("--git", empty.path)).toMatch(/the repository is empty: it has no commit.*\(push a commit/);
  });

  test("without the reference lists what there is", async () => {
    expect(await said("--git", repository.path, "--git-ref", "develp")).toMatch(
      /no branch or tag "develp"; there is develop, main, v1 \(did you mean "develop"\?/,
    );
    expect(await said("--git", repository.path, "--git-ref", "release/7")).toMatch(
      /there is develop, main, v1 \(name another with `ref` \(--git-ref\)/,
    );
  });

  test("whose own branch has no commit says so", async () => {
    const headless = await gitRepository(folder, "headless");
    await headless.git("commit", "-q", "--allow-empty", "-m", "x");
    await headless.push("main:elsewhere");
    expect(await said("--git", headless.path)).toMatch(
      /the repository's own branch \(HEAD\) has no commit; there is elsewhere/,
    );
  });

  test("that is a file, a relative path, or needs what no flag names, is told with the remedy", async () => {
    expect(await said("--git", join(repository.work, "compose.yaml"))).toMatch(
      /this is a file, and no repository.*\(name the folder of the repository, and the services file in it by `path`/,
    );
    expect(await said("--git", join(folder, "nowhere"))).toMatch(/there is no repository at this path/);
    expect(await said("--git", "./fleet")).toMatch(/--git: the path of a repository has to be a whole one/);
    expect(await said("--git", "git@host:x")).toMatch(
      /knownHostsFile is missing[^]*into the settings file \(--config\)/,
    );
  });

  test.each([
    "https://u:p4ss@localhost/x",
    "ssh://u:p4ss@localhost/x",
    "u:p4ss@localhost:x",
    "https://p4ss@localhost/x",
  ])("that has a login in its URL is refused, and the login not shown: %s", async (url) => {
    const text = await said("--git", url);
    expect(text).toMatch(/--git: .*(?:has no place in the URL|are not read over)/);
    expect(text).not.toContain("p4ss");
  });
});
