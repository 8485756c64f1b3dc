import { describe, expect, it } from "vitest";
import type { HostSnapshot } from "../../../../src/plan/model/host/host-snapshot.js";
import type { ObservedContainer } from "../../../../src/plan/model/host/observed.js";
import type { Step } from "../../../../src/plan/model/step.js";
import { effect } from "../../../../src/plan/steps/effect.js";
import { containerIn, defaultNetwork, digestOf, hostWith, imageOf, now, specOf, volumesNamed } from "../world.js";
import { imageIdOf } from "../../../digests.js";
import type { ImageName, PinnedImage } from "../../../../src/compose/values/image.js";

const web = containerIn("active", "a", 1);
const other = containerIn("previous", "b", 0);
const host = hostWith([web, other]);
const because = "";

/** What a step makes of the active container; everything else must stay as it was. */
function changed(step: Step, before: Partial<ObservedContainer> = {}): Partial<ObservedContainer> {
  const from = { ...web, ...before };
  const after = effect(hostWith([from, other]), step, now + 5);
  expect(after.containers[1]).toBe(other);
  const entries = Object.entries(after.containers[0]!);
  return Object.fromEntries(entries.filter(([key, value]) => from[key as keyof ObservedContainer] !== value));
}

const images = (after: HostSnapshot) =>
  after.images.map(({ id, tags, digests, usedBy }) => [id.slice(7, 9), ...tags, ...digests, ...usedBy].join(" "));
const reference = (letter: string) => `acme/web@${digestOf(letter)}` as const;

describe("networks and volumes", () => {
  const volume = { key: "data", name: "shop_data", external: false, driver: undefined, driverOpts: {}, labels: {} };

  it("are there once created, beside the others", () => {
    const network = { ...defaultNetwork, name: "shop_back" };
    expect([
      ...effect(host, { kind: "create-network", network, project: "shop", because }, now).networks.keys(),
    ]).toEqual(["shop_default", "shop_back"]);
    const step: Step = { kind: "create-volume", volume, project: "shop", because };
    expect([...effect({ ...host, volumes: volumesNamed("old") }, step, now).volumes.keys()]).toEqual([
      "old",
      "shop_data",
    ]);
  });

  it("are joined once, with the aliases of the last time, and left", () => {
    const connect: Step = {
      kind: "connect-network",
      container: web.name,
      network: "shop_back",
      aliases: ["api"],
      because,
    };
    expect(changed(connect)).toEqual({ networks: [...web.networks, { network: "shop_back", aliases: ["api"] }] });
    expect(changed({ ...connect, network: "shop_default" })).toEqual({
      networks: [{ network: "shop_default", networkId: "net-shop_default", aliases: ["api"] }],
    });
    expect(
      changed(
        { kind: "disconnect-network", container: web.name, network: "shop_default", because },
        {
          networks: [{ network: "shop_back", aliases: [] }, ...web.networks],
        },
      ),
    ).toEqual({ networks: [{ network: "shop_back", aliases: [] }] });
  });
});

describe("a container", () => {
  const check = { intervalMs: 1_000, timeoutMs: 2_000, retries: 3, startPeriodMs: 4_000 };

  it("starts as if it had never run", () => {
    const ended = {
      state: "exited",
      health: "unhealthy",
      healthySince: 1,
      startedAt: 2,
      finishedAt: 3,
      exitCode: 4,
      startError: "no",
      restartCount: 5,
    } as const;
    const fresh = {
      state: "running",
      healthySince: undefined,
      startedAt: now + 5,
      finishedAt: undefined,
      exitCode: undefined,
      startError: "",
      restartCount: 0,
    };
    const start: Step = { kind: "start-container", container: web.name, because };
    expect(changed(start, ended)).toEqual({ ...fresh, health: "none" });
    expect(changed(start, { ...ended, healthcheck: check })).toEqual({ ...fresh, health: "starting" });
  });

  it("has read what it was told of, and at its start everything", () => {
    const file = { path: "/a", change: "written", since: now, identity: "1:1", content: "new" } as const;
    const [other, newer] = [
      { ...file, path: "/b" },
      { ...file, content: "newer" },
    ];
    const signal: Step = {
      kind: "signal-container",
      container: web.name,
      signal: "SIGHUP",
      startedAt: web.startedAt,
      files: [file],
      because,
    };
    expect(changed(signal, { unread: [file, other] })).toEqual({ unread: [other] });
    expect(changed(signal, { unread: [newer] }).unread).toEqual([newer]);
    const start: Step = { kind: "start-container", container: web.name, because };
    expect(changed(start, { unread: [file] }).unread).toEqual([]);
  });

  it("stops with exit code 0", () => {
    const stop: Step = { kind: "stop-container", container: web.name, graceMs: 1, because };
    expect(changed(stop, { health: "healthy", healthySince: now })).toEqual({
      state: "exited",
      health: "none",
      finishedAt: now + 5,
      exitCode: 0,
      healthySince: undefined,
    });
  });

  it("takes a restart policy", () => {
    const policy = { name: "on-failure", maximumRetryCount: 3 } as const;
    expect(changed({ kind: "set-restart-policy", container: web.name, policy, because })).toEqual({
      restartPolicy: policy,
    });
  });

  it("takes the role of its new name", () => {
    const rename = (to: string): Step => ({ kind: "rename-container", container: web.name, to, because });
    expect(changed(rename("shop-web-1.previous"))).toEqual({ name: "shop-web-1.previous", role: "previous" });
    expect(changed(rename("mine"))).toEqual({ name: "mine", role: "stray", base: "shop-web-1" });
  });

  it("leaves its image to the others when it is removed", () => {
    const shared = hostWith([web, other], { images: [imageOf("a", [], [web.id, "id-x"]), imageOf("b", [], ["id-y"])] });
    const after = effect(shared, { kind: "remove-container", container: web.name, because }, now);
    expect(after.containers).toEqual([other]);
    expect(after.images.map(({ usedBy }) => usedBy)).toEqual([["id-x"], ["id-y"]]);
  });

  it("that is not there cannot be removed", () => {
    expect(effect(host, { kind: "remove-container", container: "mine", because }, now)).toEqual(host);
  });
});

describe("a new container", () => {
  type Healthcheck = ReturnType<typeof specOf>["container"]["healthcheck"];
  const step = (healthcheck?: Healthcheck): Extract<Step, { kind: "create-container" }> => ({
    kind: "create-container",
    name: "shop-web-1.next",
    spec: specOf({ container: { healthcheck } }),
    specHash: "H2",
    digest: digestOf("c"),
    from: reference("c"),
    revision: 2,
    slot: 1,
    attach: { network: "shop_default", aliases: ["web"] },
    because,
  });
  const checkOf = (healthcheck: Healthcheck) =>
    effect(host, step(healthcheck), now, "id-new").containers.at(-1)!.healthcheck;

  it("is as it was declared, and has not run", () => {
    const after = effect({ ...host, images: [imageOf("a"), imageOf("c", [], ["id-x"])] }, step(), now, "id-new");
    expect(after.containers.slice(0, 2)).toEqual([web, other]);
    expect(after.containers[2]).toEqual({
      id: "id-new",
      name: "shop-web-1.next",
      project: "shop",
      service: "web",
      role: "next",
      slot: 1,
      specHash: "H2",
      digest: digestOf("c"),
      image: "docker.io/acme/web:latest",
      revision: 2,
      imageId: digestOf("c"),
      state: "created",
      health: "none",
      healthySince: undefined,
      healthcheck: undefined,
      createdAt: now,
      startedAt: undefined,
      finishedAt: undefined,
      exitCode: undefined,
      oomKilled: false,
      startError: "",
      restartCount: 0,
      restartPolicy: { name: "no", maximumRetryCount: 0 },
      declaredRestart: { name: "always", maximumRetryCount: 0 },
      networks: [{ network: "shop_default", networkId: "net-shop_default", aliases: ["web"] }],
      declaredNetworks: ["shop_default"],
    });
    expect(after.images.map(({ usedBy }) => usedBy)).toEqual([[], ["id-x", "id-new"]]);
  });

  it("has the id of its image, whatever digest that was pulled by", () => {
    const image = { ...imageOf("c"), id: imageIdOf("e"), digests: ["mirror/web@sha256:0", reference("c")] as const };
    expect(effect({ ...host, images: [image] }, step(), now, "id-new").containers[2]!.imageId).toBe(digestOf("e"));
    expect(effect({ ...host, images: [] }, step(), now, "id-new").containers[2]!.imageId).toBe(digestOf("c"));
  });

  it("joins no network where it is given none, and has an id of its own where the caller gives none", () => {
    const after = effect(host, { ...step(), attach: undefined }, now);
    expect(after.containers[2]!.networks).toEqual([]);
    expect(host.containers.map(({ id }) => id)).not.toContain(after.containers[2]!.id);
    expect(after.containers[2]!.id).not.toBe("");
  });

  it("is checked as declared, else by the engine's defaults, or not at all", () => {
    const nothing = { intervalMs: undefined, timeoutMs: undefined, retries: undefined, startPeriodMs: undefined };
    const test = ["CMD", "true"];
    const full = { intervalMs: 1, timeoutMs: 2, retries: 4, startPeriodMs: 5 };
    expect(checkOf({ disabled: false, test, ...full })).toEqual(full);
    expect(checkOf({ disabled: false, test, ...nothing })).toEqual({
      intervalMs: 30_000,
      timeoutMs: 30_000,
      retries: 3,
      startPeriodMs: 0,
    });
    expect(checkOf({ disabled: true })).toBeUndefined();
  });
});

describe("images", () => {
  const with3 = hostWith([], { images: [imageOf("a", [1]), imageOf("b", [2], ["id-x"])] });

  it("are there once pulled, untagged", () => {
    const pull = (ref: PinnedImage): Step => ({ kind: "pull-image", reference: ref, because });
    expect(images(effect(with3, pull(reference("c")), now)).at(-1)).toBe(`cc ${reference("c")}`);
    expect(effect(with3, pull(reference("c")), now).images).toHaveLength(3);
    expect(effect(with3, pull(reference("a")), now)).toBe(with3);
  });

  it("gain a digest when the same one is pulled from elsewhere", () => {
    const elsewhere = `mirror/web@${digestOf("a")}` as const;
    const after = effect(with3, { kind: "pull-image", reference: elsewhere, because }, now);
    expect(after.images.map(({ digests }) => digests)).toEqual([[reference("a"), elsewhere], [reference("b")]]);
  });

  it("take a tag from one another, by digest or by id", () => {
    const tag = (source: ImageName): Step => ({ kind: "tag-image", source, tag: "fairlead/keep:shop.web.r1", because });
    const moved = [[], ["fairlead/keep:shop.web.r2", "fairlead/keep:shop.web.r1"]];
    expect(effect(with3, tag(reference("b")), now).images.map(({ tags }) => tags)).toEqual(moved);
    expect(effect(with3, tag(imageIdOf("b")), now).images.map(({ tags }) => tags)).toEqual(moved);
    expect(effect(with3, tag(reference("a")), now)).toEqual(with3);
  });

  it("go with their last reference, unless a container needs them", () => {
    const remove = (from: HostSnapshot, ref: string) =>
      effect(from, { kind: "remove-image", reference: ref, because }, now);
    const once = remove(with3, reference("a"));
    expect(once.images[0]).toMatchObject({ tags: ["fairlead/keep:shop.web.r1"], digests: [] });
    expect(remove(once, "fairlead/keep:shop.web.r1").images).toEqual([with3.images[1]]);
    const untagged = remove(with3, "fairlead/keep:shop.web.r2");
    expect(untagged.images[1]).toMatchObject({ tags: [], digests: [reference("b")] });
    expect(remove(untagged, reference("b"))).toEqual(untagged);
    expect(remove(with3, "acme/web:mine")).toEqual(with3);
  });
});

it("keeping logs changes nothing on the host", () => {
  const step: Step = {
    kind: "keep-logs",
    container: web.name,
    digest: digestOf("a"),
    specHash: "H",
    reason: "Unhealthy",
    message: "",
    because,
  };
  expect(effect(host, step, now)).toBe(host);
});
