import { readFile } from "node:fs/promises";
import { describe } from "vitest";
import type { KeptFor } from "../../../../src/control/surface/kept.js";
import type { ServiceStatus } from "../../../../src/plan/model/condition.js";
import { fairlead } from "../scene/cli.js";
import { forgeOf } from "../scene/forge.js";
import { quick, test, type Scene } from "../scene/scene.js";

/** A program that reads a file of git at its start and on HUP, and says so. */
async function reading(scene: Scene, onTestFinished: (end: () => Promise<void>) => void, isFolder = false) {
  const reads = isFolder ? "/etc/app/app.conf" : "/etc/app.conf";
  const { digest } = await scene.push({ reads, ...(isFolder ? { healthcheck: quick } : {}) });
  const forge = await forgeOf(scene, onTestFinished);
  const service = (more: object = {}) => ({
    image: scene.image(),
    stop_grace_period: "2s",
    deploy: { update_config: { monitor: "2s" } },
    volumes: [isFolder ? "./app:/etc/app:ro" : "./app.conf:/etc/app.conf:ro"],
    "x-fairlead": { reload: { signal: "SIGHUP" } },
    ...more,
  });
  const compose = (more?: object) => JSON.stringify({ name: scene.project, services: { web: service(more) } });
  const commit = async (files: Readonly<Record<string, string>>, isTold = true) => {
    const id = await forge.repository.commit(files);
    if (isTold) await forge.tell();
    return id;
  };
  /** What the container has mounted, as it is on the host. */
  const mounted = async () => {
    const { Mounts } = await scene.docker.getContainer((await scene.active())?.id ?? "").inspect();
    return Mounts[0]?.Source ?? "";
  };
  const read = async (content: string) => {
    const active = await scene.active();
    if (active === undefined) return false;
    const command = ["/bin/sh", "-c", `test "$(cat /site/read)" = "${content}"`];
    const container = scene.docker.getContainer(active.id);
    try {
      const exec = await container.exec({ Cmd: command, AttachStdout: true });
      const stream = await exec.start({});
      await new Promise((resolve) => stream.on("end", resolve).resume());
      return (await exec.inspect()).ExitCode === 0;
    } catch {
      // One that has just ended has read nothing.
      return false;
    }
  };
  await commit({ "compose.yaml": compose(), [isFolder ? "app/app.conf" : "app.conf"]: "one, and a long one\n" }, false);
  await scene.start({ withoutFile: true, args: forge.args });
  await scene.untilServing(digest);
  await scene.until("the first content", () => read("one, and a long one"));
  return { ...forge, digest, compose, commit, mounted, read };
}

function takenBack({ conditions }: ServiceStatus): boolean {
  return conditions.some(({ type, status, reason }) => {
    return type === "StaleMount" && status === "True" && reason === "ReloadFailed";
  });
}

describe.concurrent("a mounted file of git whose process can be told", () => {
  test("is written in place and told; one that it cannot live with is taken back, and a retry tries it again", async ({
    scene,
    expect,
    onTestFinished,
  }) => {
    const { commit, read, mounted, digest } = await reading(scene, onTestFinished);
    const before = await scene.active();
    await commit({ "app.conf": "two\n" });
    await scene.until("the second content", () => read("two"));
    expect((await scene.active())?.id).toBe(before?.id);

    await commit({ "app.conf": "bad\n" });
    const status = await scene.untilStatus(takenBack);
    const { message } = status.conditions.find(({ type }) => type === "StaleMount") ?? {};
    expect(message).toContain("app.conf has its earlier content again");
    await scene.until("the content before", () => read("two"));
    await scene.untilServing(digest);
    expect(await readFile(await mounted(), "utf8")).toBe("two\n");
    const overview = await fairlead(["status", "--admin", scene.fairlead.adminUrl]);
    expect(overview.stdout).toContain("app.conf has its earlier content again");
    const { stdout } = await fairlead(["history", "web", "--admin", scene.fairlead.adminUrl]);
    expect(stdout).toContain("failed: it ended with exit code 3");

    const failures = () => scene.logs().filter(({ reason }) => reason === "ReloadFailed").length;
    const count = failures();
    const retried = await fairlead(["retry", "web", "--admin", scene.fairlead.adminUrl]);
    expect(retried.code, retried.stderr).toBe(0);
    await scene.until("another failure", () => failures() > count);
    await scene.until("the content before", () => read("two"));

    await commit({ "app.conf": "three\n" });
    await scene.until("the third content", () => read("three"));
    await scene.untilStatus((now) => !takenBack(now));
    expect((await scene.active())?.id).toBe(before?.id);
  });

  test("also in a folder is taken back where the health check fails since, and the process is told of that", async ({
    scene,
    expect,
    onTestFinished,
  }) => {
    const { commit, read, digest } = await reading(scene, onTestFinished, true);
    const before = await scene.active();
    await commit({ "app/app.conf": "sick\n", "app/new.conf": "new\n" });
    await scene.untilStatus(takenBack);
    await scene.until("the content before", () => read("one, and a long one"));
    const { health } = await scene.untilServing(digest);
    expect(health).toBe("Healthy");
    expect((await scene.active())?.id).toBe(before?.id);
  });

  test("is told after a crash in between, shown in a plan, and as it was to a container that is gone back to", async ({
    scene,
    expect,
    onTestFinished,
  }) => {
    const { commit, read, mounted, compose, args, digest, tell } = await reading(scene, onTestFinished);
    const first = await mounted();
    await commit({ "app.conf": "two\n" });
    await scene.until("the write", async () => (await readFile(first, "utf8")) === "two\n");
    // The signal waits for the file to be left alone.
    await scene.fairlead.kill("SIGKILL");
    expect(await read("two")).toBe(false);
    await commit({ "app.conf": "three\n" }, false);
    const env = { DOCKER_HOST: scene.engineHost, FAIRLEAD_LEASE: scene.lease };
    const data = ["--data", `${scene.directory}/data`, "--config", scene.settingsFile];
    const planned = await fairlead(["plan", ...args, ...data], env);
    expect(planned.stdout, planned.stderr).toMatch(/send SIGHUP to .*-web-1 \(.*app\.conf has changed\)/);
    expect(await readFile(first, "utf8")).toBe("two\n");
    await scene.start({ withoutFile: true, args });
    await scene.until("the third content", () => read("three"));

    // Another spec has another place.
    await commit({ "compose.yaml": compose({ environment: { COLOUR: "green" } }), "app.conf": "four\n" });
    await scene.untilStatus(({ revision, sync }) => revision === 2 && sync === "Synced");
    await scene.until("the fourth content", () => read("four"));
    expect(await mounted()).not.toBe(first);
    expect(await readFile(first, "utf8")).toBe("three\n");
    const told = await fairlead(["status", "--kept", "--json", "--admin", scene.fairlead.adminUrl]);
    const { kept } = JSON.parse(told.stdout) as { readonly kept: readonly KeptFor[] };
    const forWhom = (path: string) => kept.find((one) => path.startsWith(`${one.path}/`));
    expect(forWhom(first)).toMatchObject({ kind: "tended", bytes: 6, containers: [`${scene.project}-web-1.previous`] });
    expect(forWhom(await mounted())).toMatchObject({
      ...{ kind: "tended", bytes: 5, projects: [scene.project], containers: [`${scene.project}-web-1`] },
    });
    const table = await fairlead(["status", "--kept", "--admin", scene.fairlead.adminUrl]);
    expect(table.stdout).toMatch(/^objects +[0-9.]+ k?B +- +- +\//m);
    const back = await fairlead(["rollback", "web", "--admin", scene.fairlead.adminUrl]);
    expect(back.code, back.stderr).toBe(0);
    await scene.until("the content of then", () => read("three"));
    expect(await mounted()).toBe(first);
    await fairlead(["resume", "web", "--admin", scene.fairlead.adminUrl]);
    await scene.until("the content of now", () => read("four"));
    await scene.untilServing(digest);
    // What a broken commit says is not written.
    await commit({ "compose.yaml": compose({ prots: [] }), "app.conf": "five\n" });
    await tell();
    await scene.untilStatus(({ conditions }) =>
      conditions.some(({ type, status }) => type === "SpecValid" && status === "False"),
    );
    expect(await readFile(await mounted(), "utf8")).toBe("four\n");
  });
});
