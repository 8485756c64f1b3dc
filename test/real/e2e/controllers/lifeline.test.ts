import { describe, expect, inject } from "vitest";
import { publishHaproxy } from "../../../sandbox/proxies/haproxy.js";
import { freePort } from "../../../sandbox/network/ports.js";
import { hostedIn } from "../scene/hosted.js";
import { test } from "../scene/scene.js";

/** A socket proxy in one line: whatever comes in over TCP goes to the engine's socket. */
const relay = `
global
defaults
  mode tcp
  timeout connect 5s
  timeout client 1h
  timeout server 1h
listen engine
  bind :2375
  server socket unix@/engine.sock
`;

describe("the line to the engine", () => {
  test("is not cut by the controller that lives on it: the update is refused before anything is stopped", async ({
    scene,
  }) => {
    const { digest } = await publishHaproxy(inject("registryUrl"));
    const web = await scene.push();
    const port = await freePort();
    const socket = scene.engineHost.slice("unix://".length);
    const proxy = (version: string) => ({
      image: "haproxy:3.2-alpine",
      user: "root",
      entrypoint: ["haproxy", "-f", "/relay.cfg"],
      configs: [{ source: "relay", target: "/relay.cfg" }],
      volumes: [`${socket}:/engine.sock`],
      ports: [`127.0.0.1:${port}:2375`],
      environment: { VERSION: version },
    });
    const beside = { configs: { relay: { content: relay } } };
    await scene.write({ proxy: proxy("1"), web: {} }, beside);
    await scene.start();
    await scene.untilServing(digest, "proxy");
    await scene.untilServing(web.digest);
    const before = await scene.active("proxy");

    // From here on the controller speaks through it.
    await scene.start({ env: { DOCKER_HOST: `tcp://127.0.0.1:${port}` } });
    await scene.untilServing(digest, "proxy");
    await scene.write({ proxy: proxy("2"), web: { environment: { VERSION: "2" } } }, beside);
    const refused = await scene.untilStatus(
      ({ conditions }) => conditions.some(({ reason }) => reason === "OwnLifeline"),
      "proxy",
    );
    expect(refused).toMatchObject({ sync: "OutOfSync", health: "Healthy" });
    expect(refused.conditions.find(({ type }) => type === "Ready")?.message).toMatch(
      /reaches the engine through \S+-proxy-1, and would cut its own line: start a second controller with --standby/,
    );
    // Everything else goes on.
    await scene.until("the other service", async () => (await scene.active())?.startedAt !== undefined);
    await scene.untilServing(web.digest);
    expect(await scene.active("proxy")).toEqual(before);
    expect((await scene.containers()).map(({ name }) => name)).not.toContain(`${scene.project}-proxy-1.next`);

    // And one that does not live on it does it.
    await scene.start();
    await scene.untilServing(digest, "proxy");
    expect((await scene.active("proxy"))?.id).not.toBe(before?.id);
  });

  test("is replaced by a helper with the proxy's own socket, where the controller is in a container", async ({
    scene,
  }) => {
    await publishHaproxy(inject("registryUrl"));
    const port = await freePort();
    const socket = scene.engineHost.slice("unix://".length);
    const name = `${scene.project}-line`;
    const proxy = (version: string) => ({
      image: "haproxy:3.2-alpine",
      container_name: name,
      user: "root",
      entrypoint: ["haproxy", "-f", "/relay.cfg"],
      configs: [{ source: "relay", target: "/relay.cfg" }],
      volumes: [`${socket}:/engine.sock`],
      ports: [`127.0.0.1:${port}:2375`],
      environment: { VERSION: version },
    });
    const self = await hostedIn(scene, {
      services: { proxy: proxy("1") },
      beside: { configs: { relay: { content: relay } } },
      engine: `tcp://127.0.0.1:${port}`,
    });
    const lineNow = async () => (await scene.containers()).find((one) => one.name === name);
    const [controller, before] = [await scene.active("fairlead"), await lineNow()];
    await self.write({ proxy: proxy("2") });
    const after = await scene.until("a new line", async () => {
      const line = await lineNow();
      return line?.id !== before?.id && line?.state === "running" ? line : undefined;
    });
    await self.untilInCharge(controller?.digest ?? "");
    expect(await scene.active("fairlead")).toEqual(controller);
    expect(await lineNow()).toEqual({ ...after, restartPolicy: "unless-stopped" });
  });
});
