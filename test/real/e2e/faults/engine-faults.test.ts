import { setTimeout as sleep } from "node:timers/promises";
import { describe } from "vitest";
import { ownEngine } from "../scene/own-engine.js";
import { order, test } from "../scene/scene.js";

describe.concurrent("when the engine", () => {
  test("is absent at the start: live, not ready, and it begins when the engine comes", async ({
    scene,
    expect,
    onTestFinished,
  }) => {
    const { engine } = await ownEngine(scene, onTestFinished);
    await engine.kill();
    const { digest } = await scene.push();
    await scene.write({ web: {} });
    await scene.start({ awaitReady: false });
    await scene.fairlead.waitForLog(({ level, msg }) => level === "warn" && String(msg).includes("cannot be reached"));
    await scene.fairlead.waitForLog(({ msg }) => msg === "listening");
    expect((await fetch(`${scene.fairlead.adminUrl}/livez`)).status).toBe(200);
    expect((await fetch(`${scene.fairlead.adminUrl}/readyz`)).status).toBe(503);
    await engine.restart();
    await scene.fairlead.ready();
    await scene.untilServing(digest);
  });

  test.for(["restarted", "killed"] as const)(
    "is %s under us: what serves is the same afterwards, what was being rolled out is brought to its end, nobody is blamed",
    async (how, { scene, expect, onTestFinished }) => {
      const { engine } = await ownEngine(scene, onTestFinished);
      const steady = ["web", "once"];
      const rolling = ["beside", "instead"];
      await scene.write({
        web: order("start-first"),
        once: { image: scene.image(), restart: "no" },
        beside: order("start-first", { monitor: "4s" }),
        instead: order("stop-first", { monitor: "4s" }),
      });
      const publish = async () => {
        const [web, beside, instead] = await Promise.all(
          ["web", ...rolling].map(async (name) => (await scene.push({ name })).digest),
        );
        return { web: web!, once: web!, beside: beside!, instead: instead! } as Record<string, string>;
      };
      const untilAllServe = async (digests: Record<string, string>, names = [...steady, ...rolling]) => {
        for (const name of names) await scene.untilServing(digests[name]!, name);
      };
      const first = await publish();
      await scene.start();
      await untilAllServe(first);
      const second = await publish();
      for (const name of ["web", ...rolling]) await scene.hook({ name });
      await untilAllServe(second, steady);
      await scene.until("the new ones to run beside and instead of the old ones", async () => {
        const seen = await scene.containers();
        return rolling.every((name) => seen.some((one) => one.digest === second[name] && one.state === "running"));
      });
      const serving = async () => {
        const seen = await scene.containers();
        return seen.filter(({ service }) => steady.includes(service)).map(({ id, name }) => [name, id]);
      };
      const before = await serving();

      const from = scene.fairlead.logs.length;
      if (how === "killed") await engine.kill();
      await engine.restart();
      await scene.fairlead.waitForLog(({ msg }) => String(msg).includes("connected to the engine again"), from);
      await scene.until("the steady one to run", async () => (await scene.active())?.state === "running");
      await untilAllServe(second, ["web", ...rolling]);
      // Of a service that is to run once, an end is the end, whoever has brought it about.
      expect(await scene.active("once")).toMatchObject({ digest: second["once"], state: "exited" });
      expect(await serving()).toEqual(before);
      const previous = (await scene.containers()).filter(({ name }) => name.endsWith(".previous"));
      expect(previous.map(({ state }) => state)).toEqual(["exited", "exited", "exited", "exited"]);
      for (const name of rolling) {
        expect((await scene.status(name))?.lastRollout).toMatchObject({ to: second[name], outcome: "promoted" });
      }
      expect((await scene.status())?.revision).toBe(2);
      expect(await scene.journal()).not.toContain(`"type":"hold"`);

      const third = await scene.push();
      await scene.hook();
      await scene.untilServing(third.digest);
    },
  );

  test("dies in the middle of a start, and can never start that container again: it is re-created", async ({
    scene,
    expect,
    onTestFinished,
  }) => {
    const { engine } = await ownEngine(scene, onTestFinished);
    const { digest } = await scene.push();
    await scene.write({ web: { volumes: ["data:/data"] } }, { volumes: { data: {} } });
    await scene.start();
    const { revision } = await scene.untilServing(digest);
    await scene.fairlead.stop();
    const { id } = (await scene.active())!;
    const refused = await scene.until("a start that was cut off for good", async () => {
      await scene.docker
        .getContainer(id)
        .stop({ t: 1 })
        .catch(() => undefined);
      const start = scene.docker
        .getContainer(id)
        .start()
        .catch(() => undefined);
      await sleep(100 + Math.random() * 300);
      await engine.kill();
      await start;
      await engine.restart();
      const again: unknown = await scene.docker.getContainer(id).start().catch(String);
      return typeof again === "string" && again.includes("already exists");
    });
    expect(refused).toBe(true);
    await scene.start();
    const status = await scene.untilServing(digest);
    expect(status.revision).toBe(revision);
    expect((await scene.active())?.id).not.toBe(id);
    expect((await scene.containers()).map(({ name }) => name)).toEqual([`${scene.project}-web-1`]);
    expect(await scene.journal()).not.toContain(`"type":"hold"`);
  });

  test("in the middle of a pull is restarted: it is pulled again", async ({ scene, expect, onTestFinished }) => {
    const { engine, proxy } = await ownEngine(scene, onTestFinished);
    const first = await scene.push();
    await scene.write({ web: {} });
    await scene.start();
    await scene.untilServing(first.digest);
    proxy.forget();
    proxy.inject({ method: "GET", path: /\/blobs\// }, { delayMs: 3_000 });
    const second = await scene.push();
    await scene.hook();
    await scene.until("the pull", () => proxy.count({ method: "GET", path: /\/blobs\// }) > 0);
    await engine.restart();
    proxy.heal();
    await scene.untilServing(second.digest);
    expect(await scene.journal()).not.toContain(`"type":"hold"`);
  });
});
