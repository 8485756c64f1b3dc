import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import type { RegistrySettings } from "../../../src/registry/client/settings.js";
import { faultProxy, type FaultProxy } from "../../sandbox/proxies/fault-proxy.js";
import { publishLayers } from "../../sandbox/registry/image.js";
import { ensurePackages, enginePackages } from "../../sandbox/host/packages.js";
import { startRegistry, type SandboxRegistry } from "../../sandbox/registry/registry.js";
import { connect, failure, image } from "../../unit/registry/connection.js";

const amd64 = { os: "linux", architecture: "amd64", variant: undefined };
const manifests = { path: /\/manifests\// };

let origin: SandboxRegistry;
let copy: SandboxRegistry;

beforeAll(async () => {
  await ensurePackages(enginePackages, () => undefined);
  [origin, copy] = await Promise.all([startRegistry(), startRegistry()]);
});

afterAll(() => Promise.all([origin.stop(), copy.stop()]));

/** Both registries behind proxies that can fail, the one as a mirror of the other. */
async function stage(resolve: boolean) {
  const [front, mirror] = await Promise.all([faultProxy(origin.url), faultProxy(copy.url)]);
  onTestFinished(async () => {
    await Promise.all([front.stop(), mirror.stop()]);
  });
  const settings: RegistrySettings = { [front.host]: { mirrors: [{ url: mirror.url, resolve }] } };
  return { front, mirror, registry: await connect(settings) };
}

/** The same bytes wherever it is put. */
const publish = ({ url }: SandboxRegistry, repository: string, version: number) =>
  publishLayers(url, repository, "1", {
    ...{ tars: [Buffer.from(repository)], config: {}, platform: { os: "linux", architecture: "amd64" } },
    created: new Date(version).toISOString(),
  });

/** One image in both registries, and in the registry itself a newer one under the same tag. */
async function stale() {
  const repository = `mirrored/web-${randomBytes(4).toString("hex")}`;
  const old = await publish(origin, repository, 1);
  await publish(copy, repository, 1);
  const next = await publish(origin, repository, 2);
  return { repository, old, next, target: (proxy: FaultProxy) => image(proxy.host, repository, "1") };
}

describe("a mirror of a real registry", () => {
  it("that is stale hides no push, and what it lacks comes from the registry", async () => {
    const { front, mirror, registry } = await stage(false);
    const { next, target } = await stale();
    const digest = await registry.resolve(target(front));
    expect(digest).toBe(next.digest);
    expect(await registry.content(target(front), digest, amd64)).toEqual({ manifest: digest, config: next.config });
    expect(mirror.requests.map(({ method }) => method)).toEqual(["GET"]);
    expect(front.requests.map(({ method }) => method)).toEqual(["HEAD", "GET"]);
  });

  it("that has it spares the registry all but the tag", async () => {
    const { front, mirror, registry } = await stage(false);
    const { repository, next, target } = await stale();
    await publish(copy, repository, 2);
    const digest = await registry.resolve(target(front));
    expect(await registry.content(target(front), digest, amd64)).toEqual({ manifest: digest, config: next.config });
    expect([front.count({ method: "GET" }), mirror.count({ method: "GET" })]).toEqual([0, 1]);
  });

  it.each<readonly [string, (mirror: FaultProxy) => Promise<void> | void]>([
    ["is down", (mirror) => mirror.down()],
    [
      "hangs up",
      (mirror) => {
        mirror.inject(manifests, { reset: true });
      },
    ],
    [
      "is cut off",
      (mirror) => {
        mirror.inject(manifests, { cut: "half" });
      },
    ],
    [
      "wants a login",
      (mirror) => {
        mirror.inject(manifests, { status: 401 });
      },
    ],
    [
      "limits requests",
      (mirror) => {
        mirror.inject(manifests, { status: 429 });
      },
    ],
    [
      "is broken",
      (mirror) => {
        mirror.inject(manifests, { status: 503 });
      },
    ],
  ])("that %s: the registry gives all that there is", async (_what, begin) => {
    const { front, mirror, registry } = await stage(true);
    const { next, target } = await stale();
    await begin(mirror);
    const digest = await registry.resolve(target(front));
    expect(digest).toBe(next.digest);
    expect(await registry.content(target(front), digest, amd64)).toEqual({ manifest: digest, config: next.config });
  });

  it("that lies about a content is not believed", async () => {
    const { front, mirror, registry } = await stage(false);
    const { repository, old, next, target } = await stale();
    mirror.inject({ path: new RegExp(next.digest) }, { instead: `/v2/${repository}/manifests/${old.digest}` });
    expect(await registry.content(target(front), next.digest, amd64)).toMatchObject({ config: next.config });
    expect(registry.passed).toEqual([`${front.host} ${mirror.host}`]);
  });

  it("while the registry is away: contents go on, tags where it may resolve", async () => {
    const { old, target } = await stale();
    const [trusted, plain] = [await stage(true), await stage(false)];
    await Promise.all([trusted.front.down(), plain.front.down()]);
    expect(await trusted.registry.resolve(target(trusted.front))).toBe(old.digest);
    expect(await plain.registry.content(target(plain.front), old.digest, amd64)).toMatchObject({ config: old.config });
    expect(await failure(plain.registry.resolve(target(plain.front)))).toMatchObject({ code: "RegistryUnavailable" });
  });
});
