import { rm } from "node:fs/promises";
import { describe } from "vitest";
import { startFairlead } from "../../../sandbox/fairlead.js";
import { fairlead } from "../scene/cli.js";
import { runForeign, lookAt } from "../scene/host.js";
import { quick, test } from "../scene/scene.js";

describe.concurrent("the services file", () => {
  test("an edit is rolled out, with the same digest and the next revision", async ({ scene, expect }) => {
    const { digest } = await scene.push();
    await scene.write({ web: { environment: { COLOUR: "blue" } } });
    await scene.start();
    await scene.untilServing(digest);
    await scene.write({ web: { environment: { COLOUR: "green" }, command: ["ignored"], labels: { tier: "front" } } });
    const status = await scene.untilStatus(
      ({ revision, sync, conditions }) =>
        revision === 2 &&
        sync === "Synced" &&
        conditions.some(({ type, status }) => type === "Ready" && status === "True"),
    );
    expect(status).toMatchObject({ activeDigest: digest, lastRollout: { from: digest, to: digest } });
    const { Config } = await scene.docker.getContainer((await scene.active())!.id).inspect();
    expect(Config.Env).toContain("COLOUR=green");
    expect(Config.Labels).toMatchObject({ tier: "front", "com.docker.compose.project": scene.project });
  });

  test("a broken edit: the last good one stays, and log, status and metric say so", async ({ scene, expect }) => {
    const { digest } = await scene.push();
    await scene.write({ web: {} });
    await scene.start();
    await scene.untilServing(digest);
    const before = await scene.containers();
    await scene.writeText(
      `name: ${scene.project}\nservices:\n  web:\n    image: ${scene.image()}\n    prots: ["80:80"]\n`,
    );
    const logged = await scene.fairlead.waitForLog(({ msg }) => String(msg).includes("prots"));
    expect(logged).toMatchObject({ level: "error", file: scene.servicesFile });
    expect(logged.msg).toMatch(/services\.yaml:5:5: services\.web\.prots: /);
    const status = await scene.untilStatus(({ conditions }) =>
      conditions.some(({ type, status }) => type === "SpecValid" && status === "False"),
    );
    expect(status.activeDigest).toBe(digest);
    const problems = async () => (await scene.metrics()).value("fairlead_services_file_problems");
    expect(await problems()).toBe(1);
    expect(await scene.containers()).toEqual(before);

    const next = await scene.push();
    await scene.hook();
    await scene.untilServing(next.digest);
    await scene.write({ web: {} });
    await scene.untilStatus(({ conditions }) =>
      conditions.some(({ type, status }) => type === "SpecValid" && status === "True"),
    );
    expect(await problems()).toBe(0);
  });

  test("emptied, without services, or deleted: nothing is deleted, with --prune neither", async ({ scene, expect }) => {
    const { digest } = await scene.push();
    await scene.write({ web: {} });
    await scene.start({ args: ["--prune"] });
    await scene.untilServing(digest);
    const before = await scene.containers();
    const spoils = [
      () => scene.writeText(""),
      () => rm(scene.servicesFile),
      () => scene.writeText(`name: ${scene.project}\n`),
      () => scene.writeText(`name: ${scene.project}\nservices: {}\n`),
    ];
    for (const spoil of spoils) {
      const from = scene.fairlead.logs.length;
      await spoil();
      await scene.fairlead.waitForLog(({ level, file }) => level === "error" && file === scene.servicesFile, from);
      const { conditions } = await scene.untilStatus((status) =>
        status.conditions.some(({ type, status: is }) => type === "SpecValid" && is === "False"),
      );
      expect(conditions).toContainEqual(expect.objectContaining({ type: "Ready", status: "True" }));
      expect(await scene.containers()).toEqual(before);
    }
    await scene.docker.getContainer(before[0]!.id).stop({ t: 1 });
    await scene.until("it is still repaired", async () => (await scene.active())?.state === "running");
    await scene.write({ web: {} });
    await scene.untilServing(digest);
  });

  test("a service that leaves it is Orphaned and stays; with --prune it goes, and its neighbour stays", async ({
    scene,
    expect,
  }) => {
    const web = await scene.push();
    const worker = await scene.push({ name: "worker" });
    await scene.write({ web: {}, worker: {} });
    await scene.start();
    await scene.untilServing(web.digest);
    await scene.untilServing(worker.digest, "worker");
    const before = await scene.containers();
    expect((await scene.metrics()).names({ service: "worker" }).size).toBeGreaterThan(0);

    await scene.write({ web: {} });
    await scene.untilStatus(
      ({ conditions }) => conditions.some(({ type, reason }) => type === "Ready" && reason === "Orphaned"),
      "worker",
    );
    const files = ["-f", scene.servicesFile, "--config", scene.settingsFile];
    for (const [who, env] of [
      ["the controller", { FAIRLEAD_ADMIN_LISTEN: new URL(scene.fairlead.adminUrl).host }],
      ["nobody", { FAIRLEAD_ADMIN_LISTEN: "127.0.0.1:1" }],
    ] as const) {
      const plan = (...args: string[]) =>
        fairlead(["plan", ...args, ...files], { DOCKER_HOST: scene.engineHost, FAIRLEAD_LEASE: scene.lease, ...env });
      const stays = await plan("worker");
      expect(stays, who).toMatchObject({ code: 0 });
      expect(stays.stdout, who).toMatch(/left alone: \S+ is in no services file any more; run with --prune/);
      const goes = await plan("--prune");
      expect(goes, who).toMatchObject({ code: 2 });
      expect(goes.stdout, who).toContain(`remove ${scene.project}-worker-1 (`);
    }
    expect(await scene.containers()).toEqual(before);
    expect((await scene.metrics()).names({ service: "worker" }).size).toBe(0);
    const ask = (...args: string[]) => fairlead([...args, "--admin", scene.fairlead.adminUrl]);
    const history = await ask("history");
    expect(history).toMatchObject({ code: 0, stderr: "" });
    for (const name of ["web", "worker"])
      expect(history.stdout).toMatch(new RegExp(`^${scene.project}/${name} +1\\*`, "m"));
    const status = await ask("status", "worker");
    expect(status).toMatchObject({ code: 0, stderr: "" });
    expect(status.stdout).toMatch(/ OutOfSync +Healthy +1\/0 +1 /);
    const images = await ask("images");
    expect(images).toMatchObject({ code: 0, stderr: "" });
    expect(images.stdout).not.toContain(`${scene.project}/worker`);
    expect((await ask("images", "worker")).stderr).toContain("it follows no tag");

    await scene.start({ args: ["--prune"] });
    await scene.until("the worker to go", async () => (await scene.active("worker")) === undefined);
    await scene.until("its status to go", async () => (await scene.status("worker")) === undefined);
    expect((await scene.containers()).map(({ name }) => name)).toEqual([`${scene.project}-web-1`]);
    expect(await scene.active()).toEqual(before.find(({ service }) => service === "web"));
  });

  test("a foreign container that has our name: NameConflict, it is untouched, and its going is enough", async ({
    scene,
    expect,
  }) => {
    const { digest } = await scene.push();
    const other = await scene.push({ name: "worker" });
    const stream: NodeJS.ReadableStream = await scene.docker.pull(`${scene.image()}:latest`);
    await new Promise((resolve) => stream.on("end", resolve).resume());
    const foreign = await runForeign(scene.docker, `${scene.image()}:latest`, {
      name: `${scene.project}-web-1`,
      project: scene.project,
      service: "web",
    });
    const before = await lookAt(scene.docker, foreign.id);
    await scene.write({ web: {}, worker: {} });
    await scene.start({ args: ["--prune"] });
    await scene.untilServing(other.digest, "worker");
    const conflict = ({ conditions }: { conditions: readonly { type: string; reason: string }[] }) =>
      conditions.some(({ type, reason }) => type === "Ready" && reason === "NameConflict");
    await scene.untilStatus(conflict);
    await scene.hook();
    await scene.untilStatus(conflict);
    expect(await lookAt(scene.docker, foreign.id)).toEqual(before);
    await foreign.remove({ force: true });
    await scene.untilServing(digest);
  });

  test("depends_on: started after the other runs, or is healthy", async ({ scene, expect }) => {
    for (const name of ["web", "worker", "db"]) {
      await scene.push({
        name,
        ...(name === "db"
          ? { behaviour: { slowStartMs: 1_000 }, healthcheck: { ...quick, startPeriodMs: 20_000 } }
          : {}),
      });
    }
    await scene.write({
      web: { depends_on: { db: { condition: "service_healthy" } } },
      worker: { depends_on: ["web"] },
      db: {},
    });
    await scene.start();
    const all = await scene.until("all three", async () => {
      const [db, web, worker] = await Promise.all([scene.active("db"), scene.active(), scene.active("worker")]);
      return db && web && worker && { db, web, worker };
    });
    expect(all.web.startedAt - all.db.startedAt, "db listens after a second only").toBeGreaterThan(1_000);
    expect(all.worker.startedAt).toBeGreaterThan(all.web.startedAt);
  });

  test("wrong at the start: every problem at once with its place, exit 1, nothing is touched", async ({
    scene,
    expect,
  }) => {
    await scene.writeText(
      `name: ${scene.project}\nservices:\n  web:\n    imag: x\n    image: "a b"\n    external_links: [db]\n`,
    );
    const run = await startFairlead({ dataDir: `${scene.directory}/data`, args: ["-f", scene.servicesFile] });
    expect(await run.exited).toBe(1);
    const said = run.output.join("\n");
    for (const place of [":4:5: services.web.imag", ":5:12: services.web.image", ":6:5: services.web.external_links"]) {
      expect(said).toContain(place);
    }
    expect(await scene.containers()).toEqual([]);
  });
});
