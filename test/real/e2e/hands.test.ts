import { setTimeout as sleep } from "node:timers/promises";
import { describe } from "vitest";
import { fairlead } from "./cli.js";
import { test } from "./scene.js";

const label = "docker-volume-backup.stop-during-backup";

describe("a person's hands", () => {
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
    const status = await scene.untilStatus(({ sync }) => sync === "Stopped");
    expect(status.health).toBe("Missing");
    expect((await fairlead(["start", "web", ...admin])).stdout).toContain("is started now");
    await scene.untilServing(digest);
    expect(await scene.active()).toMatchObject({ id, restartPolicy: "unless-stopped" });
  });
});
