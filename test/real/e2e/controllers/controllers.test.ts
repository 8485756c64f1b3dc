import { rm, writeFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, onTestFinished } from "vitest";
import { startFairlead } from "../../../sandbox/fairlead.js";
import type { FairleadProcess } from "../../../sandbox/fairlead.js";
import { fairlead } from "../scene/cli.js";
import { test } from "../scene/scene.js";
import type { Scene } from "../scene/scene.js";

/** A second controller for the same engine and lease; on the same data directory, or on another one. */
async function second(
  scene: Scene,
  dataDir: string,
  options: { readonly standby?: boolean } = {},
): Promise<FairleadProcess> {
  const other = await startFairlead({
    dataDir,
    args: [
      "-f",
      scene.servicesFile,
      "--config",
      scene.settingsFile,
      ...(options.standby === true ? ["--standby"] : []),
    ],
    env: { DOCKER_HOST: scene.engineHost, FAIRLEAD_HOOK_SECRET: scene.hookSecret, FAIRLEAD_LEASE: scene.project },
  });
  onTestFinished(async () => {
    await other.kill("SIGKILL");
    await rm(`${scene.directory}/other`, { recursive: true, force: true });
  });
  return other;
}

async function ready(url: string): Promise<unknown> {
  return (await fetch(`${url}/readyz`)).json();
}

const standsBy = (line: { readonly msg?: unknown }) => String(line.msg).startsWith("standing by");

describe("two controllers on one engine", () => {
  test("the second says who is in charge, whatever its data directory, and changes nothing", async ({ scene }) => {
    const { digest } = await scene.push();
    await scene.write({ web: {} });
    const first = await scene.start({ env: { FAIRLEAD_LEASE: scene.project } });
    await scene.untilServing(digest);
    const before = await scene.active();
    const named = new RegExp(`held by another controller: process ${first.pid} on \\S+, since 20\\d\\d-`);
    const same = await second(scene, `${scene.directory}/data`);
    expect(await same.exited).toBe(1);
    expect(same.output.join("\n")).toMatch(named);
    expect(same.output.join("\n")).toContain("the data directory");
    const other = await second(scene, `${scene.directory}/other`);
    expect(await other.exited).toBe(1);
    expect(other.output.join("\n")).toMatch(named);
    expect(other.output.join("\n")).toContain("--standby");
    expect(await scene.active()).toEqual(before);
    // The first one is none the worse for it.
    const next = await scene.push({ version: "v2" });
    expect((await scene.hook()).status).toBe(202);
    await scene.untilServing(next.digest);
    expect(await first.stop()).toBe(0);
    const { Volumes } = await scene.docker.listVolumes();
    expect(Volumes.filter(({ Name }) => Name.startsWith(`fairlead-lease.${scene.project}.`))).toEqual([]);
  });

  test.for(["data", "other"])(
    "one that stands by takes over after a kill, on the directory %s",
    async (name, { scene }) => {
      const first = await scene.push();
      await scene.write({ web: {} });
      await scene.start({ env: { FAIRLEAD_LEASE: scene.project } });
      await scene.untilServing(first.digest);
      const other = await second(scene, `${scene.directory}/${name}`, { standby: true });
      await other.waitForLog(standsBy);
      await other.ready();
      expect(await ready(other.adminUrl)).toEqual({ ready: true, standby: true });
      expect((await fetch(`${other.adminUrl}/api/v1/services`)).status).toBe(503);
      const next = await scene.push({ version: "v2" });
      await scene.fairlead.kill("SIGKILL");
      await other.waitForLog(({ msg }) => msg === "listening");
      await scene.until("the new version", async () => (await scene.active())?.digest === next.digest);
      await other.ready();
      expect(await ready(other.adminUrl)).toMatchObject({ ready: true, journal: "written" });
      expect(await other.stop()).toBe(0);
    },
  );

  test("one that was suspended while another took over wakes up, changes nothing, and ends", async ({ scene }) => {
    const first = await scene.push();
    await scene.write({ web: {} });
    const suspended = await scene.start({ env: { FAIRLEAD_LEASE: scene.project } });
    await scene.untilServing(first.digest);
    process.kill(suspended.pid, "SIGSTOP");
    const other = await second(scene, `${scene.directory}/other`, { standby: true });
    await other.ready();
    await scene.until("the take-over", async () => "conditions" in ((await statusOf(other, scene)) ?? {}));
    // Something to do for both at the moment of waking up.
    await scene.docker.getContainer(`${scene.project}-web-1`).remove({ force: true });
    process.kill(suspended.pid, "SIGCONT");
    expect(await suspended.exited).toBe(1);
    expect(suspended.output.join("\n")).toMatch(/held by another controller: process \d+/);
    await scene.until("the repair", async () => (await scene.active())?.state === "running");
    const refused = suspended.logs.filter(({ code }) => code === "LeaseLost").map(({ reconcile }) => reconcile);
    const steps = suspended.logs.filter(
      ({ step, reconcile }) => step === "create-container" && !refused.includes(reconcile),
    );
    expect(steps).toHaveLength(1);
    await other.stop();
  });

  test("each with a lease and projects of its own do not mind each other", async ({ scene }) => {
    const { digest } = await scene.push();
    await scene.write({ web: {} });
    await scene.start({ env: { FAIRLEAD_LEASE: scene.project } });
    await scene.untilServing(digest);
    const other = await startFairlead({
      dataDir: `${scene.directory}/other`,
      args: ["-f", scene.servicesFile, "--config", scene.settingsFile, "--lease", `${scene.project}-other`],
      env: { DOCKER_HOST: scene.engineHost },
    });
    await other.ready();
    await sleep(500);
    expect(await other.stop()).toBe(0);
  });

  test("of two with the same project, each with a lease of its own, the second touches nothing and says why", async ({
    scene,
  }) => {
    const first = await scene.push();
    const second = await scene.push({ version: "v2" });
    await scene.write({ web: { image: `${scene.image()}@${first.digest}` } });
    await scene.start({ env: { FAIRLEAD_LEASE: scene.project } });
    await scene.untilServing(first.digest);
    const before = await scene.containers();
    const file = `${scene.directory}/same-name.yaml`;
    const services = { worker: { image: `${scene.image()}@${second.digest}` } };
    const web = { image: `${scene.image()}@${second.digest}` };
    await writeFile(file, JSON.stringify({ name: scene.project, services: { ...services, web } }));
    const args = ["-f", file, "--config", scene.settingsFile, "--lease", `${scene.project}-other`, "--prune"];
    const other = await startFairlead({
      dataDir: `${scene.directory}/other`,
      args,
      env: { DOCKER_HOST: scene.engineHost },
    });
    onTestFinished(async () => {
      await other.kill("SIGKILL");
      await rm(`${scene.directory}/other`, { recursive: true, force: true });
    });
    await other.ready();
    const blocked = await scene.until("the refusal", async () => {
      const text = JSON.stringify((await statusOf(other, scene)) ?? {});
      return text.includes("OtherController") && text;
    });
    expect(blocked).toContain(`the lease ${scene.project} (process ${scene.fairlead.pid} on `);
    const theirs = async () => (await scene.containers()).filter(({ service }) => service === "web");
    expect(await theirs()).toEqual(before);

    // Without the service in its file it would be an orphan, and --prune would remove it.
    await writeFile(file, JSON.stringify({ name: scene.project, services }));
    await scene.until("the status to go", async () => (await statusOf(other, scene)) === undefined);
    const worker = () => scene.active("worker");
    await scene.until("what is its own alone", async () => (await worker())?.digest === second.digest);
    const plan = await fairlead(["plan", ...args, "--data", `${scene.directory}/other`], {
      DOCKER_HOST: scene.engineHost,
      FAIRLEAD_ADMIN_LISTEN: "127.0.0.1:1",
    });
    expect(plan.stdout).not.toContain("-web-1");
    expect(await theirs()).toEqual(before);

    // A project is taken over once its controller is gone.
    await writeFile(file, JSON.stringify({ name: scene.project, services: { ...services, web } }));
    await scene.fairlead.kill("SIGKILL");
    await scene.until("the take-over", async () => (await scene.active())?.digest === second.digest, 180_000);
    await other.stop();
  });
});

async function statusOf(fairlead: FairleadProcess, scene: Scene): Promise<object | undefined> {
  const response = await fetch(`${fairlead.adminUrl}/api/v1/services/${scene.project}/web`).catch(() => undefined);
  return response?.ok === true ? ((await response.json()) as object) : undefined;
}
