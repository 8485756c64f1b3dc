import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { pinned } from "../../../../src/plan/history/pin.js";
import type { HostSnapshot } from "../../../../src/plan/model/host/host-snapshot.js";
import type { ObservedContainer } from "../../../../src/plan/model/host/observed.js";
import { inEverySlot, isUp } from "../../../../src/plan/model/view.js";
import { bad, drive } from "../drive.js";
import type { Behaviour } from "../drive.js";
import { inSlot } from "../fleet.js";
import { exited, jobContainer, migrate } from "../jobs.js";
import {
  containerIn,
  desire,
  digestOf,
  foreignContainer,
  hold,
  hostWith,
  imageOf,
  now,
  planText,
  specOf,
  stopFirst,
} from "../world.js";

const abc = { images: [imageOf("a", [1], ["id-active-1"]), imageOf("b", [2])] };

/** A person's `docker rename`. */
function renamed(container: ObservedContainer, name: string): ObservedContainer {
  return { ...container, name, role: "stray", base: "shop-web-1" };
}

const retired = {
  state: "exited",
  finishedAt: now - 1_000,
  restartPolicy: { name: "no", maximumRetryCount: 0 },
} as const;

describe("a container of ours that somebody has renamed", () => {
  it("is the active one again, in the middle of a rollout", () => {
    const host = hostWith([renamed(containerIn("active", "a", 1), "keep"), containerIn("next", "b", 2)], abc);
    expect(planText({ desired: desire("b"), host })).toMatchInlineSnapshot(`
      "
      1. rename keep to shop-web-1 (it was renamed to keep by hand)
      => continue: Restoring: it was renamed to keep by hand
      "
    `);
  });
  it("is the active one again, also where it has been stopped for the rollout", () => {
    const host = hostWith([renamed(containerIn("active", "a", 1, retired), "keep"), containerIn("next", "b", 2)], abc);
    expect(planText({ desired: desire("b", stopFirst), host })).toMatchInlineSnapshot(`
      "
      1. rename keep to shop-web-1 (it was renamed to keep by hand)
      => continue: Restoring: it was renamed to keep by hand
      "
    `);
  });
  it("is the next one again: it holds the port, and nobody else is to free it", () => {
    const host = hostWith([containerIn("active", "a", 1, retired), renamed(containerIn("next", "b", 2), "mine")], abc);
    expect(planText({ desired: desire("b", stopFirst), host })).toMatchInlineSnapshot(`
      "
      1. rename mine to shop-web-1.next (it was renamed to mine by hand)
      => continue: Restoring: it was renamed to mine by hand
      "
    `);
  });
  it("is what failed again", () => {
    const host = hostWith([containerIn("active", "a", 1), renamed(containerIn("failed", "b", 2), "look")], abc);
    expect(planText({ desired: desire("b"), host, memory: { holds: [hold("b")] } })).toMatchInlineSnapshot(`
      "
      1. rename look to shop-web-1.failed (it was renamed to look by hand)
      => continue: Restoring: it was renamed to look by hand
      "
    `);
  });
  it("is the way back again", () => {
    const host = hostWith([containerIn("active", "b", 2), renamed(containerIn("previous", "a", 1), "old")], abc);
    expect(planText({ desired: desire("b"), host })).toMatchInlineSnapshot(`
      "
      1. rename old to shop-web-1.previous (it was renamed to old by hand)
      => continue: Restoring: it was renamed to old by hand
      "
    `);
  });
  it("goes where it runs beside the one that serves", () => {
    const host = hostWith([containerIn("active", "b", 2), renamed(containerIn("active", "a", 1), "keep")], abc);
    expect(planText({ desired: desire("b"), host })).toMatchInlineSnapshot(`
      "
      1. set the restart policy of keep to no (a container that leaves its role must not come back by itself)
      2. stop keep, within 10s (it is in no role of shop/web, and another one serves)
      3. remove keep (it is in no role of shop/web, and another one serves)
      => continue: Restoring: it is in no role of shop/web, and another one serves
      "
    `);
  });
  it("stays while nothing else serves well", () => {
    const starting = containerIn("active", "b", 2, { health: "starting" });
    const host = hostWith([starting, renamed(containerIn("active", "a", 1), "keep")], abc);
    expect(planText({ desired: desire("b"), host })).toMatchInlineSnapshot(`
      "
      => converged: StrayContainer: shop-web-1 runs sha256:bbbbbbbbbbbb; keep bears the labels of this service and is in no role
      "
    `);
  });
  it("makes room for the one that it keeps from starting", () => {
    const host = hostWith(
      [containerIn("active", "b", 2, { ...retired, exitCode: 1 }), renamed(containerIn("active", "a", 1), "keep")],
      abc,
    );
    expect(planText({ desired: desire("b", stopFirst), host })).toMatchInlineSnapshot(`
      "
      1. set the restart policy of keep to no (a container that leaves its role must not come back by itself)
      2. stop keep, within 10s (it keeps shop-web-1 from serving, and is in no role)
      3. set the restart policy of shop-web-1 to always (it serves: its declared restart policy holds)
      4. start shop-web-1 (it serves: its place is free again)
      => continue: Restoring: it keeps shop-web-1 from serving, and is in no role
      "
    `);
  });
  it("serves again where nothing else is there, whatever its spec", () => {
    const host = hostWith([renamed(containerIn("active", "a", 1, { specHash: "H0" }), "keep")]);
    expect(planText({ desired: desire("a"), host })).toMatchInlineSnapshot(`
      "
      1. rename keep to shop-web-1 (it was renamed to keep by hand)
      => continue: Restoring: it was renamed to keep by hand
      "
    `);
  });
  it("gets the name that it was made under, not the one that the file has now", () => {
    const host = hostWith([renamed(containerIn("active", "a", 1), "keep")]);
    expect(planText({ desired: desire("a", specOf({ containerName: "site" })), host })).toContain(
      "rename keep to shop-web-1 (",
    );
  });
  it("proves itself where it had not yet", () => {
    const next = renamed(containerIn("next", "a", 1), "mine");
    expect(planText({ desired: desire("a"), host: hostWith([next]) })).toContain("rename mine to shop-web-1.next");
    const made = { ...next, state: "created", startedAt: undefined } as const;
    expect(planText({ desired: desire("a"), host: hostWith([made]) })).toContain("rename mine to shop-web-1.next");
    const policy = { name: "no", maximumRetryCount: 0 } as const;
    const never = { ...next, declaredRestart: policy, restartPolicy: policy };
    expect(planText({ desired: desire("a"), host: hostWith([never]) })).toContain("rename mine to shop-web-1.next");
  });
});

describe("a container of ours that somebody has renamed, where slots are not planned by themselves", () => {
  const inSlot2 = (role: "active" | "next" | "previous" | "failed", letter: string, revision: number) =>
    inSlot(2, role, letter, revision);
  const byHand = (container: ObservedContainer, name: string): ObservedContainer => {
    return { ...container, name, role: "stray", base: `shop-web-${container.slot}` };
  };
  const off = { state: "exited", restartPolicy: { name: "no", maximumRetryCount: 0 } } as const;

  it("is the way back of a replica again, while the others go back", () => {
    const held = { holds: [{ ...hold("b"), slot: 2 }], stableDigest: digestOf("a") };
    const way = byHand({ ...inSlot(1, "previous", "a", 1), ...off }, "old");
    const host = hostWith(
      [inSlot(1, "active", "b", 2), way, inSlot2("active", "a", 1), inSlot2("failed", "b", 2)],
      abc,
    );
    expect(planText({ desired: desire("b", specOf({ replicas: 2 })), host, memory: held })).toMatchInlineSnapshot(`
      "
      1. rename old to shop-web-1.previous (it was renamed to old by hand)
      => continue: Restoring: it was renamed to old by hand
      "
    `);
  });

  it("is what a person has gone back to", () => {
    const pin = { revision: 1, digest: digestOf("a"), specHash: "G", image: "docker.io/acme/web:latest", at: now };
    const old = containerIn("previous", "a", 1, { specHash: "G" });
    const host = hostWith([containerIn("active", "b", 2), renamed(old, "old")], abc);
    expect(planText({ desired: pinned(desire("b"), pin), host })).toContain("rename old to shop-web-1.previous");
  });

  it("is off with its service", () => {
    const host = hostWith([renamed(containerIn("active", "a", 1), "keep")], abc);
    const text = planText({ desired: desire("a"), host, memory: { stopped: { at: now - 60_000 } } });
    expect(text).toContain("set the restart policy of keep to no");
    expect(text).toContain("stop keep");
  });

  it("is one too many where others have its name", () => {
    const host = hostWith([renamed(containerIn("active", "a", 1), "keep")], {
      ...abc,
      foreign: [foreignContainer("shop-web-1")],
    });
    expect(planText({ desired: desire("a"), host })).toContain("=> blocked: NameConflict");
  });

  it("gives up its names on the network where it comes back as what could be gone back to", () => {
    const old = containerIn("active", "a", 1, retired);
    const host = hostWith([containerIn("active", "b", 2), renamed(old, "old")], abc);
    expect(planText({ desired: desire("b"), host })).toMatchInlineSnapshot(`
      "
      1. disconnect old from shop_default (it has to prove itself again: until then it answers to no alias)
      2. connect old on shop_default without an alias (it has to prove itself again: until then it answers to no alias)
      3. rename old to shop-web-1.previous (it was renamed to old by hand)
      => continue: Restoring: it was renamed to old by hand
      "
    `);
    const other = { ...old, specHash: "G" };
    expect(
      planText({ desired: desire("b"), host: hostWith([containerIn("active", "b", 2), renamed(other, "old")], abc) }),
    ).toContain("connect old on shop_default without an alias");
  });
});

describe("a job's container that somebody has renamed", () => {
  const spec = specOf({ before: [migrate] });
  const job = (patch: Partial<ObservedContainer> = {}) => jobContainer({}, { name: "mine", ...patch });
  const on = (...jobs: readonly ObservedContainer[]) => hostWith([containerIn("active", "a", 1), ...jobs], abc);

  it("has its name again, running or not", () => {
    for (const patch of [{}, exited(0)])
      expect(planText({ desired: desire("b", spec), host: on(job(patch)) })).toContain(
        "1. rename mine to shop-web.before.1 (it was renamed to mine by hand)",
      );
    expect(planText({ desired: desire("b", spec), host: on(jobContainer({})) })).not.toContain("rename");
  });

  it("goes where another one has taken its place; as long as it runs it is waited for", () => {
    const newer = jobContainer({}, { id: "id-newer", ...exited(0) });
    expect(planText({ desired: desire("b", spec), host: on(job(exited(1)), newer) })).toContain(
      "1. remove mine (another one has taken its place)",
    );
    expect(planText({ desired: desire("b", spec), host: on(job(), newer) })).toContain("=> wait: WaitingForJob");
  });

  it("is left as it is where others have its name", () => {
    const host = { ...on(job()), foreign: [foreignContainer("shop-web.before.1")] };
    expect(planText({ desired: desire("b", spec), host })).not.toContain("rename mine");
  });
});

describe("a twin that Docker Compose has made", () => {
  const twin = foreignContainer("shop_web_1", { compose: { project: "shop", service: "web", slot: 1 } });
  it("is told and never touched", () => {
    const host = hostWith([containerIn("active", "a", 1)], { foreign: [twin, foreignContainer("other")] });
    expect(planText({ desired: desire("a"), host })).toMatchInlineSnapshot(`
      "
      => converged: StrayContainer: shop-web-1 runs sha256:aaaaaaaaaaaa; shop_web_1 (shop/web:1) was made by Docker Compose for this very service and is not Fairlead's: remove it (docker rm -f shop_web_1) if nobody needs it
      "
    `);
  });
  it("is no news while there is something more pressing", () => {
    const host = hostWith([containerIn("active", "a", 1)], { ...abc, foreign: [twin] });
    expect(planText({ desired: desire("b"), host })).not.toContain("StrayContainer");
  });
});

describe("whatever a person renames in the middle of a rollout", () => {
  const goods = fc.constantFrom<Behaviour>("good", "checked");
  const renames = fc.array(
    fc.record({
      look: fc.nat(30),
      role: fc.constantFrom("active", "next", "previous", "failed"),
      slot: fc.constantFrom(1, 1, 2),
    }),
    { maxLength: 5 },
  );

  /** The person's hand, before each look. */
  function hand(list: readonly { readonly look: number; readonly role: string; readonly slot: number }[]) {
    const state = { look: 0 };
    return (host: HostSnapshot): HostSnapshot => {
      const look = state.look++;
      return list
        .filter((one) => one.look === look)
        .reduce((seen, { role, slot }, index) => {
          const containers = seen.containers.map((one) => {
            const isIt = one.role === role && one.slot === slot && one.job === undefined;
            const name = `by-hand-${look}-${index}`;
            return isIt ? { ...renamed(one, name), base: `shop-web-${slot}` } : one;
          });
          return { ...seen, containers };
        }, host);
    };
  }

  it("the right one serves in the end, alone, under its name, and nothing is left in no role", () => {
    fc.assert(
      fc.property(
        fc.constantFrom(specOf(), stopFirst, specOf({ replicas: 2 }), { ...stopFirst, replicas: 2 }),
        fc.oneof(goods, fc.constantFrom(...bad)),
        renames,
        (spec, behaviour, list) => {
          const { replicas = 1 } = spec;
          const slots = Array.from({ length: replicas }, (_, index) => index + 1);
          const { host, outcome } = drive({
            desired: desire("b", spec),
            start: hostWith(
              slots.map((slot) => inSlot(slot, "active", "a", 1)),
              { images: [imageOf("a", [1], ["id-active-1"]), imageOf("b")] },
            ),
            behaviours: { b: behaviour },
            crashes: new Set(),
            forgetful: false,
            seen: hand(list),
            onStep: (step, before, after) => {
              if (step.kind !== "stop-container" && step.kind !== "remove-container") return;
              // Whoever is ended is not the only one that runs, but for a stop-first rollout and its way back.
              if (spec.container.ports.length > 0) return;
              const ended = before.containers.find(({ name }) => name === step.container);
              if (ended !== undefined && isUp(ended)) expect(after.containers.some(isUp), step.because).toBe(true);
            },
          });
          const isBad = bad.includes(behaviour);
          expect(outcome.kind).toBe(isBad ? "blocked" : "converged");
          const serving = inEverySlot(host.containers, "active");
          expect(serving).toMatchObject(
            slots.map((slot) => ({
              name: `shop-web-${slot}`,
              digest: digestOf(isBad ? "a" : "b"),
              state: "running",
              restartPolicy: { name: "always" },
            })),
          );
          expect(host.containers.filter(isUp)).toHaveLength(replicas);
          expect(host.containers.filter(({ role }) => role === "stray")).toEqual([]);
        },
      ),
      { numRuns: 400 },
    );
  });
});
