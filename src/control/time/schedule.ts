import { createTask } from "node-cron";
import { parseCron } from "../../compose/values/cron.js";
import type { Clock } from "../ports/clock.js";
import { nextRun, zoneOf } from "./calendar.js";

export interface ScheduleOptions {
  /** A cron expression that `parseCron` takes. */
  readonly cron: string;
  /** IANA name of the zone whose clock it means. Absent: that of this process. */
  readonly timezone?: string;
  /** Each tick waits up to this long, so that a fleet does not ask the registry in one second. */
  readonly jitterMs: number;
  readonly clock: Clock;
  readonly random: () => number;
  /** Calls back at the full minutes of the clock on the wall, as far as that can be relied on. */
  readonly minutes: (onMinute: () => void) => () => void;
  /** Told at once how long the tick that is due now waits. Default: nobody. */
  readonly onDue?: (inMs: number) => void;
  readonly onTick: () => void;
}

/** The clock is looked at this often whatever it shows, and when something is due by it; but not more often than that. */
const netMs = 60_000;
const finestMs = 1_000;

/**
 * Calls `onTick` by the clock on the wall until the answer is called. No clock can stop it: one that was put back is
 * followed from where it is, and when twice the time to the next tick has really passed without one, it is due.
 */
export function startSchedule({ cron: text, timezone, clock, ...options }: ScheduleOptions): () => void {
  const cron = parseCron(text);
  const zone = zoneOf(timezone);
  const pending = new Set<() => void>();
  let seen = clock.now();
  let next = nextRun(cron, zone, seen);
  let begun = clock.monotonic();
  let longest = 2 * (next - seen);

  const tick = () => {
    const inMs = options.random() * options.jitterMs;
    options.onDue?.(inMs);
    const cancel = clock.after(inMs, () => {
      pending.delete(cancel);
      options.onTick();
    });
    pending.add(cancel);
  };
  const look = () => {
    const now = clock.now();
    const passed = clock.monotonic() - begun;
    const isDue = now >= next || passed >= longest;
    if (isDue || now < seen) next = nextRun(cron, zone, now);
    seen = now;
    if (!isDue) return;
    begun = clock.monotonic();
    longest = 2 * (next - now);
    tick();
  };
  const stopMinutes = options.minutes(look);
  let cancelNet = () => undefined as unknown;
  const net = () => {
    const inMs = Math.min(netMs, Math.max(finestMs, next - clock.now()));
    cancelNet = clock.after(inMs, () => {
      try {
        look();
      } finally {
        net();
      }
    });
  };
  net();
  return () => {
    stopMinutes();
    cancelNet();
    for (const cancel of pending) cancel();
  };
}

const silent = () => undefined;

/**
 * Every minute of UTC, which has no changes of the clocks; but none from where an hour comes again in the zone of this process,
 * for node-cron takes the time without its milliseconds by that zone's clock. It leaves out what it is more than a second late
 * for, as on a busy machine: here a late minute is as good as any other, and what it says of those it missed is no news.
 */
export function cronMinutes(onMinute: () => void): () => void {
  const task = createTask("* * * * *", onMinute, {
    timezone: "UTC",
    missedExecutionTolerance: netMs,
    suppressMissedWarning: true,
    logger: { info: silent, warn: silent, error: silent, debug: silent },
  });
  void task.start();
  return () => {
    void task.destroy();
  };
}
