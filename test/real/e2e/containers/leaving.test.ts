import { setTimeout as sleep } from "node:timers/promises";
import { describe } from "vitest";
import { order, quick, test } from "../scene/scene.js";
import type { Scene } from "../scene/scene.js";
import { visitFrom } from "../scene/visitor.js";

const neighbour = async (scene: Scene): Promise<string> => {
  const found = await scene.active("neighbour");
  if (found === undefined) throw new Error("the neighbour does not run");
  return found.id;
};

describe.concurrent("a container that another takes the place of", () => {
  test("start-first: whoever asks for the name is never refused, and what is under way ends well", async ({
    scene,
    expect,
  }) => {
    const first = await scene.push({ version: "v1", healthcheck: quick });
    await scene.push({ name: "neighbour", serve: "none" });
    await scene.write({ web: order("start-first"), neighbour: {} });
    await scene.start();
    await scene.untilServing(first.digest);
    await scene.until("the neighbour", () => scene.active("neighbour"));
    const leave = await visitFrom(scene.docker, await neighbour(scene), { name: "web" });
    await sleep(1_000);
    const second = await scene.push({ version: "v2", healthcheck: quick });
    await scene.hook();
    await scene.untilServing(second.digest);
    const third = await scene.push({ version: "v3", behaviour: "never-healthy", healthcheck: quick });
    await scene.hook();
    await scene.untilStatus(({ sync }) => sync === "Held");
    await sleep(1_000);
    const { failures, answers, slow } = await leave();
    expect(failures).toEqual([]);
    expect(answers["v1"]).toBeGreaterThan(30);
    expect(answers["v2"]).toBeGreaterThan(30);
    expect(slow["v1"]).toBeGreaterThan(3);
    expect(answers["v3"], `${third.digest} never proved itself`).toBeUndefined();
  });

  test("is told once and has its time before the stop, also if Fairlead dies meanwhile", async ({ scene, expect }) => {
    const first = await scene.push({ version: "v1" });
    const leaving = {
      drain: "3s",
      pre_stop: { command: ["/bin/sh", "-c", "echo told >> /site/told; rm -f /site/healthz"], timeout: "5s" },
    };
    await scene.write({ web: { ...order("stop-first"), "x-fairlead": leaving } });
    await scene.start();
    await scene.untilServing(first.digest);
    const old = await scene.active();
    const second = await scene.push({ version: "v2" });
    await scene.hook();
    const noted = await scene.until("the note", async () => {
      const lines = (await scene.journal()).split("\n").filter((line) => line.includes('"type":"leaving"'));
      return lines[0] === undefined ? undefined : (JSON.parse(lines[0]) as { at: number; container: string });
    });
    expect(noted.container).toBe(old?.id);
    await scene.fairlead.kill("SIGKILL");
    await scene.start();
    await scene.untilServing(second.digest);
    const previous = (await scene.containers()).find(({ name }) => name.endsWith(".previous"));
    expect(previous?.id).toBe(old?.id);
    expect((previous?.finishedAt ?? 0) - noted.at).toBeGreaterThanOrEqual(3_000);
    const archive = await scene.docker.getContainer(old?.id ?? "").getArchive({ path: "/site/told" });
    const chunks: Buffer[] = [];
    for await (const chunk of archive) chunks.push(chunk as Buffer);
    expect(
      Buffer.concat(chunks)
        .toString()
        .match(/told\n/g),
    ).toHaveLength(1);
    expect(await scene.journal()).not.toContain("healthz");
  });
});
