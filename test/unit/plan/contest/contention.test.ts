import { describe, expect, it } from "vitest";
import type { ServiceSpec } from "../../../../src/compose/model/service.js";
import { emptyMemory } from "../../../../src/plan/model/desired.js";
import type { Memory } from "../../../../src/plan/model/desired.js";
import type { ObservedContainer } from "../../../../src/plan/model/host/observed.js";
import { claimOf } from "../../../../src/plan/model/host/resources.js";
import { viewOf } from "../../../../src/plan/model/view.js";
import { plan } from "../../../../src/plan/plan.js";
import { renderPlan } from "../../../../src/plan/steps/render.js";
import { containerIn, desire, digestOf, foreignContainer, hostWith, imageOf, now, specOf } from "../world.js";

const onPort = (hostPort: number, name = "web") =>
  specOf({ name, container: { ports: [{ hostIp: undefined, hostPort, containerPort: 80, protocol: "tcp" }] } });
const holding = (hostPort: number) => ({ publishes: true, ports: [{ protocol: "tcp", hostPort }] }) as const;
const blue = (patch: Partial<ObservedContainer> = {}, role: "active" | "next" = "active") =>
  containerIn(role, "a", 1, {
    ...{ id: `id-blue-${role}`, service: "blue", name: role === "active" ? "shop-blue-1" : "shop-blue-1.next" },
    ...patch,
  });
const created = { state: "created", startedAt: undefined } as const;
const off = { name: "no", maximumRetryCount: 0 } as const;
const images = [imageOf("a", [1]), imageOf("b", [2])];

function text(
  spec: ServiceSpec,
  containers: readonly ObservedContainer[],
  {
    others = [],
    ...more
  }: {
    others?: readonly ServiceSpec[];
    foreign?: ReturnType<typeof foreignContainer>[];
    memory?: Partial<Memory>;
  } = {},
): string {
  const host = hostWith(containers, { images, foreign: more.foreign ?? [] });
  const view = { ...viewOf(host, spec, new Map()), claims: [spec, ...others].map(claimOf) };
  return `\n${renderPlan(plan(desire("b", spec, "H2"), view, { ...emptyMemory, ...more.memory }))}\n`;
}

describe("a port that another service of ours still has and is to have no longer", () => {
  const active = containerIn("active", "a", 1, holding(8094));
  const others = [onPort(8095, "blue")];

  it("is waited for with the new container at hand; what serves goes on", () => {
    expect(text(onPort(8093), [active, blue(holding(8093))], { others })).toMatchInlineSnapshot(`
      "
      1. create shop-web-1.next from sha256:bbbbbbbbbbbb on shop_default as web (the image is now sha256:bbbbbbbbbbbb, and the spec has changed)
      2. tag acme/web@sha256:bbbbbbbbbbbb as fairlead/keep:shop.web.r3 (a tagged image survives an image prune)
      => continue: WaitingForTurn: port 8093 is still that of shop-blue-1 of shop/blue, which is not to have it any more
      "
    `);
    const next = containerIn("next", "b", 2, { ...created, ...holding(8093), specHash: "H2" });
    expect(text(onPort(8093), [active, next, blue(holding(8093))], { others })).toMatchInlineSnapshot(`
      "
      => wait: WaitingForTurn: port 8093 is still that of shop-blue-1 of shop/blue, which is not to have it any more
      "
    `);
  });

  it("is taken as soon as it is free", () => {
    const next = containerIn("next", "b", 2, { ...created, ...holding(8093), specHash: "H2" });
    expect(text(onPort(8093), [active, next, blue(holding(8095))], { others })).toMatchInlineSnapshot(`
      "
      1. disconnect shop-web-1.next from shop_default (an alias can only be given on joining)
      2. connect shop-web-1.next on shop_default as web (it is to answer to web)
      3. set the restart policy of shop-web-1 to no (a container that leaves its role must not come back by itself)
      4. stop shop-web-1, within 10s (stop-first: the service publishes 8093 and has no gate)
      5. start shop-web-1.next (it is created and not started)
      => continue: RolloutStarted: it is created and not started
      "
    `);
  });
});

describe("two that are to swap their ports", () => {
  const active = (patch = {}) => containerIn("active", "a", 1, { ...holding(8094), ...patch });
  const next = containerIn("next", "b", 2, { ...created, ...holding(8093), specHash: "H2" });
  const others = [onPort(8094, "blue")];

  it("go on until both have a new container", () => {
    expect(text(onPort(8093), [active(), next, blue(holding(8093))], { others })).toMatchInlineSnapshot(`
      "
      => wait: WaitingForTurn: port 8093 is that of shop-blue-1 of shop/blue, which waits for this one: both stop first, as soon as both have a new container
      "
    `);
  });

  it("stop both then", () => {
    const both = [active(), next, blue(holding(8093)), blue({ ...created, ...holding(8094) }, "next")];
    expect(text(onPort(8093), both, { others })).toMatchInlineSnapshot(`
      "
      1. set the restart policy of shop-web-1 to no (a container that leaves its role must not come back by itself)
      2. stop shop-web-1, within 10s (port 8093 is that of shop-blue-1 of shop/blue, which waits for this one: both stop first, as soon as both have a new container)
      => wait: WaitingForTurn: port 8093 is that of shop-blue-1 of shop/blue, which waits for this one: both stop first, as soon as both have a new container
      "
    `);
  });

  it("go on while one of them needs what is somebody else's too", () => {
    const theirs = { ...created, publishes: true, ports: [...holding(8094).ports, ...holding(3000).ports] } as const;
    const both = [active(), next, blue(holding(8093)), blue(theirs, "next")];
    const foreign = [foreignContainer("grafana", { ports: holding(3000).ports })];
    expect(text(onPort(8093), both, { others, foreign })).not.toContain("stop shop-web-1");
    const third = containerIn("active", "a", 1, { ...holding(3000), id: "id-red", service: "red", name: "shop-red-1" });
    expect(text(onPort(8093), [...both, third], { others })).not.toContain("stop shop-web-1");
    const given = [...others, onPort(3001, "red")];
    expect(text(onPort(8093), [...both, third], { others: given })).not.toContain("stop shop-web-1");
    expect(text(onPort(8093), both, { others })).toContain("stop shop-web-1");
  });

  it("wait for the other's stop, and come back where the other has no new container any more", () => {
    const stopped = active({ state: "exited", finishedAt: now - 1_000, restartPolicy: off });
    const ready = [stopped, next, blue(holding(8093)), blue({ ...created, ...holding(8094) }, "next")];
    expect(text(onPort(8093), ready, { others })).toMatchInlineSnapshot(`
      "
      => wait: WaitingForTurn: port 8093 is that of shop-blue-1 of shop/blue, which waits for this one: both stop first, as soon as both have a new container
      "
    `);
    expect(text(onPort(8093), [stopped, next, blue(holding(8093))], { others })).toMatchInlineSnapshot(`
      "
      1. set the restart policy of shop-web-1 to always (it serves: its declared restart policy holds)
      2. start shop-web-1 (it serves until shop-web-1.next can start)
      => wait: WaitingForTurn: port 8093 is that of shop-blue-1 of shop/blue, which waits for this one: both stop first, as soon as both have a new container
      "
    `);
  });
});

describe("a port that another one keeps", () => {
  const active = containerIn("active", "a", 1, holding(8094));

  it("stops nobody, and is named with its holder", () => {
    const kept = text(onPort(8093), [active, blue(holding(8093))], { others: [onPort(8093, "blue")] });
    expect(kept).toMatchInlineSnapshot(`
      "
      => wait: PortConflict: port 8093 is that of shop-blue-1 of shop/blue
      "
    `);
    const foreign = [foreignContainer("grafana", { ports: [{ protocol: "tcp", hostPort: 8093 }] })];
    expect(text(onPort(8093), [active], { foreign })).toMatchInlineSnapshot(`
      "
      => wait: PortConflict: port 8093 is that of grafana, which is not Fairlead's
      "
    `);
  });

  it("is also one that the engine has chosen for another service, as long as that runs", () => {
    const chosen = { publishes: true, chosenPorts: holding(8093).ports } as const;
    const range = { hostIp: undefined, hostPort: 8090, hostPortEnd: 8099, containerPort: 80, protocol: "tcp" } as const;
    const others = [specOf({ name: "blue", container: { ports: [range] } })];
    expect(text(onPort(8093), [active, blue(chosen)], { others })).toMatchInlineSnapshot(`
      "
      => wait: PortConflict: port 8093 is that of shop-blue-1 of shop/blue
      "
    `);
    expect(text(onPort(8094), [active, blue(chosen)], { others })).toContain("start shop-web-1.next");
  });

  it("keeps even its jobs from running", () => {
    const before = [{ command: ["migrate"], timeoutMs: 60_000 }];
    const waits = text({ ...onPort(8093), before }, [active, blue(holding(8093))], { others: [onPort(8093, "blue")] });
    expect(waits).toContain("=> wait: PortConflict");
    expect(text({ ...onPort(8093), before }, [active])).toContain("create shop-web.before.1");
  });

  it("keeps the old one from coming back, and the failed new one from being put away before", () => {
    const next = containerIn("next", "b", 2, { ...holding(8095), specHash: "H2", state: "exited", exitCode: 1 });
    const stopped = containerIn("active", "a", 1, { ...holding(8094), state: "exited", restartPolicy: off });
    const taken = [stopped, next, blue(holding(8094))];
    const failed = text(onPort(8095), taken, { others: [onPort(8094, "blue")] });
    expect(failed).toContain("rename shop-web-1.next to shop-web-1.failed");
    expect(failed).not.toContain("start shop-web-1 ");
  });

  it("on another address or protocol is none", () => {
    const foreign = [
      foreignContainer("dns", { ports: [{ protocol: "udp", hostPort: 8093 }] }),
      foreignContainer("local", { ports: [{ protocol: "tcp", hostPort: 8093, hostIp: "127.0.0.2" }] }),
    ];
    const spec = specOf({
      container: { ports: [{ hostIp: "127.0.0.1", hostPort: 8093, containerPort: 80, protocol: "tcp" }] },
    });
    expect(text(spec, [active], { foreign })).toContain("start shop-web-1.next");
  });
});

it("a job that has completed does not run again while the new one waits for a port", () => {
  const spec = { ...onPort(8093), oneShot: true as const };
  const done = containerIn("active", "a", 1, {
    ...holding(8094),
    state: "exited",
    exitCode: 0,
    finishedAt: now - 5_000,
  });
  const next = containerIn("next", "b", 2, { ...created, ...holding(8093), specHash: "H2" });
  expect(text(spec, [done, next, blue(holding(8093))], { others: [onPort(8095, "blue")] })).toMatchInlineSnapshot(`
    "
    => wait: WaitingForTurn: port 8093 is still that of shop-blue-1 of shop/blue, which is not to have it any more
    "
  `);
});

describe("what the host cannot start", () => {
  const message = "failed to initialize logging driver: dial tcp 127.0.0.1:5514: connect: connection refused";
  const stopped = containerIn("active", "a", 1, {
    ...holding(8094),
    ...{ state: "exited", finishedAt: now - 500, exitCode: 0, restartPolicy: off },
  });
  const next = containerIn("next", "b", 2, { ...created, ...holding(8094), specHash: "H2", startError: message });
  const attempt = {
    specHash: "H2",
    digest: digestOf("b"),
    reason: "StartRefused",
    message: "no log",
    slot: 1,
  } as const;

  it("holds no digest: the old one comes back first", () => {
    expect(text(onPort(8094), [stopped, next])).toMatchInlineSnapshot(`
      "
      1. note that shop-web-1.next could not be started (nothing is held)
      2. remove shop-web-1.next (the engine could not start it: failed to initialize logging driver: dial tcp 127.0.0.1:5514: connect: connection refused; it is tried again from the start)
      3. set the restart policy of shop-web-1 to always (it serves: its declared restart policy holds)
      4. start shop-web-1 (roll back: the engine could not start it: failed to initialize logging driver: dial tcp 127.0.0.1:5514: connect: connection refused)
      => failed: StartRefused: the engine could not start it: failed to initialize logging driver: dial tcp 127.0.0.1:5514: connect: connection refused
      "
    `);
  });

  it.each([
    [1, 9_000, "it is tried again in 1s"],
    [1, 10_000, "start shop-web-1.next"],
    [2, 19_000, "it is tried again in 1s"],
    [20, 1_799_000, "it is tried again in 1s"],
    [20, -60_000, "start shop-web-1.next"],
  ])("is tried again later and later: after %d attempts and %d ms: %s", (count, ago, expected) => {
    const attempts = Array.from({ length: count }, () => ({ ...attempt, at: now - ago }));
    expect(text(onPort(8094), [containerIn("active", "a", 1, holding(8094))], { memory: { attempts } })).toContain(
      expected,
    );
  });
});

describe("an old one that something else than its successor is wanted instead of", () => {
  const gone = { state: "exited", finishedAt: now - 5_000, exitCode: 0, restartPolicy: off } as const;
  const two = { network: "shop_default", address: "10.0.0.2" };
  const fixed = { fixedAddresses: [two] };
  const beside = specOf();
  const comesBack = "start shop-web-1 (it serves while what was to replace it is itself replaced)";
  const pair = (active: Partial<ObservedContainer>, next: Partial<ObservedContainer> = {}) => [
    containerIn("active", "a", 1, { ...gone, ...active, specHash: "H0" }),
    containerIn("next", "b", 2, { ...next, specHash: "H1" }),
  ];

  it("does not come back where its port has gone to another one: that would be refused for ever", () => {
    expect(text(beside, [...pair(holding(8094)), blue(holding(8094))], { others: [onPort(8094, "blue")] }))
      .toMatchInlineSnapshot(`
        "
        1. stop shop-web-1.next, within 10s (something newer is wanted before it proved itself)
        2. remove shop-web-1.next (something newer is wanted before it proved itself)
        => continue: RolloutStarted: something newer is wanted before it proved itself
        "
      `);
    const foreign = [foreignContainer("grafana", { ports: holding(8094).ports })];
    expect(text(beside, pair(holding(8094)), { foreign })).not.toContain(comesBack);
    expect(text(beside, [...pair(holding(8094)), blue(holding(8093))])).toContain(comesBack);
  });

  it("nor where its successor has its address, fixed or not", () => {
    expect(text(beside, pair(fixed, fixed))).not.toContain(comesBack);
    expect(text(beside, pair(fixed, { chosenAddresses: [two] }))).not.toContain(comesBack);
    expect(text(beside, pair(fixed, { chosenAddresses: [{ ...two, address: "10.0.0.3" }] }))).toContain(comesBack);
  });

  it("is not waited for by one that was renamed by hand and serves", () => {
    const stray = containerIn("active", "a", 1, { id: "id-stray", name: "renamed", role: "stray", specHash: "H1" });
    const active = containerIn("active", "a", 1, { ...gone, ...holding(8094) });
    const their = [onPort(8094, "blue")];
    expect(text(beside, [active, stray, blue(holding(8094))], { others: their })).not.toContain("stop renamed");
    expect(text(beside, [active, stray, blue(holding(8093))], { others: their })).toContain("stop renamed");
  });
});
