import type { Desired, WindowState } from "../plan/desired.js";
import { parseCron } from "../spec/cron.js";
import type { Cron } from "../spec/cron.js";
import type { MaintenanceWindow } from "../spec/release.js";

const dayMs = 86_400_000;
/** Two leap days can be eight years apart. */
const farthestDays = 8 * 366 + 1;

/** With how its maintenance window stands now. */
export function withWindow(desired: Desired, now: number): Desired {
  const window = desired.spec.release?.window;
  return window === undefined ? desired : { ...desired, window: windowState(window, now) };
}

/**
 * Whether a window is open. It opens whenever the clock of its time zone shows a time that the cron expression fits, and
 * stays so for its duration as time really passes. A time that a change of the clocks leaves out is as much later as they
 * are put forward; one that comes twice opens it twice.
 */
export function windowState({ cron: text, durationMs, timezone }: MaintenanceWindow, now: number): WindowState {
  const cron = parseCron(text);
  const zone = zoneOf(timezone);
  const today = Math.floor((now + zone(now)) / dayMs);
  const earliest = Math.floor((now - durationMs + zone(now - durationMs)) / dayMs) - 1;
  let opened = -Infinity;
  for (let day = earliest; day <= today + farthestDays; day += 1) {
    const openings = openingsOn(day, cron, zone);
    opened = Math.max(opened, ...openings.filter((at) => at <= now));
    // A change of the clocks can carry a day's openings past midnight, but not past the next day.
    if (day <= today) continue;
    if (now < opened + durationMs) return { openUntil: opened + durationMs };
    const next = [...openingsOn(day - 1, cron, zone), ...openings].find((at) => at > now);
    if (next !== undefined) return { opensAt: next };
  }
  throw new RangeError(`${text} fits no day`);
}

/** How far the wall clock is ahead of UTC at an instant, in ms. */
type Zone = (instant: number) => number;

function zoneOf(timeZone: string): Zone {
  const format = new Intl.DateTimeFormat("en-US", {
    timeZone,
    hourCycle: "h23",
    ...{ year: "numeric", month: "numeric", day: "numeric", hour: "numeric", minute: "numeric", second: "numeric" },
  });
  return (instant) => {
    const parts = new Map(format.formatToParts(instant).map(({ type, value }) => [type, Number(value)]));
    const part = (name: Intl.DateTimeFormatPartTypes) => parts.get(name) ?? 0;
    const wall = Date.UTC(part("year"), part("month") - 1, part("day"), part("hour"), part("minute"), part("second"));
    return wall - Math.floor(instant / 1_000) * 1_000;
  };
}

/** In order. `day` counts from 1970 in the zone's own calendar. */
function openingsOn(day: number, cron: Cron, zone: Zone): readonly number[] {
  const midnight = day * dayMs;
  if (!fitsDay(new Date(midnight), cron)) return [];
  const offsets = [zone(midnight - dayMs), zone(midnight + 2 * dayMs)] as const;
  const times = [...cron.hours].flatMap((hour) => [...cron.minutes].map((minute) => (hour * 60 + minute) * 60_000));
  const instants = times.flatMap((time) => instantsOf(midnight + time, offsets, zone));
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
  return shown.length > 0 ? shown : [wall - before];
}
