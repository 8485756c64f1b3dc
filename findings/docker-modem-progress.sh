#!/bin/sh
# docker-modem 5.0.7 (dockerode 5.0.1): `followProgress` reports a pull that failed as one that went well. The engine answers 200
# before it begins, and says what went wrong in the last line; that line is handed over as one more step, and the error is null.
# Expected: the error. The engine is a real one, the registry one that has lost a layer.
. "$(dirname "$0")/common.sh"
engine
npm_packages dockerode@5.0.1 docker-modem@5.0.7

cat >"$work/registry.mjs" <<'JS'
import { createHash } from "node:crypto";
import { createServer } from "node:http";

const digestOf = (bytes) => `sha256:${createHash("sha256").update(bytes).digest("hex")}`;
const config = JSON.stringify({
  architecture: "amd64",
  os: "linux",
  config: {},
  rootfs: { type: "layers", diff_ids: [digestOf("layer")] },
});
const type = "application/vnd.docker.distribution.manifest.v2+json";
const manifest = JSON.stringify({
  schemaVersion: 2,
  mediaType: type,
  config: { mediaType: "application/vnd.docker.container.image.v1+json", size: config.length, digest: digestOf(config) },
  layers: [{ mediaType: "application/vnd.docker.image.rootfs.diff.tar.gzip", size: 5, digest: digestOf("layer") }],
});
createServer(({ url }, response) => {
  const body = url.includes("/manifests/") ? manifest : url.endsWith(digestOf(config)) ? config : url === "/v2/" ? "{}" : "";
  response.writeHead(body === "" ? 404 : 200, {
    "content-type": body === manifest ? type : "application/json",
    "content-length": body.length,
    ...(body === manifest ? { "docker-content-digest": digestOf(manifest) } : {}),
  });
  response.end(body);
}).listen(5000, "127.0.0.1");
JS
background registry nsenter --net="/proc/$dockerd/ns/net" node "$work/registry.mjs"

cat >"$work/pull.mjs" <<'JS'
import Docker from "dockerode";

const docker = new Docker({ socketPath: process.env.DOCKER_HOST.replace("unix://", "") });
const stream = await docker.pull("127.0.0.1:5000/demo/web:latest");
docker.modem.followProgress(stream, (error, steps) => {
  console.log(`error: ${error}`);
  console.log(`last step: ${JSON.stringify(steps.at(-1))}`);
});
JS
told=$(node "$work/pull.mjs")
echo "$told"
images=$(docker images --quiet 127.0.0.1:5000/demo/web)
echo "images: ${images:-none}"
expect "error: null" "$told"
expect "errorDetail" "$told"
expect none "${images:-none}"
