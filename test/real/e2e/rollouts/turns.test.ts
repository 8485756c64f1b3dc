import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import type { Socket } from "node:net";
import { describe } from "vitest";
import { freePort } from "../../../sandbox/network/ports.js";
import { fairlead } from "../scene/cli.js";
import { inspect, lookAt, runForeign } from "../scene/host.js";
import { test } from "../scene/scene.js";
import type { Scene } from "../scene/scene.js";

const on = (port: number, more: object = {}) => ({ ports: [`127.0.0.1:${port}:8080`], ...more });
const at = (ipv4_address: string) => ({ networks: { lan: { ipv4_address } } });

/** The same content for all, so that only the file changes. */
async function publish(scene: Scene, ...names: readonly string[]): Promise<void> {
  for (const name of names) await scene.push({ name, version: name });
}

async function untilSynced(scene: Scene, ...names: readonly string[]): Promise<void> {
  for (const name of names) {
    await scene.untilStatus(
      ({ sync, conditions }) =>
        sync === "Synced" && conditions.some(({ type, status }) => type === "Ready" && status === "True"),
      name,
    );
  }
}

async function untilAnswers(scene: Scene, port: number, name: string): Promise<void> {
  await scene.until(`${name} on its port`, async () => {
    const answer = await fetch(`http://127.0.0.1:${port}/`).catch(() => undefined);
    return (await answer?.text()) === `${name}\n`;
  });
}

/** What would be done for this file, without having it in force. */
async function planOf(scene: Scene, services: Readonly<Record<string, object>>): Promise<string> {
  const file = `${scene.directory}/next.json`;
  const entries = Object.entries(services).map(([name, service]) => [
    name,
    { image: scene.image(name), restart: "unless-stopped", ...service },
  ]);
  await writeFile(file, JSON.stringify({ name: scene.project, services: Object.fromEntries(entries) as object }));
  const args = ["-f", file, "--config", scene.settingsFile, "--data", `${scene.directory}/data`];
  return (await fairlead(["plan", ...args], { DOCKER_HOST: scene.engineHost, FAIRLEAD_LEASE: scene.lease })).stdout;
}

async function refusals(scene: Scene): Promise<readonly string[]> {
  return (await scene.journal())
    .split("\n")
    .filter((line) => line.includes('"type":"attempt"') || line.includes('"type":"hold"'));
}

describe.concurrent("what changes hands in one edit", () => {
  test("a port that one gives up: the other takes it, and nobody is refused anything", async ({ scene, expect }) => {
    const [first, second, third] = [await freePort(), await freePort(), await freePort()];
    await publish(scene, "blue", "green");
    await scene.write({ blue: on(first, { stop_grace_period: "5s" }), green: on(second) });
    await scene.start();
    await untilSynced(scene, "blue", "green");
    await scene.write({ blue: on(third, { stop_grace_period: "5s" }), green: on(first) });
    await untilAnswers(scene, first, "green");
    await untilAnswers(scene, third, "blue");
    await untilSynced(scene, "blue", "green");
    expect(await refusals(scene)).toEqual([]);
  });

  test("ports that two swap: the plan says that both stop first, and so they do", async ({ scene, expect }) => {
    const [first, second] = [await freePort(), await freePort()];
    await publish(scene, "blue", "green");
    await scene.write({ blue: on(first), green: on(second) });
    await scene.start();
    await untilSynced(scene, "blue", "green");
    const swapped = { blue: on(second), green: on(first) };
    const planned = await planOf(scene, swapped);
    expect(planned.match(/waits for this one: both stop first/g)).toHaveLength(2);
    expect(planned).toMatch(/stop \S+-blue-1, [\s\S]*stop \S+-green-1, /);
    await scene.write(swapped);
    await untilAnswers(scene, first, "green");
    await untilAnswers(scene, second, "blue");
    await untilSynced(scene, "blue", "green");
    expect(await refusals(scene)).toEqual([]);
  });

  test("fixed addresses that two swap", async ({ scene, expect }) => {
    const lan = { networks: { lan: { ipam: { config: [{ subnet: "10.78.0.0/24" }] } } } };
    await publish(scene, "blue", "green");
    await scene.write({ blue: at("10.78.0.8"), green: at("10.78.0.9") }, lan);
    await scene.start();
    await untilSynced(scene, "blue", "green");
    await scene.write({ blue: at("10.78.0.9"), green: at("10.78.0.8") }, lan);
    await scene.until("the swap", async () => {
      const has = [await addressOf(scene, "blue"), await addressOf(scene, "green")];
      return has.join() === "10.78.0.9,10.78.0.8";
    });
    await untilSynced(scene, "blue", "green");
    expect(await refusals(scene)).toEqual([]);
  });
});

describe.concurrent("a fixed address", () => {
  const lan = { networks: { lan: { ipam: { config: [{ subnet: "10.77.0.0/24" }] } } } };

  test("is its owner's from the first start on, and is given back by whoever has borrowed it", async ({
    scene,
    expect,
  }) => {
    await publish(scene, "app", "dns");
    await scene.write({ app: { networks: ["lan"] }, dns: at("10.77.0.2") }, lan);
    await scene.start();
    await untilSynced(scene, "app", "dns");
    expect([await addressOf(scene, "app"), await addressOf(scene, "dns")]).toEqual(["10.77.0.3", "10.77.0.2"]);

    const network = scene.docker.getNetwork(`${scene.project}_lan`);
    const [app, dns] = [(await scene.active("app"))!.id, (await scene.active("dns"))!.id];
    await scene.fairlead.stop();
    await network.disconnect({ Container: dns });
    await network.disconnect({ Container: app });
    await network.connect({ Container: app, EndpointConfig: { Aliases: ["app"] } });
    expect(await addressOf(scene, "app")).toBe("10.77.0.2");
    // The engine keeps what is left of this for as long as the container runs.
    const EndpointConfig = { IPAMConfig: { IPv4Address: "10.77.0.2" } };
    await expect(network.connect({ Container: dns, EndpointConfig })).rejects.toThrow(/already in use/);
    await scene.start();
    await scene.until("dns on its address", async () => (await addressOf(scene, "dns")) === "10.77.0.2");
    await scene.until("app on another", async () => /^10\.77\.0\.[^2]/.test((await addressOf(scene, "app")) ?? ""));
    await untilSynced(scene, "app", "dns");
    expect((await scene.active("app"))!.id).toBe(app);
    expect(await refusals(scene)).toEqual([]);
  });

  test("that a stranger has is waited for: address and holder are named", async ({ scene, expect }) => {
    const wan = { networks: { lan: { ipam: { config: [{ subnet: "10.79.0.0/24" }] } } } };
    const { digest } = await scene.push({ name: "dns" });
    await scene.write({ dns: { networks: ["lan"] } }, wan);
    await scene.start();
    await untilSynced(scene, "dns");
    const name = `${scene.project}-squatter`;
    const stranger = await runForeign(scene.docker, `${scene.image("dns")}@${digest}`, {
      name,
      project: scene.project,
    });
    await scene.docker.getNetwork(`${scene.project}_lan`).connect({ Container: stranger.id });
    await scene.write({ dns: at("10.79.0.3") }, wan);
    const { conditions } = await scene.untilStatus(
      (status) => status.conditions.some(({ reason }) => reason === "AddressConflict"),
      "dns",
    );
    expect(conditions[0]?.message).toBe(
      `address 10.79.0.3 on ${scene.project}_lan is that of ${name}, which is not Fairlead's`,
    );
    await stranger.remove({ force: true });
    await untilSynced(scene, "dns");
    expect(await addressOf(scene, "dns")).toBe("10.79.0.3");
  });
});

describe.concurrent("a log server that is down", () => {
  test("stops nobody and holds nothing, and the new image comes when it is back", async ({ scene, expect }) => {
    const [port, logPort] = [await freePort(), await freePort()];
    const logging = { driver: "syslog", options: { "syslog-address": `tcp://127.0.0.1:${logPort}` } };
    const up = await logServer(logPort);
    const first = await scene.push();
    await scene.write({ web: on(port, { logging }) });
    await scene.start();
    await scene.untilServing(first.digest);
    const before = await lookAt(scene.docker, (await scene.active())!.id);
    await up.close();
    const second = await scene.push({ version: "v2" });
    await scene.hook();
    const { sync, health } = await scene.untilStatus(({ conditions }) =>
      conditions.some(({ type, reason }) => type === "Ready" && reason === "StartRefused"),
    );
    expect({ sync, health }).toEqual({ sync: "OutOfSync", health: "Healthy" });
    expect(await lookAt(scene.docker, before!.id)).toEqual(before);
    expect(await (await fetch(`http://127.0.0.1:${port}/`)).text()).toBe("v1\n");
    const back = await logServer(logPort);
    await scene.untilServing(second.digest);
    expect(await refusals(scene)).toEqual([]);
    await back.close();
  });
});

/** Takes what it is sent. */
async function logServer(port: number): Promise<{ close(): Promise<void> }> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket.resume().on("error", () => undefined));
  }).listen(port, "127.0.0.1");
  await once(server, "listening");
  return {
    close: async () => {
      server.close();
      for (const socket of sockets) socket.destroy();
      await once(server, "close");
    },
  };
}

async function addressOf(scene: Scene, service: string): Promise<string | undefined> {
  const active = await scene.active(service);
  const found = active && (await inspect(scene.docker, active.id));
  return found?.NetworkSettings.Networks[`${scene.project}_lan`]?.IPAddress;
}
