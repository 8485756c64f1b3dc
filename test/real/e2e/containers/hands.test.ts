import { setTimeout as sleep } from "node:timers/promises";
import { describe } from "vitest";
import type { ServiceStatus } from "../../../../src/plan/model/condition.js";
import { freePort } from "../../../sandbox/network/ports.js";
import { fairlead } from "../scene/cli.js";
import { test, type Scene } from "../scene/scene.js";

const label = "docker-volume-backup.stop-during-backup";

describe.concurrent("a person's hands", () => {
  test("a backup finds its label, and what it stops stays so until it starts it; fairlead stop and start", async ({
    scene,
    expect,
  }) => {
    const { digest } = await scene.push();
    await scene.write({ web: { labels: { [label]: "true" }, "x-fairlead": { respect_stop: "5m" } } });
    await scene.start();
    await scene.untilServing(digest);
    const { id } = (await scene.active())!;
    const marked = await scene.docker.listContainers({ filters: { label: [`${label}=true`] } });
    expect(marked.map(({ Id }) => Id)).toContain(id);

    await scene.docker.getContainer(id).stop({ t: 1 });
    await scene.untilStatus(({ sync }) => sync === "Stopped");
    await scene.start();
    await scene.untilStatus(({ sync }) => sync === "Stopped");
    await sleep(2_000);
    expect((await scene.active())?.state).toBe("exited");
    await scene.docker.getContainer(id).start();
    await scene.untilServing(digest);

    const admin = ["--admin", scene.fairlead.adminUrl];
    expect((await fairlead(["stop", "web", "--for", "1h", ...admin])).stdout).toContain("is off until");
    await scene.until("the stop", async () => (await scene.active())?.state === "exited");
    expect(await scene.active()).toMatchObject({ id, restartPolicy: "no" });
    await scene.untilStatus(({ sync, health }) => sync === "Stopped" && health === "Missing");
    expect((await fairlead(["start", "web", ...admin])).stdout).toContain("is started now");
    await scene.untilServing(digest);
    expect(await scene.active()).toMatchObject({ id, restartPolicy: "unless-stopped" });
  });

  test("renamed the one that serves in the middle of a rollout: it makes way for the new one, and answers no more", async ({
    scene,
    expect,
  }) => {
    const first = await scene.push();
    await scene.write({ web: slow("start-first") });
    await scene.start();
    await scene.untilServing(first.digest);
    const { id } = (await scene.active())!;
    const second = await scene.push();
    await scene.hook();
    await scene.until("a new one beside it", () => runs(scene, `${scene.project}-web-1.next`));
    await scene.docker.getContainer(id).rename({ name: `${scene.project}-keep` });
    await scene.untilServing(second.digest);
    const left = await scene.until("the end of the old one", async () => {
      const seen = await scene.containers();
      return seen.filter(({ state }) => state === "running").length === 1 && seen;
    });
    expect(left.map(({ name }) => name)).toEqual([`${scene.project}-web-1`, `${scene.project}-web-1.previous`]);
    expect(left[1]).toMatchObject({ id, restartPolicy: "no" });
    expect(await aliasesOf(scene, id), "nothing would answer in its place if it were started").not.toContain("web");
    expect(await aliasesOf(scene, left[0]!.id)).toContain("web");
  });

  test("renamed the new one, which holds the port: it gets its part back, and nobody is told to free a port", async ({
    scene,
    expect,
  }) => {
    const first = await scene.push();
    const port = await freePort();
    await scene.write({ web: { ...slow("stop-first"), ports: [`127.0.0.1:${port}:8080`] } });
    await scene.start();
    await scene.untilServing(first.digest);
    const second = await scene.push();
    await scene.hook();
    const { id } = await scene.until("the new one", () => runs(scene, `${scene.project}-web-1.next`));
    await scene.docker.getContainer(id).rename({ name: `${scene.project}-mine` });
    await scene.untilServing(second.digest);
    expect(await scene.active()).toMatchObject({ id, state: "running", restartPolicy: "unless-stopped" });
    expect((await scene.containers()).filter(({ state }) => state === "running")).toHaveLength(1);
    const said = scene.logs().map((line) => JSON.stringify(line));
    expect(said.filter((line) => line.includes("PortConflict"))).toEqual([]);
    expect(said.join("\n")).toContain(`it was renamed to ${scene.project}-mine by hand`);
  });

  test("renamed a job while it runs: it is waited for, and runs once", async ({ scene, expect }) => {
    const first = await scene.push();
    await scene.write({ web: { "x-fairlead": { before: [{ command: ["run", "sh", "-c", "sleep 3"] }] } } });
    await scene.start();
    await scene.untilServing(first.digest);
    const second = await scene.push();
    await scene.hook();
    const name = `${scene.project}-web.before.1`;
    const of = async () => (await scene.containers()).find((one) => one.name === name && one.digest === second.digest);
    const { id } = await scene.until("the job", async () => {
      const job = await of();
      return job?.state === "running" && job;
    });
    await scene.docker.getContainer(id).rename({ name: `${scene.project}-mine` });
    await scene.untilServing(second.digest);
    expect(await of()).toMatchObject({ id, state: "exited" });
    const { stdout } = await fairlead(["events", "--admin", scene.fairlead.adminUrl]);
    expect(stdout.match(/JobStarted/g)).toHaveLength(2);
  });

  test("made a twin with docker-compose 1.29: it is told with a remedy, never touched, and blamed on nobody", async ({
    scene,
    expect,
  }) => {
    const { digest } = await scene.push();
    await scene.write({ web: {} });
    await scene.start();
    await scene.untilServing(digest);
    const name = `${scene.project}_web_1`;
    const twin = await scene.docker.createContainer({
      name,
      Image: `${scene.image()}@${digest}`,
      Labels: {
        "com.docker.compose.config-hash": "4f1d",
        "com.docker.compose.container-number": "1",
        "com.docker.compose.oneoff": "False",
        "com.docker.compose.project": scene.project,
        "com.docker.compose.project.config_files": "docker-compose.yml",
        "com.docker.compose.project.working_dir": "/srv/shop",
        "com.docker.compose.service": "web",
        "com.docker.compose.version": "1.29.2",
      },
    });
    await twin.start();
    // What is nobody's own wakes nobody: it is told at the next look.
    await scene.hook();
    const ready = ({ conditions }: ServiceStatus) => conditions.find(({ type }) => type === "Ready");
    const told = await scene.untilStatus((status) => ready(status)?.reason === "StrayContainer");
    expect(ready(told)).toMatchObject({ status: "True" });
    expect(ready(told)?.message).toContain(`remove it (docker rm -f ${name}) if nobody needs it`);
    const { digest: newer } = await scene.push();
    await scene.hook();
    await scene.untilServing(newer);
    expect((await twin.inspect()).State.Running).toBe(true);
    await twin.remove({ force: true });
    await scene.hook();
    await scene.untilStatus((status) => ready(status)?.reason === "Converged");
  });
});

/** Long enough in its trial for a hand to come in between. */
const slow = (how: "start-first" | "stop-first") => ({
  deploy: { update_config: { order: how, monitor: "3s" } },
});

async function runs(scene: Scene, name: string) {
  const found = (await scene.containers()).find((one) => one.name === name);
  return found?.state === "running" && found;
}

async function aliasesOf(scene: Scene, id: string): Promise<readonly string[]> {
  const { NetworkSettings } = await scene.docker.getContainer(id).inspect();
  return Object.values(NetworkSettings.Networks).flatMap(({ Aliases }) => (Aliases as string[] | null) ?? []);
}
