import { describe, expect, it } from "vitest";
import type { HostSnapshot } from "../../../../src/plan/model/host/host-snapshot.js";
import type { ObservedContainer } from "../../../../src/plan/model/host/observed.js";
import { fleet, fleetSpec, inSlot } from "../fleet.js";
import { desire, digestOf, hold, hostWith, imageOf, now, planText } from "../world.js";

const images = [imageOf("a", [1]), imageOf("b", [2]), imageOf("c")];
const at = (containers: readonly ObservedContainer[], patch: Partial<HostSnapshot> = {}) =>
  hostWith(containers, { images, ...patch });
const young = { createdAt: now - 4_000, startedAt: now - 3_000 } as const;
const proven = { startedAt: now - 5_000 } as const;
const sick = { health: "unhealthy" } as const;
const gone = { state: "exited", restartPolicy: { name: "no", maximumRetryCount: 0 } } as const;
const inB = { ...hold("b"), slot: 2 };

describe("several replicas", () => {
  it("start together, and share what they need", () => {
    const host = hostWith([], { images: [imageOf("a")], networks: new Map() });
    expect(planText({ desired: desire("a", fleetSpec(2)), host })).toMatchInlineSnapshot(`
      "
      1. create network shop_default (the service joins it and it is missing)
      2. create shop-web-1.next from sha256:aaaaaaaaaaaa on shop_default as web (nothing of this service exists)
      3. tag acme/web@sha256:aaaaaaaaaaaa as fairlead/keep:shop.web.r1 (a tagged image survives an image prune)
      4. start shop-web-1.next (it is to serve)
      5. create shop-web-2.next from sha256:aaaaaaaaaaaa on shop_default as web (nothing of this service exists)
      6. start shop-web-2.next (it is to serve)
      => continue: RolloutStarted: rolling out sha256:aaaaaaaaaaaa, start-first: the service publishes no host port and writes to no shared volume
      "
    `);
  });
  it("are converged when all of them run it", () => {
    expect(planText({ desired: desire("a", fleetSpec(3)), host: fleet(3) })).toMatchInlineSnapshot(`
      "
      => converged: Converged: all 3 replicas run sha256:aaaaaaaaaaaa
      "
    `);
  });
  it("say which of them is not well", () => {
    const ended = inSlot(2, "active", "a", 1, { state: "exited", exitCode: 1, finishedAt: now - 2_000 });
    const host = at([inSlot(1, "active", "a", 1), ended, inSlot(3, "active", "a", 1)]);
    expect(planText({ desired: desire("a", fleetSpec(3)), host })).toMatchInlineSnapshot(`
      "
      1. remove image acme/web@sha256:bbbbbbbbbbbb (beyond keep: 1)
      2. remove image fairlead/keep:shop.web.r2 (beyond keep: 1)
      3. start shop-web-2 (it ended (exit code 1))
      => continue: Restoring: slot 2 of 3: it ended (exit code 1)
      "
    `);
    const heals = new Map([[2, 9]]);
    const early = { startedAt: now - 2_500 };
    const again = at([inSlot(1, "active", "a", 1), { ...ended, ...early }, inSlot(3, "active", "a", 1)]);
    expect(planText({ desired: desire("a", fleetSpec(3)), host: again, memory: { heals } })).toMatchInlineSnapshot(`
      "
      1. remove image acme/web@sha256:bbbbbbbbbbbb (beyond keep: 1)
      2. remove image fairlead/keep:shop.web.r2 (beyond keep: 1)
      => wait: CrashLooping: slot 2 of 3: shop-web-2 keeps ending (exit code 1); it is started again in 254s
      "
    `);
  });
  it("a new one joins with the revision of the others, and answers to no alias yet", () => {
    expect(planText({ desired: desire("a", fleetSpec(3)), host: fleet(2) })).toMatchInlineSnapshot(`
      "
      1. create shop-web-3.next from sha256:aaaaaaaaaaaa on shop_default without an alias (nothing of this service exists)
      2. start shop-web-3.next (it is to serve)
      => continue: RolloutStarted: slot 3 of 3: rolling out sha256:aaaaaaaaaaaa, start-first: the service publishes no host port and writes to no shared volume
      "
    `);
  });
  it("those beyond the wanted number go, the highest first", () => {
    expect(planText({ desired: desire("a", fleetSpec(1)), host: fleet(3) })).toMatchInlineSnapshot(`
      "
      1. disconnect shop-web-2 from shop_default (it leaves: another answers in its place)
      2. connect shop-web-2 on shop_default without an alias (it leaves: another answers in its place)
      3. note that shop-web-2 has left (it may finish what is under way, within 2s)
      4. disconnect shop-web-3 from shop_default (it leaves: another answers in its place)
      5. connect shop-web-3 on shop_default without an alias (it leaves: another answers in its place)
      6. note that shop-web-3 has left (it may finish what is under way, within 2s)
      => continue: Draining: shop-web-2 leaves before it is stopped; shop-web-3 leaves before it is stopped
      "
    `);
    expect(planText({ desired: desire("a", fleetSpec(0)), host: fleet(1) })).toMatchInlineSnapshot(`
      "
      1. set the restart policy of shop-web-1 to no (a container that leaves its role must not come back by itself)
      2. stop shop-web-1, within 10s (0 replicas are wanted)
      3. remove shop-web-1 (0 replicas are wanted)
      => continue: Removing: 0 replicas are wanted
      "
    `);
    expect(planText({ desired: desire("a", fleetSpec(0)), host: fleet(0) })).toMatchInlineSnapshot(`
      "
      => converged: Converged: no replica is wanted
      "
    `);
  });
});

describe("a rollout of several replicas", () => {
  it("begins with one of them, start-first beside the old one", () => {
    expect(planText({ desired: desire("b", fleetSpec(3)), host: fleet(3) })).toMatchInlineSnapshot(`
      "
      1. create shop-web-1.next from sha256:bbbbbbbbbbbb on shop_default without an alias (the image is now sha256:bbbbbbbbbbbb)
      2. tag acme/web@sha256:bbbbbbbbbbbb as fairlead/keep:shop.web.r2 (a tagged image survives an image prune)
      3. start shop-web-1.next (it proves itself beside the one that serves)
      => continue: RolloutStarted: slot 1 of 3: rolling out sha256:bbbbbbbbbbbb, start-first: the service publishes no host port and writes to no shared volume
      "
    `);
  });
  it("pulls once, while all of them keep running", () => {
    const host = fleet(3, { images: [imageOf("a", [1])] });
    expect(planText({ desired: desire("b", fleetSpec(3, { parallelism: 0 })), host })).toMatchInlineSnapshot(`
      "
      1. pull acme/web@sha256:bbbbbbbbbbbb (the image is not on this host yet)
      => wait: Pulling: acme/web@sha256:bbbbbbbbbbbb is being pulled
      "
    `);
  });
  it("stop-first: as many as parallelism says stop serving", () => {
    const spec = fleetSpec(3, { order: "stop-first", parallelism: 2 });
    expect(planText({ desired: desire("b", spec), host: fleet(3) })).toMatchInlineSnapshot(`
      "
      1. create shop-web-1.next from sha256:bbbbbbbbbbbb on shop_default without an alias (the image is now sha256:bbbbbbbbbbbb)
      2. tag acme/web@sha256:bbbbbbbbbbbb as fairlead/keep:shop.web.r2 (a tagged image survives an image prune)
      3. create shop-web-2.next from sha256:bbbbbbbbbbbb on shop_default without an alias (the image is now sha256:bbbbbbbbbbbb)
      4. disconnect shop-web-1 from shop_default (it leaves: another answers in its place)
      5. connect shop-web-1 on shop_default without an alias (it leaves: another answers in its place)
      6. note that shop-web-1 has left (it may finish what is under way, within 2s)
      7. disconnect shop-web-2 from shop_default (it leaves: another answers in its place)
      8. connect shop-web-2 on shop_default without an alias (it leaves: another answers in its place)
      9. note that shop-web-2 has left (it may finish what is under way, within 2s)
      => continue: Draining: shop-web-1 leaves before it is stopped; shop-web-2 leaves before it is stopped
      "
    `);
  });
  it("the others wait while one proves itself", () => {
    const host = at([...fleet(3).containers, inSlot(1, "next", "b", 2, young)]);
    expect(planText({ desired: desire("b", fleetSpec(3)), host })).toMatchInlineSnapshot(`
      "
      => wait: WaitingForHealth: slot 1 of 3: it is running and must stay so for 5s
      "
    `);
  });
  it("what does not serve anyway goes first", () => {
    const crashing = inSlot(3, "active", "a", 1, { state: "restarting", exitCode: 1 });
    const host = at([inSlot(1, "active", "a", 1), inSlot(2, "active", "a", 1), crashing]);
    const text = planText({ desired: desire("b", fleetSpec(3, { order: "stop-first" })), host });
    expect(text).toContain("create shop-web-3.next");
    expect(text).not.toContain("create shop-web-1.next");
  });
  it("the next one begins after the delay, counted from when the last one was proven", () => {
    const spec = fleetSpec(2, { delayMs: 10_000 });
    const done = (startedAt: number) =>
      at([inSlot(1, "active", "b", 2, { startedAt }), inSlot(1, "previous", "a", 1), inSlot(2, "active", "a", 1)]);
    expect(planText({ desired: desire("b", spec), host: done(now - 14_999) })).toMatchInlineSnapshot(`
      "
      => wait: WaitingForTurn: slot 2 of 2: a delay of 10s is asked for between replicas
      "
    `);
    expect(planText({ desired: desire("b", spec), host: done(now - 15_000) })).toContain("create shop-web-2.next");
  });
  it("goes no further while one that was promoted is not well", () => {
    const host = at([
      inSlot(1, "active", "b", 2, sick),
      inSlot(1, "previous", "a", 1),
      inSlot(2, "active", "a", 1),
      inSlot(3, "active", "a", 1),
    ]);
    expect(planText({ desired: desire("b", fleetSpec(3)), host })).toMatchInlineSnapshot(`
      "
      => wait: WaitingForHealth: slots 2, 3 of 3: shop-web-1 is not well, and no further replica begins until it is
      "
    `);
  });
});

describe("a replica that fails", () => {
  const half = (...more: ObservedContainer[]) => [
    inSlot(1, "active", "b", 2),
    inSlot(1, "previous", "a", 1),
    inSlot(2, "active", "a", 1),
    inSlot(3, "active", "a", 1),
    ...more,
  ];
  it("is put aside, and in the same plan no other begins", () => {
    const host = at(half(inSlot(2, "next", "b", 2, { ...young, ...sick })));
    expect(planText({ desired: desire("b", fleetSpec(3, { parallelism: 2 })), host })).toMatchInlineSnapshot(`
      "
      1. keep the last log lines of shop-web-2.next and hold sha256:bbbbbbbbbbbb (the journal keeps its last log lines and holds its digest)
      2. stop shop-web-2.next, within 10s (its health check fails)
      3. rename shop-web-2.next to shop-web-2.failed (its health check fails; it is kept for inspection)
      => continue: Unhealthy: slot 2 of 3: its health check fails
      "
    `);
  });
  it("start-first: the one promoted before it goes back to its old container, beside it", () => {
    const host = at(half(inSlot(2, "failed", "b", 2)));
    expect(planText({ desired: desire("b", fleetSpec(3)), host, memory: { holds: [inB] } })).toMatchInlineSnapshot(`
      "
      1. start shop-web-1.previous (roll back: sha256:bbbbbbbbbbbb failed in slot 2: its health check fails)
      2. rename shop-web-1.previous to shop-web-1.next (it is to take its old place)
      => continue: RollingBack: slot 1 of 3: sha256:bbbbbbbbbbbb failed in slot 2: its health check fails
      "
    `);
  });
  it("stop-first: it gives way to its old container", () => {
    const host = at(half(inSlot(2, "failed", "b", 2)));
    const spec = fleetSpec(3, { order: "stop-first" });
    expect(planText({ desired: desire("b", spec), host, memory: { holds: [inB] } })).toMatchInlineSnapshot(`
      "
      1. disconnect shop-web-1 from shop_default (it leaves: another answers in its place)
      2. connect shop-web-1 on shop_default without an alias (it leaves: another answers in its place)
      3. note that shop-web-1 has left (it may finish what is under way, within 2s)
      => continue: Draining: shop-web-1 leaves before it is stopped
      "
    `);
  });
  it("the way back goes on after a crash between start and rename", () => {
    const host = at(
      half(inSlot(2, "failed", "b", 2)).map((one) =>
        one.role === "previous" ? { ...one, state: "running" as const } : one,
      ),
    );
    expect(planText({ desired: desire("b", fleetSpec(3)), host })).toMatchInlineSnapshot(`
      "
      1. rename shop-web-1.previous to shop-web-1.next (it is to take its old place)
      => continue: RollingBack: slot 1 of 3: sha256:bbbbbbbbbbbb failed in slot 2: it failed before, as shop-web-2.failed shows
      "
    `);
  });
  it("the old container proves itself again, and takes over", () => {
    const back = (patch: Partial<ObservedContainer>) =>
      at([
        inSlot(1, "active", "b", 2),
        inSlot(1, "next", "a", 1, patch),
        inSlot(2, "active", "a", 1),
        inSlot(2, "failed", "b", 2),
      ]);
    expect(planText({ desired: desire("b", fleetSpec(2)), host: back(young) })).toMatchInlineSnapshot(`
      "
      => wait: WaitingForHealth: slot 1 of 2: it is running and must stay so for 5s
      "
    `);
    expect(planText({ desired: desire("b", fleetSpec(2)), host: back(proven) })).toMatchInlineSnapshot(`
      "
      1. disconnect shop-web-1.next from shop_default (an alias can only be given on joining)
      2. connect shop-web-1.next on shop_default as web (it is to answer to web)
      3. note that shop-web-1 is being replaced (its successor takes over its names)
      => continue: Draining: shop-web-1 is about to leave: its successor takes over its names
      "
    `);
    expect(planText({ desired: desire(undefined, fleetSpec(2)), host: back(young) })).toContain(
      "=> wait: WaitingForHealth",
    );
  });
  it("a roll-back that fails is not rolled back, and stops the others", () => {
    const others = [
      inSlot(2, "active", "a", 1),
      inSlot(2, "failed", "b", 2),
      inSlot(3, "active", "b", 2),
      inSlot(3, "previous", "a", 1),
    ];
    const spec = fleetSpec(3, { order: "stop-first" });
    const failing = at([
      inSlot(1, "active", "b", 2, gone),
      inSlot(1, "next", "a", 1, { ...young, ...sick }),
      ...others,
    ]);
    expect(planText({ desired: desire("b", spec), host: failing })).toMatchInlineSnapshot(`
      "
      1. keep the last log lines of shop-web-1.next and hold sha256:aaaaaaaaaaaa (the journal keeps its last log lines and holds its digest)
      2. stop shop-web-1.next, within 10s (its health check fails)
      3. set the restart policy of shop-web-1 to always (it serves: its declared restart policy holds)
      4. start shop-web-1 (roll back: its health check fails)
      5. rename shop-web-1.next to shop-web-1.failed (its health check fails; it is kept for inspection)
      => continue: Unhealthy: slot 1 of 3: its health check fails
      "
    `);
    const after = at([inSlot(1, "active", "b", 2), inSlot(1, "failed", "a", 1), ...others]);
    const holds = [inB, { ...hold("a"), slot: 1 }];
    expect(planText({ desired: desire("b", spec), host: after, memory: { holds } })).toMatchInlineSnapshot(`
      "
      => blocked: RollbackFailed: slot 1 of 3: sha256:bbbbbbbbbbbb failed in slot 2: its health check fails; shop-web-1 goes on, for shop-web-1.failed did not come back well
      "
    `);
    const going = { ...spec, rollback: { ...spec.update, failureAction: "continue" as const } };
    expect(planText({ desired: desire("b", going), host: after, memory: { holds: [inB] } })).toContain(
      "note that shop-web-3 has left",
    );
  });
  it("one that cannot come back, for its port is another one's by now, is not waited for: what failed is withdrawn", () => {
    const ports = [{ protocol: "tcp", hostPort: 8094 }] as const;
    const others = [inSlot(2, "active", "a", 1), inSlot(2, "failed", "b", 2)];
    const blue = { ...inSlot(1, "active", "a", 1), id: "id-blue", service: "blue", name: "shop-blue-1", ports };
    const host = (more: readonly ObservedContainer[]) =>
      at([inSlot(1, "active", "a", 1, { ...gone, ports }), inSlot(1, "next", "b", 2, young), ...others, ...more]);
    const text = (...more: readonly ObservedContainer[]) =>
      planText({ desired: desire("b", fleetSpec(2)), host: host(more), memory: { holds: [inB] } });
    expect(text()).toContain("start shop-web-1 (roll back");
    expect(text(blue)).toMatchInlineSnapshot(`
      "
      1. stop shop-web-1.next, within 10s (sha256:bbbbbbbbbbbb failed in slot 2: its health check fails)
      2. remove shop-web-1.next (it is withdrawn: sha256:bbbbbbbbbbbb failed in slot 2: its health check fails)
      => continue: RollingBack: slot 1 of 2: sha256:bbbbbbbbbbbb failed in slot 2: its health check fails
      "
    `);
  });
  it("a roll-back that we have stopped has not failed: it goes on, and stops no others", () => {
    const ended = { ...gone, startedAt: now - 3_000, finishedAt: now - 1_000, exitCode: 143 };
    const back = inSlot(1, "next", "a", 1, ended);
    const host = at([
      ...[inSlot(1, "active", "b", 2), back, inSlot(2, "active", "a", 1), inSlot(2, "failed", "b", 2)],
      ...[inSlot(3, "active", "b", 2), inSlot(3, "previous", "a", 1)],
    ]);
    const text = (stops: ReadonlyMap<string, number | undefined>) =>
      planText({ desired: desire("b", fleetSpec(3, { parallelism: 2 })), host, memory: { holds: [inB], stops } });
    expect(text(new Map([[back.id, ended.startedAt]]))).toMatchInlineSnapshot(`
      "
      1. start shop-web-1.next (it was stopped before it had proved itself)
      2. start shop-web-3.previous (roll back: sha256:bbbbbbbbbbbb failed in slot 2: its health check fails)
      3. rename shop-web-3.previous to shop-web-3.next (it is to take its old place)
      => continue: RolloutStarted: slot 1 of 3: it was stopped before it had proved itself
      "
    `);
    expect(text(new Map())).not.toContain("shop-web-3");
  });
  it("without its old container it is re-created from the last stable digest", () => {
    const pruned = half(inSlot(2, "failed", "b", 2)).filter(({ role }) => role !== "previous");
    const memory = { holds: [inB], stableDigest: digestOf("a") };
    expect(planText({ desired: desire("b", fleetSpec(3)), host: at(pruned), memory })).toMatchInlineSnapshot(`
      "
      1. create shop-web-1.next from sha256:aaaaaaaaaaaa on shop_default without an alias (the image is now sha256:aaaaaaaaaaaa)
      2. tag acme/web@sha256:aaaaaaaaaaaa as fairlead/keep:shop.web.r3 (a tagged image survives an image prune)
      3. start shop-web-1.next (it proves itself beside the one that serves)
      => continue: RolloutStarted: slot 1 of 3: rolling out sha256:aaaaaaaaaaaa, start-first: the service publishes no host port and writes to no shared volume
      "
    `);
    expect(planText({ desired: desire("b", fleetSpec(3)), host: at(pruned) })).toMatchInlineSnapshot(`
      "
      => blocked: RollbackFailed: slot 1 of 3: sha256:bbbbbbbbbbbb failed in slot 2: it failed before, as shop-web-2.failed shows; shop-web-1 goes on, for there is nothing it could go back to
      "
    `);
  });
  it("withdraws what is on its way elsewhere", () => {
    const host = at(half(inSlot(2, "failed", "b", 2), inSlot(3, "next", "b", 2, young)));
    const spec = fleetSpec(3, { parallelism: 2 });
    expect(planText({ desired: desire("b", spec), host, memory: { holds: [inB] } })).toMatchInlineSnapshot(`
      "
      1. start shop-web-1.previous (roll back: sha256:bbbbbbbbbbbb failed in slot 2: its health check fails)
      2. rename shop-web-1.previous to shop-web-1.next (it is to take its old place)
      3. stop shop-web-3.next, within 10s (sha256:bbbbbbbbbbbb failed in slot 2: its health check fails)
      4. remove shop-web-3.next (it is withdrawn: sha256:bbbbbbbbbbbb failed in slot 2: its health check fails)
      => continue: RollingBack: slots 1, 3 of 3: sha256:bbbbbbbbbbbb failed in slot 2: its health check fails
      "
    `);
  });
  it("within max_failure_ratio only its own slot stays as it was", () => {
    const spec = fleetSpec(3, { maxFailureRatio: 0.34 });
    const host = at(half(inSlot(2, "failed", "b", 2)));
    expect(planText({ desired: desire("b", spec), host, memory: { holds: [inB] } })).toMatchInlineSnapshot(`
      "
      1. create shop-web-3.next from sha256:bbbbbbbbbbbb on shop_default without an alias (the image is now sha256:bbbbbbbbbbbb)
      2. start shop-web-3.next (it proves itself beside the one that serves)
      => continue: RolloutStarted: slot 3 of 3: rolling out sha256:bbbbbbbbbbbb, start-first: the service publishes no host port and writes to no shared volume
      "
    `);
    const done = at([
      inSlot(1, "active", "b", 2),
      inSlot(2, "active", "a", 1),
      inSlot(2, "failed", "b", 2),
      inSlot(3, "active", "b", 2),
    ]);
    expect(planText({ desired: desire("b", spec), host: done, memory: { holds: [inB] } })).toMatchInlineSnapshot(`
      "
      => blocked: DigestHeld: slot 2 of 3: sha256:bbbbbbbbbbbb failed: its health check fails; held until the image or the spec changes, or a retry
      "
    `);
  });
  it("failure_action pause leaves all as they are", () => {
    const spec = fleetSpec(3, { failureAction: "pause" });
    const host = at(half(inSlot(2, "next", "b", 2, { ...young, ...sick })));
    expect(planText({ desired: desire("b", spec), host, memory: { holds: [inB] } })).toMatchInlineSnapshot(`
      "
      => blocked: Paused: slot 2 of 3: its health check fails, and failure_action is pause
      "
    `);
  });
  it("failure_action continue goes on with the others", () => {
    const spec = fleetSpec(3, { failureAction: "continue" });
    const host = at(half(inSlot(2, "failed", "b", 2)));
    expect(planText({ desired: desire("b", spec), host, memory: { holds: [inB] } })).toContain(
      "create shop-web-3.next",
    );
  });
  it("as a further replica of what all run takes nobody back", () => {
    const host = at([inSlot(1, "active", "b", 2), inSlot(1, "previous", "a", 1), inSlot(2, "failed", "b", 2)]);
    expect(planText({ desired: desire("b", fleetSpec(2)), host, memory: { holds: [inB] } })).toMatchInlineSnapshot(`
      "
      => blocked: DigestHeld: slot 2 of 2: sha256:bbbbbbbbbbbb is held: its health check fails
      "
    `);
  });
  it("is tried again when somebody asks for it, and the others go on from where they are", () => {
    const host = at(half(inSlot(2, "failed", "b", 2)));
    const text = planText({ desired: desire("b", fleetSpec(3)), host, memory: { retriedAt: now } });
    expect(text).toContain("create shop-web-2.next from sha256:bbbbbbbbbbbb");
    expect(text).not.toContain("shop-web-1.previous");
  });
});
