import { describe } from "vitest";
import { order, test } from "../scene/scene.js";
import type { Scene } from "../scene/scene.js";

const shell = (script: string) => ["/bin/sh", "-c", script];
const warmUp = {
  command: shell("echo begun >> begun; sleep 2; echo $$WHO $$(/bin/busybox id -u) >> warm"),
  user: "0:0",
  working_dir: "/site",
  environment: { WHO: "me" },
};
const stop = { command: shell("echo told >> /site/told") };

async function textIn(scene: Scene, container: string, path: string): Promise<string> {
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of await scene.docker.getContainer(container).getArchive({ path }))
      chunks.push(chunk as Buffer);
  } catch {
    return "";
  }
  return Buffer.concat(chunks).toString();
}

describe.concurrent("Compose's hooks", () => {
  test("post_start is run before a container is judged, also if Fairlead dies in it; pre_stop before its stop", async ({
    scene,
    expect,
  }) => {
    const first = await scene.push({ version: "v1" });
    const web = { ...order("stop-first"), post_start: [warmUp], pre_stop: [stop] };
    await scene.write({ web });
    await scene.start();
    const begun = await scene.until("the hook to begin", async () => {
      const [next] = await scene.containers();
      return next !== undefined && (await textIn(scene, next.id, "/site/begun")) !== "" ? next : undefined;
    });
    expect(begun.name).toMatch(/\.next$/);
    await scene.fairlead.kill("SIGKILL");
    await scene.start();
    await scene.untilServing(first.digest);
    const old = await scene.active();
    expect(old?.id).toBe(begun.id);
    expect(await textIn(scene, begun.id, "/site/warm")).toMatch(/me 0\n/);

    const broken = { command: shell("echo no disk; exit 3"), user: "0" };
    await scene.write({ web: { ...web, post_start: [broken] } });
    const held = await scene.untilStatus(({ sync, health }) => sync === "Held" && health === "Healthy");
    expect(JSON.stringify(held.conditions)).toContain("command 1 of its post_start ended with exit code 3: no disk");
    expect((await scene.active())?.id, "the old one serves again").toBe(begun.id);
    expect((await textIn(scene, begun.id, "/site/told")).match(/told\n/g)).toHaveLength(1);
    expect(await scene.journal()).not.toContain("busybox");
  });
});
