#!/bin/sh
# Docker Compose 2.40.3: `stop_grace_period: 500ms` becomes a stop timeout of 0 s, so that `docker stop` kills at once, and 1.5s
# becomes 1. Expected: no less time than was asked for, or an error.
. "$(dirname "$0")/common.sh"
engine
compose_next

cat >"$work/compose.yaml" <<'YAML'
name: finding
services:
  short: { image: busybox, command: sleep 60, network_mode: none, stop_grace_period: 500ms }
  longer: { image: busybox, command: sleep 60, network_mode: none, stop_grace_period: 1.5s }
YAML
compose -f "$work/compose.yaml" create >/dev/null 2>&1
timeout_of() { docker inspect --format '{{.Config.StopTimeout}}' "finding-$1-1"; }
printed=$(compose -f "$work/compose.yaml" config short)
echo "$printed"
given="short: $(timeout_of short) s, longer: $(timeout_of longer) s"
echo "$given"
expect "stop_grace_period: 500ms" "$printed"
expect "short: 0 s, longer: 1 s" "$given"
