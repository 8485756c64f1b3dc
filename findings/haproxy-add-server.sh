#!/bin/sh
# HAProxy 2.6.12: `add server` on the runtime API takes a host name, says that the server is registered, and never looks the name
# up. Once enabled the server gets its share of the requests, and each of them fails.
# Expected: an error, or the address of the name.
. "$(dirname "$0")/common.sh"
debian haproxy=2.6.12-1+deb12u4 liblua5.3-0=5.3.6-2 libopentracing-c-wrapper0=1.1.3-3+b1 libopentracing1=1.6.0-4
LD_LIBRARY_PATH="$work/root/usr/lib/x86_64-linux-gnu"
export LD_LIBRARY_PATH
haproxy -v | head -1

front=$(free_port)
app=$(free_port)
cat >"$work/haproxy.cfg" <<CFG
global
  stats socket $work/admin.sock level admin
defaults
  mode http
  retries 0
  timeout connect 1s
  timeout client 5s
  timeout server 5s
frontend app
  bind 127.0.0.1:$app
  http-request return status 200
frontend front
  bind 127.0.0.1:$front
  default_backend pool
backend pool
  balance roundrobin
  server first 127.0.0.1:$app
CFG
background haproxy haproxy -db -f "$work/haproxy.cfg"

cat >"$work/say.mjs" <<'JS'
import { connect } from "node:net";
const [, , path, command] = process.argv;
const socket = connect(path, () => socket.end(`${command}\n`));
socket.pipe(process.stdout);
JS
say() { node "$work/say.mjs" "$work/admin.sock" "$1" | grep . || true; }
statuses() { for _ in 1 2 3 4 5 6; do curl -sS -o /dev/null -w '%{http_code} ' "http://127.0.0.1:$front/"; done; }
await 10 curl -fsS "http://127.0.0.1:$front/"

by_name=$(getent hosts localhost)
registered=$(say "add server pool/second localhost:$app")
say "enable server pool/second" >/dev/null
state=$(say "show servers state pool" | grep second | cut -d ' ' -f 4-6)
answers=$(statuses)
say "set server pool/second state maint" >/dev/null
say "del server pool/second" >/dev/null
say "add server pool/third 127.0.0.1:$app" >/dev/null
say "enable server pool/third" >/dev/null
by_address=$(statuses)

echo "the name:                          $by_name"
echo "add server pool/second localhost:  $registered"
echo "its name, address and state:       $state"
echo "six requests:                      $answers"
echo "the same with the address written: $by_address"
expect "registered" "$registered"
expect "503" "$answers"
expect "200" "$answers"
expect_not "503" "$by_address"
