#!/bin/sh
# Builds the image of Fairlead: deploy/release/image.sh [--push] [NAME…], default NAME fairlead
# Each NAME gets the version as its tag. With --push, through buildx, it is for amd64 and arm64 and goes to the registry;
# without, it is for this machine and goes to its engine. NODE_IMAGE names another base than the Dockerfile's.
set -eu
cd "$(dirname "$0")/../.."

push=''
if [ "${1-}" = --push ]; then push=yes && shift; fi
[ $# -gt 0 ] || set -- fairlead
version=$(node -p 'require("./package.json").version')

tags=''
for name in "$@"; do
  case $name in
    -* | *:* | *[!a-zA-Z0-9._/-]*) echo "image.sh: $name is no name of an image without a tag" >&2 && exit 1 ;;
  esac
  tags="$tags --tag $name:$version"
done
base=${NODE_IMAGE:+--build-arg NODE_IMAGE=$NODE_IMAGE}

# Words are meant to be divided here: names have been looked at above.
# shellcheck disable=SC2086
if [ -n "$push" ]; then
  exec docker buildx build --platform linux/amd64,linux/arm64 --provenance=true --sbom=true --push \
    --build-arg "VERSION=$version" $base $tags .
else
  exec docker build --build-arg "VERSION=$version" $base $tags .
fi
