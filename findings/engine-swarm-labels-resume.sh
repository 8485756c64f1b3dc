#!/bin/sh
# Docker 20.10.24 in Swarm mode: an update that was paused because its task failed goes on when only a label of the service is
# changed. Its good task, which had been kept because the new one could not start, is shut down although the new one never runs.
# Expected: a label of the service changes nothing about its tasks (`docker service update --label-add` says so), and a
# paused update stays paused until somebody goes on with it or goes back.
. "$(dirname "$0")/common.sh"
engine

docker swarm init --advertise-addr 127.0.0.1 --listen-addr 127.0.0.1:2377 >/dev/null
end() {
  ended=$?
  docker swarm leave --force >/dev/null 2>&1 || true
  for mount in "$work"/exec/netns/*; do umount -l "$mount" 2>/dev/null || true; done
  set +e
  (exit "$ended")
  finish
}
trap end EXIT

state() { docker service inspect --format '{{if .UpdateStatus}}{{.UpdateStatus.State}}{{end}}' shop; }
# The tasks of the first spec that run and are to go on.
good() { docker service ps shop --no-trunc --filter desired-state=running --format '{{.Image}} {{.CurrentState}}' | grep -c 'busybox:1 Running' || true; }
is_state() { [ "$(state)" = "$1" ]; }
runs() { [ "$(good)" = 1 ]; }
ends() { [ "$(good)" = 0 ]; }

docker tag busybox:latest busybox:1
docker tag busybox:latest busybox:2
docker service create --detach --name shop --no-resolve-image --network host --stop-grace-period 1s --restart-delay 1s \
  --update-order start-first --update-failure-action pause --update-monitor 2s busybox:1 sleep 6000 >/dev/null 2>&1
await 60 runs
docker service update --detach --no-resolve-image --image busybox:2 --args no-such-program shop >/dev/null 2>&1
await 60 is_state paused
sleep 3
before=$(good)
echo "paused, with a good task that runs: $before"
expect 1 "$before"

docker service update --detach --no-resolve-image --label-add note=1 shop >/dev/null 2>&1
await 60 ends
echo "after a label of the service was added, good tasks that run: $(good)"
expect 0 "$(good)"
