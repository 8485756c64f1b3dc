import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { MaintenanceWindow } from "../../../../src/compose/model/policy/release.js";
import { windowState } from "../../../../src/control/desired/window.js";

const minuteMs = 60_000;

function window(cron: string, minutes: number, timezone = "Europe/Oslo"): MaintenanceWindow {
  return { cron, durationMs: minutes * minuteMs, timezone };
}

/** `opens 2026-…` or `open until 2026-…`, in UTC. */
function at(one: MaintenanceWindow, now: string): string {
  const state = windowState(one, Date.parse(now));
  const [word, time] = "opensAt" in state ? ["opens", state.opensAt] : ["open until", state.openUntil];
  return `${word} ${new Date(time).toISOString().slice(0, 16)}`;
}

describe("a maintenance window", () => {
  const nightly = window("0 2 * * *", 60, "UTC");

  it.each([
    ["2026-05-01T01:59:59.999Z", "opens 2026-05-01T02:00"],
    ["2026-05-01T02:00:00Z", "open until 2026-05-01T03:00"],
    ["2026-05-01T02:59:59.999Z", "open until 2026-05-01T03:00"],
    ["2026-05-01T03:00:00Z", "opens 2026-05-02T02:00"],
  ])("at %s: %s", (now, text) => {
    expect(at(nightly, now)).toBe(text);
  });

  it("may be rare, long, and over midnight", () => {
    expect(at(window("0 0 29 2 *", 60, "UTC"), "2097-01-01T00:00:00Z")).toBe("opens 2104-02-29T00:00");
    expect(at(window("0 22 * * fri", 48 * 60), "2026-05-03T19:00:00Z")).toBe("open until 2026-05-03T20:00");
    expect(at(window("30 23 * * *", 60), "2026-05-03T22:20:00Z")).toBe("open until 2026-05-03T22:30");
    expect(at(window("0 * * * *", 120), "2026-05-03T22:20:00Z")).toBe("open until 2026-05-04T00:00");
  });

  it("keeps to the wall clock over a change of the clocks", () => {
    const early = window("0 4 * * *", 30);
    expect(at(early, "2026-03-28T12:00:00Z")).toBe("opens 2026-03-29T02:00");
    expect(at(early, "2026-03-27T12:00:00Z")).toBe("opens 2026-03-28T03:00");
    expect(at(early, "2026-10-24T12:00:00Z")).toBe("opens 2026-10-25T03:00");
  });

  it("opens later where the time is left out, and twice where it comes twice", () => {
    const late = window("30 2 * * *", 30);
    expect(at(late, "2026-03-28T12:00:00Z")).toBe("opens 2026-03-29T01:30");
    expect(at(late, "2026-03-29T02:01:00Z")).toBe("opens 2026-03-30T00:30");
    expect(at(late, "2026-10-24T12:00:00Z")).toBe("opens 2026-10-25T00:30");
    expect(at(late, "2026-10-25T01:00:00Z")).toBe("opens 2026-10-25T01:30");
    expect(at(late, "2026-10-25T02:00:00Z")).toBe("opens 2026-10-26T01:30");
  });
});

/** Every minute is looked at, and the engine is asked what the clock shows. */
function opensAtAll(from: number, minutes: number, hour: number, minute: number, timeZone: string): readonly number[] {
  const format = new Intl.DateTimeFormat("en-GB", { timeZone, hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
  const shown = `${String(hour).padStart(2, "0")}:${String(minute).padStart(2, "0")}`;
  const all = Array.from({ length: minutes }, (_, index) => from + index * minuteMs);
  return all.filter((instant) => format.format(instant) === shown);
}

describe("against a clock that is looked at every minute, around the changes of many places", () => {
  const changes = [
    ["Europe/Oslo", "2026-03-29T01:00:00Z"],
    ["Europe/Oslo", "2026-10-25T01:00:00Z"],
    ["America/New_York", "2026-03-08T07:00:00Z"],
    ["America/New_York", "2026-11-01T06:00:00Z"],
    ["Australia/Lord_Howe", "2026-04-04T15:00:00Z"],
    ["Asia/Kathmandu", "2026-06-01T00:00:00Z"],
    ["America/Santiago", "2026-09-06T04:00:00Z"],
  ] as const;
  const cases = fc.record({
    change: fc.constantFrom(...changes),
    hour: fc.nat(23),
    minute: fc.constantFrom(0, 15, 30, 59),
    offset: fc.integer({ min: -1_500, max: 1_500 }),
    duration: fc.integer({ min: 1, max: 180 }),
  });

  it("is open exactly so long after the clock showed the time, and opens next when it does", () => {
    fc.assert(
      fc.property(cases, ({ change: [zone, moment], hour, minute, offset, duration }) => {
        const now = Date.parse(moment) + offset * minuteMs;
        const from = now - 1_440 * 2 * minuteMs;
        const shown = opensAtAll(from, 1_440 * 4, hour, minute, zone);
        // A day on which the clock never shows it has its own rule.
        fc.pre(shown.every((at, index) => index === 0 || at - (shown[index - 1] ?? 0) <= 25.5 * 60 * minuteMs));
        const state = windowState(window(`${minute} ${hour} * * *`, duration, zone), now);
        const opened = shown.findLast((at) => at <= now) ?? -Infinity;
        const expected =
          now < opened + duration * minuteMs
            ? { openUntil: opened + duration * minuteMs }
            : { opensAt: shown.find((at) => at > now) };
        expect(state).toEqual(expected);
      }),
      { numRuns: 150 },
    );
  });

  it("never opens in the past, and stays closed until it opens", () => {
    fc.assert(
      fc.property(
        cases,
        fc.double({ min: 0, max: 1, noNaN: true }),
        ({ change: [zone, moment], hour, minute, offset, duration }, part) => {
          const now = Date.parse(moment) + offset * minuteMs;
          const one = window(`${minute} ${hour} * * *`, duration, zone);
          const state = windowState(one, now);
          if ("openUntil" in state) {
            expect(state.openUntil).toBeGreaterThan(now);
            return;
          }
          const between = now + Math.floor((state.opensAt - 1 - now) * part);
          expect(windowState(one, between)).toEqual(state);
          expect(windowState(one, state.opensAt)).toEqual({ openUntil: state.opensAt + duration * minuteMs });
        },
      ),
      { numRuns: 300 },
    );
  });
});
