import { mkdir, writeFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, inject } from "vitest";
import type { Reason } from "../../../src/plan/condition.js";
import { faultProxy, type Fault, type FaultProxy } from "../../sandbox/fault-proxy.js";
import { publishImage } from "../../sandbox/image.js";
import { startRegistry } from "../../sandbox/registry.js";
import { test, type Scene } from "./scene.js";

const manifests = { path: /\/manifests\// };

interface Trouble {
  readonly what: string;
  readonly begin: (proxy: FaultProxy) => Promise<void> | void;
  readonly reason: Reason;
}

const always = (fault: Fault) => (proxy: FaultProxy) => {
  proxy.inject(manifests, fault);
};
const troubles: readonly Trouble[] = [
  { what: "is down", begin: (proxy) => proxy.down(), reason: "RegistryUnavailable" },
  { what: "cuts the connection", begin: always({ reset: true }), reason: "RegistryUnavailable" },
  { what: "answers 500", begin: always({ status: 500 }), reason: "RegistryUnavailable" },
  { what: "answers 401", begin: always({ status: 401 }), reason: "Unauthorized" },
  { what: "answers 404", begin: always({ status: 404 }), reason: "ImageNotFound" },
  { what: "answers 429", begin: always({ status: 429, headers: { "retry-after": "1" } }), reason: "RateLimited" },
];

describe.concurrent("while the registry", () => {
  test.for(troubles)(
    "$what: what runs is repaired, nothing is rolled, and afterwards it converges",
    async (trouble, { scene, expect, onTestFinished }) => {
      const proxy = await serveThroughProxy(scene, onTestFinished);
      const running = (await scene.active())!;
      await trouble.begin(proxy);
      const { digest } = await scene.push();
      await look(scene);
      const status = await scene.untilStatus(({ conditions }) =>
        conditions.some(({ type, status: is }) => type === "DigestResolved" && is === "Unknown"),
      );
      expect(status).toMatchObject({ sync: "Unknown", health: "Healthy", activeDigest: running.digest });
      expect(status.conditions.find(({ type }) => type === "DigestResolved")?.reason).toBe(trouble.reason);

      await expectHealing(scene);
      expect(await scene.containers()).toMatchObject([{ id: running.id, digest: running.digest }]);
      expect((await scene.metrics()).value("fairlead_reconcile_panics_total")).toBe(0);

      if (trouble.what === "is down") await proxy.up();
      proxy.heal();
      await scene.untilServing(digest);
    },
  );

  test("hangs: what runs is repaired meanwhile", async ({ scene, onTestFinished }) => {
    const proxy = await serveThroughProxy(scene, onTestFinished);
    proxy.inject(manifests, { delayMs: 20_000 });
    const { digest } = await scene.push();
    await look(scene);
    await scene.until("the question", () => proxy.count({ method: "HEAD" }) > 0);
    await sleep(1_500);
    await expectHealing(scene);
    proxy.heal();
    await scene.untilServing(digest);
  });

  test("asks for patience with Retry-After: it is not asked before, though something happens on the host", async ({
    scene,
    expect,
    onTestFinished,
  }) => {
    const proxy = await serveThroughProxy(scene, onTestFinished);
    proxy.inject(manifests, { status: 429, headers: { "retry-after": "10" } });
    await scene.push();
    await look(scene);
    await scene.untilStatus(({ conditions }) => conditions.some(({ reason }) => reason === "RateLimited"));
    const asked = proxy.count(manifests);
    await sleep(1_000);
    await expectHealing(scene);
    await sleep(1_000);
    expect(proxy.count(manifests), "within Retry-After").toBe(asked);
    await scene.until("the next question", () => proxy.count(manifests) > asked, 30_000);
  });

  test("is down at the first start: it is tried until it answers", async ({ scene, expect, onTestFinished }) => {
    const proxy = await faultProxy(inject("registryUrl"));
    onTestFinished(() => proxy.stop());
    await proxy.down();
    const { digest } = await scene.push();
    await scene.write({ web: { image: `${proxy.host}/${scene.image()}` } });
    await scene.start();
    const status = await scene.untilStatus(({ conditions }) =>
      conditions.some(({ type, reason }) => type === "Ready" && reason === "RegistryUnavailable"),
    );
    expect(status).toMatchObject({ health: "Missing", sync: "Unknown" });
    await proxy.up();
    await scene.untilServing(digest);
  });

  test.for(["manifests", "blobs"] as const)(
    "cuts a pull in the middle of its %s: it is pulled again",
    async (part, { scene, expect, onTestFinished }) => {
      const proxy = await serveThroughProxy(scene, onTestFinished);
      const { id } = (await scene.active())!;
      const { digest } = await scene.push({ size: 300_000 });
      proxy.inject({ method: "GET", path: new RegExp(`/${part}/`) }, { cut: "half" });
      await look(scene);
      await scene.until("a cut", () => proxy.count({ method: "GET", path: new RegExp(`/${part}/`) }) > 0);
      await expectHealing(scene);
      expect((await scene.active())?.id).toBe(id);
      proxy.heal();
      await scene.untilServing(digest);
    },
  );

  test("wants a password: Unauthorized without, good with Docker's config.json, and it is told to nobody", async ({
    scene,
    expect,
    onTestFinished,
  }) => {
    const password = `pass-${scene.project}`;
    const registry = await startRegistry({ auth: { htpasswd: { robot: password } } });
    onTestFinished(() => registry.stop());
    const { digest } = await publishImage(registry.url, "private/web", "latest", {
      healthcheck: "none",
      auth: { username: "robot", password },
    });
    const config = `${scene.directory}/docker`;
    await mkdir(config);
    await scene.write({ web: { image: `${registry.host}/private/web` } });
    const env = { DOCKER_CONFIG: config, FAIRLEAD_LOG_LEVEL: "debug" };
    await scene.start({ env });
    await scene.untilStatus(({ conditions }) =>
      conditions.some(({ type, reason }) => type === "Ready" && reason === "Unauthorized"),
    );
    const auth = Buffer.from(`robot:${password}`).toString("base64");
    await writeFile(`${config}/config.json`, JSON.stringify({ auths: { [registry.host]: { auth } } }));
    await scene.untilServing(digest);
    const said = await scene.everythingSaid();
    for (const hidden of [password, auth]) expect(said.includes(hidden)).toBe(false);
  });
});

/** A service whose image both Fairlead and the engine fetch through a proxy of its own, serving. */
async function serveThroughProxy(scene: Scene, onTestFinished: (fn: () => Promise<void>) => void): Promise<FaultProxy> {
  const proxy = await faultProxy(inject("registryUrl"));
  onTestFinished(() => proxy.stop());
  const { digest } = await scene.push();
  await scene.write({ web: { image: `${proxy.host}/${scene.image()}` } });
  await scene.start();
  await scene.untilServing(digest);
  proxy.forget();
  return proxy;
}

/** The hook for an image on any registry. */
async function look(scene: Scene): Promise<void> {
  await fetch(`${scene.fairlead.hooksUrl}/hooks/generic/${scene.hookSecret}`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ service: `${scene.project}/web` }),
  });
}

/** By Fairlead alone: what is killed through its interface, the engine leaves as it is, whatever the restart policy. */
async function expectHealing(scene: Scene): Promise<void> {
  const before = (await scene.active())!;
  await scene.docker.getContainer(before.id).kill();
  await scene.until("it back", async () => {
    const seen = await scene.active();
    return seen?.state === "running" && seen.startedAt > before.startedAt;
  });
}
