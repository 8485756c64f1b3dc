import { readFile, rename, writeFile } from "node:fs/promises";
import { describe } from "vitest";
import type { ServiceStatus } from "../../../../src/plan/model/condition.js";
import { fairlead } from "../scene/cli.js";
import { test, type Scene } from "../scene/scene.js";

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
      { DOCKER_HOST: scene.engineHost, FAIRLEAD_LEASE: scene.lease },
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

  test("that is written to is told to the process, once, and one that is replaced comes with a new container", async ({
    scene,
    expect,
  }) => {
    const { digest, file, replace, read } = await reloading(scene, { signal: "SIGHUP", paths: ["./app.conf"] });
    await scene.untilServing(digest);
    const before = await scene.active();
    const reads = async () => {
      const { stdout } = await fairlead(["logs", "web", "--admin", scene.fairlead.adminUrl]);
      return stdout.match(/has read \w+/g);
    };

    await writeFile(file, "two\n");
    await scene.until("the new content", () => read("two"));
    const { stdout } = await scene.until("its end", async () => {
      const told = await fairlead(["history", "web", "--admin", scene.fairlead.adminUrl]);
      return told.stdout.includes(`by SIGHUP that ${file}`) && told.stdout.includes(": well") && told;
    });
    expect(stdout).toContain(`${scene.project}-web-1 was told by SIGHUP that ${file}`);
    expect((await scene.active())?.id).toBe(before?.id);

    await scene.start();
    await scene.untilServing(digest);
    await writeFile(file, "three\n");
    await scene.until("the new content", () => read("three"));
    expect(await reads(), "once for each change, whatever controller there was").toEqual([
      "has read one",
      "has read two",
      "has read three",
    ]);

    await scene.untilServing(digest);
    await replace("four\n");
    await scene.until("another container", async () => {
      const active = await scene.active();
      return active !== undefined && active.id !== before?.id && (await read("four"));
    });
    await scene.untilServing(digest);
    expect((await scene.containers()).map(({ name }) => name)).toEqual([`${scene.project}-web-1`]);
    await writeFile(file, "five\n");
    await scene.until("the new content", () => read("five"));
  });

  test("that a process ends of is told, with its last words; one that a new container cannot start with is not put in place", async ({
    scene,
    expect,
  }) => {
    const { digest, file, replace, read } = await reloading(scene, { signal: "SIGHUP" });
    await scene.untilServing(digest);
    const before = await scene.active();
    await replace("bad to begin with\n");
    const failed = await scene.untilStatus(({ conditions }) => conditions[0]?.reason === "ReloadFailed");
    expect(failed).toMatchObject({ health: "Healthy", activeDigest: digest });
    expect(failed.conditions.find(({ type }) => type === "StaleMount")).toMatchObject({ status: "True" });
    expect((await scene.active())?.id).toBe(before?.id);
    expect(await read("one"), "it has what it had").toBe(true);
    await replace("two\n");
    await scene.until("the new content", () => read("two"));
    await scene.untilServing(digest);

    await writeFile(file, "bad in place\n");
    const told = await scene.until("a failed reload", async () => {
      const { stdout } = await fairlead(["history", "web", "--admin", scene.fairlead.adminUrl]);
      return stdout.includes("failed: it ended with exit code 3") && stdout;
    });
    expect(told).toContain("ReloadFailed");
    expect(told).toContain("fatal: cannot read bad in place");
    await writeFile(file, "three\n");
    await scene.until("the new content", () => read("three"));
    await scene.untilServing(digest);
  });

  test("is let be where the service says so, and that is said", async ({ scene, expect }) => {
    const { digest, file, replace, read } = await reloading(scene, "ignore");
    const ignored = ({ conditions }: ServiceStatus) =>
      conditions.some(({ type, status, message }) => {
        return type === "StaleMount" && status === "False" && message.includes("`reload: ignore`");
      });
    await scene.untilServing(digest);
    const before = await scene.active();
    await writeFile(file, "two\n");
    await replace("three\n");
    const other = await reloading(scene, { signal: "SIGHUP" }, "other");
    await scene.untilServing(other.digest, "other");
    await other.replace("two\n");
    await scene.until("the other one has its new file", () => other.read("two"));
    expect(await scene.untilStatus(ignored)).toMatchObject({ sync: "Synced", health: "Healthy" });
    expect((await scene.active())?.id).toBe(before?.id);
    expect(await read("one")).toBe(true);
  });
});

/** A service with a file that says `one` at first, and answers SIGHUP by reading it again. */
async function reloading(scene: Scene, reload: object | string, name = "web") {
  const { digest } = await scene.push({ name, reads: "/etc/app.conf" });
  const file = `${scene.directory}/${name === "web" ? "app" : name}.conf`;
  await writeFile(file, "one\n");
  const volumes = [`${file}:/etc/app.conf:ro`];
  const service = { volumes, "x-fairlead": { reload } };
  const services = name === "web" ? {} : { web: await declared(scene) };
  await scene.write({ ...services, [name]: service });
  if (name === "web") await scene.start();
  return {
    digest,
    file,
    replace: async (content: string) => {
      await writeFile(`${file}.new`, content);
      await rename(`${file}.new`, file);
    },
    /** One that has just ended has not. */
    read: (content: string) =>
      run(scene, `test "$(cat /site/read)" = "${content}"`, name).then(
        (code) => code === 0,
        () => false,
      ),
  };
}

/** What the services file says of `web`. */
async function declared(scene: Scene): Promise<object> {
  const { services } = JSON.parse(await readFile(scene.servicesFile, "utf8")) as { services: { web: object } };
  return services.web;
}

/** The exit code of a script in the container that serves. */
async function run(scene: Scene, script: string, service?: string): Promise<number | null> {
  const active = await scene.until("something that serves", () => scene.active(service));
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
