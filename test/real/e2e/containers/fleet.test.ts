import { describe } from "vitest";
import { inspect, type SeenContainer } from "../scene/host.js";
import { order, test, type Scene } from "../scene/scene.js";

const three = { replicas: 3 } as const;

async function of(scene: Scene, service: string): Promise<readonly SeenContainer[]> {
  return (await scene.containers()).filter((container) => container.service === service);
}

function serving(containers: readonly SeenContainer[], digest: string): readonly SeenContainer[] {
  return containers.filter(
    ({ name, state, digest: own }) => /-\d+$/.test(name) && state === "running" && own === digest,
  );
}

describe.concurrent("several containers that belong together", () => {
  test("three replicas: a good image in all of them, a bad spec in none", async ({ scene, expect }) => {
    const first = await scene.push({ version: "one" });
    const deploy = { ...order("start-first").deploy, ...three };
    await scene.write({ web: { deploy } });
    await scene.start();
    await scene.untilServing(first.digest);
    expect(serving(await of(scene, "web"), first.digest)).toHaveLength(3);

    const second = await scene.push({ version: "two" });
    await scene.hook();
    const status = await scene.untilServing(second.digest);
    expect(status).toMatchObject({ revision: 2, replicas: { desired: 3, ready: 3, updated: 3 } });
    expect(status.lastRollout).toMatchObject({ from: first.digest, to: second.digest, outcome: "promoted" });
    const before = serving(await of(scene, "web"), second.digest);
    expect(before.map(({ name }) => name)).toEqual([1, 2, 3].map((slot) => `${scene.project}-web-${slot}`));

    // Only the first container that gets hold of the volume runs: slot 1 is promoted, slot 2 fails, slot 1 goes back.
    const greedy = ["/bin/sh", "-c", "/bin/busybox mkdir /data/lock && exec /entry"];
    await scene.write({ web: { deploy, entrypoint: greedy, volumes: ["data:/data"] } }, { volumes: { data: {} } });
    const rolledBack = await scene.untilStatus(
      ({ sync, lastRollout }) => sync === "Held" && lastRollout?.outcome === "rolled-back",
    );
    expect(rolledBack).toMatchObject({ health: "Healthy", replicas: { ready: 3, updated: 0 } });
    const after = serving(await of(scene, "web"), second.digest);
    expect(
      after.map(({ id }) => id),
      "the very same containers",
    ).toEqual(before.map(({ id }) => id));
    expect(after[0]!.startedAt, "the first had been replaced").toBeGreaterThan(before[0]!.startedAt);
    expect(after[2]!.startedAt, "the last never noticed").toBe(before[2]!.startedAt);
    const failed = (await of(scene, "web")).filter(({ name }) => name.endsWith(".failed"));
    expect(failed.map(({ name }) => name)).toEqual([1, 2].map((slot) => `${scene.project}-web-${slot}.failed`));

    await scene.write({ web: { deploy: { ...deploy, replicas: 1 } } });
    await scene.until("the others to go", async () => (await of(scene, "web")).length === 1);
  });

  test("a dependant waits until the other has completed, and says why it waits", async ({ scene, expect }) => {
    const web = await scene.push();
    await scene.push({ name: "migrate" });
    const completion = { migrate: { condition: "service_completed_successfully" } };
    const migrate = (script: string) => ({ restart: "no", entrypoint: ["/bin/sh", "-c", script] });
    await scene.write({ web: { depends_on: completion }, migrate: migrate("exit 3") });
    await scene.start();
    await scene.untilStatus(({ sync }) => sync === "Held", "migrate");
    const waiting = await scene.untilStatus(({ conditions }) =>
      conditions.some(({ message }) => /^migrate has not completed yet: .*code 3/.test(message)),
    );
    expect(waiting.health).toBe("Missing");
    await scene.write({ web: { depends_on: completion }, migrate: migrate("exit 0") });
    await scene.untilServing(web.digest);
    expect(await scene.status("migrate")).toMatchObject({ sync: "Synced", health: "Healthy" });
    const [done] = await of(scene, "migrate");
    await scene.start();
    await scene.untilServing(web.digest);
    expect(await of(scene, "migrate"), "it is not run again").toEqual([done]);
  });

  test("a service in another one's network follows its container", async ({ scene, expect }) => {
    const guest = await scene.push({ serve: 9090 });
    const first = await scene.push({ name: "vpn" });
    await scene.write({ vpn: {}, web: { network_mode: "service:vpn" } });
    await scene.start();
    await scene.untilServing(guest.digest);
    const owner = await scene.active("vpn");
    expect(await networkModeOf(scene)).toBe(`container:${owner!.id}`);

    const second = await scene.push({ name: "vpn", version: "two" });
    expect(second.digest).not.toBe(first.digest);
    await scene.hook({ name: "vpn" });
    await scene.untilServing(second.digest, "vpn");
    const newer = await scene.active("vpn");
    await scene.until("it has followed", async () => (await networkModeOf(scene)) === `container:${newer!.id}`);
    await scene.untilServing(guest.digest);

    const before = await scene.active();
    await scene.docker.getContainer(newer!.id).restart({ t: 1 });
    await scene.until("it was started again", async () => ((await scene.active())?.startedAt ?? 0) > before!.startedAt);
    expect((await scene.active())?.id, "the same container").toBe(before!.id);
  });

  test("a service that shares memory, processes and volumes of another one follows its container", async ({
    scene,
    expect,
  }) => {
    const guest = await scene.push({ serve: 9090 });
    const first = await scene.push({ name: "media" });
    const shared = { ipc: "service:media", pid: "service:media", volumes_from: ["media:ro"] };
    await scene.write({ media: { ipc: "shareable", volumes: ["/frames"] }, web: shared });
    await scene.start();
    await scene.untilServing(first.digest, "media");
    await scene.untilServing(guest.digest);
    const isWith = async (owner: string) => {
      const active = await scene.active();
      const found = active && (await inspect(scene.docker, active.id));
      if (found === undefined) return false;
      const { HostConfig, Mounts } = found;
      expect(Mounts).toMatchObject([{ Destination: "/frames", RW: false }]);
      const from = (HostConfig.VolumesFrom ?? []) as string[];
      const modes = [HostConfig.IpcMode, HostConfig.PidMode, ...from];
      return modes.join(" ") === `container:${owner} container:${owner} ${owner}:ro`;
    };
    expect(await isWith((await scene.active("media"))!.id)).toBe(true);

    const second = await scene.push({ name: "media", version: "two" });
    await scene.hook({ name: "media" });
    await scene.untilServing(second.digest, "media");
    const newer = await scene.active("media");
    await scene.until("it has followed", () => isWith(newer!.id));
    await scene.untilServing(guest.digest);

    const before = await scene.active();
    await scene.docker.getContainer(newer!.id).restart({ t: 1 });
    await scene.until("it was started again", async () => ((await scene.active())?.startedAt ?? 0) > before!.startedAt);
    expect((await scene.active())?.id, "the same container").toBe(before!.id);
  });
});

async function networkModeOf(scene: Scene): Promise<string | undefined> {
  const active = await scene.active();
  const found = active && (await inspect(scene.docker, active.id));
  return found?.HostConfig.NetworkMode;
}
