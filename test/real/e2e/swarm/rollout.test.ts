import { execFile } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { promisify } from "node:util";
import type Docker from "dockerode";
import { describe, expect, inject } from "vitest";
import { readAllowlist, startAllowlistProxy } from "../../../proxy/allowlist.js";
import { startFairlead } from "../../../sandbox/fairlead.js";
import { startManager } from "../../../sandbox/swarm/manager.js";
import { faultProxy } from "../../../sandbox/proxies/fault-proxy.js";
import { fairlead } from "../scene/cli.js";
import { test, type Scene } from "../scene/scene.js";

/** A Swarm of one node, on which the scene plays, through what the socket proxy of compose.yml and deploy/proxy/swarm.yml passes. */
async function onSwarm(
  scene: Scene,
  onTestFinished: (end: () => Promise<void>) => void,
): Promise<{ readonly docker: Docker; readonly host: string }> {
  const proxy = await faultProxy(inject("registryUrl"));
  onTestFinished(() => proxy.stop());
  const manager = await startManager(proxy.url);
  onTestFinished(() => manager.close());
  const socket = `${scene.directory}/guarded.sock`;
  const guard = await startAllowlistProxy(await readAllowlist("swarm"), manager.engine.socket, socket);
  onTestFinished(async () => {
    await guard.close();
    expect(guard.refused).toEqual([]);
  });
  await scene.stage({ engineHost: manager.engine.host, docker: "same" });
  await scene.stage({ engineHost: `unix://${socket}` });
  return { docker: manager.docker, host: manager.engine.host };
}

/** Before the scene takes away its networks. */
async function clear(scene: Scene, docker: Docker): Promise<void> {
  await scene.fairlead.stop();
  for (const { ID } of await docker.listServices()) await docker.getService(ID).remove();
}

/** What runs, by digest: one entry for each task. */
async function running(docker: Docker): Promise<readonly string[]> {
  const tasks = (await docker.listTasks({ filters: { "desired-state": ["running"] } })) as readonly Task[];
  return tasks.flatMap(({ Status, Spec }) =>
    Status?.State === "running" ? [(Spec?.ContainerSpec?.Image ?? "").replace(/^.*@/, "")] : [],
  );
}

interface Task {
  readonly Status?: { readonly State?: string };
  readonly Spec?: { readonly ContainerSpec?: { readonly Image?: string } };
}

const service = async (docker: Docker, name: string) =>
  (await docker.listServices()).find(({ Spec }) => Spec?.Name === name);

describe("a service of a Swarm", () => {
  test("is made, follows its tag, and goes back from what fails", async ({ scene, onTestFinished }) => {
    const { docker } = await onSwarm(scene, onTestFinished);
    const first = await scene.push({ version: "v1" });
    await scene.write({
      web: { deploy: { replicas: 2, endpoint_mode: "dnsrr", update_config: { monitor: "1s" } } },
    });
    await scene.start({ args: ["--engine", "swarm"] });
    const made = await scene.untilStatus(
      ({ activeDigest, replicas, conditions }) =>
        activeDigest === first.digest &&
        replicas.ready === 2 &&
        conditions.some((one) => one.type === "Ready" && one.status === "True"),
    );
    expect(made.sync).toBe("Synced");
    const before = await service(docker, `${scene.project}_web`);
    expect(before?.Spec?.Labels?.["com.docker.stack.namespace"]).toBe(scene.project);

    const args = ["-f", scene.servicesFile, "--config", scene.settingsFile, "--engine", "swarm"];
    const env = { DOCKER_HOST: scene.engineHost, FAIRLEAD_HOOK_SECRET: scene.hookSecret, FAIRLEAD_LEASE: scene.lease };
    const other = await startFairlead({ dataDir: `${scene.directory}/other`, args, env });
    expect(await other.exited).toBe(1);
    expect(other.output.join("\n")).toMatch(
      new RegExp(`held by another controller: process ${scene.fairlead.pid} on `),
    );

    const second = await scene.push({ version: "v2" });
    await scene.hook();
    await scene.untilStatus(
      ({ activeDigest, replicas, sync }) => activeDigest === second.digest && replicas.ready === 2 && sync === "Synced",
    );

    const bad = await scene.push({ version: "v3", behaviour: "exit-at-once" });
    await scene.hook();
    const held = await scene.untilStatus(({ sync, health }) => sync === "Held" && health === "Healthy");
    expect(held).toMatchObject({ activeDigest: second.digest, desiredDigest: bad.digest });
    expect(held.lastRollout).toMatchObject({ outcome: "rolled-back", to: bad.digest });

    await scene.until("two of the second one", async () => {
      const tasks = await running(docker);
      return tasks.length === 2 && tasks.every((digest) => digest === second.digest);
    });

    const mended = await scene.push({ version: "v4", healthcheck: { timeoutMs: 10_000 } });
    await scene.hook();
    await scene.untilStatus(({ activeDigest, sync }) => activeDigest === mended.digest && sync === "Synced");
    const sick = await scene.push({
      version: "v5",
      behaviour: "never-healthy",
      healthcheck: { intervalMs: 500, retries: 2 },
    });
    await scene.hook();
    const back = await scene.untilStatus(({ sync, health }) => sync === "Held" && health === "Healthy");
    expect(back).toMatchObject({ activeDigest: mended.digest, desiredDigest: sick.digest });
    await scene.until("two of the mended one", async () => {
      const tasks = await running(docker);
      return tasks.length === 2 && tasks.every((digest) => digest === mended.digest);
    });
    await clear(scene, docker);
  });

  test("has its configs and secrets under names of their contents, runs its job first, and can be stopped", async ({
    scene,
    onTestFinished,
  }) => {
    const { docker } = await onSwarm(scene, onTestFinished);
    const image = await scene.push();
    const write = (content: string) =>
      scene.write(
        {
          web: {
            deploy: { endpoint_mode: "dnsrr", update_config: { monitor: "1s" } },
            configs: [{ source: "conf", target: "/conf" }],
            secrets: ["token"],
            "x-fairlead": { before: [{ command: ["run", "cat", "/conf"] }] },
          },
        },
        { configs: { conf: { content } }, secrets: { token: { environment: "WEB_TOKEN" } } },
      );
    const names = async () => {
      const configs = (await docker.listConfigs()).map(({ Spec }) => Spec?.Name ?? "");
      return configs.filter((name) => name.startsWith(`${scene.project}_conf-`));
    };
    const untilWritten = (count: number) =>
      scene.until(`${count} configs`, async () => {
        const status = await scene.status();
        const ready = status?.conditions.some(({ type, status: is }) => type === "Ready" && is === "True");
        return ready === true && status?.sync === "Synced" && (await names()).length === count;
      });
    await write("one");
    await scene.start({ args: ["--engine", "swarm"], env: { WEB_TOKEN: "abracadabra" } });
    await untilWritten(1);
    expect((await scene.journal()).match(/"type":"job".*"outcome":"done"/g) ?? []).not.toEqual([]);
    await write("two");
    await untilWritten(2);
    await write("three");
    await scene.until("the third", async () => ((await scene.status())?.revision ?? 0) >= 3);
    await untilWritten(2);

    const secrets = await docker.listSecrets();
    expect(secrets.map(({ Spec }) => Spec?.Name)).toEqual([expect.stringMatching(`^${scene.project}_token-`)]);
    expect(await scene.everythingSaid()).not.toContain("abracadabra");
    expect(JSON.stringify([await docker.listServices(), await docker.listConfigs()])).not.toContain("abracadabra");

    const ask = (verb: string) =>
      fetch(`${scene.fairlead.adminUrl}/api/v1/services/${scene.project}/web/${verb}`, { method: "POST" });
    expect((await ask("stop")).ok).toBe(true);
    await scene.until("nothing runs", async () => (await running(docker)).length === 0);
    expect((await scene.status())?.sync).toBe("Stopped");
    expect((await ask("start")).ok).toBe(true);
    await scene.until("it runs again", async () => (await running(docker)).length === 1);
    await scene.untilStatus(({ activeDigest, sync }) => activeDigest === image.digest && sync === "Synced");

    await scene.push({ name: "other" });
    await scene.write({ other: { deploy: { endpoint_mode: "dnsrr" } } });
    await scene.start({ args: ["--engine", "swarm", "--prune"] });
    await scene.until("nothing of it is left", async () => {
      const services = (await docker.listServices()).map(({ Spec }) => Spec?.Name ?? "");
      const left = [
        ...services.filter((name) => name.includes("_web")),
        ...(await docker.listSecrets()),
        ...(await names()),
      ];
      return left.length === 0;
    });
    await clear(scene, docker);
  });

  test("made by docker stack deploy is adopted untouched; what others change is taken back once; its logs are all tasks'", async ({
    scene,
    onTestFinished,
  }) => {
    const { docker, host } = await onSwarm(scene, onTestFinished);
    const name = `${scene.project}_web`;
    const first = await scene.push({ version: "v1" });
    const web = { deploy: { replicas: 2, endpoint_mode: "dnsrr", update_config: { monitor: "1s" } } };
    const stack = `${scene.directory}/stack.json`;
    const made = { ...web, image: `${scene.image()}:latest@${first.digest}`, stop_grace_period: "2s" };
    await writeFile(stack, JSON.stringify({ version: "3.8", services: { web: made } }));
    const args = ["stack", "deploy", "--resolve-image", "never", "-c", stack, scene.project];
    await promisify(execFile)("docker", args, { env: { ...process.env, DOCKER_HOST: host } });
    await scene.until("two tasks", async () => (await running(docker)).length === 2);
    const tasks = async () => (await docker.listTasks()).map(({ ID }: { readonly ID: string }) => ID).sort();
    const before = await tasks();

    await scene.write({ web });
    await scene.start({ args: ["--engine", "swarm"] });
    await scene.untilStatus(({ conditions }) => conditions.some(({ reason }) => reason === "NameConflict"));
    const ask = (...words: string[]) => fairlead([...words, "--admin", scene.fairlead.adminUrl]);
    expect(await ask("adopt", "web")).toMatchObject({ code: 0, stderr: "" });
    await scene.untilStatus(({ sync, activeDigest }) => sync === "Synced" && activeDigest === first.digest);
    expect(await tasks(), "no task is made anew").toEqual(before);

    const second = await scene.push({ version: "v2" });
    await scene.hook();
    await scene.untilStatus(({ sync, activeDigest }) => sync === "Synced" && activeDigest === second.digest);
    const { ID, Version, Spec } = (await service(docker, name))!;
    await docker.getService(ID).update({ ...Spec, version: Version?.Index, Mode: { Replicated: { Replicas: 1 } } });
    const drifts = async () => (await scene.journal()).split('"type":"drift"').length - 1;
    await scene.until("the drift is told", async () => (await drifts()) === 1);
    await scene.until("two of the second one", async () => {
      const digests = await running(docker);
      return digests.length === 2 && digests.every((digest) => digest === second.digest);
    });
    await scene.untilStatus(({ sync, replicas }) => sync === "Synced" && replicas.ready === 2);
    expect(await drifts()).toBe(1);
    expect((await service(docker, name))?.Spec?.Mode?.Replicated?.Replicas).toBe(2);

    const logs = await ask("logs", "web");
    expect(logs).toMatchObject({ code: 0 });
    for (const slot of [1, 2]) {
      expect(logs.stdout).toMatch(new RegExp(`^${name}\\.${slot}\\.\\S+ \\| .*sample v2: listening on 8080`, "m"));
    }
    await clear(scene, docker);
  });
});
