import fc from "fast-check";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { parseCron } from "../../../../src/compose/values/cron.js";
import { nextRun, zoneOf } from "../../../../src/control/time/calendar.js";
import { systemClock } from "../../../../src/control/time/clock.js";
import { cronMinutes, startSchedule } from "../../../../src/control/time/schedule.js";
import { ManualClock } from "../../../simulator/clock.js";

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

/** Zones with both their changes of clocks in a year; the last has none. */
const zones = [
  ["Europe/Berlin", "2026-03-29", "2026-10-25"],
  ["America/New_York", "2026-03-08", "2026-11-01"],
  ["Australia/Lord_Howe", "2026-10-04", "2026-04-05"],
  ["America/Santiago", "2026-09-06", "2026-04-05"],
  ["Africa/Cairo", "2026-04-24", "2026-10-29"],
  ["Asia/Kolkata", "2026-03-29", "2026-10-25"],
] as const;
const nights = zones.flatMap(([zone, ...dates]) => dates.map((date) => [zone, date] as const));

/** What one has found out serves all that ask it. */
const clocks = new Map([...zones.map(([zone]) => zone), "UTC"].map((zone) => [zone, zoneOf(zone)]));
/** Every half an hour while clocks are changed somewhere, and some others. */
const times = [...Array.from({ length: 9 }, (_, half) => half * 30), 12 * 60, 23 * 60 + 30];

/** When the clock of the zone is changed about that date; at its midnight where it never is. */
function changeAbout(date: string, zone: string): number {
  const [midnight, clock] = [Date.parse(`${date}T00:00:00Z`), clocks.get(zone)!];
  const quarters = Array.from({ length: 4 * 24 * 3 }, (_, quarter) => midnight - 36 * hour + quarter * 15 * minute);
  return quarters.find((at) => clock(at) !== clock(at - 15 * minute)) ?? midnight;
}

function runs(cron: string, zone: string, from: number, to: number): readonly number[] {
  const [parsed, clock] = [parseCron(cron), clocks.get(zone)!];
  const found: number[] = [];
  for (let at = nextRun(parsed, clock, from); at <= to; at = nextRun(parsed, clock, at)) found.push(at);
  return found;
}

function shownDay(instant: number, timeZone: string): string {
  return new Intl.DateTimeFormat("en-CA", { timeZone }).format(instant);
}

describe("over a change of the clocks", () => {
  it.each(nights)("in %s on %s a daily run comes once on each day, at whatever time", (zone, date) => {
    const around = Date.parse(`${date}T00:00:00Z`);
    for (const time of times) {
      const [hours, minutes] = [Math.floor(time / 60), time % 60];
      const all = runs(`${minutes} ${hours} * * *`, zone, around - 3 * day, around + 3 * day);
      const days = all.map((at) => shownDay(at, zone));
      expect(new Set(days).size, `${hours}:${minutes}: ${days.join()}`).toBe(days.length);
      expect(days.length).toBeGreaterThanOrEqual(5);
      expect(days.length).toBeLessThanOrEqual(7);
      const gaps = all.slice(1).map((at, index) => at - (all[index] ?? 0));
      expect(Math.max(...gaps)).toBeLessThanOrEqual(25 * hour);
      expect(Math.min(...gaps)).toBeGreaterThanOrEqual(22.5 * hour);
    }
  });

  it.each(nights)("in %s on %s a run every five minutes keeps its pace", (zone, date) => {
    const change = changeAbout(date, zone);
    const all = runs("*/5 * * * *", zone, change - 3 * hour, change + 3 * hour);
    const gaps = new Set(all.slice(1).map((at, index) => at - (all[index] ?? 0)));
    expect([...gaps]).toEqual([5 * minute]);
    expect(all).toHaveLength(72);
  });

  it("five zones have one at each of both dates", () => {
    const moved = nights.map(([zone, date]) => {
      const [change, clock] = [changeAbout(date, zone), clocks.get(zone)!];
      return Math.abs(clock(change) - clock(change - 15 * minute)) / minute;
    });
    expect(moved).toEqual([60, 60, 60, 60, 30, 30, 60, 60, 60, 60, 0, 0]);
  });

  it("a time that is left out comes as much later, one that comes twice the first time", () => {
    const iso = (cron: string, from: string, to: string) =>
      runs(cron, "Europe/Berlin", Date.parse(from), Date.parse(to)).map((at) => new Date(at).toISOString());
    expect(iso("30 2 * * *", "2026-03-28T12:00Z", "2026-03-30T12:00Z")).toEqual([
      "2026-03-29T01:30:00.000Z",
      "2026-03-30T00:30:00.000Z",
    ]);
    expect(iso("30 2 * * *", "2026-10-24T12:00Z", "2026-10-26T12:00Z")).toEqual([
      "2026-10-25T00:30:00.000Z",
      "2026-10-26T01:30:00.000Z",
    ]);
  });
});

describe("the dialect", () => {
  it("is crontab's: of two kinds of days one is enough", () => {
    const all = runs("0 3 1 * 1", "UTC", Date.parse("2026-08-31T12:00Z"), Date.parse("2026-10-02T00:00Z"));
    expect(all.map((at) => new Date(at).toISOString().slice(0, 10))).toEqual([
      ...["2026-09-01", "2026-09-07", "2026-09-14", "2026-09-21", "2026-09-28", "2026-10-01"],
    ]);
  });

  it("agrees with a look at every minute", () => {
    const field = (least: number, most: number) =>
      fc.oneof(
        fc.constant("*"),
        fc.integer({ min: 2, max: 20 }).map((step) => `*/${step}`),
        fc.integer({ min: least, max: most }).map(String),
        fc
          .tuple(fc.integer({ min: least, max: most }), fc.integer({ min: least, max: most }))
          .map((ends) => `${Math.min(...ends)}-${Math.max(...ends)}`),
      );
    fc.assert(
      fc.property(
        fc.tuple(field(0, 59), field(0, 23), field(1, 28), fc.constant("*"), field(0, 6)),
        fc.date({ min: new Date("2026-01-01T00:00:00Z"), max: new Date("2026-12-01T00:00:00Z"), noInvalidDate: true }),
        (fields, start) => {
          const cron = parseCron(fields.join(" "));
          const from = Math.floor(start.getTime() / minute) * minute;
          const fits = (at: number) => {
            const date = new Date(at);
            const [byDate, byWeekday] = [cron.days.has(date.getUTCDate()), cron.weekdays.has(date.getUTCDay())];
            const fitsDay = cron.eitherDay ? byDate || byWeekday : byDate && byWeekday;
            return fitsDay && cron.hours.has(date.getUTCHours()) && cron.minutes.has(date.getUTCMinutes());
          };
          const expected = Array.from({ length: 3 * 24 * 60 }, (_, index) => from + (index + 1) * minute).find(fits);
          const found = nextRun(cron, zoneOf("UTC"), from);
          expect(found).toBe(expected ?? found);
          expect(fits(found)).toBe(true);
        },
      ),
      { numRuns: 100 },
    );
  });
});

/** A clock on the wall that can be set, over time that only passes. */
function settableClock(start: number) {
  const clock = new ManualClock(start);
  const wall = { ahead: 0 };
  return {
    now: () => clock.now() + wall.ahead,
    monotonic: () => clock.monotonic(),
    after: (ms: number, callback: () => void) => clock.after(ms, callback),
    set: (ahead: number) => (wall.ahead = ahead),
    pass: (ms: number) => clock.advance(ms),
    passed: () => clock.monotonic(),
  };
}

describe("a schedule", () => {
  const start = Date.parse("2026-10-24T20:01:00Z");

  async function scheduled(
    cron: string,
    timezone: string,
    play: (clock: ReturnType<typeof settableClock>) => Promise<void>,
    from = start,
  ) {
    const clock = settableClock(from);
    const ticks: number[] = [];
    const stop = startSchedule({
      cron,
      timezone,
      jitterMs: 20_000,
      clock,
      random: () => 0.5,
      minutes: () => () => undefined,
      onTick: () => ticks.push(clock.passed()),
    });
    await play(clock);
    stop();
    const before = ticks.length;
    await clock.pass(2 * day);
    expect(ticks).toHaveLength(before);
    return ticks;
  }

  const longestGap = (ticks: readonly number[], end: number) =>
    Math.max(...[...ticks, end].map((at, index) => at - (ticks[index - 1] ?? 0)));

  it("without a single minute of node-cron's still ticks over the night of the change", async () => {
    const ticks = await scheduled("*/5 * * * *", "Europe/Berlin", (clock) => clock.pass(10 * hour));
    expect(ticks.length).toBeGreaterThanOrEqual(119);
    expect(longestGap(ticks, 10 * hour)).toBeLessThanOrEqual(10 * minute);
    expect(await scheduled("30 2 * * *", "Europe/Berlin", (clock) => clock.pass(20 * hour))).toHaveLength(1);
  });

  it("without them is punctual all the same", async () => {
    const from = start + 47_000;
    const ticks = await scheduled("*/5 * * * *", "Europe/Berlin", (clock) => clock.pass(10 * hour), from);
    // What is due is put off by 10 s here.
    expect(ticks.filter((at) => (from + at) % (5 * minute) > 11_000)).toEqual([]);
    expect(ticks).toHaveLength(120);
  });

  it.each([
    ["put back by a day", -day],
    ["put back by an hour", -hour],
    ["put forward by an hour", hour],
    ["put forward by a year", 365 * day],
    ["put back to 1970", -start],
  ])("goes on when the clock is %s", async (_name, ahead) => {
    const ticks = await scheduled("*/5 * * * *", "Europe/Berlin", async (clock) => {
      await clock.pass(17 * minute);
      clock.set(ahead);
      await clock.pass(3 * hour);
    });
    expect(longestGap(ticks, 3 * hour + 17 * minute)).toBeLessThanOrEqual(10.5 * minute);
    expect(ticks.length).toBeLessThanOrEqual(42);
  });

  it("is not stopped by a clock that stands still", async () => {
    const ticks = await scheduled("*/5 * * * *", "UTC", async (clock) => {
      for (let count = 0; count < 120; count += 1) {
        await clock.pass(minute);
        clock.set(-(count + 1) * minute);
      }
    });
    expect(longestGap(ticks, 2 * hour)).toBeLessThanOrEqual(12 * minute);
  });

  it("ticks at node-cron's minutes, and says nothing on standard output", async () => {
    vi.useFakeTimers({ now: start, toFake: ["setTimeout", "clearTimeout", "Date", "performance"] });
    onTestFinished(() => {
      vi.useRealTimers();
    });
    const said = [vi.spyOn(process.stdout, "write"), vi.spyOn(console, "log"), vi.spyOn(console, "warn")];
    const looks: number[] = [];
    const stop = cronMinutes(() => looks.push(Date.now()));
    await vi.advanceTimersByTimeAsync(3 * minute);
    vi.setSystemTime(start + 2 * hour);
    await vi.advanceTimersByTimeAsync(3 * minute);
    stop();
    expect(looks.length).toBeGreaterThanOrEqual(4);
    expect(looks[0]! % minute).toBeLessThan(1_000);
    for (const spy of said) expect(spy).not.toHaveBeenCalled();
    vi.restoreAllMocks();
    expect(systemClock.now()).toBeGreaterThan(start);
  });

  it("comes however late the machine is to wake this process", async () => {
    const start = Date.parse("2026-06-01T00:00:00Z");
    vi.useFakeTimers({ now: start });
    onTestFinished(() => {
      vi.useRealTimers();
    });
    const looks: number[] = [];
    const stop = cronMinutes(() => looks.push(Date.now()));
    await vi.advanceTimersByTimeAsync(minute - 1_000);
    expect(looks).toEqual([]);
    vi.setSystemTime(start + minute + 20_000);
    await vi.advanceTimersByTimeAsync(1_000);
    stop();
    expect(looks).toHaveLength(1);
  });
});
