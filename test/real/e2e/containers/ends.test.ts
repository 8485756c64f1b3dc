import { mkdir, writeFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { describe } from "vitest";
import { test } from "../scene/scene.js";

const run = (script: string, restart: string) => ({ restart, entrypoint: ["/bin/sh", "-c", script] });

describe.concurrent("a service that may end", () => {
  test("runs once, however long that takes; by hand once more; on-failure until it ends well", async ({
    scene,
    expect,
  }) => {
    const { digest } = await scene.push();
    const image = scene.image();
    await scene.write({
      brief: { image, ...run("exit 0", "no") },
      long: { image, ...run("sleep 2", "no") },
      bad: { image, ...run("sleep 8; exit 3", "no") },
      retried: { image, ...run("sleep 2", "on-failure") },
      looping: { image, ...run("sleep 8; exit 1", "on-failure") },
      follows: { image, depends_on: ["brief"] },
    });
    await scene.start();
    for (const service of ["brief", "long", "retried", "follows"]) await scene.untilServing(digest, service);
    await scene.untilStatus(({ conditions }) => conditions.some(({ reason }) => reason === "CrashLooping"), "looping");
    const bad = await scene.untilStatus(({ health }) => health === "Degraded", "bad");
    expect(bad.sync).toBe("Synced");
    expect(bad.conditions.find(({ type }) => type === "Ready")?.message).toContain("exit code 3");

    const ended = await Promise.all(["brief", "long", "bad", "retried"].map((service) => scene.active(service)));
    await sleep(3_000);
    for (const before of ended) expect(await scene.active(before?.service)).toEqual(before);

    const long = ended[1]!;
    await scene.docker.getContainer(long.id).start();
    const again = await scene.until("the end of the run by hand", async () => {
      const seen = await scene.active("long");
      return seen?.state === "exited" && seen.startedAt > long.startedAt && seen;
    });
    await sleep(2_000);
    expect(await scene.active("long")).toEqual(again);
    expect(again.finishedAt - again.startedAt, "it was left to its end").toBeGreaterThan(1_900);
    expect((await scene.status("long"))?.health).toBe("Healthy");
  });
});

describe.concurrent("a service that is to run and keeps ending", () => {
  test("is not Ready between its ends, whoever starts it again, and is once it has lasted", async ({
    scene,
    expect,
  }) => {
    const { digest } = await scene.push();
    const image = scene.image();
    const folder = `${scene.directory}/flags`;
    await mkdir(folder);
    // It proves itself first, however busy the machine is, and keeps ending only from then on.
    const until = "while [ ! -e /flags/served ]; do sleep 0.2; done";
    const script = `${until}; sleep 2; [ ! -e /flags/well ] || sleep 3600; exit 1`;
    const looping = { image, entrypoint: ["/bin/sh", "-c", script], volumes: [`${folder}:/flags:ro`] };
    await scene.write({ engine: looping, fairlead: { ...looping, restart: undefined } });
    await scene.start();
    const names = ["engine", "fairlead"] as const;
    for (const name of names) await scene.untilServing(digest, name);
    await writeFile(`${folder}/served`, "");
    const isReady = async (name: string) =>
      (await scene.status(name))?.conditions.find(({ type }) => type === "Ready")?.status === "True";
    for (const name of names) {
      await scene.until(`${name} is known to loop while it runs`, async () => {
        const ready = (await scene.status(name))?.conditions.find(({ type }) => type === "Ready");
        const [, ends = "0"] = /has ended (\d+) times/.exec(ready?.message ?? "") ?? [];
        return ready?.reason === "CrashLooping" && Number(ends) >= 3;
      });
    }
    for (let look = 0; look < 30; look += 1) {
      expect(await Promise.all(names.map(isReady))).toEqual([false, false]);
      await sleep(200);
    }
    await writeFile(`${folder}/well`, "");
    for (const name of names) await scene.untilServing(digest, name);
    for (const { id, startedAt, service } of await scene.containers()) {
      const upMs = Date.now() - startedAt;
      const { State, RestartCount } = await scene.docker.getContainer(id).inspect();
      const told = { upMs, RestartCount, State, status: await scene.status(service) };
      expect(upMs, JSON.stringify(told)).toBeGreaterThan(9_900);
    }
  });
});
