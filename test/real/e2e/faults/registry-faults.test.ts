import { mkdir, writeFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, inject } from "vitest";
import type { Reason, ServiceStatus } from "../../../../src/plan/model/condition.js";
import { faultProxy, type Fault, type FaultProxy } from "../../../sandbox/proxies/fault-proxy.js";
import { publishImage } from "../../../sandbox/registry/image.js";
import { startRegistry } from "../../../sandbox/registry/registry.js";
import { fairlead } from "../scene/cli.js";
import { test, type Scene } from "../scene/scene.js";

/** Far less than one after another of those that hang would take. */
const promptMs = 90_000;

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
    // Longer than the healing takes on a busy machine.
    proxy.inject(manifests, { status: 429, headers: { "retry-after": "20" } });
    await scene.push();
    await look(scene);
    await scene.untilStatus(({ conditions }) => conditions.some(({ reason }) => reason === "RateLimited"));
    const asked = proxy.count(manifests);
    await sleep(1_000);
    await expectHealing(scene);
    await sleep(1_000);
    expect(proxy.count(manifests), "within Retry-After").toBe(asked);
    await scene.until("the next question", () => proxy.count(manifests) > asked);
  });

  test("asks for a day's patience for one repository: the others go on, and a person may ask all the same, once", async ({
    scene,
    expect,
    onTestFinished,
  }) => {
    const { proxy, at } = await openProxy(scene, onTestFinished);
    const [web, api] = [await scene.push(), await scene.push({ name: "api" })];
    await scene.write({ web: at("web"), api: at("api") });
    await scene.start();
    await scene.untilServing(web.digest);
    await scene.untilServing(api.digest, "api");
    const refused = { path: new RegExp(`/${scene.image("web")}/manifests/`) };
    proxy.inject(refused, { status: 503, headers: { "retry-after": "86400" } });
    const [newWeb, newApi] = [await scene.push(), await scene.push({ name: "api" })];
    proxy.forget();
    await look(scene);
    const isPaused = ({ conditions }: ServiceStatus) =>
      conditions.some(
        ({ reason, message }) => reason === "RegistryUnavailable" && message.includes("is asked again at"),
      );
    const status = await scene.untilStatus(isPaused);
    const told = status.conditions.map(({ message }) => /asked again at (\S+Z)/.exec(message)?.[1]).find(Boolean);
    expect(Date.parse(told ?? "") - Date.now(), "ms, not a day").toBeLessThan(16 * 60_000);
    const admin = ["--admin", scene.fairlead.adminUrl];
    expect((await fairlead(["status", "web", ...admin])).stdout).toContain(`asked again at ${told}`);
    const asked = proxy.count(refused);
    await look(scene);
    await look(scene, "api");
    await scene.untilServing(newApi.digest, "api");
    expect(proxy.count(refused)).toBe(asked);

    expect((await fairlead(["reconcile", "web", ...admin])).code).toBe(0);
    await scene.until("the question", () => proxy.count(refused) === asked + 1);
    await scene.untilStatus(isPaused);
    proxy.heal();
    await look(scene);
    await expectHealing(scene);
    expect(proxy.count(refused)).toBe(asked + 1);
    expect((await fairlead(["reconcile", "web", ...admin])).code).toBe(0);
    await scene.untilServing(newWeb.digest);
  });

  test("hangs for thirty repositories: another one of the same host is served", async ({
    scene,
    expect,
    onTestFinished,
  }) => {
    const { proxy, at } = await openProxy(scene, onTestFinished);
    const hung = Array.from({ length: 30 }, (_, index) => `hung${index}`);
    proxy.inject({ path: /-hung\d+\// }, { delayMs: 300_000 });
    const first = await scene.push();
    await scene.write({ ...Object.fromEntries(hung.map((name) => [name, at(name)])), web: at("web") });
    await scene.start();
    const serves = async (digest: string) => {
      const active = await scene.active();
      return active?.state === "running" && active.digest === digest;
    };
    await scene.until("the first start", () => serves(first.digest), promptMs);
    const second = await scene.push();
    await look(scene);
    await scene.until("the update", () => serves(second.digest), promptMs);
    expect(proxy.count({ path: /-hung\d+\// })).toBeGreaterThan(0);
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

/** A proxy before the registry, and services whose images come through it. */
async function openProxy(scene: Scene, onTestFinished: (fn: () => Promise<void>) => void) {
  const proxy = await faultProxy(inject("registryUrl"));
  onTestFinished(() => proxy.stop());
  return { proxy, at: (name: string) => ({ image: `${proxy.host}/${scene.image(name)}` }) };
}

/** A service whose image both Fairlead and the engine fetch through a proxy of its own, serving. */
async function serveThroughProxy(scene: Scene, onTestFinished: (fn: () => Promise<void>) => void): Promise<FaultProxy> {
  const { proxy, at } = await openProxy(scene, onTestFinished);
  const { digest } = await scene.push();
  await scene.write({ web: at("web") });
  await scene.start();
  await scene.untilServing(digest);
  proxy.forget();
  return proxy;
}

/** The hook for an image on any registry. */
async function look(scene: Scene, service = "web"): Promise<void> {
  await fetch(`${scene.fairlead.hooksUrl}/hooks/generic/${scene.hookSecret}`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ service: `${scene.project}/${service}` }),
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
