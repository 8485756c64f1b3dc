import { execFile } from "node:child_process";
import { mkdir, realpath } from "node:fs/promises";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { describe } from "vitest";
import type { ServiceStatus } from "../../../../src/plan/model/condition.js";
import { test } from "../scene/scene.js";

const held = ({ sync, lastRollout }: ServiceStatus): boolean =>
  sync === "Held" && lastRollout?.finishedAt !== undefined;
const times = { interval: "500ms", timeout: "5s", retries: 2 } as const;
const http = { http: { port: 8080, path: "/healthz", headers: { "X-Token": "s3cret-token" } }, ...times };
const tcp = { tcp: { port: 8080 }, ...times };
const exec = { exec: { command: ["/bin/cat", "/site/healthz"] }, ...times };

/** None of the images has a check of its own. */
describe.concurrent("a probed service", () => {
  test("over HTTP: good is promoted, bad is rolled back and held, also across a restart", async ({ scene, expect }) => {
    const good = await scene.push({ behaviour: { slowStartMs: 1_500 } });
    await scene.write({ web: { "x-fairlead": { probe: { ...http, start_period: "8s" } } } });
    await scene.start();
    await scene.untilServing(good.digest);
    const before = await scene.active();
    const status = await scene.untilStatus(({ health }) => health === "Healthy");
    const waited = Date.parse(status.lastRollout?.finishedAt ?? "") - (before?.startedAt ?? 0);
    expect(waited, "not before it listened").toBeGreaterThan(1_500);

    const bad = await scene.push({ version: "bad", behaviour: "never-healthy" });
    await scene.hook();
    const failed = await scene.untilStatus(held);
    expect(failed).toMatchObject({ health: "Healthy", activeDigest: good.digest });
    expect(failed.lastRollout).toMatchObject({ to: bad.digest, outcome: "rolled-back" });
    expect(failed.conditions[0]?.message).toContain("its health check fails: http on port 8080: status 404");
    expect(await scene.active(), "the old one was never touched").toEqual(before);
    expect(await scene.journal()).toContain("http on port 8080: status 404");
    expect(await scene.everythingSaid()).not.toContain("s3cret-token");

    await scene.start();
    await scene.untilStatus(({ sync, health }) => sync === "Held" && health === "Healthy");
    expect(await scene.active(), "a restart of ours touches nothing").toEqual(before);
  });

  test("over TCP: a first start that never listens is left running and reported, and the next push wins", async ({
    scene,
    expect,
  }) => {
    await scene.push({ version: "deaf", serve: "none" });
    await scene.write({ web: { "x-fairlead": { probe: tcp } } });
    await scene.start();
    const status = await scene.untilStatus(({ conditions }) => conditions[0]?.reason === "Unhealthy");
    expect([status.health, status.conditions[0]?.status]).toEqual(["Degraded", "False"]);
    expect(status.conditions[0]?.message).toContain("tcp on port 8080: connection refused");
    expect(await scene.containers()).toMatchObject([{ state: "running" }]);
    const good = await scene.push();
    await scene.hook();
    await scene.untilServing(good.digest);
  });

  test("with a command: good is promoted, bad is rolled back, and a change of the probe makes no container", async ({
    scene,
    expect,
  }) => {
    const good = await scene.push();
    await scene.write({ web: { "x-fairlead": { probe: exec } } });
    await scene.start();
    await scene.untilServing(good.digest);
    const before = await scene.active();
    await scene.push({ version: "bad", behaviour: "never-healthy" });
    await scene.hook();
    const status = await scene.untilStatus(held);
    expect(status.conditions[0]?.message).toMatch(/the command ended with exit code 1: cat: .*No such file/);

    await scene.write({ web: { "x-fairlead": { probe: { ...tcp, tcp: { port: 9 } } } } });
    const ailing = await scene.untilStatus(({ health }) => health === "Degraded");
    const healthy = ailing.conditions.find(({ type }) => type === "Healthy");
    expect(healthy?.message).toContain("health unhealthy: tcp on port 9: connection refused");
    expect(await scene.active()).toEqual(before);
  });

  test("where Fairlead is itself in a container: on no common network it says so, and goes on once it is connected", async ({
    scene,
    expect,
  }) => {
    const fairlead = await runInside(scene.project, scene.engineHost, scene.directory);
    try {
      const good = await scene.push();
      const patient = { ...tcp, start_period: "120s" };
      // By digest, for no registry can be reached from in there.
      const image = `${scene.image()}@${good.digest}`;
      await scene.write({ web: { image, "x-fairlead": { probe: patient } } });
      await fairlead.begin();
      const message = await scene.until("the condition", async () => {
        const conditions = (await fairlead.status())?.conditions ?? [];
        return conditions.map(({ message }) => message).find((text) => text.includes("docker network connect"));
      });
      expect(message).toContain(`it is on ${scene.project}_default and Fairlead's own container is not`);
      await fairlead.join(`${scene.project}_default`);
      const serving = await scene.until("the service", async () => {
        const status = await fairlead.status();
        return status?.sync === "Synced" && status.health === "Healthy" && status;
      });
      expect(serving.activeDigest).toBe(good.digest);
    } finally {
      await fairlead.end();
    }
  });
});

const run = promisify(execFile);
const repository = fileURLToPath(new URL("../../../..", import.meta.url));

/**
 * The built program in a container of the engine it controls: the machine's own files, and a network namespace of its own
 * with a way to nobody. It is asked from within.
 */
async function runInside(project: string, engineHost: string, directory: string) {
  const docker = async (...args: string[]) => (await run("docker", ["--host", engineHost, ...args])).stdout.trim();
  const name = `${project}-fairlead`;
  const image = `fairlead-test/${project}:empty`;
  const nothing = `${directory}/empty`;
  await mkdir(nothing);
  await run("sh", ["-c", `tar -C ${nothing} -cf - . | docker --host ${engineHost} import - ${image}`]);
  const socket = engineHost.slice("unix://".length);
  const packages = await realpath(`${repository}/node_modules`);
  const shared = ["/usr", "/bin", "/lib", "/lib64", repository, packages, directory, dirname(process.execPath)];
  const mounts = [...new Set(shared)].flatMap((path) => ["--volume", `${path}:${path}:ro`]);
  await docker("network", "create", "--internal", `${project}_aside`);
  return {
    begin: async () => {
      const settings = ["--env", "DOCKER_HOST=unix:///engine.sock", "--env", "FAIRLEAD_DATA=/data"];
      const args = ["run", "-f", `${directory}/services.yaml`, "--config", `${directory}/fairlead.yaml`];
      await docker(
        ...["run", "--detach", "--name", name, "--network", `${project}_aside`, "--tmpfs", "/data"],
        ...["--volume", `${socket}:/engine.sock`, ...mounts, ...settings, image],
        ...[process.execPath, `${repository}/dist/main.js`, ...args],
      );
    },
    join: (network: string) => docker("network", "connect", network, name),
    status: async (): Promise<ServiceStatus | undefined> => {
      const url = `http://127.0.0.1:8421/api/v1/services/${project}/web`;
      const script = `fetch(${JSON.stringify(url)}).then((answer) => answer.text()).then(console.log)`;
      const answer = await docker("exec", name, process.execPath, "--eval", script).catch(() => "");
      const status = answer.startsWith("{") ? (JSON.parse(answer) as Partial<ServiceStatus>) : {};
      return status.service === undefined ? undefined : (status as ServiceStatus);
    },
    end: async () => {
      await docker("rm", "--force", "--volumes", name).catch(() => "");
      await docker("image", "rm", image).catch(() => "");
      // The service's own network goes with its project.
      await docker("network", "rm", `${project}_aside`).catch(() => "");
    },
  };
}
