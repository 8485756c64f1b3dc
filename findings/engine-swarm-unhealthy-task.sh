#!/bin/sh
# Docker 20.10.24 in Swarm mode: a task that Swarm ends because its health check fails, and whose process ends with 0 when it is told
# to, stands there as `complete` with exit code 0 and no error, as one whose work is done. Only the engine's events, on the node of the
# task, tell of the check.
# Expected: such a task is `failed`, with the health check as its error; an update's `monitor` and a person who reads
# `docker service ps` have nothing else to tell a sick image from a finished one.
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

tasks() { docker service ps --no-trunc -q shop; }
of_first() { docker inspect --format "$1" "$first"; }
has_task() { [ -n "$(tasks)" ]; }
is_over() { [ "$(of_first '{{.DesiredState}}')" = shutdown ] && [ "$(of_first '{{.Status.State}}')" != running ]; }

docker service create --detach --name shop --no-resolve-image --network host --restart-condition none \
  --health-cmd false --health-interval 1s --health-retries 2 \
  busybox:latest sh -c 'trap "exit 0" TERM; while :; do sleep 0.1; done' >/dev/null 2>&1
await 60 has_task
first=$(tasks | head -n 1)
await 60 is_over
echo "a task that was ended for its health check: state $(of_first '{{.Status.State}}'), exit code $(of_first '{{.Status.ContainerStatus.ExitCode}}'), error '$(of_first '{{.Status.Err}}')'"
expect complete "$(of_first '{{.Status.State}}')"
expect 0 "$(of_first '{{.Status.ContainerStatus.ExitCode}}')"
expect '' "$(of_first '{{.Status.Err}}')"
