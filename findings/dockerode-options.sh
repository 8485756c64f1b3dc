#!/bin/sh
# dockerode 5.0.1 sends options where they do not belong, or not at all, and says nothing:
# - `createContainer(options)`: the whole specification stands in the URL too, which can grow longer than a proxy takes;
# - `createService(options)`: the whole specification is sent as `X-Registry-Auth` too;
# - `image.inspect({manifests: true})`: the option is not sent.
# Expected: the body in the body alone, and the option in the query. A stand-in for the engine prints what it is asked.
. "$(dirname "$0")/common.sh"
npm_packages dockerode@5.0.1

cat >"$work/ask.mjs" <<'JS'
import { createServer } from "node:http";
import Docker from "dockerode";

const server = createServer((request, response) => {
  const { method, url, headers } = request;
  const auth = headers["x-registry-auth"];
  console.log(`${method} ${url}`);
  if (auth !== undefined) console.log(`  X-Registry-Auth: ${Buffer.from(auth, "base64")}`);
  response.writeHead(method === "POST" ? 201 : 200, { "content-type": "application/json" });
  request.resume().on("end", () => response.end('{"Id": "1", "ID": "1"}'));
}).listen(0, "127.0.0.1", async () => {
  const { port } = server.address();
  const docker = new Docker({ host: "127.0.0.1", port, protocol: "http", version: "v1.51" });
  await docker.createContainer({ name: "web", Image: "busybox", Env: ["GREETING=hello"] });
  await docker.createService({ Name: "web", TaskTemplate: { ContainerSpec: { Image: "busybox", Env: ["GREETING=hello"] } } });
  await docker.getImage("busybox").inspect({ manifests: true });
  process.exit();
});
JS
told=$(node "$work/ask.mjs")
echo "$told"
expect "POST /v1.51/containers/create?name=web&Image=busybox&Env=GREETING%3Dhello" "$told"
expect 'X-Registry-Auth: {"Name":"web","TaskTemplate":{"ContainerSpec":{"Image":"busybox","Env":["GREETING=hello"]}}}' "$told"
expect "GET /v1.51/images/busybox/json" "$told"
expect_not "manifests" "$told"
