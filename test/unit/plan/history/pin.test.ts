import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { ServiceSpec } from "../../../../src/compose/model/service.js";
import { trackRollout } from "../../../../src/plan/history/history.js";
import { pinned } from "../../../../src/plan/history/pin.js";
import type { Pin } from "../../../../src/plan/model/desired.js";
import type { ObservedContainer } from "../../../../src/plan/model/host/observed.js";
import { statusOf } from "../../../../src/plan/status/status.js";
import { bad, drive } from "../drive.js";
import type { Behaviour } from "../drive.js";
import { containerIn, desire, digestOf, hold, hostWith, imageOf, now, planText, specOf, stopFirst } from "../world.js";

const pin: Pin = {
  revision: 1,
  digest: digestOf("a"),
  specHash: "H",
  image: "docker.io/acme/web:latest",
  at: now - 1_000,
};
const older: Pin = { ...pin, specHash: "G" };
const serving = containerIn("active", "b", 2);
const previous = (patch: Partial<ObservedContainer> = {}) => containerIn("previous", "a", 1, patch);

function show(
  containers: readonly ObservedContainer[],
  to: Pin = pin,
  letter: string | undefined = "b",
  spec?: ServiceSpec,
) {
  return planText({ desired: pinned(desire(letter, spec), to), host: hostWith(containers) });
}

describe("a pin to an earlier revision", () => {
  it("starts its very container beside the one that serves", () => {
    expect(show([serving, previous()])).toMatchInlineSnapshot(`
      "
      1. start shop-web-1.previous (roll back: pinned to revision 1)
      2. rename shop-web-1.previous to shop-web-1.next (it is to take its old place)
      => continue: RollingBack: pinned to revision 1
      "
    `);
  });
  it("also where the file says something else by now: the container has its own spec", () => {
    expect(show([serving, previous({ specHash: "G" })], older)).toMatchInlineSnapshot(`
      "
      1. start shop-web-1.previous (roll back: pinned to revision 1)
      2. rename shop-web-1.previous to shop-web-1.next (it is to take its old place)
      => continue: RollingBack: pinned to revision 1
      "
    `);
  });
  it("stops what serves first where both cannot run at once", () => {
    expect(show([serving, previous()], pin, "b", stopFirst)).toMatchInlineSnapshot(`
      "
      1. set the restart policy of shop-web-1 to no (a container that leaves its role must not come back by itself)
      2. stop shop-web-1, within 10s (stop-first: the service publishes 8080 and has no gate)
      3. start shop-web-1.previous (roll back: pinned to revision 1)
      4. rename shop-web-1.previous to shop-web-1.next (it is to take its old place)
      => continue: RollingBack: pinned to revision 1
      "
    `);
  });
  it("takes over once it has proved itself, and what it replaces is kept for the way forward", () => {
    const next = containerIn("next", "a", 1);
    expect(show([serving, next])).toMatchInlineSnapshot(`
      "
      1. disconnect shop-web-1.next from shop_default (an alias can only be given on joining)
      2. connect shop-web-1.next on shop_default as web (it is to answer to web)
      3. note that shop-web-1 is being replaced (its successor takes over its names)
      => continue: Draining: shop-web-1 is about to leave: its successor takes over its names
      "
    `);
  });
  it("rolls out the digest with today's spec where the container is gone, and says so", () => {
    const host = hostWith([serving], { images: [imageOf("a"), imageOf("b", [2], ["id-active-2"])] });
    expect(planText({ desired: pinned(desire("b"), older), host })).toMatchInlineSnapshot(`
      "
      1. create shop-web-1.next from sha256:aaaaaaaaaaaa on shop_default without an alias (it is pinned to revision 1, with today's spec as the container with its own is gone, and the image is now sha256:aaaaaaaaaaaa)
      2. tag acme/web@sha256:aaaaaaaaaaaa as fairlead/keep:shop.web.r3 (a tagged image survives an image prune)
      3. start shop-web-1.next (it proves itself beside the one that serves)
      => continue: RollingBack: rolling out sha256:aaaaaaaaaaaa, start-first: the service publishes no host port and writes to no shared volume
      "
    `);
  });
  it("pulls what is not there any more from the repository it came from", () => {
    const moved = { ...pin, image: "ghcr.io/acme/old:1" };
    expect(planText({ desired: pinned(desire("b"), moved), host: hostWith([serving]) })).toMatchInlineSnapshot(`
      "
      1. pull ghcr.io/acme/old@sha256:aaaaaaaaaaaa (the image is not on this host yet)
      => wait: Pulling: ghcr.io/acme/old@sha256:aaaaaaaaaaaa is being pulled
      "
    `);
  });
  it("holds against a push, and tells of it", () => {
    expect(show([containerIn("active", "a", 1, { specHash: "G" })], older, "c")).toMatchInlineSnapshot(`
      "
      => converged: Pinned: pinned to revision 1: shop-web-1 runs sha256:aaaaaaaaaaaa; sha256:cccccccccccc is not rolled out; \`fairlead resume\` lifts the pin
      "
    `);
  });
  it("needs no registry", () => {
    const host = hostWith([containerIn("active", "a", 3)]);
    expect(planText({ desired: pinned(desire(undefined), pin), host })).toMatchInlineSnapshot(`
      "
      => converged: Pinned: pinned to revision 1: shop-web-1 runs sha256:aaaaaaaaaaaa; \`fairlead resume\` lifts the pin
      "
    `);
  });
  it("is not rolled back itself when it fails: what served goes on, and it is held", () => {
    const ended = { state: "exited", exitCode: 1, finishedAt: now - 1_000, startedAt: now - 3_000 } as const;
    expect(show([serving, containerIn("next", "a", 1, ended)])).toMatchInlineSnapshot(`
      "
      1. keep the last log lines of shop-web-1.next and hold sha256:aaaaaaaaaaaa (the journal keeps its last log lines and holds its digest)
      2. rename shop-web-1.next to shop-web-1.failed (it exited with code 1 after 2s; it is kept for inspection)
      => continue: ContainerExited: it exited with code 1 after 2s
      "
    `);
    const desired = pinned(desire("b"), pin);
    const host = hostWith([serving, containerIn("failed", "a", 1)]);
    expect(planText({ desired, host, memory: { holds: [hold("a")] } })).toMatchInlineSnapshot(`
      "
      => blocked: RollbackFailed: the roll-back to revision 1 failed: sha256:aaaaaaaaaaaa failed: its health check fails; held until the image or the spec changes, or a retry
      "
    `);
  });
  it("goes back slot by slot, as many at once as rollback_config lets, and no further once one has failed", () => {
    const spec = specOf({ replicas: 2 });
    const in2 = { slot: 2, name: "shop-web-2" };
    const both = [
      serving,
      previous(),
      { ...serving, ...in2, id: "id-active-2-2" },
      { ...previous(), ...in2, id: "id-previous-1-2", name: "shop-web-2.previous" },
    ];
    expect(show(both, pin, "b", spec)).toMatchInlineSnapshot(`
      "
      1. start shop-web-1.previous (roll back: pinned to revision 1)
      2. rename shop-web-1.previous to shop-web-1.next (it is to take its old place)
      => continue: RollingBack: slot 1 of 2: pinned to revision 1
      "
    `);
    const all = specOf({ replicas: 2, rollback: { ...spec.update, parallelism: 0 } });
    expect(show(both, pin, "b", all)).toMatchInlineSnapshot(`
      "
      1. start shop-web-1.previous (roll back: pinned to revision 1)
      2. rename shop-web-1.previous to shop-web-1.next (it is to take its old place)
      3. start shop-web-2.previous (roll back: pinned to revision 1)
      4. rename shop-web-2.previous to shop-web-2.next (it is to take its old place)
      => continue: RollingBack: pinned to revision 1
      "
    `);
    const failed = both.map((one) => (one.name === "shop-web-1.previous" ? containerIn("failed", "a", 1) : one));
    const memory = { holds: [hold("a")] };
    expect(planText({ desired: pinned(desire("b", spec), pin), host: hostWith(failed), memory }))
      .toMatchInlineSnapshot(`
      "
      => blocked: RollbackFailed: the roll-back to revision 1 failed: slot 1 of 2: sha256:aaaaaaaaaaaa failed: its health check fails; held until the image or the spec changes, or a retry
      "
    `);
  });
});

describe("what is told of a pin", () => {
  it("is a state of its own, beside what the registry says", () => {
    const desired = pinned(desire("c"), older);
    const outcome = { kind: "converged", reason: "Pinned", because: "pinned" } as const;
    const containers = [containerIn("active", "a", 1, { specHash: "G" })];
    const status = statusOf(
      { desired, containers, outcome, rollout: undefined, specProblem: undefined, generation: 1, now },
      undefined,
    );
    expect(status).toMatchObject({
      sync: "Pinned",
      health: "Healthy",
      desiredDigest: digestOf("c"),
      activeDigest: digestOf("a"),
      pinned: { revision: 1, digest: digestOf("a") },
      replicas: { updated: 1 },
    });
  });

  it("is a rollout that ends rolled back, never promoted; and failed where it fails", () => {
    const begun = trackRollout(undefined, { containers: [serving, containerIn("next", "a", 1)], now, pin });
    expect(begun).toMatchObject({ id: "shop/web@1", from: digestOf("b"), to: digestOf("a"), rollback: true });
    const back = [containerIn("active", "a", 1), containerIn("previous", "b", 2)];
    const done = trackRollout(begun, { containers: back, now, pin });
    expect(done).toMatchObject({ outcome: "rolled-back", reason: "Pinned" });
    const worse = trackRollout(begun, { containers: [serving, containerIn("failed", "a", 1)], now, pin });
    expect(worse).toMatchObject({ outcome: "failed", reason: "RollbackFailed" });
    expect(trackRollout(begun, { containers: [serving, previous()], now })).toMatchObject({ outcome: "superseded" });
  });
});

describe("the way back, whatever the process dies of", () => {
  const ways = fc.record({
    spec: fc.constantFrom(specOf(), stopFirst),
    to: fc.constantFrom(pin, older),
    isThere: fc.boolean(),
    behaviour: fc.constantFrom<Behaviour>("good", "checked", "exits", "never-healthy", "dies-early", "refused"),
    crashes: fc.uniqueArray(fc.nat(24), { maxLength: 3 }).map((list) => new Set(list)),
    forgetful: fc.boolean(),
  });

  it("ends with the pinned digest if that is well, else with what served; and never with nothing, start-first", () => {
    fc.assert(
      fc.property(ways, ({ spec, to, isThere, behaviour, crashes, forgetful }) => {
        const own = isThere ? [previous({ specHash: to.specHash })] : [];
        const images = [
          imageOf(
            "a",
            [1],
            own.map(({ id }) => id),
          ),
          imageOf("b", [2], ["id-active-2"]),
        ];
        const { host, outcome } = drive({
          desired: pinned(desire("b", spec), to),
          start: hostWith([serving, ...own], { images }),
          behaviours: { a: behaviour },
          crashes,
          forgetful,
          onStep: (step, _before, after) => {
            const serves = after.containers.some(
              ({ state, networks }) => state === "running" && networks.some(({ aliases }) => aliases.includes("web")),
            );
            if (spec !== stopFirst) expect(serves, `someone serves after ${step.kind}`).toBe(true);
          },
        });
        const active = host.containers.find(({ role }) => role === "active");
        const failed = bad.includes(behaviour);
        expect(active).toMatchObject({ state: "running", digest: digestOf(failed ? "b" : "a") });
        expect(outcome).toMatchObject({ reason: failed ? "RollbackFailed" : "Pinned" });
        expect(host.containers.some(({ role }) => role === "next")).toBe(false);
        if (!failed && isThere) expect(active?.id).toBe("id-previous-1");
        // A container never bears another spec's hash than it was made from.
        expect(
          host.containers.every(({ id, specHash }) => specHash === (id === "id-previous-1" ? to.specHash : "H")),
        ).toBe(true);
      }),
      { numRuns: 300 },
    );
  });
});
