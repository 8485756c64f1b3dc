#!/bin/sh
# Docker Compose 2.40.3: what a service takes away with !reset from the one that it extends is back in a service that extends
# it in turn. Expected: whoever extends a service gets what that one is.
. "$(dirname "$0")/common.sh"
compose_next

cat >"$work/compose.yaml" <<'YAML'
name: finding
services:
  core:
    image: busybox
    environment: { MODE: debug }
  plain:
    extends: { service: core }
    environment: !reset {}
  web:
    extends: { service: plain }
YAML
plain=$(compose -f "$work/compose.yaml" config plain)
web=$(compose -f "$work/compose.yaml" config web)
echo "$plain" | sed 's/^/plain: /'
echo "$web" | sed 's/^/web:   /'
expect_not "MODE" "$plain"
expect "MODE: debug" "$web"
