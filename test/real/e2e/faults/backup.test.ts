import { execFile } from "node:child_process";
import { mkdir, rm } from "node:fs/promises";
import { promisify } from "node:util";
import { describe } from "vitest";
import { fairlead } from "../scene/cli.js";
import { clearProject } from "../scene/host.js";
import { order, quick, test } from "../scene/scene.js";

const run = promisify(execFile);

/** The way of docs/backup.md: `tar` of the data directory, with nothing stopped. */
describe("a backup", () => {
  test("taken while it runs gives a host that has lost everything what people have said, what was held, and the history", async ({
    scene,
    expect,
  }) => {
    const say = async (...args: readonly string[]) => {
      const { code, stderr } = await fairlead([...args, "--admin", scene.fairlead.adminUrl]);
      expect([args, code, stderr]).toEqual([args, 0, ""]);
    };
    const names = ["held", "kept", "off", "pinned"] as const;
    const first = new Map<string, string>();
    for (const name of names) first.set(name, (await scene.push({ name, version: "v1" })).digest);
    await scene.write(
      Object.fromEntries(names.map((name) => [name, { image: scene.image(name), ...order("start-first") }])),
    );
    await scene.start();
    for (const name of names) await scene.untilServing(first.get(name) ?? "", name);

    const second = await scene.push({ name: "pinned", version: "v2" });
    await scene.hook({ name: "pinned" });
    await scene.untilServing(second.digest, "pinned");
    await say("rollback", "pinned");
    await scene.untilStatus(({ sync, health }) => sync === "Pinned" && health === "Healthy", "pinned");
    await say("pause", "kept");
    await say("stop", "off");
    const bad = await scene.push({ name: "held", version: "bad", behaviour: "never-healthy", healthcheck: quick });
    await scene.hook({ name: "held" });
    await scene.untilStatus(
      ({ sync, lastRollout }) => sync === "Held" && lastRollout?.outcome === "rolled-back",
      "held",
    );

    const data = `${scene.directory}/data`;
    const copy = `${scene.directory}/backup.tar`;
    const talking = Promise.all(Array.from({ length: 20 }, () => scene.hook({ name: "kept" })));
    await run("tar", ["-C", data, "-cf", copy, "."]).catch((error: unknown) => {
      // 1: a file changed as it was read.
      if ((error as { code?: number }).code !== 1) throw error;
    });
    await talking;
    await scene.fairlead.stop();

    const look = `${scene.directory}/look`;
    await mkdir(look);
    await run("tar", ["-C", look, "-xf", copy]);
    const checked = await fairlead(["journal", "check", "--data", look]);
    expect([checked.code, checked.stdout]).toEqual([0, expect.stringContaining("all of it can be read")]);
    expect((await fairlead(["journal", "show", "--data", look])).stdout).toContain("a person has paused its rollouts");

    await clearProject(scene.docker, scene.project);
    await rm(data, { recursive: true });
    await mkdir(data);
    await run("tar", ["-C", data, "-xpf", copy]);
    await scene.push({ name: "kept", version: "v3" });
    await scene.start();
    await scene.untilStatus(({ sync, health }) => sync === "Pinned" && health === "Healthy", "pinned");
    await scene.untilStatus(({ sync }) => sync === "Stopped", "off");
    await scene.untilStatus(({ sync }) => sync === "Held", "held");
    await scene.untilStatus(({ conditions }) => conditions.some(({ reason }) => reason === "Paused"), "kept");
    const serving = (await scene.containers()).filter(({ state }) => state === "running");
    expect(serving.map(({ service, digest }) => [service, digest]).sort()).toEqual(
      expect.arrayContaining([["pinned", first.get("pinned")]]),
    );
    expect(serving.map(({ service }) => service)).not.toContain("off");
    expect(serving.map(({ digest }) => digest)).not.toContain(bad.digest);
    const { stdout } = await fairlead(["history", "pinned", "--admin", scene.fairlead.adminUrl]);
    expect(stdout.match(/promoted/g)?.length ?? 0).toBeGreaterThan(1);
  });
});
