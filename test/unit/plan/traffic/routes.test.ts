import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { ServiceSpec } from "../../../../src/compose/model/service.js";
import type { HostSnapshot } from "../../../../src/plan/model/host/host-snapshot.js";
import type { ObservedContainer, ObservedRoute } from "../../../../src/plan/model/host/observed.js";
import { inRole } from "../../../../src/plan/model/view.js";
import { bad, drive } from "../drive.js";
import type { Behaviour } from "../drive.js";
import { containerIn, desire, digestOf, hostWith, imageOf, now, planText, specOf } from "../world.js";

const gated = (patch: Parameters<typeof specOf>[0] = {}): ServiceSpec =>
  specOf({
    gate: { mode: "http", holdMs: 30_000, proxyProtocol: false },
    networks: [{ network: specOf().networks[0]!.network, aliases: [] }],
    ...patch,
  });

const at = (address: string): Pick<ObservedContainer, "location" | "networks"> => ({
  networks: [{ network: "shop_default", aliases: [] }],
  location: { kind: "networks", addresses: [{ networkId: "n", network: "shop_default", address }] },
});

const gateWith = (routes: readonly ObservedRoute[], patch: Partial<ObservedContainer> = {}): ObservedContainer =>
  containerIn("active", "e", 1, {
    id: "id-gate",
    name: "shop-web.gate-1",
    service: "web.gate",
    gate: { of: "web", state: { config: "c", routes } },
    ...patch,
  });

const route = (server: string, address: string | undefined, open: boolean, patch: Partial<ObservedRoute> = {}) => ({
  server,
  ...(address === undefined ? {} : { address }),
  open,
  sessions: 0,
  ...patch,
});

const old = containerIn("active", "a", 1, at("10.0.0.1"));
const proven = containerIn("next", "b", 2, { ...at("10.0.0.2"), startedAt: now - 6_000 });
const images = [imageOf("a", [1], ["id-active-1"]), imageOf("b", [2])];
const host = (containers: readonly ObservedContainer[], patch: Partial<HostSnapshot> = {}) =>
  hostWith(containers, { images, ...patch });
const usual = [route("slot1", "10.0.0.1", true), route("next1", undefined, false)];

describe("behind a gate", () => {
  it("the new one gets work and the old one none before anything else happens", () => {
    const seen = host([old, proven, gateWith(usual)]);
    expect(planText({ desired: desire("b", gated()), host: seen })).toMatchInlineSnapshot(`
      "
      1. route at shop-web.gate-1: next1 to 10.0.0.2 open, slot1 closed (only what has proved itself gets work)
      => continue: Draining: what is under way in shop-web-1 may end first, within 30s
      "
    `);
  });
  it("what is under way in the old one may end", () => {
    const routes = [
      route("slot1", "10.0.0.1", false, { sessions: 3, closedSince: now - 1_000 }),
      route("next1", "10.0.0.2", true),
    ];
    const seen = host([old, proven, gateWith(routes)]);
    expect(planText({ desired: desire("b", gated()), host: seen })).toMatchInlineSnapshot(`
      "
      => wait: Draining: what is under way in shop-web-1 may end first, within 30s
      "
    `);
  });
  it("within its time", () => {
    const routes = [
      route("slot1", "10.0.0.1", false, { sessions: 3, closedSince: now - 30_000 }),
      route("next1", "10.0.0.2", true),
    ];
    const seen = host([old, proven, gateWith(routes)]);
    expect(planText({ desired: desire("b", gated()), host: seen })).toMatchInlineSnapshot(`
      "
      1. set the restart policy of shop-web-1 to no (a container that leaves its role must not come back by itself)
      2. stop shop-web-1, within 10s (shop-web-1.next has taken over)
      3. rename shop-web-1 to shop-web-1.previous (it is kept for a roll-back)
      4. rename shop-web-1.next to shop-web-1 (it has been running for 5s)
      5. set the restart policy of shop-web-1 to always (it serves: its declared restart policy holds)
      => continue: Promoting: it has been running for 5s
      "
    `);
    const patient = gated({ leave: { drainMs: 60_000 } });
    expect(planText({ desired: desire("b", patient), host: seen })).toContain("=> wait: Draining");
  });
  it("after the promotion the new one gets the old one's place", () => {
    const active = { ...proven, ...containerIn("active", "b", 2), ...at("10.0.0.2") };
    const routes = [
      route("slot1", "10.0.0.1", false, { closedSince: now - 1_000 }),
      route("next1", "10.0.0.2", true, { sessions: 2 }),
    ];
    const previous = containerIn("previous", "a", 1);
    const seen = host([active, previous, gateWith(routes)], { images: [imageOf("a", [1]), imageOf("b", [2])] });
    expect(planText({ desired: desire("b", gated()), host: seen })).toMatchInlineSnapshot(`
      "
      1. route at shop-web.gate-1: slot1 to 10.0.0.2 open, next1 closed (only what has proved itself gets work)
      => converged: Converged: shop-web-1 runs sha256:bbbbbbbbbbbb
      "
    `);
  });
  it("what was begun at the seat before the promotion is counted there, and the next one takes another", () => {
    const routes = [
      route("slot1", "10.0.0.1", true),
      route("next1", "10.0.0.1", false, { sessions: 4, closedSince: now - 90_000 }),
      route("spare1", undefined, false),
    ];
    const seen = host([old, proven, gateWith(routes)]);
    expect(planText({ desired: desire("b", gated()), host: seen })).toContain(
      "spare1 to 10.0.0.2 open, slot1 closed (only what has proved itself gets work)",
    );
    const closed = routes.map((one) => (one.server === "slot1" ? { ...one, open: false, closedSince: now } : one));
    const [slot1, next1] = closed;
    if (slot1 === undefined || next1 === undefined) throw new Error("the routes are gone");
    const drains = host([old, proven, gateWith([slot1, next1, route("spare1", "10.0.0.2", true)])]);
    expect(planText({ desired: desire("b", gated()), host: drains })).toContain("=> wait: Draining");
    const later = { ...slot1, closedSince: now - 30_000 };
    const drained = host([old, proven, gateWith([later, next1, route("spare1", "10.0.0.2", true)])]);
    expect(planText({ desired: desire("b", gated()), host: drained })).toContain("stop shop-web-1");
  });
  it.each([
    ["10 s of 30 s", 30_000, 9_000, "may end first, within 10s"],
    ["no more than that", 30_000, 10_000, "stop shop-web-1"],
    ["nothing, where nothing can wait", 0, 0, "stop shop-web-1"],
  ])("where new work waits for it, the old may take %s", (_, holdMs, closedForMs, text) => {
    const spec = gated({
      gate: { mode: "http", holdMs, proxyProtocol: false },
      update: { order: "stop-first" },
    });
    const routes = [route("slot1", "10.0.0.1", false, { sessions: 1, closedSince: now - closedForMs })];
    const ready = containerIn("next", "b", 2, { ...at("10.0.0.2"), state: "created", startedAt: undefined });
    const seen = host([old, ready, gateWith(routes)]);
    expect(planText({ desired: desire("b", spec), host: seen })).toContain(text);
  });
  it("one that has not proved itself gets no work, nor does one that failed", () => {
    const young = { ...proven, startedAt: now - 1_000 };
    const seen = host([old, young, gateWith(usual)]);
    expect(planText({ desired: desire("b", gated()), host: seen })).not.toContain("route");
    const sick = { ...proven, health: "unhealthy" as const };
    expect(planText({ desired: desire("b", gated()), host: host([old, sick, gateWith(usual)]) })).not.toContain(
      "route",
    );
  });
  it("one that fails when it had work already loses it, and the old one has it again", () => {
    const sick = { ...proven, health: "unhealthy" as const };
    const routes = [route("slot1", "10.0.0.1", false, { closedSince: now }), route("next1", "10.0.0.2", true)];
    const seen = host([old, sick, gateWith(routes)]);
    expect(planText({ desired: desire("b", gated()), host: seen })).toMatchInlineSnapshot(`
      "
      1. route at shop-web.gate-1: slot1 open, next1 closed (only what has proved itself gets work)
      => continue: Draining: what is under way in shop-web-1.next may end first, within 30s
      "
    `);
  });
  it("one that must go first is made idle when the new one is made", () => {
    const single = gated({ update: { order: "stop-first" } });
    const seen = host([old, gateWith(usual)]);
    expect(planText({ desired: desire("b", single), host: seen })).toMatchInlineSnapshot(`
      "
      1. create shop-web-1.next from sha256:bbbbbbbbbbbb on shop_default without an alias (the image is now sha256:bbbbbbbbbbbb)
      2. tag acme/web@sha256:bbbbbbbbbbbb as fairlead/keep:shop.web.r3 (a tagged image survives an image prune)
      => continue: Draining: what is under way in shop-web-1 may end first, within 10s
      "
    `);
    const made = containerIn("next", "b", 2, { state: "created", startedAt: undefined });
    expect(planText({ desired: desire("b", single), host: host([old, made, gateWith(usual)]) })).toMatchInlineSnapshot(`
      "
      1. route at shop-web.gate-1: slot1 closed (nothing serves for a moment: new work waits at the gate)
      => continue: Draining: what is under way in shop-web-1 may end first, within 10s
      "
    `);
    const idle = [route("slot1", "10.0.0.1", false, { closedSince: now }), route("next1", undefined, false)];
    expect(planText({ desired: desire("b", single), host: host([old, made, gateWith(idle)]) })).toMatchInlineSnapshot(`
      "
      1. set the restart policy of shop-web-1 to no (a container that leaves its role must not come back by itself)
      2. stop shop-web-1, within 10s (stop-first: the service is declared stop-first)
      3. start shop-web-1.next (it is created and not started)
      => continue: RolloutStarted: it is created and not started
      "
    `);
  });
  it("one that has come back at another address is found there", () => {
    const moved = containerIn("active", "a", 1, at("10.0.0.9"));
    expect(planText({ desired: desire("a", gated()), host: host([moved, gateWith(usual)]) })).toMatchInlineSnapshot(`
      "
      1. route at shop-web.gate-1: slot1 to 10.0.0.9 open (only what has proved itself gets work)
      2. remove image acme/web@sha256:bbbbbbbbbbbb (beyond keep: 1)
      3. remove image fairlead/keep:shop.web.r2 (beyond keep: 1)
      => converged: Converged: shop-web-1 runs sha256:aaaaaaaaaaaa
      "
    `);
  });
  it("an ill one keeps the work that nobody else could take", () => {
    const ill = { ...old, health: "unhealthy" as const };
    expect(planText({ desired: desire("a", gated()), host: host([ill, gateWith(usual)]) })).not.toContain("route");
    const second = containerIn("active", "a", 1, {
      ...at("10.0.0.3"),
      id: "id-2",
      name: "shop-web-2",
      slot: 2,
    });
    const routes = [...usual, route("slot2", "10.0.0.3", true), route("next2", undefined, false)];
    const two = gated({ replicas: 2 });
    expect(planText({ desired: desire("a", two), host: host([ill, second, gateWith(routes)]) })).toMatchInlineSnapshot(`
      "
      1. route at shop-web.gate-1: slot1 closed (only what has proved itself gets work)
      2. remove image acme/web@sha256:bbbbbbbbbbbb (beyond keep: 1)
      3. remove image fairlead/keep:shop.web.r2 (beyond keep: 1)
      => converged: Converged: all 2 replicas run sha256:aaaaaaaaaaaa
      "
    `);
  });
  it("the way to one that has ended stays open where no other leads anywhere: the engine may start it again", () => {
    const ended = { ...old, state: "exited" as const, exitCode: 1, finishedAt: now - 200, ...at("10.0.0.1") };
    expect(planText({ desired: desire("a", gated()), host: host([ended, gateWith(usual)]) })).not.toContain("route");
    const second = containerIn("active", "a", 1, { ...at("10.0.0.3"), id: "id-2", name: "shop-web-2", slot: 2 });
    const routes = [...usual, route("slot2", "10.0.0.3", true), route("next2", undefined, false)];
    const two = planText({
      desired: desire("a", gated({ replicas: 2 })),
      host: host([ended, second, gateWith(routes)]),
    });
    expect(two).toContain("route at shop-web.gate-1: slot1 closed");
  });
  it("nothing is stopped while the gate does not answer, and what runs is kept running", () => {
    const silent = gateWith([], { gate: { of: "web" } });
    expect(planText({ desired: desire("b", gated()), host: host([old, proven, silent]) })).toMatchInlineSnapshot(`
      "
      => failed: GateUnavailable: shop-web.gate-1 does not answer: nothing behind it is stopped before it can be told
      "
    `);
    const ended = { ...old, state: "exited" as const, exitCode: 1, finishedAt: now - 2_000 };
    expect(planText({ desired: desire("a", gated()), host: host([ended, silent]) })).toContain("start shop-web-1");
  });
  it("without a gate that runs there is nobody to tell", () => {
    const down = gateWith([], { state: "exited", gate: { of: "web" } });
    expect(planText({ desired: desire("b", gated()), host: host([old, proven, down]) })).toContain("stop shop-web-1");
  });
});

describe("a gate that the file does not want any more", () => {
  it("gives its ports to the container that takes them over", () => {
    const published = specOf({
      container: { ports: [{ hostIp: undefined, hostPort: 80, containerPort: 80, protocol: "tcp" }] },
    });
    const seen = host([old, gateWith(usual)]);
    expect(planText({ desired: desire("b", published), host: seen })).toMatchInlineSnapshot(`
      "
      1. create shop-web-1.next from sha256:bbbbbbbbbbbb on shop_default as web (the image is now sha256:bbbbbbbbbbbb)
      2. tag acme/web@sha256:bbbbbbbbbbbb as fairlead/keep:shop.web.r3 (a tagged image survives an image prune)
      3. set the restart policy of shop-web.gate-1 to no (a container that leaves its role must not come back by itself)
      4. stop shop-web.gate-1, within 10s (the file gives the service no gate any more)
      5. start shop-web-1.next (it is to serve)
      => continue: RolloutStarted: rolling out sha256:bbbbbbbbbbbb, stop-first: the service publishes 80 and has no gate
      "
    `);
  });
  it("goes when nothing needs it", () => {
    expect(planText({ desired: desire("a"), host: host([containerIn("active", "a", 1), gateWith(usual)]) }))
      .toMatchInlineSnapshot(`
      "
      1. remove image acme/web@sha256:bbbbbbbbbbbb (beyond keep: 1)
      2. remove image fairlead/keep:shop.web.r2 (beyond keep: 1)
      3. set the restart policy of shop-web.gate-1 to no (a container that leaves its role must not come back by itself)
      4. stop shop-web.gate-1, within 10s (the file gives the service no gate any more)
      5. remove shop-web.gate-1 (the file gives the service no gate any more)
      => converged: Converged: shop-web-1 runs sha256:aaaaaaaaaaaa
      "
    `);
  });
});

describe("from any crash", () => {
  const lastingMs = fc.constantFrom(0, 700, 40_000);
  const orders = fc.constantFrom("start-first" as const, "stop-first" as const);
  const behaviours = fc.constantFrom<Behaviour>("good", "checked", ...bad);
  const crashes = fc.uniqueArray(fc.nat(24), { maxLength: 3 }).map((list) => new Set(list));

  it("only the proven get work, and nobody is stopped who has some", () => {
    fc.assert(
      fc.property(
        lastingMs,
        orders,
        behaviours,
        crashes,
        fc.boolean(),
        (lasting, order, behaviour, dies, forgetful) => {
          const spec = gated({ update: { order } });
          const seats = [...usual, ...[2, 3].flatMap((slot) => [route(`slot${slot}`, undefined, false)])];
          const arrival = drive({
            desired: desire("b", spec),
            start: host([old, gateWith(seats)]),
            behaviours: { b: behaviour },
            crashes: dies,
            forgetful,
            seen: (seen) => underLoad(seen, lasting),
            onStep: (step, before, after) => {
              const served = openTo(after);
              if (order === "start-first")
                expect(served.length, `somebody serves after ${step.kind}`).toBeGreaterThan(0);
              if (bad.includes(behaviour)) expect(served.map(({ digest }) => digest)).not.toContain(digestOf("b"));
              if (step.kind !== "stop-container") return;
              const stopped = before.containers.find(({ name }) => name === step.container)!;
              const ways = routesOf(before).filter(
                ({ address }) => address !== undefined && address === addressIn(stopped),
              );
              const closedSince = Math.max(...ways.map((way) => way.closedSince ?? Infinity));
              const hadItsTime = before.takenAt - closedSince >= (served.length > 0 ? 30_000 : 10_000);
              for (const { open, sessions } of ways) {
                expect(open, `${stopped.name} still gets work when it is stopped`).toBe(false);
                expect(sessions === 0 || hadItsTime, "what is under way had its time").toBe(true);
              }
            },
          });
          const serving = bad.includes(behaviour) ? "a" : "b";
          expect(
            inRole(
              arrival.host.containers.filter(({ service }) => service === "web"),
              "active",
            ),
          ).toMatchObject({
            digest: digestOf(serving),
            state: "running",
          });
          expect(openTo(arrival.host).map(({ digest }) => digest)).toEqual([digestOf(serving)]);
        },
      ),
    );
  });

  function routesOf(seen: HostSnapshot): readonly ObservedRoute[] {
    return seen.containers.flatMap(({ gate }) => gate?.state?.routes ?? []);
  }

  function addressIn({ location }: ObservedContainer): string | undefined {
    return location?.kind === "networks" ? location.addresses[0]?.address : undefined;
  }

  /** Who gets work now and can do it. */
  function openTo(seen: HostSnapshot): readonly ObservedContainer[] {
    const open = routesOf(seen).filter((one) => one.open && one.address !== undefined);
    return seen.containers.filter(
      (one) => one.state === "running" && open.some(({ address }) => address === addressIn(one)),
    );
  }

  /** Each running container has an address, and what an open way leads to has work that lasts so long. */
  function underLoad(seen: HostSnapshot, lasting: number): HostSnapshot {
    const located = seen.containers.map((one): ObservedContainer => {
      const { location, ...rest } = one;
      if (one.gate !== undefined) return one;
      if (one.state !== "running") return rest;
      return { ...rest, location: location ?? at(`10.0.1.${one.revision}`).location! };
    });
    const containers = located.map((one): ObservedContainer => {
      if (one.gate?.state === undefined) return one;
      const routes = one.gate.state.routes.map((way) => {
        const isUp = located.some((other) => other.state === "running" && addressIn(other) === way.address);
        const isOver = way.closedSince !== undefined && seen.takenAt - way.closedSince >= lasting;
        return { ...way, sessions: isUp && !isOver && way.address !== undefined ? 2 : 0 };
      });
      return { ...one, gate: { ...one.gate, state: { ...one.gate.state, routes } } };
    });
    return { ...seen, containers };
  }
});
