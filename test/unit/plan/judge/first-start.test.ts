import { describe, expect, it } from "vitest";
import type { ObservedContainer } from "../../../../src/plan/model/host/observed.js";
import { containerIn, desire, digestOf, hostWith, imageOf, now, planText, specOf } from "../world.js";

const check = { intervalMs: 1_000, timeoutMs: 1_000, retries: 3, startPeriodMs: 0 };
const sick = (patch: Partial<ObservedContainer> = {}) =>
  containerIn("next", "b", 2, { health: "unhealthy", healthcheck: check, healthProblem: "migrating", ...patch });
const on = (...containers: readonly ObservedContainer[]) =>
  hostWith(containers, { images: [imageOf("a", [1]), imageOf("b", [2], ["id-next-2"])] });
const left = /^\n=> wait: (Unhealthy|HealthDeadlineExceeded): .*nothing else could serve, so that it is left running/;

describe("a first start whose health does not come in time", () => {
  it("is left running, and the hint names start_period", () => {
    expect(planText({ desired: desire("b"), host: on(sick()) })).toMatchInlineSnapshot(`
      "
      => wait: Unhealthy: its health check fails: migrating; nothing else could serve, so that it is left running, and taken once it is healthy (a longer \`start_period\` gives it the time that it needs)
      "
    `);
    const late = sick({ health: "starting", startedAt: now - 600_000 });
    expect(planText({ desired: desire("b"), host: on(late) })).toMatch(left);
  });

  it("is taken once it is healthy", () => {
    const well = sick({ health: "healthy", healthySince: now - 6_000 });
    expect(planText({ desired: desire("b"), host: on(well) })).toContain("rename shop-web-1.next to shop-web-1");
  });

  it("has failed when it ends", () => {
    const ended = sick({ state: "exited", exitCode: 1, finishedAt: now - 1_000 });
    expect(planText({ desired: desire("b"), host: on(ended) })).toContain(
      "rename shop-web-1.next to shop-web-1.failed",
    );
  });

  it.each(["rollback", "pause", "continue"] as const)("is ended as the file says: %s", (failureAction) => {
    const spec = specOf({ update: { failureAction, failureActionGiven: true } });
    const text = planText({ desired: desire("b", spec), host: on(sick()) });
    expect(text).not.toMatch(left);
    expect(text).toContain(
      { rollback: "shop-web-1.failed", pause: "failure_action is pause", continue: "failure_action is continue" }[
        failureAction
      ],
    );
  });

  it.each<[string, readonly ObservedContainer[], object]>([
    ["one that serves", [containerIn("active", "a", 1)], {}],
    ["one that was stopped for it", [containerIn("previous", "a", 1)], {}],
    ["a digest that has proved itself", [], { stableDigest: digestOf("a") }],
  ])("has failed where there is something to go back to: %s", (_what, others, memory) => {
    expect(planText({ desired: desire("b"), host: on(...others, sick()), memory })).toContain("shop-web-1.failed");
  });

  it("goes on where what is there has ended for good", () => {
    const restart = { name: "no", maximumRetryCount: 0 } as const;
    const job = specOf({ mayEnd: true, container: { restart } });
    const done = containerIn("active", "a", 1, {
      state: "exited",
      exitCode: 0,
      finishedAt: now - 40_000,
      declaredRestart: restart,
      restartPolicy: restart,
    });
    expect(planText({ desired: desire("b", job), host: on(done, sick()) })).toMatch(left);
  });

  it("gives way to something newer", () => {
    expect(planText({ desired: desire("a"), host: on(sick()) })).toContain("remove shop-web-1.next");
  });
});

describe("the first replicas of a service", () => {
  const spec = specOf({ replicas: 2, update: { parallelism: 0 } });
  const second = (role: "active" | "next", letter: string, patch: Partial<ObservedContainer> = {}) =>
    containerIn(role, letter, 2, {
      slot: 2,
      name: `shop-web-2${role === "next" ? ".next" : ""}`,
      id: "id-2",
      ...patch,
    });
  it("do not wait for one that takes its time", () => {
    const text = planText({ desired: desire("b", spec), host: on(sick(), second("next", "b")) });
    expect(text).toContain("rename shop-web-2.next to shop-web-2");
    expect(text).not.toContain("shop-web-1.failed");
  });
  it("have something to go back to where another one serves something else", () => {
    const text = planText({ desired: desire("b", spec), host: on(sick(), second("active", "a", { revision: 1 })) });
    expect(text).toContain("shop-web-1.failed");
  });
});
