import { rename, writeFile } from "node:fs/promises";
import { describe } from "vitest";
import type { ServiceStatus } from "../../../src/plan/condition.js";
import { fairlead } from "./cli.js";
import { test, type Scene } from "./scene.js";

describe.concurrent("a volume that nobody has named", () => {
  test("that the image asks for keeps its data over updates, a bad image, a roll-back both ways and a removal", async ({
    scene,
    expect,
  }) => {
    const image = { volumes: ["/var/lib/db"] };
    const first = await scene.push(image);
    await scene.write({ web: {} });
    await scene.start();
    await scene.untilServing(first.digest);
    expect(await run(scene, "echo one > /var/lib/db/rows")).toBe(0);
    const volumes = await mounted(scene);
    const isThere = async (when: string) => {
      expect(await mounted(scene), when).toEqual(volumes);
      expect(await run(scene, 'test "$(cat /var/lib/db/rows)" = one'), when).toBe(0);
    };

    for (const when of ["after an update", "after two"]) {
      const { digest } = await scene.push(image);
      await scene.hook();
      await scene.untilServing(digest);
      await isThere(when);
    }
    await scene.push({ ...image, behaviour: "exit-at-once" });
    await scene.hook();
    await scene.untilStatus(({ sync, health }) => sync === "Held" && health === "Healthy");
    await isThere("after a bad one");

    const admin = ["--admin", scene.fairlead.adminUrl];
    expect(await fairlead(["rollback", "web", ...admin])).toMatchObject({ code: 0 });
    await scene.untilStatus(({ sync, health, lastRollout }) => {
      return sync === "Pinned" && health === "Healthy" && lastRollout?.reason === "Pinned";
    });
    await isThere("after a roll-back");
    const last = await scene.push(image);
    expect(await fairlead(["resume", "web", ...admin])).toMatchObject({ code: 0 });
    await scene.hook();
    await scene.untilServing(last.digest);
    await isThere("after the way forward");

    for (const { id } of await scene.containers()) await scene.docker.getContainer(id).remove({ force: true });
    await scene.untilServing(last.digest);
    await isThere("after a removal by hand");
  });

  test("that the file asks for keeps its data over a changed spec, and the plan says why it stops first", async ({
    scene,
    expect,
  }) => {
    const { digest } = await scene.push();
    await scene.write({ web: { volumes: ["/scratch"], environment: { A: "1" } } });
    await scene.start();
    await scene.untilServing(digest);
    expect(await run(scene, "echo two > /scratch/x")).toBe(0);
    await scene.write({ web: { volumes: ["/scratch"], environment: { A: "2" } } });
    await scene.untilStatus(({ revision, sync, conditions }) => {
      return revision === 2 && sync === "Synced" && conditions[0]?.status === "True";
    });
    expect(await run(scene, 'test "$A$(cat /scratch/x)" = 2two')).toBe(0);
    const { stdout } = await fairlead(
      ["plan", "-f", scene.servicesFile, "--config", scene.settingsFile, "--data", `${scene.directory}/data`],
      { DOCKER_HOST: scene.engineHost },
    );
    expect(stdout).toContain("(stop-first: writes to its volume at /scratch)");
  });
});

describe.concurrent("a mounted file", () => {
  test("that is replaced on the host is told, also by a new controller, until the container starts again", async ({
    scene,
    expect,
  }) => {
    const { digest } = await scene.push();
    const file = `${scene.directory}/app.conf`;
    const replace = async (content: string) => {
      await writeFile(`${file}.new`, content);
      await rename(`${file}.new`, file);
    };
    await writeFile(file, "one\n");
    await scene.write({ web: { volumes: ["./app.conf:/etc/app.conf:ro"] } });
    await scene.start();
    await scene.untilServing(digest);
    const stale = ({ conditions }: ServiceStatus) => conditions.find(({ type }) => type === "StaleMount");
    const untilStale = (is: "True" | "False") => scene.untilStatus((status) => stale(status)?.status === is);
    await untilStale("False");

    await replace("two\n");
    const told = stale(await untilStale("True"));
    expect(told).toMatchObject({ reason: "StaleMount", message: expect.stringContaining(file) as string });
    expect(await run(scene, 'test "$(cat /etc/app.conf)" = one')).toBe(0);
    expect((await scene.metrics()).value("fairlead_service_condition", { type: "StaleMount", status: "True" })).toBe(1);
    await scene.start();
    await untilStale("True");

    const active = await scene.active();
    await scene.docker.getContainer(active!.id).restart({ t: 1 });
    await untilStale("False");
    expect(await run(scene, 'test "$(cat /etc/app.conf)" = two')).toBe(0);
  });
});

/** The exit code of a script in the container that serves. */
async function run(scene: Scene, script: string): Promise<number | null> {
  const active = await scene.until("something that serves", () => scene.active());
  const exec = await scene.docker.getContainer(active.id).exec({ Cmd: ["/bin/sh", "-c", script], AttachStdout: true });
  const stream = await exec.start({});
  await new Promise((resolve) => stream.on("end", resolve).resume());
  return (await exec.inspect()).ExitCode;
}

/** The names of the volumes of what serves. */
async function mounted(scene: Scene): Promise<readonly (string | undefined)[]> {
  const active = await scene.until("something that serves", () => scene.active());
  const { Mounts } = await scene.docker.getContainer(active.id).inspect();
  return Mounts.map(({ Name }) => Name);
}
