import { describe, expect, it } from "vitest";
import type { ServiceSpec } from "../../../../src/compose/model/service.js";
import { pinned } from "../../../../src/plan/history/pin.js";
import type { HostSnapshot } from "../../../../src/plan/model/host/host-snapshot.js";
import type { ObservedContainer } from "../../../../src/plan/model/host/observed.js";
import { Secret } from "../../../../src/tools/secret.js";
import { containerIn, desire, hostWith, imageOf, now, planText, port8080, specOf } from "../world.js";

const gate = { mode: "http", holdMs: 30_000, proxyProtocol: false } as const;
const network = specOf().networks[0]!.network;
/** Behind its gate. */
const gated = specOf({ gate, networks: [{ network, aliases: [] }] });
const single = { ...gated, update: { ...gated.update, order: "stop-first" as const } };
const itsGate = specOf({ name: "web.gate", gateOf: "web", container: { ports: [port8080] } });

const old = containerIn("active", "a", 1, { specHash: "OLD", publishes: true });
const young: Partial<ObservedContainer> = { networks: [{ network: "shop_default", aliases: [] }] };
const proven = containerIn("next", "a", 2, { ...young, startedAt: now - 6_000 });
const unborn = containerIn("next", "a", 2, { ...young, state: "created", startedAt: undefined });

const gateAs = (role: "active" | "next", patch: Partial<ObservedContainer> = {}) =>
  containerIn(role, "e", 1, {
    id: "id-gate",
    name: role === "next" ? "shop-web.gate-1.next" : "shop-web.gate-1",
    service: "web.gate",
    gate: { of: "web" },
    declaredNetworks: ["shop_default"],
    publishes: true,
    ...patch,
  });
const made = gateAs("next", { state: "created", startedAt: undefined });

const images = [imageOf("a", [1, 2], ["id-active-1"]), { ...imageOf("e"), tags: ["fairlead/keep:shop.web.gate.r1"] }];
const host = (...containers: readonly ObservedContainer[]): HostSnapshot => hostWith(containers, { images });
const planOf = (spec: ServiceSpec, ...containers: readonly ObservedContainer[]) =>
  planText({ desired: desire(spec.gateOf === undefined ? "a" : "e", spec), host: host(...containers) });

describe("a gate that is put before a service which holds its ports itself", () => {
  it("is made and not started", () => {
    const untagged = hostWith([old], { images: [imageOf("a", [1]), imageOf("e")] });
    expect(planText({ desired: desire("e", itsGate), host: untagged })).toMatchInlineSnapshot(`
      "
      1. create shop-web.gate-1.next from sha256:eeeeeeeeeeee on shop_default as web (nothing of this service exists)
      2. tag acme/web@sha256:eeeeeeeeeeee as fairlead/keep:shop.web.gate.r1 (a tagged image survives an image prune)
      => continue: RolloutStarted: its ports are those of shop-web-1, until what is to stand behind the gate is ready
      "
    `);
    expect(planOf(itsGate, old, made)).toMatchInlineSnapshot(`
      "
      => wait: WaitingForTurn: its ports are those of shop-web-1, until what is to stand behind the gate is ready
      "
    `);
  });
  it("is made whole after a death in the middle of that", () => {
    const untagged = hostWith([old, made], { images: [imageOf("a", [1]), imageOf("e")] });
    expect(planText({ desired: desire("e", itsGate), host: untagged })).toMatchInlineSnapshot(`
      "
      1. disconnect shop-web.gate-1.next from shop_default (an alias can only be given on joining)
      2. connect shop-web.gate-1.next on shop_default as web (it is to answer to web)
      3. tag acme/web@sha256:eeeeeeeeeeee as fairlead/keep:shop.web.gate.r1 (a tagged image survives an image prune)
      => continue: RolloutStarted: its ports are those of shop-web-1, until what is to stand behind the gate is ready
      "
    `);
  });
  it("is started right after the old container's stop, when the new one has proved itself", () => {
    expect(planOf(gated, old, proven, made)).toMatchInlineSnapshot(`
      "
      1. set the restart policy of shop-web-1 to no (a container that leaves its role must not come back by itself)
      2. stop shop-web-1, within 10s (shop-web-1.next has taken over)
      3. start shop-web.gate-1.next (its ports have just become free)
      4. rename shop-web-1 to shop-web-1.previous (it is kept for a roll-back)
      5. rename shop-web-1.next to shop-web-1 (it has been running for 5s)
      6. set the restart policy of shop-web-1 to always (it serves: its declared restart policy holds)
      => continue: Promoting: it has been running for 5s
      "
    `);
  });
  it("is started before the new one, where the old one must stop first", () => {
    expect(planOf(single, old, made)).toMatchInlineSnapshot(`
      "
      1. create shop-web-1.next from sha256:aaaaaaaaaaaa on shop_default without an alias (the spec has changed)
      2. tag acme/web@sha256:aaaaaaaaaaaa as fairlead/keep:shop.web.r3 (a tagged image survives an image prune)
      3. set the restart policy of shop-web-1 to no (a container that leaves its role must not come back by itself)
      4. stop shop-web-1, within 10s (stop-first: the service is declared stop-first)
      5. start shop-web.gate-1.next (its ports have just become free)
      6. start shop-web-1.next (it is to serve)
      => continue: RolloutStarted: rolling out sha256:aaaaaaaaaaaa, stop-first: the service is declared stop-first
      "
    `);
    expect(planOf(single, old, unborn, made)).toMatchInlineSnapshot(`
      "
      1. set the restart policy of shop-web-1 to no (a container that leaves its role must not come back by itself)
      2. stop shop-web-1, within 10s (stop-first: the service is declared stop-first)
      3. start shop-web.gate-1.next (its ports have just become free)
      4. start shop-web-1.next (it is created and not started)
      => continue: RolloutStarted: it is created and not started
      "
    `);
  });
  it("is waited for: the old one serves until it is made", () => {
    expect(planOf(gated, old, proven)).toMatchInlineSnapshot(`
      "
      => wait: WaitingForDependency: shop-web-1 may stop when there is a gate that takes over its ports
      "
    `);
    expect(planOf(single, old)).toMatchInlineSnapshot(`
      "
      1. create shop-web-1.next from sha256:aaaaaaaaaaaa on shop_default without an alias (the spec has changed)
      2. tag acme/web@sha256:aaaaaaaaaaaa as fairlead/keep:shop.web.r3 (a tagged image survives an image prune)
      => continue: RolloutStarted: shop-web-1 may stop when there is a gate that takes over its ports
      "
    `);
    expect(planOf(single, old, unborn)).toMatchInlineSnapshot(`
      "
      => wait: WaitingForDependency: shop-web-1 may stop when there is a gate that takes over its ports
      "
    `);
    const untagged = hostWith([old, proven, made], { images: [imageOf("a", [1]), imageOf("e")] });
    expect(planText({ desired: desire("a", gated), host: untagged })).toContain("=> wait: WaitingForDependency");
    const apart = { ...made, networks: [] };
    expect(planOf(gated, old, proven, apart)).toContain("=> wait: WaitingForDependency");
    const refused = { ...made, startError: "port is already allocated" };
    expect(planOf(gated, old, proven, refused)).toContain("=> wait: WaitingForDependency");
  });
  it("starts by itself once nothing of the service holds ports any more", () => {
    const stopped = { ...old, state: "exited" as const, exitCode: 0, finishedAt: now };
    expect(planOf(itsGate, stopped, proven, made)).toContain("start shop-web.gate-1.next");
    expect(planOf(gated, stopped, proven, made)).not.toContain("gate");
    const behind = containerIn("active", "a", 2, young);
    expect(planOf(itsGate, behind, made)).toContain("start shop-web.gate-1.next");
  });
  it("is not written to by its own plan when the service may be starting it", () => {
    const files = {
      config: "c",
      files: [{ origin: "the gate", path: "/g", content: new Secret(""), mode: 0o644, uid: 0, gid: 0 }],
    };
    const behind = containerIn("active", "a", 2, young);
    const desired = desire("e", { ...itsGate, rewritable: files });
    expect(planText({ desired, host: host(behind, made) })).not.toContain("write");
    const untagged = hostWith([behind, made], { images: [imageOf("a", [1]), imageOf("e")] });
    expect(planText({ desired, host: untagged })).toContain("write the gate to /g");
  });
  it("is no reason to wait for one that only starts anew, or for a gate that runs", () => {
    expect(planOf(gated, old)).not.toContain("gate");
    expect(planOf(itsGate, old, gateAs("active"))).toContain("=> converged");
    expect(planOf(gated, old, proven, gateAs("active", { state: "exited" }))).toContain("stop shop-web-1");
  });
});

describe("a way back behind a gate", () => {
  it("is no container that publishes the ports itself: they are the gate's", () => {
    const active = containerIn("active", "a", 2, young);
    const previous = containerIn("previous", "a", 1, { specHash: "OLD", publishes: true });
    const desired = desire("a", gated);
    const pin = { revision: 1, digest: previous.digest, specHash: "OLD", image: previous.image, at: now };
    const planned = planText({ desired: pinned(desired, pin), host: host(active, previous, gateAs("active")) });
    expect(planned).toContain("with today's spec: shop-web-1 runs");
    expect(planned).not.toContain("start");
  });
});

describe("a gate that is taken away", () => {
  const plain = specOf({ container: { ports: [port8080] } });
  const behind = containerIn("active", "a", 1, { ...young, specHash: "OLD" });
  const publishing = containerIn("next", "a", 2, { publishes: true, startedAt: now - 6_000 });
  const ended = gateAs("active", {
    state: "exited",
    exitCode: 0,
    finishedAt: now - 6_000,
    restartPolicy: { name: "no", maximumRetryCount: 0 },
  });

  it("ends when the container is made that publishes the ports itself, and right before that starts", () => {
    expect(planOf(plain, behind, gateAs("active"))).toMatchInlineSnapshot(`
      "
      1. create shop-web-1.next from sha256:aaaaaaaaaaaa on shop_default as web (the spec has changed)
      2. tag acme/web@sha256:aaaaaaaaaaaa as fairlead/keep:shop.web.r3 (a tagged image survives an image prune)
      3. set the restart policy of shop-web.gate-1 to no (a container that leaves its role must not come back by itself)
      4. stop shop-web.gate-1, within 10s (the file gives the service no gate any more)
      5. start shop-web-1.next (it is to serve)
      => continue: RolloutStarted: rolling out sha256:aaaaaaaaaaaa, stop-first: the service publishes 8080 and has no gate
      "
    `);
    const created = { ...publishing, state: "created" as const, startedAt: undefined };
    expect(planOf(plain, behind, created, gateAs("active"))).toMatchInlineSnapshot(`
      "
      1. disconnect shop-web-1.next from shop_default (an alias can only be given on joining)
      2. connect shop-web-1.next on shop_default as web (it is to answer to web)
      3. set the restart policy of shop-web.gate-1 to no (a container that leaves its role must not come back by itself)
      4. stop shop-web.gate-1, within 10s (the file gives the service no gate any more)
      5. start shop-web-1.next (it is created and not started)
      => continue: RolloutStarted: it is created and not started
      "
    `);
  });
  it("ends before the old one does, where that must stop first", () => {
    const alone = { ...plain, update: { ...plain.update, order: "stop-first" as const } };
    expect(planOf(alone, behind, gateAs("active"))).toMatchInlineSnapshot(`
      "
      1. create shop-web-1.next from sha256:aaaaaaaaaaaa on shop_default as web (the spec has changed)
      2. tag acme/web@sha256:aaaaaaaaaaaa as fairlead/keep:shop.web.r3 (a tagged image survives an image prune)
      3. set the restart policy of shop-web.gate-1 to no (a container that leaves its role must not come back by itself)
      4. stop shop-web.gate-1, within 10s (the file gives the service no gate any more)
      5. set the restart policy of shop-web-1 to no (a container that leaves its role must not come back by itself)
      6. stop shop-web-1, within 10s (stop-first: the service publishes 8080 and has no gate)
      7. start shop-web-1.next (it is to serve)
      => continue: RolloutStarted: rolling out sha256:aaaaaaaaaaaa, stop-first: the service publishes 8080 and has no gate
      "
    `);
  });
  it("is kept until the new one has proved itself, and goes then", () => {
    const waiting = { ...publishing, startedAt: now - 1_000 };
    expect(planOf(plain, behind, waiting, ended)).toMatchInlineSnapshot(`
      "
      => wait: WaitingForHealth: it is running and must stay so for 5s
      "
    `);
    expect(planOf(plain, behind, publishing, ended)).toMatchInlineSnapshot(`
      "
      1. disconnect shop-web-1.next from shop_default (an alias can only be given on joining)
      2. connect shop-web-1.next on shop_default as web (it is to answer to web)
      3. set the restart policy of shop-web-1 to no (a container that leaves its role must not come back by itself)
      4. stop shop-web-1, within 10s (shop-web-1.next has taken over)
      5. rename shop-web-1 to shop-web-1.previous (it is kept for a roll-back)
      6. rename shop-web-1.next to shop-web-1 (it has been running for 5s)
      7. set the restart policy of shop-web-1 to always (it serves: its declared restart policy holds)
      => continue: Promoting: it has been running for 5s
      "
    `);
    const promoted = containerIn("active", "a", 2, { publishes: true });
    expect(planOf(plain, promoted, ended)).toMatchInlineSnapshot(`
      "
      1. remove shop-web.gate-1 (the file gives the service no gate any more)
      => converged: Converged: shop-web-1 runs sha256:aaaaaaaaaaaa
      "
    `);
  });
  it("comes back where the new one fails", () => {
    const failed = { ...publishing, health: "unhealthy" as const };
    expect(planOf(plain, behind, failed, ended)).toMatchInlineSnapshot(`
      "
      1. keep the last log lines of shop-web-1.next and hold sha256:aaaaaaaaaaaa (the journal keeps its last log lines and holds its digest)
      2. stop shop-web-1.next, within 10s (its health check fails)
      3. rename shop-web-1.next to shop-web-1.failed (its health check fails; it is kept for inspection)
      4. set the restart policy of shop-web.gate-1 to always (it serves: its declared restart policy holds)
      5. start shop-web.gate-1 (what serves now can be reached through it only)
      => continue: Unhealthy: its health check fails
      "
    `);
    const left = containerIn("failed", "a", 2, { publishes: true });
    expect(planOf(plain, behind, left, ended)).toMatchInlineSnapshot(`
      "
      1. set the restart policy of shop-web.gate-1 to always (it serves: its declared restart policy holds)
      2. start shop-web.gate-1 (what serves now can be reached through it only)
      => blocked: DigestHeld: sha256:aaaaaaaaaaaa failed: it failed before, as shop-web-1.failed shows; held until the image or the spec changes, or a retry
      "
    `);
    expect(planOf(plain, behind, left, gateAs("active"))).not.toContain("gate");
  });
  it("goes when the new one answers to the names, where the service publishes nothing", () => {
    const next = containerIn("next", "a", 2, { ...young, startedAt: now - 6_000 });
    expect(planOf(specOf(), behind, gateAs("active"))).not.toContain("gate");
    expect(planOf(specOf(), behind, next, gateAs("active"))).toMatchInlineSnapshot(`
      "
      1. disconnect shop-web-1.next from shop_default (an alias can only be given on joining)
      2. connect shop-web-1.next on shop_default as web (it is to answer to web)
      3. set the restart policy of shop-web.gate-1 to no (a container that leaves its role must not come back by itself)
      4. stop shop-web.gate-1, within 10s (the file gives the service no gate any more)
      5. remove shop-web.gate-1 (the file gives the service no gate any more)
      6. set the restart policy of shop-web-1 to no (a container that leaves its role must not come back by itself)
      7. stop shop-web-1, within 10s (shop-web-1.next has taken over)
      8. rename shop-web-1 to shop-web-1.previous (it is kept for a roll-back)
      9. rename shop-web-1.next to shop-web-1 (it has been running for 5s)
      10. set the restart policy of shop-web-1 to always (it serves: its declared restart policy holds)
      => continue: Promoting: it has been running for 5s
      "
    `);
  });
});
