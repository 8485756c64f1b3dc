import type { Cron } from "../../compose/values/cron.js";

const dayMs = 86_400_000;
const quarterMs = 900_000;
const mostKnown = 1_000;
/** Two leap days can be eight years apart. */
export const farthestDays = 8 * 366 + 1;

/** How far the wall clock is ahead of UTC at an instant, in ms. */
export type Zone = (instant: number) => number;

/** Of an IANA name, or of this process. */
export function zoneOf(timeZone: string | undefined): Zone {
  // Node knows its own without the calendars of the world, which take 7 MB.
  if (timeZone === undefined) return (instant) => 0 - new Date(instant).getTimezoneOffset() * 60_000;
  const format = new Intl.DateTimeFormat("en-US", {
    timeZone,
    hourCycle: "h23",
    ...{ year: "numeric", month: "numeric", day: "numeric", hour: "numeric", minute: "numeric", second: "numeric" },
  });
  const ahead = (instant: number) => {
    const parts = new Map(format.formatToParts(instant).map(({ type, value }) => [type, Number(value)]));
    const part = (name: Intl.DateTimeFormatPartTypes) => parts.get(name) ?? 0;
    const wall = Date.UTC(part("year"), part("month") - 1, part("day"), part("hour"), part("minute"), part("second"));
    return wall - Math.floor(instant / 1_000) * 1_000;
  };
  // No clock is changed but at a full quarter of an hour.
  const known = new Map<number, number>();
  return (instant) => {
    const quarter = Math.floor(instant / quarterMs);
    const before = known.get(quarter);
    if (before !== undefined) return before;
    if (known.size > mostKnown) known.clear();
    const found = ahead(quarter * quarterMs);
    known.set(quarter, found);
    return found;
  };
}

/** The day that a wall clock shows, counted from 1970 in its own calendar. */
export function dayAt(instant: number, zone: Zone): number {
  return Math.floor((instant + zone(instant)) / dayMs);
}

/** When the clock shows, on one day, a time that fits, in order. A change of the clocks can carry it past midnight. */
export function instantsOn(day: number, cron: Cron, zone: Zone): readonly number[] {
  return onDay(day, cron, zone, (shown) => shown);
}

/**
 * When something is to run next, as crontab(5) has it: what is to run at a time of day runs once on each day, later where
 * the clocks are put forward over it, and the first time where it comes twice; what runs at every so many minutes or
 * hours goes on at that pace.
 */
export function nextRun(cron: Cron, zone: Zone, after: number): number {
  const each = cron.atTimes ? (shown: readonly number[]) => shown.slice(0, 1) : (shown: readonly number[]) => shown;
  const first = dayAt(after, zone) - 1;
  let here = onDay(first, cron, zone, each);
  for (let day = first + 1; day <= first + farthestDays + 2; day += 1) {
    const following = onDay(day, cron, zone, each);
    const next = Math.min(...here.filter((at) => at > after), ...following.filter((at) => at > after));
    if (next !== Infinity) return next;
    here = following;
  }
  throw new RangeError("fits no day");
}

function onDay(
  day: number,
  cron: Cron,
  zone: Zone,
  each: (shown: readonly number[]) => readonly number[],
): readonly number[] {
  const midnight = day * dayMs;
  if (!fitsDay(new Date(midnight), cron)) return [];
  const offsets = [zone(midnight - dayMs), zone(midnight + 2 * dayMs)] as const;
  const times = [...cron.hours].flatMap((hour) => [...cron.minutes].map((minute) => (hour * 60 + minute) * 60_000));
  const instants = times.flatMap((time) => each(instantsOf(midnight + time, offsets, zone)));
  return [...new Set(instants)].sort((one, other) => one - other);
}

function fitsDay(date: Date, { days, months, weekdays, eitherDay }: Cron): boolean {
  if (!months.has(date.getUTCMonth() + 1)) return false;
  const [byDate, byWeekday] = [days.has(date.getUTCDate()), weekdays.has(date.getUTCDay())];
  return eitherDay ? byDate || byWeekday : byDate && byWeekday;
}

/** When a wall clock shows this: once as a rule, twice where it is put back, and later where it is put forward. */
function instantsOf(wall: number, [before, after]: readonly [number, number], zone: Zone): readonly number[] {
  if (before === after) return [wall - before];
  const shown = [before, after].map((offset) => wall - offset).filter((instant) => instant + zone(instant) === wall);
  return shown.length > 0 ? shown.sort((one, other) => one - other) : [wall - before];
}
