import { expect, it } from "vitest";
import { readConfig } from "../../../src/config/config.js";
import { resolveProjects } from "../../../src/wiring.js";

it("files in git are not shown, and it says what to do instead", async () => {
  const settings = { config: "/dev/null", git: "https://forge.example/acme/fleet.git" };
  await expect(resolveProjects(readConfig(settings, {}), {})).rejects.toMatchObject({
    message: expect.stringContaining("are in git") as string,
    remedy: expect.stringContaining("--file") as string,
  });
});
