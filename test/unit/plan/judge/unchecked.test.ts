import { describe, expect, it } from "vitest";
import type { ObservedContainer } from "../../../../src/plan/model/host/observed.js";
import { containerIn, desire, hostWith, imageOf, now, planText } from "../world.js";

const check = { intervalMs: 1_000, timeoutMs: 1_000, retries: 3, startPeriodMs: 0 };
const active = containerIn("active", "a", 1);
/** Its time is up; the engine came back 20 s ago, and the last check was before that. */
const late = (patch: Partial<ObservedContainer> = {}) =>
  containerIn("next", "b", 2, {
    ...{ health: "starting", healthcheck: check, startedAt: now - 60_000, checkedAt: now - 30_000 },
    ...patch,
  });
const images = [imageOf("a", [1], ["id-active-1"]), imageOf("b", [2], ["id-next-2"])];
const sight = { images, seeingSince: now - 20_000, blind: [{ from: now - 29_000, to: now - 20_000 }] };
const outcomeOf = (containers: readonly ObservedContainer[], patch: Parameters<typeof hostWith>[1] = {}) =>
  planText({ desired: desire("b"), host: hostWith(containers, { ...sight, ...patch }) }).split("\n=> ")[1];

describe("a candidate whose health the engine has not checked since it came back", () => {
  it("begins anew where its time is up: its digest is not held for that", () => {
    expect(planText({ desired: desire("b"), host: hostWith([active, late()], sight) })).toMatchInlineSnapshot(`
      "
      1. stop shop-web-1.next, within 10s (the engine was away and does not check its health any more: it begins anew)
      2. remove shop-web-1.next (the engine was away and does not check its health any more: it begins anew)
      => continue: WaitingForHealth: the engine was away and does not check its health any more: it begins anew
      "
    `);
  });

  it("on its way back stays what can be gone back to", () => {
    const newer = containerIn("active", "a", 3);
    const text = planText({ desired: desire("b"), host: hostWith([newer, late({ revision: 2 })], sight) });
    expect(text).toMatchInlineSnapshot(`
      "
      1. stop shop-web-1.next, within 10s (the engine was away and does not check its health any more: it begins anew)
      2. rename shop-web-1.next to shop-web-1.previous (the engine was away and does not check its health any more: it begins anew)
      => continue: WaitingForHealth: the engine was away and does not check its health any more: it begins anew
      "
    `);
  });

  it("waits as long as it has time, and for the first whole check after the engine has come back", () => {
    const blind = [{ from: now - 57_000, to: now - 4_000 }];
    const wait = "wait: WaitingForHealth: its health check has not passed yet\n";
    expect(outcomeOf([active, late({ checkedAt: now - 57_500 })], { seeingSince: now - 4_000, blind })).toBe(wait);
    expect(outcomeOf([active, late()], { seeingSince: now - 2_900, blind: [] })).toBe(wait);
    expect(outcomeOf([active, late()], { seeingSince: now - 3_000, blind: [] })).toMatch(/it begins anew/);
  });

  it.each([
    ["it has been checked since", late({ checkedAt: now - 19_000 }), {}],
    ["it has begun since", late({ startedAt: now - 19_000, checkedAt: now - 19_000 }), {}],
    ["the engine was never away", late(), { seeingSince: undefined, blind: [] }],
    ["its check fails", late({ health: "unhealthy" }), {}],
  ])("is judged like any other where %s", (_, next, patch) => {
    expect(outcomeOf([active, next], patch)).toMatch(/^continue: (HealthDeadlineExceeded|Unhealthy): /);
  });

  it("is left to get well where nothing else could serve: to end it may cut a migration in two", () => {
    expect(outcomeOf([late({ revision: 1 })], { images: images.slice(1) })).toMatch(/^wait: HealthDeadlineExceeded: /);
  });
});
