#!/bin/sh
# docker-registry (Distribution) 2.8.2: `ignore: {actions: [pull]}` of a notification endpoint keeps nothing back, until some
# media type stands beside it, be it one that never comes. Expected: no `pull` events.
. "$(dirname "$0")/common.sh"
debian docker-registry=2.8.2+ds1-1
echo "$(docker-registry --version)"

sink=$(free_port)
cat >"$work/sink.mjs" <<'JS'
import { createServer } from "node:http";
const [, , port] = process.argv;
createServer((request, response) => {
  let body = "";
  request.on("data", (chunk) => (body += chunk));
  request.on("end", () => {
    for (const { action } of JSON.parse(body).events) console.log(`${request.url.slice(1)} ${action}`);
    response.end();
  });
}).listen(port, "127.0.0.1");
JS
background sink node "$work/sink.mjs" "$sink"

port=$(free_port)
cat >"$work/registry.yml" <<YML
version: 0.1
log: {accesslog: {disabled: true}, level: error}
storage: {filesystem: {rootdirectory: $work/images}}
http: {addr: "127.0.0.1:$port"}
notifications:
  endpoints:
    - {name: alone, url: "http://127.0.0.1:$sink/alone", timeout: 1s, threshold: 5, backoff: 1s, ignore: {actions: [pull]}}
    - {name: beside, url: "http://127.0.0.1:$sink/beside", timeout: 1s, threshold: 5, backoff: 1s,
       ignore: {mediatypes: [application/x-none], actions: [pull]}}
YML
background registry docker-registry serve "$work/registry.yml"
url="http://127.0.0.1:$port/v2/demo/web"
await 10 curl -fsS "http://127.0.0.1:$port/v2/"

printf hello >"$work/blob"
digest="sha256:$(sha256sum "$work/blob" | cut -d ' ' -f 1)"
place=$(curl -fsS -o /dev/null -X POST -D - "$url/blobs/uploads/" | tr -d '\r' | sed -n 's/^[Ll]ocation: //p')
curl -fsS -o /dev/null -X PUT --data-binary "@$work/blob" -H 'Content-Type: application/octet-stream' "$place&digest=$digest"
curl -fsS -o /dev/null "$url/blobs/$digest"
await 10 grep -q 'alone pull' "$work/sink.log" || true
await 10 grep -q 'beside push' "$work/sink.log"

told=$(sort "$work/sink.log" | uniq | tr '\n' ',')
echo "endpoint and action of the events: $told"
expect "alone push" "$told"
expect "alone pull" "$told"
expect "beside push" "$told"
expect_not "beside pull" "$told"
