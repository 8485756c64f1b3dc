import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { ServiceSpec } from "../../../../src/compose/model/service.js";
import { endOf, leavingOf, noted } from "../../../../src/plan/model/run-memory.js";
import type { Leaving } from "../../../../src/plan/model/run-memory.js";
import type { HostSnapshot } from "../../../../src/plan/model/host/host-snapshot.js";
import type { ObservedContainer } from "../../../../src/plan/model/host/observed.js";
import type { Step } from "../../../../src/plan/model/step.js";
import { inRole } from "../../../../src/plan/model/view.js";
import { bad, drive } from "../drive.js";
import type { Behaviour } from "../drive.js";
import { fleet, fleetSpec } from "../fleet.js";
import { containerIn, desire, hold, hostWith, imageOf, now, planText, specOf, stopFirst } from "../world.js";

const told = { preStop: [{ command: ["/app", "--token=hush", "leave"], timeoutMs: 3_000 }], drainMs: 10_000 };
const spec = specOf({ leave: told });
const named = [{ network: "shop_default", aliases: ["web"] }];
const nameless = [{ network: "shop_default", aliases: [] }];
const old = containerIn("active", "a", 1);
const left = containerIn("active", "a", 1, { networks: nameless });
const heir = containerIn("next", "b", 2, { networks: named });
const host = (...containers: readonly ObservedContainer[]) =>
  hostWith(containers, { images: [imageOf("a", [1]), imageOf("b", [2])] });

function remembering(stage: Leaving["stage"], at: number, forMs: number) {
  return { leaving: new Map([[old.id, { startedAt: old.startedAt, stage, at, forMs }]]) };
}

describe("several pre_stop", () => {
  const hooks = [
    { command: ["/one"], user: "root", timeoutMs: 3_000 },
    { command: ["/two"], timeoutMs: 4_000 },
  ];
  it("run one after the other, with a gate and without", () => {
    const lines = (gate: ServiceSpec["gate"]) => {
      const several = specOf({ leave: { preStop: hooks }, ...(gate === undefined ? {} : { gate }) });
      const text = planText({
        desired: desire("b", several),
        host: host(old, heir),
        memory: remembering("replaced", now - 1_000, 1_000),
      });
      return text.split("\n").filter((line) => line.includes("run pre_stop"));
    };
    for (const gate of [undefined, { mode: "tcp", holdMs: 0, proxyProtocol: false } as const]) {
      expect(lines(gate).map((line) => line.replace(/^\d+\. | \(.*/g, ""))).toEqual([
        "run pre_stop in shop-web-1, within 3s",
        "run pre_stop in shop-web-1, within 4s",
      ]);
    }
  });
});

describe("one that another takes the place of", () => {
  it("first both answer, and the new one shows that it is still well", () => {
    const fresh = containerIn("next", "b", 2);
    expect(planText({ desired: desire("b"), host: host(old, fresh) })).toMatchInlineSnapshot(`
      "
      1. disconnect shop-web-1.next from shop_default (an alias can only be given on joining)
      2. connect shop-web-1.next on shop_default as web (it is to answer to web)
      3. note that shop-web-1 is being replaced (its successor takes over its names)
      => continue: Draining: shop-web-1 is about to leave: its successor takes over its names
      "
    `);
    const memory = remembering("replaced", now - 400, 1_000);
    expect(planText({ desired: desire("b"), host: host(old, heir), memory })).toMatchInlineSnapshot(`
      "
      => wait: Draining: shop-web-1 and its successor both answer, for 1s
      "
    `);
  });
  it("then is told, gives up its names, and has time to finish", () => {
    const memory = remembering("replaced", now - 1_000, 1_000);
    expect(planText({ desired: desire("b", spec), host: host(old, heir), memory })).toMatchInlineSnapshot(`
      "
      1. run pre_stop in shop-web-1, within 3s (whatever routes to it is to look elsewhere before it is stopped)
      2. disconnect shop-web-1 from shop_default (it leaves: another answers in its place)
      3. connect shop-web-1 on shop_default without an alias (it leaves: another answers in its place)
      4. note that shop-web-1 has left (it may finish what is under way, within 10s)
      => continue: Draining: shop-web-1 leaves before it is stopped
      "
    `);
    const later = remembering("left", now - 9_000, 10_000);
    expect(planText({ desired: desire("b", spec), host: host(left, heir), memory: later })).toMatchInlineSnapshot(`
      "
      => wait: Draining: shop-web-1 finishes what is under way, for 10s
      "
    `);
  });
  it("and only then is stopped", () => {
    const memory = remembering("left", now - 10_000, 10_000);
    expect(planText({ desired: desire("b", spec), host: host(left, heir), memory })).toMatchInlineSnapshot(`
      "
      1. set the restart policy of shop-web-1 to no (a container that leaves its role must not come back by itself)
      2. stop shop-web-1, within 10s (shop-web-1.next has taken over)
      3. rename shop-web-1 to shop-web-1.previous (it is kept for a roll-back)
      4. rename shop-web-1.next to shop-web-1 (it has been running for 5s)
      5. set the restart policy of shop-web-1 to always (it serves: its declared restart policy holds)
      => continue: Promoting: it has been running for 5s
      "
    `);
  });
  it("leaves once more where the journal is lost, or has another run of it in mind", () => {
    const text = planText({ desired: desire("b", spec), host: host(left, heir) });
    expect(text).toContain("1. run pre_stop in shop-web-1, within 3s");
    const leaving = new Map([[old.id, { startedAt: 1, stage: "left" as const, at: now - 60_000, forMs: 10_000 }]]);
    expect(planText({ desired: desire("b", spec), host: host(left, heir), memory: { leaving } })).toBe(text);
  });
  it("stop-first: it is told and drained too, under its names, for nobody else has them", () => {
    const gone = specOf({ container: stopFirst.container, leave: told });
    expect(planText({ desired: desire("b", gone), host: host(old) })).toMatchInlineSnapshot(`
      "
      1. create shop-web-1.next from sha256:bbbbbbbbbbbb on shop_default as web (the image is now sha256:bbbbbbbbbbbb)
      2. tag acme/web@sha256:bbbbbbbbbbbb as fairlead/keep:shop.web.r3 (a tagged image survives an image prune)
      3. run pre_stop in shop-web-1, within 3s (whatever routes to it is to look elsewhere before it is stopped)
      4. note that shop-web-1 has left (it may finish what is under way, within 10s)
      => continue: Draining: shop-web-1 leaves before it is stopped
      "
    `);
  });
  it("has nothing to do where it is the only one, and nothing is asked of it", () => {
    expect(planText({ desired: desire("b", stopFirst), host: host(old) })).toContain("stop shop-web-1, within 10s");
  });
  it("behind a gate it is told right before the stop: the rest is the gate's", () => {
    const gate = { mode: "http", holdMs: 0, proxyProtocol: false } as const;
    const text = planText({ desired: desire("b", specOf({ leave: told, gate })), host: host(old, heir) });
    expect(text).toMatch(/run pre_stop in shop-web-1, within 3s .*\n.*set the restart policy.*\n.*stop shop-web-1,/);
  });
  it("its command is in no text", () => {
    const memory = remembering("replaced", now - 1_000, 1_000);
    expect(planText({ desired: desire("b", spec), host: host(old, heir), memory })).not.toContain("hush");
  });
});

describe("one that is to stay after all", () => {
  const memory = { ...remembering("left", now - 1_000, 10_000), holds: [hold("b")] };
  it("answers again", () => {
    const drained = specOf({ leave: { drainMs: 10_000 } });
    expect(planText({ desired: desire("b", drained), host: host(left), memory })).toMatchInlineSnapshot(`
      "
      1. disconnect shop-web-1 from shop_default (an alias can only be given on joining)
      2. connect shop-web-1 on shop_default as web (it is to answer to web)
      3. note that shop-web-1 stays (it had begun to leave, and is to stay)
      4. remove image acme/web@sha256:bbbbbbbbbbbb (beyond keep: 1)
      5. remove image fairlead/keep:shop.web.r2 (beyond keep: 1)
      => blocked: DigestHeld: sha256:bbbbbbbbbbbb failed: its health check fails; held until the image or the spec changes, or a retry
      "
    `);
  });
  it("is started anew where it was told", () => {
    expect(planText({ desired: desire("b", spec), host: host(left), memory })).toMatchInlineSnapshot(`
      "
      1. disconnect shop-web-1 from shop_default (an alias can only be given on joining)
      2. connect shop-web-1 on shop_default as web (it is to answer to web)
      3. stop shop-web-1, within 10s (only a new start takes back what it was told)
      4. start shop-web-1 (only a new start takes back what it was told)
      5. note that shop-web-1 stays (it had begun to leave, and is to stay)
      6. remove image acme/web@sha256:bbbbbbbbbbbb (beyond keep: 1)
      7. remove image fairlead/keep:shop.web.r2 (beyond keep: 1)
      => blocked: DigestHeld: sha256:bbbbbbbbbbbb failed: its health check fails; held until the image or the spec changes, or a retry
      "
    `);
  });
  it("answers again without a journal too", () => {
    const text = planText({ desired: desire("b"), host: host(left), memory: { holds: [hold("b")] } });
    expect(text).toContain("connect shop-web-1 on shop_default as web");
  });
  it("before its successor that failed gives up the names", () => {
    const failing = { ...heir, health: "unhealthy" as const };
    expect(planText({ desired: desire("b"), host: host(left, failing), memory: {} })).toMatchInlineSnapshot(`
      "
      1. disconnect shop-web-1 from shop_default (an alias can only be given on joining)
      2. connect shop-web-1 on shop_default as web (it is to answer to web)
      3. keep the last log lines of shop-web-1.next and hold sha256:bbbbbbbbbbbb (the journal keeps its last log lines and holds its digest)
      4. disconnect shop-web-1.next from shop_default (it is ended: another answers in its place)
      5. connect shop-web-1.next on shop_default without an alias (it is ended: another answers in its place)
      6. stop shop-web-1.next, within 10s (its health check fails)
      7. rename shop-web-1.next to shop-web-1.failed (its health check fails; it is kept for inspection)
      => continue: Unhealthy: its health check fails
      "
    `);
  });
});

describe("what is remembered of it", () => {
  it("counts for the run that it was noted of, until it is taken back", () => {
    const step = { stage: "left", startedAt: old.startedAt, forMs: 500 } as const;
    const memory = noted(new Map(), step, old.id, now);
    expect(leavingOf(memory, old)).toEqual({ stage: "left", startedAt: old.startedAt, at: now, forMs: 500 });
    expect(leavingOf(memory, { ...old, startedAt: now })).toBeUndefined();
    expect(noted(memory, { ...step, stage: "stays" }, old.id, now).size).toBe(0);
  });
  it("is bounded", () => {
    const step = { stage: "left", startedAt: 1, forMs: 0 } as const;
    const memory = Array.from({ length: 150 }, (_, index) => `${index}`).reduce<ReturnType<typeof noted>>(
      (before, id) => noted(before, step, id, now),
      new Map(),
    );
    expect([memory.size, memory.has("149"), memory.has("50"), memory.has("49")]).toEqual([100, true, true, false]);
  });
  it("ends in time, and at once where the clock was set back", () => {
    const stage = { startedAt: 1, stage: "left" as const, at: now, forMs: 500 };
    expect(endOf(stage, now)).toBe(now + 500);
    expect(endOf(stage, now + 499)).toBe(now + 500);
    expect(endOf(stage, now + 500)).toBeUndefined();
    expect(endOf(stage, now - 1)).toBeUndefined();
  });
});

const answering = ({ containers }: HostSnapshot) =>
  containers.filter(
    ({ state, networks }) => state === "running" && networks.some(({ aliases }) => aliases.includes("web")),
  );

describe("whatever happens, from any crash", () => {
  const leaves = fc.constantFrom<ServiceSpec["leave"]>(undefined, { drainMs: 3_000 }, told);
  const specs = fc
    .tuple(fc.integer({ min: 1, max: 3 }), fc.constantFrom("start-first" as const, "stop-first" as const), leaves)
    .map(([replicas, order, leave]) => fleetSpec(replicas, { order }, leave === undefined ? {} : { leave }));
  const behaviours = fc.constantFrom<Behaviour>("good", "checked", ...bad);
  const crashes = fc.uniqueArray(fc.nat(40), { maxLength: 3 }).map((list) => new Set(list));

  it("a proven one always answers, an unproven one never, and nobody ends who answers while another could", () => {
    fc.assert(
      fc.property(specs, behaviours, crashes, fc.boolean(), (one, behaviour, dies, forgetful) => {
        const startFirst = one.update.order === "start-first";
        drive({
          desired: desire("b", one),
          start: fleet(one.replicas ?? 1),
          behaviours: { b: behaviour },
          crashes: dies,
          forgetful,
          onStep: (step, before, after) => {
            if (startFirst) expect(answering(after).length, `somebody answers after ${step.kind}`).toBeGreaterThan(0);
            const unproven = answering(after).filter(({ digest }) => startFirst && digest === imageOf("b").id);
            if (bad.includes(behaviour)) expect(unproven, `only the proven answer after ${step.kind}`).toEqual([]);
            if (step.kind !== "stop-container") return;
            const others = answering(before).filter(({ name }) => name !== step.container);
            const stillAnswers = answering(before).some(({ name }) => name === step.container);
            expect(stillAnswers && others.length > 0, `${step.container} is stopped while it answers`).toBe(false);
          },
        });
      }),
      { numRuns: 300 },
    );
  });

  it("without a crash each that serves is told once, and has its time before it is stopped", () => {
    fc.assert(
      fc.property(specs, fc.constantFrom<Behaviour>("good", "checked"), (one, behaviour) => {
        const seen: { readonly step: Step; readonly at: number; readonly id: string | undefined }[] = [];
        const { host: end } = drive({
          desired: desire("b", one),
          start: fleet(one.replicas ?? 1),
          behaviours: { b: behaviour },
          crashes: new Set(),
          forgetful: false,
          onStep: (step, before) => {
            const id = before.containers.find(({ name }) => "container" in step && name === step.container)?.id;
            seen.push({ step, at: before.takenAt, id });
          },
        });
        for (const { id } of fleet(one.replicas ?? 1).containers) {
          const about = seen.filter((event) => event.id === id);
          const stops = about.filter(({ step }) => step.kind === "stop-container");
          const tells = about.filter(({ step }) => step.kind === "pre-stop");
          const noted = about.find(({ step }) => step.kind === "note-leaving" && step.stage === "left");
          expect(stops).toHaveLength(1);
          expect(tells).toHaveLength(one.leave?.preStop === undefined ? 0 : 1);
          const drainMs = one.leave?.drainMs ?? 0;
          if (drainMs > 0) expect((stops[0]?.at ?? 0) - (noted?.at ?? Infinity)).toBeGreaterThanOrEqual(drainMs);
        }
        expect(inRole(end.containers, "active")).toMatchObject({ networks: [{ aliases: ["web"] }], state: "running" });
      }),
    );
  });
});
