import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { describe } from "vitest";
import { fairlead } from "../scene/cli.js";
import { order, test, type Scene } from "../scene/scene.js";

/** A service whose job is that line of shell; `/runs` is a folder of the scene. */
async function write(scene: Scene, line: string): Promise<void> {
  await mkdir(`${scene.directory}/runs`, { recursive: true });
  const job = { command: ["run", "sh", "-c", line], timeout: "60s" };
  await scene.write({
    web: { ...order("start-first"), volumes: ["./runs:/runs"], "x-fairlead": { before: [job] } },
  });
}

async function logOf(scene: Scene): Promise<readonly string[]> {
  const text = await readFile(`${scene.directory}/runs/log`, "utf8").catch(() => "");
  return text.split("\n").filter((line) => line !== "");
}

describe.concurrent("a job before the rollout", () => {
  test("ends before the new container starts, and runs once, though Fairlead is killed while it runs", async ({
    scene,
    expect,
  }) => {
    const first = await scene.push();
    await write(scene, "echo begun >> /runs/log; sleep 2; echo ended >> /runs/log");
    await scene.start();
    await scene.untilServing(first.digest);
    expect(await logOf(scene)).toEqual(["begun", "ended"]);
    const served = await scene.active();

    const second = await scene.push();
    await scene.hook();
    await scene.until("the migration", async () => (await logOf(scene)).length === 3);
    await scene.fairlead.kill("SIGKILL");
    expect(await scene.active()).toEqual(served);
    await scene.start();
    await scene.untilServing(second.digest);
    expect(await logOf(scene)).toEqual(["begun", "ended", "begun", "ended"]);
    const containers = await scene.containers();
    expect(containers.map(({ name, state }) => [name, state])).toEqual([
      [`${scene.project}-web-1`, "running"],
      [`${scene.project}-web-1.previous`, "exited"],
      [`${scene.project}-web.before.1`, "exited"],
    ]);
    const [serving, , job] = containers;
    expect(serving?.startedAt).toBeGreaterThanOrEqual(job?.finishedAt ?? Infinity);
  });

  test("that fails leaves the old one serving and holds the digest; its last lines are kept, a retry runs it again", async ({
    scene,
    expect,
  }) => {
    const good = await scene.push();
    await write(scene, "cat /runs/schema || exit 3");
    await writeFile(`${scene.directory}/runs/schema`, "v1");
    await scene.start();
    await scene.untilServing(good.digest);
    const served = await scene.active();

    await rm(`${scene.directory}/runs/schema`);
    const next = await scene.push();
    await scene.hook();
    const status = await scene.untilStatus(
      ({ sync, lastRollout }) => sync === "Held" && lastRollout?.outcome === "failed",
    );
    expect(status).toMatchObject({ health: "Healthy", activeDigest: good.digest, desiredDigest: next.digest });
    expect(status.lastRollout).toMatchObject({ to: next.digest, reason: "JobFailed" });
    expect(await scene.active()).toEqual(served);
    expect(await scene.journal()).toContain("can't open '/runs/schema'");
    const failed = (await scene.metrics()).value("fairlead_rollouts_total", { service: "web", outcome: "failed" });
    expect(failed).toBe(1);

    await writeFile(`${scene.directory}/runs/schema`, "v2");
    expect((await fairlead(["retry", "web", "--admin", scene.fairlead.adminUrl])).code).toBe(0);
    await scene.untilServing(next.digest);
  });
});

describe.concurrent("jobs after a rollout that failed", () => {
  test("give back what a job before it has kept, while nothing of the service runs, though Fairlead is killed then", async ({
    scene,
    expect,
  }) => {
    const shell = (line: string) => ({ command: ["run", "sh", "-c", line], timeout: "60s" });
    await mkdir(`${scene.directory}/db`, { recursive: true });
    await writeFile(`${scene.directory}/db/rows`, "old");
    const write = () =>
      scene.write({
        web: {
          volumes: ["./db:/db"],
          "x-fairlead": {
            before: [shell("cat /db/rows > /db/dump"), shell("echo new > /db/rows")],
            on_rollback: [shell("echo begun >> /db/log; sleep 2; cat /db/dump > /db/rows; echo ended >> /db/log")],
          },
        },
      });
    const first = await scene.push();
    await write();
    await scene.start();
    await scene.untilServing(first.digest);
    const served = await scene.active();
    await writeFile(`${scene.directory}/db/rows`, "rows of today");

    const second = await scene.push({ behaviour: "exit-at-once" });
    await scene.hook();
    const log = () => readFile(`${scene.directory}/db/log`, "utf8").catch(() => "");
    await scene.until("the restore", async () => (await log()) === "begun\n");
    expect((await scene.active())?.state).toBe("exited");
    await scene.fairlead.kill("SIGKILL");
    await scene.start();
    const status = await scene.untilStatus(
      ({ sync, lastRollout }) => sync === "Held" && lastRollout?.onRollback !== undefined,
    );
    expect(status.lastRollout).toMatchObject({
      to: second.digest,
      outcome: "rolled-back",
      onRollback: { outcome: "done" },
    });
    await scene.until("the old one", async () => (await scene.active())?.state === "running");
    expect((await scene.active())?.id).toBe(served!.id);
    expect(await log()).toBe("begun\nended\n");
    expect(await readFile(`${scene.directory}/db/rows`, "utf8")).toBe("rows of today");
  });
});

describe.concurrent("a pre_start hook", () => {
  test("runs in its own container while nothing of the service does, though Fairlead is killed then; one that fails brings back what served", async ({
    scene,
    expect,
  }) => {
    await mkdir(`${scene.directory}/runs`, { recursive: true });
    await writeFile(`${scene.directory}/runs/good`, "");
    const line = "echo $$MODE >> /runs/log; sleep 2; test -e /runs/good && echo ended >> /runs/log";
    const hook = { command: ["run", "sh", "-c", line], environment: { MODE: "prepared" } };
    const first = await scene.push();
    await scene.write({
      web: { ...order("stop-first"), volumes: ["./runs:/runs"], environment: { MODE: "blue" }, pre_start: [hook] },
    });
    await scene.start();
    await scene.untilServing(first.digest);
    expect(await logOf(scene)).toEqual(["prepared", "ended"]);

    const second = await scene.push();
    await scene.hook();
    await scene.until("the hook", async () => (await logOf(scene)).length === 3);
    await scene.fairlead.kill("SIGKILL");
    expect((await scene.containers()).find(({ name }) => name === `${scene.project}-web-1`)?.state).toBe("exited");
    await scene.start();
    await scene.untilServing(second.digest);
    expect(await logOf(scene)).toEqual(["prepared", "ended", "prepared", "ended"]);
    const [serving, , ran] = await scene.containers();
    expect(ran?.name).toBe(`${scene.project}-web.pre_start.1`);
    expect(serving?.startedAt).toBeGreaterThanOrEqual(ran?.finishedAt ?? Infinity);

    await rm(`${scene.directory}/runs/good`);
    const third = await scene.push();
    await scene.hook();
    const status = await scene.untilStatus(
      ({ sync, health, lastRollout }) => sync === "Held" && health === "Healthy" && lastRollout?.outcome === "failed",
    );
    expect(status).toMatchObject({ activeDigest: second.digest, desiredDigest: third.digest });
    expect(status.lastRollout).toMatchObject({ to: third.digest, reason: "JobFailed" });
  });
});
