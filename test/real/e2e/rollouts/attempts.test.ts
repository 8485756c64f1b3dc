import { writeFile } from "node:fs/promises";
import { describe } from "vitest";
import type { History } from "../../../../src/control/surface/surface.js";
import { fairlead } from "../scene/cli.js";
import { test, type Scene } from "../scene/scene.js";

const run = (scene: Scene, ...args: readonly string[]) =>
  fairlead([...args, "--admin", scene.fairlead.adminUrl]).then(
    ({ code, stdout, stderr }) => `${code} ${stdout}${stderr}`,
  );

async function historyOf(scene: Scene): Promise<History> {
  const path = `/api/v1/services/${scene.project}/web/history`;
  return (await (await fetch(scene.fairlead.adminUrl + path)).json()) as History;
}

describe.concurrent("a rollout", () => {
  test("after a bad one, a roll-back and a resume has a number of its own", async ({ scene, expect }) => {
    const first = await scene.push();
    await scene.write({ web: {} });
    await scene.start();
    await scene.untilServing(first.digest);
    const second = await scene.push();
    await scene.hook();
    await scene.untilServing(second.digest);
    const third = await scene.push({ behaviour: "exit-at-once" });
    expect(await run(scene, "wait", "web", "--timeout", "120s")).toMatch(/^3 [^]*Held/);
    expect(await run(scene, "rollback", "web")).toMatch(/^0 .* is pinned to revision 1 /);
    await scene.untilStatus(({ sync, revision }) => sync === "Pinned" && revision === 1);
    await scene.until("the end of the roll-back", async () => {
      const names = (await scene.containers()).map(({ name }) => name);
      return !names.some((name) => /\.(next|failed)$/.test(name));
    });
    const fourth = await scene.push();
    expect(await run(scene, "resume", "web")).toMatch(/^0 /);
    await scene.hook();
    await scene.untilServing(fourth.digest);
    const { revisions } = await historyOf(scene);
    expect(revisions.map(({ revision, to, outcome }) => [revision, to, outcome])).toEqual([
      [4, fourth.digest, "promoted"],
      [1, first.digest, "rolled-back"],
      [3, third.digest, "rolled-back"],
      [2, second.digest, "promoted"],
      [1, first.digest, "promoted"],
    ]);
  });

  test.for([
    ["whose user nobody knows", { user: "nobody-here" }, /unable to find user nobody-here/],
    ["that says nothing to run", { entrypoint: "none" }, /[Nn]o command specified/],
  ] as const)(
    "with an image %s fails once, is held and counted once, and the old one serves",
    async ([, lacks, words], { scene, expect }) => {
      const first = await scene.push();
      await scene.write({ web: {} });
      await scene.start();
      await scene.untilServing(first.digest);
      const served = await scene.active();
      const second = await scene.push(lacks);
      expect(await run(scene, "wait", "web", "--timeout", "120s")).toMatch(/^3 [^]*Held/);
      const status = await scene.untilStatus(({ lastRollout }) => lastRollout?.outcome === "failed");
      expect(status).toMatchObject({ health: "Healthy", activeDigest: first.digest, desiredDigest: second.digest });
      expect(status.lastRollout).toMatchObject({ to: second.digest, reason: "StartFailed" });
      expect(status.lastRollout?.message).toMatch(words);
      expect(await scene.active()).toEqual(served);
      const { revisions } = await historyOf(scene);
      expect(revisions.map(({ revision, outcome }) => [revision, outcome])).toEqual([
        [2, "failed"],
        [1, "promoted"],
      ]);
      const metrics = await scene.metrics();
      expect(metrics.value("fairlead_rollouts_total", { service: "web", outcome: "failed" })).toBe(1);
      expect(metrics.value("fairlead_rollouts_total", { service: "web", outcome: "superseded" })).toBe(0);
    },
  );

  test("of a changed env_file is in force on the last stable image, while a bad one is held", async ({
    scene,
    expect,
  }) => {
    const first = await scene.push();
    await writeFile(`${scene.directory}/web.env`, "GREETING=one\n");
    // A fixed name is stop-first: every try of the bad image would be an outage.
    await scene.write({ web: { env_file: ["web.env"], container_name: `${scene.project}-only` } });
    await scene.start();
    await scene.untilServing(first.digest);
    const second = await scene.push({ behaviour: "exit-at-once" });
    expect(await run(scene, "wait", "web", "--timeout", "120s")).toMatch(/^3 [^]*Held/);
    await writeFile(`${scene.directory}/web.env`, "GREETING=two\n");
    const status = await scene.untilStatus(
      ({ revision, conditions }) =>
        revision === 3 &&
        conditions.some(({ type, message }) => type === "Ready" && /the changed spec runs/.test(message)),
    );
    expect(status).toMatchObject({
      sync: "Held",
      health: "Healthy",
      activeDigest: first.digest,
      desiredDigest: second.digest,
    });
    expect(status.lastRollout).toMatchObject({ to: first.digest, outcome: "promoted" });
    const { Config } = await scene.docker.getContainer(`${scene.project}-only`).inspect();
    expect(Config.Env).toContain("GREETING=two");
    const { revisions } = await historyOf(scene);
    expect(
      revisions.map(({ to }) => to),
      "the bad one is not tried again",
    ).toEqual([first.digest, second.digest, first.digest]);
    expect(await run(scene, "wait", "web", "--timeout", "120s")).toMatch(/^3 [^]*Held/);
  });
});
