#!/bin/sh
# Docker Engine 20.10.24 takes a health check of ["CMD-SHELL", A, B] and runs A alone; and takes a `StartInterval`, answers
# without a warning, and forgets it. Expected: an error, or at least a warning.
. "$(dirname "$0")/common.sh"
engine

body='{"Image": "busybox", "Cmd": ["sleep", "60"], "HostConfig": {"NetworkMode": "none"}, "Healthcheck":
  {"Test": ["CMD-SHELL", "true", "false"], "Interval": 200000000, "Retries": 1, "StartInterval": 100000000}}'
answer=$(api POST "/v1.41/containers/create?name=web" "$body")
docker start web >/dev/null
is_judged() { [ "$(docker inspect --format '{{.State.Health.Status}}' web)" != starting ]; }
await 20 is_judged
kept=$(docker inspect --format '{{json .Config.Healthcheck}}' web)
health=$(docker inspect --format '{{.State.Health.Status}}' web)

echo "answer: $answer"
echo "kept:   $kept"
echo "health: $health"
expect '"Warnings":[]' "$answer"
expect '"true","false"' "$kept"
expect_not "StartInterval" "$kept"
expect "is healthy" "is $health"
