#!/bin/sh
# Builds the image of Fairlead: deploy/release/image.sh [--push] [NAME…] [-- OPTION…], default NAME fairlead
# Each NAME, such as 127.0.0.1:5000/acme/fairlead, gets the version as its tag. With --push, through buildx, it is for amd64 and arm64 and goes to the registry;
# without, it is for this machine and goes to its engine. What follows -- goes to docker build as it is. NODE_IMAGE names
# another base than the Dockerfile's.
set -eu
cd "$(dirname "$0")/../.."

fail() {
  echo "image.sh: $1" >&2
  exit 1
}

push='' names=''
while [ $# -gt 0 ]; do
  case $1 in
    --push) push=yes ;;
    --) shift && break ;;
    *)
      # The port of a registry is no tag.
      plain=$1
      case $1 in *:[0-9]*/*) plain=${1%%:*}/${1#*:} ;; esac
      case $plain in
        -* | *:* | *[!a-zA-Z0-9._/-]*) fail "$1 is no name of an image without a tag" ;;
      esac
      names="$names $1"
      ;;
  esac
  shift
done

version=$(node -p 'require("./package.json").version')
set -- --build-arg "VERSION=$version" "$@" .
if [ -n "${NODE_IMAGE-}" ]; then set -- --build-arg "NODE_IMAGE=$NODE_IMAGE" "$@"; fi
for name in ${names:-fairlead}; do set -- --tag "$name:$version" "$@"; done

if [ -n "$push" ]; then
  docker buildx version >/dev/null 2>&1 ||
    fail "--push needs docker buildx (the package docker-buildx, or docker-buildx-plugin of Docker's own), and a builder for both: docker buildx create --use"
  exec docker buildx build --platform linux/amd64,linux/arm64 --provenance=true --sbom=true --push "$@"
fi
exec docker build "$@"
