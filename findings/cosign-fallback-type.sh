#!/bin/sh
# cosign 3.1.1 on a registry without the API for referrers (docker-registry 2.8.2): in the index that stands in its place, the tag
# `sha256-…`, the signature has another `artifactType` than in its own manifest: the one of an empty blob. Whoever picks signatures by
# that type, as the API has it, finds none.
# Expected: the type of the manifest, which the distribution specification asks for in both places.
. "$(dirname "$0")/common.sh"
debian docker-registry=2.8.2+ds1-1
debian_next cosign=3.1.1-2
echo "cosign 3.1.1-2, $(docker-registry --version)"

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

image_type=application/vnd.oci.image.manifest.v1+json
index_type=application/vnd.oci.image.index.v1+json
printf '{"architecture":"amd64","os":"linux","config":{},"rootfs":{"type":"layers","diff_ids":[]}}' >"$work/config"
config="sha256:$(sha256sum "$work/config" | cut -d ' ' -f 1)"
place=$(curl -fsS -o /dev/null -X POST -D - "$url/blobs/uploads/" | tr -d '\r' | sed -n 's/^[Ll]ocation: //p')
curl -fsS -o /dev/null -X PUT --data-binary "@$work/config" -H 'Content-Type: application/octet-stream' "$place&digest=$config"
cat >"$work/manifest" <<JSON
{"schemaVersion": 2, "mediaType": "$image_type",
 "config": {"mediaType": "application/vnd.oci.image.config.v1+json", "size": $(wc -c <"$work/config"), "digest": "$config"}, "layers": []}
JSON
curl -fsS -o /dev/null -X PUT --data-binary "@$work/manifest" -H "Content-Type: $image_type" "$url/manifests/latest"
pushed="sha256:$(sha256sum "$work/manifest" | cut -d ' ' -f 1)"

HOME=$work COSIGN_PASSWORD=''
export HOME COSIGN_PASSWORD
(cd "$work" && cosign generate-key-pair --output-key-prefix demo) >/dev/null 2>&1
cosign sign --yes --key "$work/demo.key" --tlog-upload=false --use-signing-config=false --allow-http-registry \
  "127.0.0.1:$port/demo/web@$pushed" >/dev/null 2>&1

# A field of JSON: EXPRESSION of the text on stdin as `it`.
field() {
  node -e 'const it = JSON.parse(require("node:fs").readFileSync(0, "utf8")); console.log(eval(process.argv[1]))' "$1"
}
referrers=$(curl -sS -o /dev/null -w '%{http_code}' "$url/referrers/$pushed")
index=$(curl -fsS -H "Accept: $index_type" "$url/manifests/$(echo "$pushed" | tr : -)")
signature=$(echo "$index" | field 'it.manifests[0].digest')
manifest=$(curl -fsS -H "Accept: $image_type" "$url/manifests/$signature")
in_index=$(echo "$index" | field 'it.manifests[0].artifactType')
in_manifest=$(echo "$manifest" | field 'it.artifactType')
echo "the API for referrers: $referrers"
echo "type in the index:     $in_index"
echo "type in the manifest:  $in_manifest"
expect 404 "$referrers"
expect application/vnd.dev.sigstore.bundle.v0.3+json "$in_manifest"
expect application/vnd.oci.empty.v1+json "$in_index"
