import { describe, expect, it } from "vitest";
import type { NetworkSpec } from "../../../../src/compose/model/network.js";
import { emptyMemory } from "../../../../src/plan/model/desired.js";
import type { HostSnapshot, ObservedNetwork } from "../../../../src/plan/model/host/host-snapshot.js";
import type { ObservedContainer } from "../../../../src/plan/model/host/observed.js";
import { viewOf } from "../../../../src/plan/model/view.js";
import { plan } from "../../../../src/plan/plan.js";
import { networkMade } from "../../../../src/plan/steps/made.js";
import { Secret } from "../../../../src/tools/secret.js";
import { containerIn, defaultNetwork, desire, hostWith, imageOf, networksNamed, planText, specOf } from "../world.js";

const moved: NetworkSpec = { ...defaultNetwork, ipam: { config: [{ subnet: "10.9.0.0/24" }] } };
const spec = specOf({ networks: [{ network: moved, aliases: ["web"] }] });
const active = containerIn("active", "a", 1);

/** Of `shop/api`, or as patched. */
function neighbour(patch: Partial<ObservedContainer> = {}): ObservedContainer {
  return { ...active, id: "id-api", name: "shop-api-1", service: "api", ...patch };
}

function stale(patch: Partial<ObservedNetwork> = {}): HostSnapshot["networks"] {
  return new Map([...networksNamed("shop_default")].map(([name, network]) => [name, { ...network, ...patch }]));
}

describe("a network that is not as declared", () => {
  it("is re-created by the only service on it", () => {
    expect(planText({ desired: desire("a", spec), host: hostWith([active]) })).toMatchInlineSnapshot(`
      "
      1. disconnect shop-web-1 from shop_default (network shop_default differs from the file in ipam; it is re-created, and until then this container cannot be reached on it)
      2. remove network shop_default (network shop_default differs from the file in ipam)
      3. create network shop_default (it is re-created as the file declares it)
      => continue: NetworkChanging: network shop_default differs from the file in ipam
      "
    `);
  });

  it("is left, and no more, while others of the project stand on it; they are told", () => {
    const host = hostWith([active, neighbour()]);
    expect(planText({ desired: desire("a", spec), host })).toMatchInlineSnapshot(`
      "
      1. disconnect shop-web-1 from shop_default (network shop_default differs from the file in ipam; it is re-created, and until then this container cannot be reached on it)
      => wait: NetworkChanging: network shop_default differs from the file in ipam; it is re-created as soon as shop-api-1 has left it
      "
    `);
    expect(plan(desire("a", spec), viewOf(host, spec, new Map()), emptyMemory).wake).toEqual(["shop/api"]);
    const off = hostWith([{ ...active, networks: [] }, neighbour()]);
    expect(planText({ desired: desire("a", spec), host: off })).toMatchInlineSnapshot(`
      "
      => wait: NetworkChanging: network shop_default differs from the file in ipam; it is re-created as soon as shop-api-1 has left it
      "
    `);
    expect(plan(desire("a", spec), viewOf(off, spec, new Map()), emptyMemory)).not.toHaveProperty("wake");
  });

  it("does not mind who does not run", () => {
    const host = hostWith([active, neighbour({ state: "exited" }), containerIn("previous", "b", 0)]);
    expect(planText({ desired: desire("a", spec), host })).toContain("3. create network shop_default");
  });

  it("is waited for by a service that has no container yet", () => {
    const host = hostWith([neighbour()], { images: [imageOf("a")] });
    expect(planText({ desired: desire("a", spec), host })).toMatchInlineSnapshot(`
      "
      => wait: NetworkChanging: network shop_default differs from the file in ipam; it is re-created as soon as shop-api-1 has left it
      "
    `);
  });

  it.each([
    ["foreign containers, which are named and never touched", [active], { foreign: ["adminer", "cron"] }],
    ["a container of another project of ours", [active, neighbour({ project: "blog", name: "blog-api-1" })], {}],
    ["being none of the project's", [active], { project: undefined }],
  ] as const)("stays for %s", (_, containers, patch) => {
    const host = hostWith(containers, { networks: stale(patch) });
    expect(planText({ desired: desire("a", spec), host })).toMatchSnapshot();
  });

  it("stays where another network has the addresses that it is to get", () => {
    const pool = (subnet: string) => ({ ...networksNamed("x").get("x")!, ipam: { config: [{ subnet }] } });
    const text = (subnet: string) => {
      const networks = new Map([...networksNamed("shop_default"), ["blog_default", pool(subnet)] as const]);
      return planText({ desired: desire("a", spec), host: hostWith([active], { networks }) });
    };
    expect(text("10.9.0.128/25")).toContain(
      "=> blocked: NetworkConflict: network shop_default differs from the file in ipam, but its addresses are those of network blog_default: give it another subnet",
    );
    expect(text("10.9.1.0/24")).toContain("=> continue: NetworkChanging");
  });

  it("stays for a service that the file no longer puts on it", () => {
    const members = specOf({ networks: [{ network: { ...moved, members: ["web"] }, aliases: ["web"] }] });
    const host = hostWith([active, neighbour()]);
    expect(planText({ desired: desire("a", members), host })).toContain(
      "=> wait: NetworkInUse: network shop_default differs from the file in ipam; it is re-created once shop-api-1 has left it",
    );
  });

  it("keeps nothing else from being done", () => {
    const host = hostWith([{ ...active, state: "exited", exitCode: 1 }], { networks: stale({ foreign: ["adminer"] }) });
    expect(planText({ desired: desire("a", spec), host })).toContain("start shop-web-1");
  });

  it("is told by its hash alone if Fairlead made it, else by what the file declares", () => {
    const odd = { ipam: { config: [{ subnet: "172.18.0.0/16", auxAddresses: {} }] }, driver: "macvlan" };
    const text = (networks: HostSnapshot["networks"]) =>
      planText({ desired: desire("a"), host: hostWith([active], { networks }) });
    expect(text(stale(odd))).toContain("=> converged");
    expect(text(stale({ ...odd, hash: undefined }))).toContain("=> converged");
    expect(text(stale({ hash: undefined, internal: true }))).toContain("differs from the file in internal");
    expect(text(stale({ hash: "another" }))).toContain("differs from the file in what it no longer declares");
  });

  it("is nobody's business if it is external", () => {
    const external = specOf({ networks: [{ network: { ...moved, external: true }, aliases: ["web"] }] });
    const host = hostWith([active], { networks: stale({ hash: undefined }) });
    expect(planText({ desired: desire("a", external), host })).toContain("=> converged");
  });
});

describe("containers join the network that is there now", () => {
  const anew = new Map([
    networkMade({ kind: "create-network", network: moved, project: "shop", because: "" }, "net-anew"),
  ]);
  const before = [{ network: "shop_default", networkId: "net-gone", aliases: ["web"] }];

  it("the ones that run and were taken off, unproven ones without an alias", () => {
    const off = { networks: [], declaredNetworks: ["shop_default"] };
    const next = containerIn("next", "b", 2, { ...off, startedAt: 999_000 });
    const host = hostWith([{ ...active, ...off, specHash: "old" }, next], { networks: anew });
    expect(planText({ desired: desire("b", spec), host })).toMatchInlineSnapshot(`
      "
      1. connect shop-web-1 on shop_default as web (it was made for this network, and is not on it)
      2. connect shop-web-1.next on shop_default without an alias (it has not proved itself: it answers to no alias)
      => wait: WaitingForHealth: it is running and must stay so for 5s
      "
    `);
  });

  it("but only those they were made for", () => {
    const other = { ...active, networks: [], declaredNetworks: ["shop_back"], specHash: "old" };
    const host = hostWith([other], { networks: anew, images: [imageOf("b")] });
    expect(planText({ desired: desire("b", spec), host })).not.toContain("connect shop-web-1 ");
  });

  it("the ones that start again, before they do", () => {
    const ended = { ...active, state: "exited", exitCode: 1, networks: before } as const;
    expect(planText({ desired: desire("a", spec), host: hostWith([ended], { networks: anew }) }))
      .toMatchInlineSnapshot(`
        "
        1. disconnect shop-web-1 from shop_default (the network it was on is gone)
        2. connect shop-web-1 on shop_default as web (it was made for this network, and is not on it)
        3. start shop-web-1 (it ended (exit code 1))
        => continue: Restoring: it ended (exit code 1)
        "
      `);
  });

  it("the roll-back target too", () => {
    const stopped = { ...active, state: "exited", exitCode: 0, networks: before } as const;
    const next = containerIn("next", "b", 2, { state: "exited", exitCode: 1 });
    const rollback = planText({ desired: desire("b", spec), host: hostWith([stopped, next], { networks: anew }) });
    expect(rollback).toMatch(/disconnect shop-web-1 .*\n.*connect shop-web-1 .*as web.*\n.*start shop-web-1 /);
  });

  it("which is made first if it is gone", () => {
    const off = { ...active, networks: [] };
    expect(planText({ desired: desire("a", spec), host: hostWith([off], { networks: new Map() }) }))
      .toMatchInlineSnapshot(`
        "
        1. create network shop_default (the service joins it and it is missing)
        2. connect shop-web-1 on shop_default as web (it is to answer to web)
        => converged: Converged: shop-web-1 runs sha256:aaaaaaaaaaaa
        "
      `);
  });
});

describe("files", () => {
  const secret = {
    origin: "secrets.db",
    path: "/run/secrets/db",
    content: new Secret("hunter2"),
    mode: 0o444,
    uid: 0,
    gid: 0,
  };
  const kept = specOf({ files: [secret] });

  it("are written into a new container before anything is stopped for it, and their content is said nowhere", () => {
    const published = { ...kept, update: { ...kept.update, order: "stop-first" as const } };
    const host = hostWith([active], { images: [imageOf("b")] });
    const text = planText({ desired: desire("b", published), host });
    expect(text).toMatchInlineSnapshot(`
      "
      1. create shop-web-1.next from sha256:bbbbbbbbbbbb on shop_default as web (the image is now sha256:bbbbbbbbbbbb)
      2. write secrets.db to /run/secrets/db in shop-web-1.next (they are to be there when it starts)
      3. tag acme/web@sha256:bbbbbbbbbbbb as fairlead/keep:shop.web.r2 (a tagged image survives an image prune)
      4. set the restart policy of shop-web-1 to no (a container that leaves its role must not come back by itself)
      5. stop shop-web-1, within 10s (stop-first: the service is declared stop-first)
      6. start shop-web-1.next (it is to serve)
      => continue: RolloutStarted: rolling out sha256:bbbbbbbbbbbb, stop-first: the service is declared stop-first
      "
    `);
    expect(text).not.toContain("hunter2");
  });

  it("are written again into one that an earlier run created, and into no other", () => {
    const next = containerIn("next", "b", 2, { state: "created", startedAt: undefined });
    const created = hostWith([active, next]);
    expect(planText({ desired: desire("b", kept), host: created })).toContain(
      "1. write secrets.db to /run/secrets/db in shop-web-1.next",
    );
    const ended = hostWith([{ ...active, state: "exited", exitCode: 1 }]);
    expect(planText({ desired: desire("a", kept), host: ended })).not.toContain("write");
    const superseded = hostWith([active, { ...next, specHash: "old" }]);
    expect(planText({ desired: desire("b", kept), host: superseded })).not.toContain("write");
  });
});

describe("a volume that is not as declared", () => {
  const volume = { key: "data", name: "shop_data", external: false, driver: undefined, labels: {} };
  const networked = specOf({ volumes: [{ ...volume, driverOpts: { o: "addr=10.0.0.1,password=hunter2" } }] });
  const found = (options: Record<string, string>) =>
    new Map([["shop_data", { driver: "local", options, labels: {}, project: "shop" }]]);

  it("is kept, and said, without a value", () => {
    const host = hostWith([active], { volumes: found({}) });
    expect(planText({ desired: desire("a", networked), host })).toMatchInlineSnapshot(`
      "
      => converged: Converged: shop-web-1 runs sha256:aaaaaaaaaaaa; volume shop_data differs from the file in driver_opts and is kept as it is
      "
    `);
    const same = hostWith([active], { volumes: found({ o: "addr=10.0.0.1,password=hunter2" }) });
    expect(planText({ desired: desire("a", networked), host: same })).not.toContain("differs");
  });
});
