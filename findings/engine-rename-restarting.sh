#!/bin/sh
# Docker Engine 20.10.24 does not rename a container between two of its restarts: 404, of a sandbox that nobody named.
# Expected: the new name, as for a container that runs or has ended.
. "$(dirname "$0")/common.sh"
engine

rename() { api POST "/containers/$1/rename?name=$2"; }
is_restarting() { [ "$(docker inspect --format '{{.State.Status}}' web)" = restarting ]; }

docker network create --internal home >/dev/null
docker run -d --name calm --network home busybox sleep 60 >/dev/null
docker run -d --name web --network home --restart always busybox false >/dev/null
# Its pauses grow: from 3 s on there is time.
sleep 5
await 20 is_restarting

calm=$(rename calm quiet)
refusal=$(rename web shop)
names=$(docker ps --all --format '{{.Names}} {{.State}}' | sort)
calm=${calm:-renamed}
echo "running:    $calm"
echo "restarting: $refusal"
echo "$names"
expect "renamed" "$calm"
expect '"message":"sandbox ' "$refusal"
expect "not found" "$refusal"
expect "web restarting" "$names"
expect "quiet running" "$names"
