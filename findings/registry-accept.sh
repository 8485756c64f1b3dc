#!/bin/sh
# docker-registry (Distribution) 2.8.2: a HEAD of a tag without `Accept`, or with OCI's types alone, answers 200 with a digest that
# nobody pushed: the image is turned into a manifest of schema 1 on the way. Whoever compares digests sees a change.
# Expected: the digest of what was pushed, or 404 or 406.
. "$(dirname "$0")/common.sh"
debian docker-registry=2.8.2+ds1-1
echo "$(docker-registry --version)"

port=$(free_port)
cat >"$work/registry.yml" <<YML
version: 0.1
log: {accesslog: {disabled: true}, level: error}
storage: {filesystem: {rootdirectory: $work/images}}
http: {addr: "127.0.0.1:$port"}
YML
background registry docker-registry serve "$work/registry.yml"
url="http://127.0.0.1:$port/v2/demo/web"
await 10 curl -fsS "http://127.0.0.1:$port/v2/"

docker_type=application/vnd.docker.distribution.manifest.v2+json
oci_types="application/vnd.oci.image.index.v1+json, application/vnd.oci.image.manifest.v1+json"

# FILE: answers its digest, once the registry has it as a blob.
push_blob() {
  digest="sha256:$(sha256sum "$1" | cut -d ' ' -f 1)"
  place=$(curl -fsS -o /dev/null -X POST -D - "$url/blobs/uploads/" | tr -d '\r' | sed -n 's/^[Ll]ocation: //p')
  curl -fsS -o /dev/null -X PUT --data-binary "@$1" -H 'Content-Type: application/octet-stream' "$place&digest=$digest"
  echo "$digest"
}

mkdir "$work/files"
echo hello >"$work/files/hello"
tar -C "$work/files" -czf "$work/layer" hello
diff=$(gzip -dc "$work/layer" | sha256sum | cut -d ' ' -f 1)
printf '{"architecture":"amd64","os":"linux","config":{},"rootfs":{"type":"layers","diff_ids":["sha256:%s"]},"history":[{"created_by":"demo"}]}' \
  "$diff" >"$work/config"
layer=$(push_blob "$work/layer")
config=$(push_blob "$work/config")
cat >"$work/manifest" <<JSON
{"schemaVersion": 2, "mediaType": "$docker_type",
 "config": {"mediaType": "application/vnd.docker.container.image.v1+json", "size": $(wc -c <"$work/config"), "digest": "$config"},
 "layers": [{"mediaType": "application/vnd.docker.image.rootfs.diff.tar.gzip", "size": $(wc -c <"$work/layer"), "digest": "$layer"}]}
JSON
curl -fsS -o /dev/null -X PUT --data-binary "@$work/manifest" -H "Content-Type: $docker_type" "$url/manifests/latest"
pushed="sha256:$(sha256sum "$work/manifest" | cut -d ' ' -f 1)"

# ACCEPT (none if empty): status, type and digest of a HEAD.
head_of() {
  curl -sS -I -H "Accept:${1:+ $1}" "$url/manifests/latest" | tr -d '\r' |
    sed -n 's/^HTTP[^ ]* //p; s/^Content-Type: //p; s/^Docker-Content-Digest: //p' | tr '\n' ' '
}
asked=$(head_of "$docker_type")
bare=$(head_of "")
oci=$(head_of "$oci_types")
echo "pushed:         $pushed"
echo "its own type:   $asked"
echo "no Accept:      $bare"
echo "OCI types only: $oci"
expect "$pushed" "$asked"
for answer in "$bare" "$oci"; do
  expect "200 OK" "$answer"
  expect "manifest.v1+prettyjws" "$answer"
  expect_not "$pushed" "$answer"
done
