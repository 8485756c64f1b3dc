#!/bin/sh
# Docker Compose 2.40.3: what a service takes away with !reset from one that it extends in the same file is away in most runs and
# there in some, for that service and for one that extends it. Expected: the same file is read the same way every time.
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
runs=80
counted() {
  there=0
  for _ in $(seq $runs); do
    case "$(compose -f "$work/compose.yaml" config "$1")" in *MODE*) there=$((there + 1)) ;; *) ;; esac
  done
  echo "$there"
}
plain=$(counted plain)
web=$(counted web)
echo "of $runs runs the variable was there: plain $plain, web $web"
for there in "$plain" "$web"; do
  if [ "$there" -eq 0 ] || [ "$there" -eq "$runs" ]; then
    echo "NO LONGER SO: expected some of $runs, not $there" >&2
    exit 1
  fi
done
