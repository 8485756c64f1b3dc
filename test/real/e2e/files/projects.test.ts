import { mkdir, rm, writeFile } from "node:fs/promises";
import { describe } from "vitest";
import { clearProject, containersOf } from "../scene/host.js";
import { test } from "../scene/scene.js";

describe.concurrent("several projects", () => {
  test("one is broken from the start, one appears and vanishes, and a .env is edited", async ({
    scene,
    expect,
    onTestFinished,
  }) => {
    const { digest } = await scene.push();
    const other = `${scene.project}-two`;
    onTestFinished(() => clearProject(scene.docker, other));
    const stack = async (name: string, text: string) => {
      await mkdir(`${scene.directory}/stacks/${name}`, { recursive: true });
      await writeFile(`${scene.directory}/stacks/${name}/compose.yaml`, text);
    };
    await scene.write({ web: { environment: { COLOUR: "${COLOUR}" } } });
    await writeFile(`${scene.directory}/.env`, "COLOUR=blue\n");
    await stack("broken", "services: [");
    await scene.start({ args: ["-f", `${scene.directory}/stacks/*/compose.yaml`, "--prune"] });
    await scene.untilServing(digest);
    await scene.fairlead.waitForLog(({ msg }) => String(msg).includes("stacks/broken/compose.yaml:1:"));

    await writeFile(`${scene.directory}/.env`, "COLOUR=green\n");
    await scene.untilStatus(({ revision, sync }) => revision === 2 && sync === "Synced");
    const { Config } = await scene.docker.getContainer((await scene.active())!.id).inspect();
    expect(Config.Env).toContain("COLOUR=green");

    await stack("two", `name: ${other}\nservices: { web: { image: "${scene.image()}" } }\n`);
    const found = await scene.until("the second project's container", async () => {
      const [container] = await containersOf(scene.docker, other);
      return container?.state === "running" && container;
    });
    await rm(`${scene.directory}/stacks/two`, { recursive: true });
    await scene.fairlead.waitForLog(({ msg }) => String(msg).includes("stacks/two/compose.yaml: the file is gone"));
    await scene.hook();
    await scene.untilServing(digest);
    expect((await containersOf(scene.docker, other)).map(({ id }) => id)).toEqual([found.id]);
  });
});
