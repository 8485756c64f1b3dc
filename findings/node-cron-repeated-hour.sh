#!/bin/sh
# node-cron 4.6.0: a task that runs every minute stops where an hour begins to come for the second time in the process's zone,
# a task in UTC as well. Expected: it goes on, for UTC has no such hour.
. "$(dirname "$0")/common.sh"
debian libfaketime=0.9.10-2.1
npm_packages node-cron@4.6.0

cat >"$work/minutes.mjs" <<'JS'
import { createTask } from "node-cron";
let runs = 0;
const task = createTask("* * * * *", () => (runs += 1), { timezone: "UTC" });
task.start();
setTimeout(() => {
  console.log(runs);
  process.exit();
}, 70_000);
JS

# How often it runs in 70 s, from 3 s before that hour on; what it warns of is not shown.
runs_from() {
  offset=$(($(date -u -d "$1" +%s) - $(date +%s)))
  [ "$offset" -lt 0 ] || offset="+$offset"
  TZ=Europe/Berlin FAKETIME="$offset" LD_PRELOAD="$work/root/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1" \
    node "$work/minutes.mjs" 2>/dev/null
}

runs_from "2026-10-25 00:59:57Z" >"$work/again" &
again=$!
later=$(runs_from "2026-10-25 01:59:57Z")
wait "$again"
again=$(cat "$work/again")
echo "node-cron 4.6.0, TZ=Europe/Berlin, runs in 70 s:"
echo "from 02:59:57 on, when it is 02:00 again: $again"
echo "from 02:59:57 on, when it is 03:00 next:  $later"
expect 0 "$again"
expect 2 "$later"
