import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { RestartPolicy, ServiceSpec } from "../../../src/compose/model/service.js";
import type { ObservedContainer } from "../../../src/plan/model/host/observed.js";
import { drive } from "./drive.js";
import type { Behaviour } from "./drive.js";
import { containerIn, desire, digestOf, hold, hostWith, imageOf, now, planText, port8080, specOf } from "./world.js";

const no: RestartPolicy = { name: "no", maximumRetryCount: 0 };
const onFailure: RestartPolicy = { name: "on-failure", maximumRetryCount: 0 };
const ending = (restart: RestartPolicy, patch: Parameters<typeof specOf>[0] = {}): ServiceSpec =>
  specOf({ mayEnd: true, ...patch, container: { restart, ...patch.container } });
const never = ending(no);
const untilDone = ending(onFailure);
const published = ending(no, { container: { ports: [port8080] } });

const over = (exitCode: number, declaredRestart = no, patch: Partial<ObservedContainer> = {}) =>
  containerIn("active", "a", 1, {
    state: "exited",
    exitCode,
    finishedAt: now - 40_000,
    restartPolicy: declaredRestart,
    declaredRestart,
    ...patch,
  });
const on = (...containers: readonly ObservedContainer[]) =>
  hostWith(containers, { images: [imageOf("a", [1]), imageOf("b", [2], ["id-next-2"])] });

describe('a service with `restart: "no"`', () => {
  it("has completed once it has ended with exit code 0", () => {
    expect(planText({ desired: desire("a", never), host: on(over(0)) })).toMatchInlineSnapshot(`
      "
      1. remove image fairlead/keep:shop.web.r2 (beyond keep: 1)
      => converged: Converged: shop-web-1 has completed with sha256:aaaaaaaaaaaa
      "
    `);
  });

  it("is left as it ended, whatever ended it", () => {
    expect(planText({ desired: desire("a", never), host: on(over(3)) })).toMatchInlineSnapshot(`
      "
      1. remove image fairlead/keep:shop.web.r2 (beyond keep: 1)
      => converged: ContainerExited: shop-web-1 ended with exit code 3, and with \`restart: "no"\` it is not started again
      "
    `);
    const stopped = on(over(143, no, { endedByRequest: true }));
    expect(planText({ desired: desire("a", never), host: stopped })).toContain("it is not started again");
    const outage = { from: now - 45_000, to: now - 35_000 };
    const withEngine = { ...on(over(137)), engineOutage: outage };
    expect(planText({ desired: desire("a", never), host: withEngine })).toContain("it is not started again");
    expect(planText({ desired: desire(undefined, never), host: on(over(0)) }), "a silent registry").not.toContain(
      "start",
    );
  });

  it("runs when somebody has started it by hand", () => {
    const again = containerIn("active", "a", 1, { restartPolicy: no, declaredRestart: no, startedAt: now - 2_000 });
    expect(planText({ desired: desire("a", never), host: on(again) })).toContain(
      "=> converged: Converged: shop-web-1 runs",
    );
  });

  it("is kept running where the file says nothing", () => {
    const unsaid = specOf({ container: { restart: no } });
    expect(planText({ desired: desire("a", unsaid), host: on(over(0)) })).toContain("start shop-web-1");
  });

  it("is started when it never ran, and when we have stopped it ourselves", () => {
    const created = over(0, no, { state: "created", startedAt: undefined, finishedAt: undefined });
    expect(planText({ desired: desire("a", never), host: on(created) })).toContain(
      "start shop-web-1 (it was never started)",
    );
    const stops = new Map([["id-active-1", now - 60_000]]);
    expect(planText({ desired: desire("a", never), host: on(over(0)), memory: { stops } })).toContain(
      "start shop-web-1",
    );
    const earlier = new Map([["id-active-1", now - 90_000]]);
    expect(
      planText({ desired: desire("a", never), host: on(over(0)), memory: { stops: earlier } }),
      "an earlier run",
    ).toContain("has completed");
  });
});

describe("a service with `restart: on-failure`", () => {
  const ended = (exitCode: number, patch: Partial<ObservedContainer> = {}) => on(over(exitCode, onFailure, patch));
  it("has completed with exit code 0", () => {
    expect(planText({ desired: desire("a", untilDone), host: ended(0) })).toMatchInlineSnapshot(`
      "
      1. remove image fairlead/keep:shop.web.r2 (beyond keep: 1)
      => converged: Converged: shop-web-1 has completed with sha256:aaaaaaaaaaaa
      "
    `);
  });

  it("is tried again by the engine, and by us where the engine does not", () => {
    const looping = { state: "restarting", finishedAt: undefined, restartCount: 4 } as const;
    expect(planText({ desired: desire("a", untilDone), host: ended(1, looping) })).toContain("=> wait: CrashLooping");
    expect(planText({ desired: desire("a", untilDone), host: ended(1) })).toContain(
      "start shop-web-1 (it ended (exit code 1))",
    );
    expect(
      planText({ desired: desire("a", untilDone), host: ended(0, { endedByRequest: true }) }),
      "a stop is no end",
    ).toContain("start shop-web-1");
  });

  it("is not tried more often than the file says", () => {
    const twice = { name: "on-failure", maximumRetryCount: 2 } as const;
    const spec = ending(twice);
    expect(planText({ desired: desire("a", spec), host: on(over(1, twice, { restartCount: 2 })) }))
      .toMatchInlineSnapshot(`
        "
        1. remove image fairlead/keep:shop.web.r2 (beyond keep: 1)
        => converged: CrashLooping: shop-web-1 ended with exit code 1 after 2 restarts, and \`restart\` allows no more
        "
      `);
    expect(planText({ desired: desire("a", spec), host: on(over(1, twice, { restartCount: 1 })) })).toContain("start");
  });
});

describe("a new container of one that may end", () => {
  const next = (exitCode: number, patch: Partial<ObservedContainer> = {}) =>
    containerIn("next", "b", 2, {
      state: "exited",
      exitCode,
      createdAt: now - 4_000,
      startedAt: now - 3_000,
      finishedAt: now - 2_000,
      declaredRestart: no,
      ...patch,
    });

  it("is proven by its completion, however soon", () => {
    expect(planText({ desired: desire("b", never), host: on(next(0)) })).toMatchInlineSnapshot(`
      "
      1. rename shop-web-1.next to shop-web-1 (it has completed)
      => continue: Promoting: it has completed
      "
    `);
    const done = next(0, { declaredRestart: onFailure });
    expect(planText({ desired: desire("b", untilDone), host: on(over(0, onFailure), done) })).toContain(
      "it has completed",
    );
  });

  it("that fails is rolled back; what had completed before it is not run again", () => {
    expect(planText({ desired: desire("b", never), host: on(over(0), next(3)) })).toMatchInlineSnapshot(`
      "
      1. keep the last log lines of shop-web-1.next and hold sha256:bbbbbbbbbbbb (the journal keeps its last log lines and holds its digest)
      2. rename shop-web-1.next to shop-web-1.failed (it exited with code 3 after 1s; it is kept for inspection)
      => continue: ContainerExited: it exited with code 3 after 1s
      "
    `);
  });

  it("that fails gives way to the one that was stopped for it, with a journal or without", () => {
    const gaveWay = over(0, no, { finishedAt: now - 3_500 });
    expect(planText({ desired: desire("b", published), host: on(gaveWay, next(3)) })).toContain(
      "start shop-web-1 (roll back",
    );
    const beside = over(0, no, { finishedAt: now - 3_500 });
    expect(
      planText({ desired: desire("b", never), host: on(beside, next(3)) }),
      "start-first: by itself",
    ).not.toContain("start");
  });

  it("that was to be healthy has not completed while there is one to go back to", () => {
    const healthcheck = { intervalMs: 1_000, timeoutMs: 1_000, retries: 3, startPeriodMs: 0 };
    const serving = containerIn("active", "a", 1, { restartPolicy: no, declaredRestart: no });
    const checked = next(0, { healthcheck });
    expect(planText({ desired: desire("b", never), host: on(serving, checked) })).toContain(
      "it exited with code 0 after 1s",
    );
    expect(planText({ desired: desire("b", never), host: on(over(0), checked) })).toContain("it has completed");
  });

  it("is no completion where we ended it", () => {
    const serving = containerIn("active", "a", 1, { restartPolicy: no, declaredRestart: no });
    const host = on(serving, next(0));
    const stops = new Map([["id-next-2", now - 3_000]]);
    expect(planText({ desired: desire("b", never), host, memory: { stops } })).toContain("start shop-web-1.next");
    expect(planText({ desired: desire("b", never), host, memory: { stops, holds: [hold("b")] } })).toContain(
      "rename shop-web-1.next to shop-web-1.failed (its health check fails; it is kept for inspection)",
    );
  });

  it("takes the place of one that is gone: nobody can tell what has ended from what was stopped", () => {
    const host = on(containerIn("previous", "a", 1), containerIn("failed", "b", 2));
    expect(planText({ desired: desire("b", never), host })).toContain(
      "create shop-web-1.next from sha256:aaaaaaaaaaaa",
    );
  });
});

it("what depends on it may start though it has ended", () => {
  const web = (mayEnd: boolean) =>
    specOf({ dependsOn: [{ service: "seed", condition: "service_started", ...(mayEnd ? { mayEnd } : {}) }] });
  const seed = over(0, no, { service: "seed", name: "shop-seed-1", id: "id-seed" });
  expect(planText({ desired: desire("b", web(true)), host: on(seed) })).toContain("create shop-web-1.next");
  expect(planText({ desired: desire("b", web(false)), host: on(seed) })).toContain("seed is not running yet");
  const unproven = { ...seed, role: "next" as const, name: "shop-seed-1.next" };
  expect(planText({ desired: desire("b", web(true)), host: on(unproven) })).toContain("seed is not running yet");
});

describe("from any crash", () => {
  const specs = fc.constantFrom(never, untilDone, published, ending(onFailure, { container: { ports: [port8080] } }));
  const crashes = fc.uniqueArray(fc.nat(24), { maxLength: 3 }).map((list) => new Set(list));
  const jobs = fc.constantFrom<Behaviour>("completes", "completes-late");

  it("what has ended by itself is not started again, and a run that ends well is one run", () => {
    fc.assert(
      fc.property(specs, jobs, crashes, fc.boolean(), (spec, behaviour, dies, forgetful) => {
        const starts: string[] = [];
        const { host, outcome } = drive({
          desired: desire("b", spec),
          start: on(over(0, spec.container.restart)),
          behaviours: { a: "good", b: behaviour },
          crashes: dies,
          forgetful,
          onStep: (step, before, after) => {
            if (step.kind !== "start-container") return;
            const found = before.containers.find(({ name }) => name === step.container);
            const runs = after.containers.find(({ name }) => name === step.container)?.state === "running";
            if (found !== undefined && runs) starts.push(found.id);
          },
        });
        expect(outcome).toMatchObject({ kind: "converged", reason: "Converged" });
        expect(starts).not.toContain("id-active-1");
        expect(new Set(starts).size, "no container twice").toBe(starts.length);
        const active = host.containers.find(({ role }) => role === "active");
        expect(active?.digest).toBe(digestOf("b"));
      }),
    );
  });

  it("a bad image ends held, and what ran before it runs", () => {
    const bads = fc.constantFrom<Behaviour>("exits", "dies-early", "never-healthy", "refused");
    fc.assert(
      fc.property(specs, bads, crashes, fc.boolean(), (spec, behaviour, dies, forgetful) => {
        const { restart } = spec.container;
        const serving = containerIn("active", "a", 1, { restartPolicy: restart, declaredRestart: restart });
        const { host, outcome } = drive({
          desired: desire("b", spec),
          start: on(serving),
          behaviours: { b: behaviour },
          crashes: dies,
          forgetful,
          onStep: () => undefined,
        });
        expect(outcome).toMatchObject({ kind: "blocked", reason: "DigestHeld" });
        expect(host.containers.find(({ role }) => role === "active")).toMatchObject({
          id: "id-active-1",
          state: "running",
        });
      }),
    );
  });
});
