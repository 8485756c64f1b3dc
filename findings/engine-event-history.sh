#!/bin/sh
# Docker Engine 20.10.24 keeps the last 256 events, those of health checks among them, three for each check. One container
# with a health check is enough for `docker events --since` to know nothing of what happened minutes before, filtered or not.
# Expected: the start of a container within the time that was asked for.
. "$(dirname "$0")/common.sh"
engine

told() { docker events --since "$began" --until "$(date +%s)" --filter container=quiet --format '{{.Action}}' | tr '\n' ' '; }

began=$(($(date +%s) - 1))
docker run -d --name quiet --network none busybox sleep 600 >/dev/null
sleep 1
before=$(told)

docker run -d --name checked --network none --health-cmd true --health-interval 20ms busybox sleep 600 >/dev/null
all_of_checked() {
  docker events --since "$began" --until "$(date +%s)" --filter container=checked --format '{{.Action}}'
}
fill() { [ "$(all_of_checked | wc -l)" -ge 250 ]; }
await 240 fill
sleep 3
after=$(told)

echo "of 'quiet', right after its start: $before"
after=${after:-(nothing)}
echo "of 'quiet', after 90 checks of another container: $after"
expect "create start" "$before"
expect "(nothing)" "$after"
