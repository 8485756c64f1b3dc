#!/bin/sh
# Docker Compose 2.40.3: what `config --format json` prints of `blkio_config` is refused when it is read again, and `x-` keys of
# a service are missing there, unlike in YAML. Expected: both forms say the same, and can be read.
. "$(dirname "$0")/common.sh"
compose_next

cat >"$work/compose.yaml" <<'YAML'
name: finding
services:
  web:
    image: busybox
    x-note: here
    blkio_config: { device_read_bps: [{ path: /dev/sda, rate: 1mb }] }
YAML
yaml=$(compose -f "$work/compose.yaml" config)
compose -f "$work/compose.yaml" config --format json >"$work/again.json"
again=$(compose -f "$work/again.json" config 2>&1) || true
echo "$yaml" | sed 's/^/YAML: /'
sed 's/^/JSON: /' "$work/again.json"
echo
echo "the JSON, read again: $again"
expect "x-note: here" "$yaml"
expect_not "x-note" "$(cat "$work/again.json")"
expect '"Path": "/dev/sda"' "$(cat "$work/again.json")"
expect "additional properties" "$again"
