import { describe } from "vitest";
import type { ServiceStatus } from "../../../../src/plan/model/condition.js";
import { fairlead } from "../scene/cli.js";
import { quick, test, type Scene } from "../scene/scene.js";

const reason = ({ conditions }: ServiceStatus) => conditions.find(({ type }) => type === "Ready")?.reason;

const run = (scene: Scene, ...args: readonly string[]) =>
  fairlead([...args, "--admin", scene.fairlead.adminUrl]).then(
    ({ code, stdout, stderr }) => `${code} ${stdout}${stderr}`,
  );

describe.concurrent("releases", () => {
  test("a rollback pins the very container over a push and a restart; the history tells; resume goes on", async ({
    scene,
    expect,
  }) => {
    const name = `${scene.project}/web`;
    const first = await scene.push();
    await scene.write({ web: {} });
    await scene.start();
    await scene.untilServing(first.digest);
    const container = await scene.active();
    const second = await scene.push();
    await scene.rewrite({ web: { environment: { CHANGED: "yes" } } });
    await scene.hook();
    await scene.untilServing(second.digest);

    expect(await run(scene, "rollback", "web", "--to", "9")).toMatch(/^1 [^]*no revision has the number 9/);
    expect(await run(scene, "rollback", "web")).toMatch(
      /^0 .* is pinned to revision \d+ \(sha256:\w{12}\), with its own spec/,
    );
    const isPinned = ({ sync, activeDigest, lastRollout }: ServiceStatus) =>
      sync === "Pinned" && activeDigest === first.digest && lastRollout?.finishedAt !== undefined;
    const status = await scene.untilStatus(isPinned);
    expect(status.lastRollout).toMatchObject({ to: first.digest, outcome: "rolled-back", reason: "Pinned" });
    await scene.until("the old container", async () => (await scene.active())?.id === container!.id);
    const metrics = await scene.metrics();
    expect(metrics.value("fairlead_rollouts_total", { service: "web", outcome: "rolled-back" })).toBe(1);

    expect(await run(scene, "wait", "web", "--timeout", "120s"), "a rollback is no success").toMatch(/^3 .*Pinned/);

    const third = await scene.push();
    await scene.hook();
    await scene.untilStatus(({ desiredDigest }) => desiredDigest === third.digest);
    await scene.start();
    await scene.untilStatus((now) => isPinned(now) && now.desiredDigest === third.digest);
    expect(await scene.active()).toMatchObject({ id: container!.id, state: "running" });

    const history = await run(scene, "history", "web");
    expect(history).toMatch(
      new RegExp(`^0 SERVICE[^]*\\n${name} +1\\* +sha256:\\w{12} .* rolled-back by hand +Pinned`),
    );
    expect(history).toContain(`${name} is pinned to revision 1`);
    expect(await run(scene, "resume", "web")).toBe(`0 resume: ${name} follows the services file and its tag again\n`);
    expect(await run(scene, "wait", "web", "--timeout", "120s")).toMatch(/^0 .*Synced/);
    await scene.untilServing(third.digest);

    await scene.push({ behaviour: "never-healthy", healthcheck: quick });
    expect(await run(scene, "wait", "web", "--timeout", "120s")).toMatch(/^3 [^]*Held/);
    const told = await run(scene, "status", "web");
    expect(told).toMatch(/\.failed|\.next/);
    expect(told).toContain("listening on 8080");
  });

  test("what waits for a person or a window begins when they say so, and not before", async ({ scene, expect }) => {
    const first = await scene.push();
    await scene.write({ web: { "x-fairlead": { approve: true } } });
    await scene.start();
    await scene.untilStatus((status) => reason(status) === "WaitingForApproval");
    expect(await scene.containers()).toEqual([]);
    expect(await run(scene, "approve", "web")).toMatch(/^0 approve: .* may go ahead with sha256:\w{12}\n$/);
    await scene.untilServing(first.digest);

    const closed = new Date(Date.now() + 12 * 3_600_000);
    const cron = `${closed.getUTCMinutes()} ${closed.getUTCHours()} * * *`;
    await scene.rewrite({ web: { "x-fairlead": { window: { cron, duration: "1h" } } } });
    const second = await scene.push();
    await scene.hook();
    const waiting = await scene.untilStatus((status) => reason(status) === "WaitingForWindow");
    expect(waiting).toMatchObject({ health: "Healthy", activeDigest: first.digest, desiredDigest: second.digest });
    await scene.write({ web: { "x-fairlead": { window: { cron: "* * * * *", duration: "1h" } } } });
    await scene.untilServing(second.digest);

    expect(await run(scene, "pause", "web")).toMatch(/^0 /);
    expect(await run(scene, "wait", "web", "--timeout", "120s"), "there is nothing to wait for").toMatch(/^0 /);
    const third = await scene.push();
    await scene.hook();
    await scene.untilStatus(({ sync, desiredDigest }) => sync === "Paused" && desiredDigest === third.digest);
    expect(await run(scene, "resume", "web")).toMatch(/^0 /);
    await scene.untilServing(third.digest);
    await scene.write({ web: { "x-fairlead": { paused: true } } });
    await scene.until("the file's word", async () => / is paused by its file /.test(await run(scene, "resume", "web")));
  });
});
