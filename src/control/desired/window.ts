import type { MaintenanceWindow } from "../../compose/model/policy/release.js";
import { parseCron } from "../../compose/values/cron.js";
import type { Desired, WindowState } from "../../plan/model/desired.js";
import { dayAt, farthestDays, instantsOn, zoneOf } from "../time/calendar.js";

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
  const today = dayAt(now, zone);
  const earliest = dayAt(now - durationMs, zone) - 1;
  let opened = -Infinity;
  for (let day = earliest; day <= today + farthestDays; day += 1) {
    const openings = instantsOn(day, cron, zone);
    opened = Math.max(opened, ...openings.filter((at) => at <= now));
    // A change of the clocks can carry a day's openings past midnight, but not past the next day.
    if (day <= today) continue;
    if (now < opened + durationMs) return { openUntil: opened + durationMs };
    const next = [...instantsOn(day - 1, cron, zone), ...openings].find((at) => at > now);
    if (next !== undefined) return { opensAt: next };
  }
  throw new RangeError(`${text} fits no day`);
}
