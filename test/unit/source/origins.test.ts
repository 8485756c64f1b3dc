import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readConfig } from "../../../src/config/config.js";
import { loadProjects, resolveProjects } from "../../../src/wiring.js";

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "fairlead-origins-"));
  mkdirSync(join(folder, "stacks", "web"), { recursive: true });
  writeFileSync(join(folder, "stacks", "web", "compose.yaml"), "services: {web: {image: nginx}}\n");
  writeFileSync(join(folder, "services.yaml"), "name: shop\nservices: {web: {image: nginx}}\n");
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** With that `from`, relative to the folder. */
function configOf(from: string, file: readonly string[] = ["services.yaml"]) {
  const config = join(folder, "fairlead.yaml");
  writeFileSync(config, `policy:\n  projects:\n    - {from: '${join(folder, from)}', privileged: true}\n`);
  return readConfig({ config, file: file.map((each) => join(folder, each)) }, {});
}

describe("where a policy says a project comes from", () => {
  it.each([
    ["nope.yaml", /there is no file "/],
    ["servcies.yaml", /there is no f\w+ ".*" \(did you mean ".*\/services\.yaml"\?\)/],
    ["stacks", /is a folder/],
    ["stack/", /there is no f\w+ ".*" \(did you mean ".*\/stacks\/"\?\)/],
    ["services.yaml/", /is a file, and not a folder/],
    ["services.yaml/below", /there is no file "/],
  ])("%s is refused with its place, whoever reads the projects", async (from, message) => {
    const config = configOf(from);
    const place = `${join(folder, "fairlead.yaml")}:3:14: policy.projects[0].from: `;
    for (const read of [loadProjects, resolveProjects]) {
      const error = await read(config, {}).then(
        () => expect.fail("it is taken"),
        (thrown: unknown) => thrown as Error,
      );
      expect(error).toMatchObject({ code: "ConfigInvalid", remedy: expect.stringMatching(/\S/) as string });
      expect(error.message.startsWith(place), error.message).toBe(true);
      expect(error.message).toMatch(message);
    }
  });

  it.each<readonly [string, readonly string[]]>([
    ["services.yaml", ["services.yaml"]],
    ["stacks/", ["services.yaml"]],
    ["later.yaml", ["services.yaml", "later.yaml"]],
    ["later/", ["services.yaml", "later/compose.yaml"]],
    ["stacks/left/compose.yaml", ["stacks/*/compose.yaml"]],
  ])("%s is taken, with the services files %j", async (from, files) => {
    await expect(loadProjects(configOf(from, files), {})).resolves.toBeDefined();
  });

  it("a match of a pattern that could never be is refused all the same", async () => {
    const config = configOf("stacks/web/compose.yml", ["stacks/*/compose.yaml"]);
    await expect(loadProjects(config, {})).rejects.toThrow(/did you mean ".*\/stacks\/web\/compose\.yaml"/);
  });

  it("is not looked for where the policy is for another host", async () => {
    await expect(loadProjects({ ...configOf("nope.yaml"), elsewhere: true }, {})).resolves.toBeDefined();
  });
});
