#!/bin/sh
# node-cron 4.6.0 differs from crontab(5) where it matters most:
# - of a day of the month and a day of the week both have to fit, where cron runs when either does: `0 3 1 * 1` is not the 1st and
#   every Monday, but the rare 1st that is a Monday;
# - when the clocks go back, `*/5` pauses for 65 minutes.
# Expected: the days of either, and never a pause over 5 minutes.
. "$(dirname "$0")/common.sh"
npm_packages node-cron@4.6.0

cat >"$work/runs.mjs" <<'JS'
import cron from "node-cron";

function runs(expression, count, timezone) {
  const task = cron.createTask(expression, () => undefined, { timezone });
  task.start();
  const next = task.getNextRuns(count);
  task.destroy();
  return next;
}

const either = runs("0 3 1 * 1", 5, "UTC");
const both = either.filter((day) => day.getUTCDate() === 1 && day.getUTCDay() === 1).length;
console.log(`0 3 1 * 1: ${either.map((day) => day.toUTCString().slice(0, 16)).join("; ")}`);
console.log(`${both} of ${either.length} are a 1st and a Monday`);

// The last week of October has the last Sunday in it, when the clocks of Berlin go back.
const often = runs("*/5 * 25-31 10 *", 7 * 24 * 12 + 12, "Europe/Berlin");
const pauses = often.slice(1).map((run, index) => (run - often[index]) / 60_000);
const withinWeek = pauses.filter((minutes) => minutes < 24 * 60);
console.log(`*/5 * 25-31 10 *: pauses of ${[...new Set(withinWeek)].join(" and ")} minutes`);
JS
told=$(node "$work/runs.mjs")
echo "$told"
expect "5 of 5 are a 1st and a Monday" "$told"
expect "pauses of 5 and 65 minutes" "$told"
