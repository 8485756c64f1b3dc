import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { emptyMemory } from "../../../../src/plan/model/desired.js";
import type { Memory } from "../../../../src/plan/model/desired.js";
import type { HostSnapshot } from "../../../../src/plan/model/host/host-snapshot.js";
import type { ObservedContainer } from "../../../../src/plan/model/host/observed.js";
import { inRole } from "../../../../src/plan/model/view.js";
import { bad, drive } from "../drive.js";
import { migrate } from "../jobs.js";
import { containerIn, desire, digestOf, hold, hostWith, imageOf, now, planText, specOf, stopFirst } from "../world.js";

const before = { specHash: "H1", createdAt: now - 100_000 };
const active = (patch: Partial<ObservedContainer> = {}) => containerIn("active", "a", 1, { ...before, ...patch });
const failed = (patch: Partial<ObservedContainer> = {}) =>
  containerIn("failed", "b", 2, { ...before, createdAt: now - 50_000, ...patch });
const images = [imageOf("a", [1], ["id-active-1"]), imageOf("b", [2], ["id-failed-2"])];
const host = (...containers: readonly ObservedContainer[]) => hostWith(containers, { images });
const known: Partial<Memory> = {
  holds: [{ ...hold("b", "H1"), at: now - 45_000 }],
  stableDigest: digestOf("a"),
  stableSpec: "H1",
};

describe("a spec that changes while the digest is held", () => {
  it("stop-first: is rolled out with the last stable digest", () => {
    const text = planText({ desired: desire("b", stopFirst, "H2"), host: host(active(), failed()), memory: known });
    expect(text).toMatchInlineSnapshot(`
      "
      1. create shop-web-1.next from sha256:aaaaaaaaaaaa on shop_default as web (sha256:bbbbbbbbbbbb is held, and sha256:aaaaaaaaaaaa is the last stable one, and the spec has changed)
      2. tag acme/web@sha256:aaaaaaaaaaaa as fairlead/keep:shop.web.r3 (a tagged image survives an image prune)
      3. set the restart policy of shop-web-1 to no (a container that leaves its role must not come back by itself)
      4. stop shop-web-1, within 10s (stop-first: the service publishes 8080 and has no gate)
      5. start shop-web-1.next (it is to serve)
      => continue: RolloutStarted: rolling out sha256:aaaaaaaaaaaa, stop-first: the service publishes 8080 and has no gate
      "
    `);
  });

  it("start-first: is tried with the held digest beside the one that serves", () => {
    const text = planText({ desired: desire("b", specOf(), "H2"), host: host(active(), failed()), memory: known });
    expect(text).toMatchInlineSnapshot(`
      "
      1. create shop-web-1.next from sha256:bbbbbbbbbbbb on shop_default without an alias (the image is now sha256:bbbbbbbbbbbb, and the spec has changed)
      2. tag acme/web@sha256:bbbbbbbbbbbb as fairlead/keep:shop.web.r3 (a tagged image survives an image prune)
      3. start shop-web-1.next (it proves itself beside the one that serves)
      => continue: RolloutStarted: rolling out sha256:bbbbbbbbbbbb, start-first: the service publishes no host port and writes to no shared volume
      "
    `);
  });

  it("start-first, with a job that would run again: is rolled out with the last stable digest, and without the job", () => {
    const spec = specOf({ before: [migrate] });
    const text = planText({ desired: desire("b", spec, "H2"), host: host(active(), failed()), memory: known });
    expect(text).toMatchInlineSnapshot(`
      "
      1. create shop-web-1.next from sha256:aaaaaaaaaaaa on shop_default without an alias (sha256:bbbbbbbbbbbb is held, and sha256:aaaaaaaaaaaa is the last stable one, and the spec has changed)
      2. tag acme/web@sha256:aaaaaaaaaaaa as fairlead/keep:shop.web.r3 (a tagged image survives an image prune)
      3. start shop-web-1.next (it proves itself beside the one that serves)
      => continue: RolloutStarted: rolling out sha256:aaaaaaaaaaaa, start-first: the service publishes no host port and writes to no shared volume
      "
    `);
  });

  it("start-first: where it has failed with that too, it is rolled out with the last stable digest", () => {
    const memory = { ...known, holds: [hold("b", "H1"), hold("b", "H2")] };
    const text = planText({
      desired: desire("b", specOf(), "H2"),
      host: host(active(), failed({ specHash: "H2" })),
      memory,
    });
    expect(text).toContain("create shop-web-1.next from sha256:aaaaaaaaaaaa");
  });

  it("is in force, and the digest stays held: that is told, and the failed container stays", () => {
    const serving = containerIn("active", "a", 3, { specHash: "H2", createdAt: now - 40_000 });
    const there = hostWith([serving, containerIn("previous", "a", 1, before), failed()], {
      images: [imageOf("a", [1, 3], [serving.id, "id-previous-1"]), imageOf("b", [2], ["id-failed-2"])],
    });
    const memory = { ...known, stableSpec: "H2" };
    expect(planText({ desired: desire("b", stopFirst, "H2"), host: there, memory })).toMatchInlineSnapshot(`
      "
      => blocked: DigestHeld: sha256:bbbbbbbbbbbb failed: its health check fails; held until the image changes, or a retry; the changed spec runs with sha256:aaaaaaaaaaaa
      "
    `);
    expect(planText({ desired: desire("b", stopFirst, "H2"), host: there }), "without the journal").toContain(
      "blocked: DigestHeld",
    );
    // Back to the spec with which it failed.
    expect(planText({ desired: desire("b", stopFirst, "H1"), host: there, memory })).toContain(
      "create shop-web-1.next from sha256:aaaaaaaaaaaa",
    );
  });

  it("without the journal the failed container tells of the hold, and what serves is stable", () => {
    const text = planText({ desired: desire("b", stopFirst, "H2"), host: host(active(), failed()) });
    expect(text).toContain("create shop-web-1.next from sha256:aaaaaaaaaaaa");
  });

  it("that fails with the stable digest is held itself, and the container before it serves", () => {
    const memory = { ...known, holds: [hold("b", "H1"), hold("a", "H2")] };
    const bad = containerIn("failed", "a", 3, { specHash: "H2" });
    expect(planText({ desired: desire("b", stopFirst, "H2"), host: host(active(), bad), memory }))
      .toMatchInlineSnapshot(`
      "
      1. remove image fairlead/keep:shop.web.r2 (beyond keep: 1)
      => blocked: DigestHeld: the changed spec is not in force: sha256:aaaaaaaaaaaa failed: its health check fails; held until the image or the spec changes, or a retry; and sha256:bbbbbbbbbbbb failed: its health check fails; held until the image changes, or a retry
      "
    `);
  });
});

describe("nothing stands in", () => {
  const isTried = (letter: string, more: Parameters<typeof planText>[0]) => {
    expect(planText(more)).toContain(`create shop-web-1.next from sha256:${letter.repeat(12)}`);
  };

  it("for a digest and a spec that came together: which of them is bad nobody knows", () => {
    const memory = { ...known, holds: [hold("b", "H2")] };
    const text = planText({
      desired: desire("b", stopFirst, "H2"),
      host: host(active(), failed({ specHash: "H2" })),
      memory,
    });
    expect(text).toContain("=> blocked: DigestHeld: sha256:bbbbbbbbbbbb failed");
    expect(text).not.toContain("create");
  });

  it("for a newer digest, or after a retry", () => {
    const there = hostWith([active(), failed()], { images: [...images, imageOf("c")] });
    isTried("c", { desired: desire("c", stopFirst, "H2"), host: there, memory: known });
    isTried("b", {
      desired: desire("b", stopFirst, "H2"),
      host: there,
      memory: { ...known, holds: [], retriedAt: now },
    });
  });

  it("for a digest that is itself the stable one, for a one-shot service, and where nothing is stable", () => {
    const memory = { ...known, stableDigest: digestOf("b") };
    isTried("b", { desired: desire("b", stopFirst, "H2"), host: host(active(), failed()), memory });
    const once = { ...stopFirst, oneShot: true as const };
    isTried("b", {
      desired: desire("b", once, "H2"),
      host: host(active({ state: "exited", exitCode: 0 }), failed()),
      memory: known,
    });
    isTried("b", { desired: desire("b", stopFirst, "H2"), host: host(failed()), memory: { holds: [hold("b", "H1")] } });
  });
});

it("from any crash, with the journal or without, the changed spec ends in force on the stable digest", () => {
  const specs = fc.constantFrom(specOf(), stopFirst, { ...specOf(), replicas: 2 });
  const crashes = fc.uniqueArray(fc.nat(40), { maxLength: 3 }).map((list) => new Set(list));
  const bads = fc.constantFrom(...bad);
  fc.assert(
    fc.property(specs, bads, crashes, crashes, fc.boolean(), (spec, behaviour, first, second, forgetful) => {
      const actives = Array.from({ length: spec.replicas ?? 1 }, (_, index) => {
        const names = { id: `id-${index + 1}`, name: `shop-web-${index + 1}`, slot: index + 1 };
        return containerIn("active", "a", 1, { ...names, specHash: "H1" });
      });
      const ids = actives.map(({ id }) => id);
      const trip = { behaviours: { b: behaviour }, forgetful, onStep: () => undefined };
      const start: HostSnapshot = hostWith(actives, { images: [imageOf("a", [1], ids), imageOf("b")] });
      const stable: Memory = { ...emptyMemory, stableDigest: digestOf("a"), stableSpec: "H1" };
      const held = drive({ ...trip, start, desired: desire("b", spec, "H1"), crashes: first, memory: stable });
      expect(held.outcome).toMatchObject({ reason: "DigestHeld" });
      const memory = forgetful ? emptyMemory : held.memory;
      const { host: after, outcome } = drive({
        ...trip,
        start: held.host,
        desired: desire("b", spec, "H2"),
        // A journal that is lost while the digest is on trial once more takes along that it had failed before.
        crashes: forgetful && spec !== stopFirst ? new Set<number>() : second,
        memory,
      });
      expect(outcome).toMatchObject({ kind: "blocked", reason: "DigestHeld" });
      const serving = after.containers.filter(({ role }) => role === "active");
      const expected = { digest: digestOf("a"), specHash: "H2", state: "running", restartPolicy: { name: "always" } };
      expect(serving).toMatchObject(actives.map(() => expected));
      expect(inRole(after.containers, "next")).toBeUndefined();
    }),
  );
});
