#!/bin/sh
# Node's fetch adds `Cache-Control: no-cache` to a request that has an `If-None-Match` of its caller's, as the Fetch standard says. Express takes that
# for a wish to have the whole answer: a client that asks by fetch is never told 304, though the tag fits. The same request by node:http is, and so is a
# fetch that says a `Cache-Control` of its own. By RFC 9110 (13.1.2) a server answers 304 to a tag that fits, and `no-cache` only wants the server asked.
. "$(dirname "$0")/common.sh"

npm_packages express@5.3.0
cat >"$work/tags.mjs" <<'PROGRAM'
import { readFileSync } from "node:fs";
import { request } from "node:http";
import express from "express";

const seen = {};
const app = express().get("/", (incoming, outgoing) => {
  seen.cacheControl = incoming.get("cache-control");
  outgoing.send("hello");
});
const server = app.listen(0, "127.0.0.1");
await new Promise((resolve) => server.on("listening", resolve));
const url = `http://127.0.0.1:${server.address().port}/`;
const tag = (await fetch(url)).headers.get("etag");

async function byFetch(headers) {
  const { status } = await fetch(url, { headers: { "if-none-match": tag, ...headers } });
  return status;
}

function byHttp() {
  return new Promise((resolve, reject) => {
    const asked = request(url, { headers: { "if-none-match": tag } }, (answer) => {
      answer.resume().on("end", () => resolve(answer.statusCode));
    });
    asked.on("error", reject).end();
  });
}

const { version } = JSON.parse(readFileSync(new URL("node_modules/express/package.json", import.meta.url)));
console.log(`node ${process.version}, express ${version}`);
const found = [];
for (const [name, ask] of [
  ["node:http", byHttp],
  ["fetch", () => byFetch({})],
  ["fetch, with Cache-Control: max-age=0", () => byFetch({ "cache-control": "max-age=0" })],
]) {
  const status = await ask();
  found.push(`${status} ${seen.cacheControl}`);
  console.log(`${name}: ${status}; the server saw Cache-Control: ${seen.cacheControl}`);
}
server.close();
server.closeAllConnections();
const [http, plain, told] = found;
if (http !== "304 undefined" || plain !== "200 no-cache" || told !== "304 max-age=0") {
  console.log("CHANGED: fetch is told 304 by now, or node:http is not");
  process.exit(1);
}
PROGRAM
node "$work/tags.mjs"
