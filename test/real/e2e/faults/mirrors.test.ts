import { readFile, writeFile } from "node:fs/promises";
import { describe, inject } from "vitest";
import { faultProxy, type FaultProxy } from "../../../sandbox/proxies/fault-proxy.js";
import { fairlead } from "../scene/cli.js";
import { test, type Scene } from "../scene/scene.js";

/** A registry of the services' images, and its mirror: two ways to the shared one, each of which can fail. */
async function serveWithMirror(scene: Scene, onTestFinished: (fn: () => Promise<void>) => void) {
  const [origin, mirror] = await Promise.all([faultProxy(inject("registryUrl")), faultProxy(inject("registryUrl"))]);
  onTestFinished(async () => {
    await Promise.all([origin.stop(), mirror.stop()]);
  });
  const settings = JSON.parse(await readFile(scene.settingsFile, "utf8")) as { registries: object };
  const registries = { ...settings.registries, [origin.host]: { mirrors: [{ url: mirror.url, resolve: true }] } };
  await writeFile(scene.settingsFile, JSON.stringify({ registries }));
  const { digest } = await scene.push();
  await scene.write({ web: { image: `${origin.host}/${scene.image()}` } });
  await scene.start();
  await scene.untilServing(digest);
  return { origin, mirror };
}

const tags = { method: "HEAD", path: /\/manifests\/latest$/ };
const asked = (proxy: FaultProxy) => proxy.count({ path: /^\/v2\// });

async function look(scene: Scene): Promise<void> {
  await fairlead(["reconcile", "web", "--admin", scene.fairlead.adminUrl]);
}

describe.concurrent("a registry with a mirror", () => {
  test("the mirror is asked for the tag; it dies, and the next push still arrives", async ({
    scene,
    expect,
    onTestFinished,
  }) => {
    const { origin, mirror } = await serveWithMirror(scene, onTestFinished);
    expect(mirror.count(tags)).toBeGreaterThan(0);
    // The engine pulls by digest; the tag is Fairlead's question alone.
    expect(origin.count(tags)).toBe(0);
    await mirror.down();
    const { digest } = await scene.push();
    await look(scene);
    await scene.untilServing(digest);
    expect(origin.count(tags)).toBeGreaterThan(0);
    const metrics = await scene.metrics();
    expect(metrics.value("fairlead_registry_requests_total", { registry: mirror.host, code: "error" })).toBeGreaterThan(
      0,
    );
    expect(
      metrics.value("fairlead_registry_requests_total", { registry: origin.host, method: "HEAD" }),
    ).toBeGreaterThan(0);
  });

  test("away for long: the status says since when, it is asked seldom, and when it is back the push arrives", async ({
    scene,
    expect,
    onTestFinished,
  }) => {
    const { origin, mirror } = await serveWithMirror(scene, onTestFinished);
    for (const proxy of [origin, mirror]) proxy.inject({ path: /^\/v2\// }, { status: 502 });
    const { digest } = await scene.push();
    const isAway = async () => {
      await look(scene);
      const status = await scene.status();
      return status?.conditions.find(({ message }) => message.includes("has not answered since"));
    };
    const condition = await scene.until("the circuit", isAway);
    expect(condition).toMatchObject({ type: expect.anything() as string, reason: "RegistryUnavailable" });
    expect(condition.message).toMatch(
      /has not answered since \S+Z \(\S+ answered 502\); it is asked again at \S+Z, or by a hook or `fairlead reconcile`/,
    );
    const open = { registry: origin.host };
    expect((await scene.metrics()).value("fairlead_registry_circuit_open", open)).toBe(1);
    const [before, since] = [asked(origin), performance.now()];
    // Many people ask at once: only one question in five seconds goes out, however long a busy machine takes for all of them.
    const url = `${scene.fairlead.adminUrl}/api/v1/services/${scene.project}/web/reconcile`;
    await Promise.all(Array.from({ length: 20 }, () => fetch(url, { method: "POST" })));
    await look(scene);
    const most = 1 + Math.ceil((performance.now() - since) / 5_000);
    expect(asked(origin) - before).toBeLessThanOrEqual(most);
    expect(scene.logs().filter(({ msg }) => String(msg).startsWith(`registry ${origin.host} has not`))).toHaveLength(1);

    for (const proxy of [origin, mirror]) proxy.heal();
    await scene.untilServing(digest);
    await scene.until("the news", async () => {
      await look(scene);
      return (await scene.metrics()).value("fairlead_registry_circuit_open", open) === 0;
    });
  });
});
