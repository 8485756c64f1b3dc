import { describe, expect, it } from "vitest";
import type { ObservedContainer } from "../../../../src/plan/model/host/observed.js";
import { containerIn, desire, hostWith, imageOf, now, planText, specOf } from "../world.js";

const on = (...containers: readonly ObservedContainer[]) =>
  hostWith(containers, { images: [imageOf("a", [1]), imageOf("b", [2], ["id-next-2"])] });
const active = containerIn("active", "a", 1);
const off = { state: "exited", exitCode: 0, finishedAt: now - 60_000 } as const;
const policyOff = { name: "no", maximumRetryCount: 0 } as const;
const stopped = { stopped: { at: now - 60_000 } };

describe("a service that a person has stopped", () => {
  it("ends, and cannot come back by itself", () => {
    expect(planText({ desired: desire("a"), host: on(active), memory: stopped })).toMatchInlineSnapshot(`
      "
      1. set the restart policy of shop-web-1 to no (a container that leaves its role must not come back by itself)
      2. stop shop-web-1, within 10s (a person has stopped it at 1970-01-01T00:15:40Z: it is off until \`fairlead start shop/web\`)
      => continue: Stopped: a person has stopped it at 1970-01-01T00:15:40Z: it is off until \`fairlead start shop/web\`
      "
    `);
  });

  it("is not repaired, and begins no rollout", () => {
    const ended = containerIn("active", "a", 1, { ...off, restartPolicy: policyOff });
    for (const host of [on(ended), on(), on(containerIn("failed", "b", 2))]) {
      for (const letter of ["a", "b", undefined]) {
        expect(planText({ desired: desire(letter), host, memory: stopped })).toMatch(
          /^\n=> blocked: Stopped: a person has stopped it at .*: it is off until `fairlead start shop\/web`\n$/,
        );
      }
    }
  });

  it("gives up a rollout that had begun", () => {
    const text = planText({ desired: desire("b"), host: on(active, containerIn("next", "b", 2)), memory: stopped });
    expect(text).toMatch(/stop shop-web-1.next.*\n.*remove shop-web-1.next/);
    expect(text).toContain("stop shop-web-1,");
    expect(text).not.toMatch(/\d\. start /);
  });

  it("runs again when it is started, or when the time is over", () => {
    const ended = containerIn("active", "a", 1, { ...off, restartPolicy: policyOff });
    expect(planText({ desired: desire("a"), host: on(ended) })).toContain("start shop-web-1");
    const until = (at: number) => ({ stopped: { at: now - 60_000, until: at } });
    expect(planText({ desired: desire("a"), host: on(ended), memory: until(now + 5_000) })).toContain(
      "=> wait: Stopped",
    );
    expect(planText({ desired: desire("a"), host: on(ended), memory: until(now) })).toContain("start shop-web-1");
  });

  it("is off as long as the file says", () => {
    const spec = specOf({ stopped: true });
    expect(planText({ desired: desire("a", spec), host: on(active) })).toContain("stop shop-web-1,");
    expect(planText({ desired: desire("a", spec), host: on() })).toContain("=> blocked: Stopped: the file says");
  });

  it("stops all replicas", () => {
    const second = containerIn("active", "a", 1, { slot: 2, name: "shop-web-2", id: "id-2" });
    const text = planText({ desired: desire("a", specOf({ replicas: 2 })), host: on(active, second), memory: stopped });
    expect(text).toContain("stop shop-web-1,");
    expect(text).toContain("stop shop-web-2,");
  });

  it("runs a job again that a person asks for", () => {
    const job = specOf({ mayEnd: true, container: { restart: policyOff } });
    const done = containerIn("active", "a", 1, { ...off, restartPolicy: policyOff, declaredRestart: policyOff });
    expect(planText({ desired: desire("a", job), host: on(done) })).toContain("has completed");
    expect(planText({ desired: desire("a", job), host: on(done), memory: { startAskedAt: now - 1_000 } })).toContain(
      "start shop-web-1",
    );
  });
});

describe("a container that somebody else has stopped", () => {
  const respectful = specOf({ respectStopMs: 600_000 });
  const byHand = containerIn("active", "a", 1, { ...off, endedByRequest: true });
  const left = (container: ObservedContainer, spec = respectful, memory: object = {}) =>
    planText({ desired: desire("b", spec), host: on(container), memory }).includes("=> wait: Stopped");

  it("is left so as long as the file says, and no rollout begins meanwhile", () => {
    expect(left(byHand)).toBe(true);
    expect(left({ ...byHand, finishedAt: now - 600_000 })).toBe(false);
    expect(left(byHand, specOf())).toBe(false);
    const next = containerIn("next", "b", 2, { ...off, endedByRequest: true });
    expect(planText({ desired: desire("b", respectful), host: on(active, next) })).toContain("=> wait: Stopped");
  });

  it("is known by its restart policy where nobody saw it", () => {
    expect(left(containerIn("active", "a", 1, off)), "always").toBe(true);
    expect(left(containerIn("active", "a", 1, { ...off, restartPolicy: policyOff })), "no").toBe(false);
  });

  it("is none that crashed, could not start, ended with the engine, or was stopped by us", () => {
    expect(left({ ...byHand, startError: "no such network" })).toBe(false);
    expect(left(byHand, respectful, { stops: new Map([["id-active-1", now - 60_000]]) })).toBe(false);
    const outage = { ...on(byHand), engineOutage: { from: now - 61_000, to: now - 50_000 } };
    expect(planText({ desired: desire("a", respectful), host: outage })).toContain("start shop-web-1");
  });

  it("is left so while the service is paused; what ends by itself is not", () => {
    expect(left(byHand, specOf(), { pausedAt: now - 90_000 })).toBe(true);
    expect(left(byHand, specOf({ release: { paused: true } }))).toBe(true);
    const crashed = containerIn("active", "a", 1, { ...off, restartPolicy: policyOff });
    expect(planText({ desired: desire("a"), host: on(crashed), memory: { pausedAt: now - 90_000 } })).toContain(
      "start",
    );
  });

  it("is started when a person asks for it", () => {
    expect(left(byHand, respectful, { startAskedAt: now - 1_000 })).toBe(false);
  });
});
